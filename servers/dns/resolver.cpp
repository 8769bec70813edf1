#include "servers/dns/resolver.hpp"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>

#include "common/base/text.hpp"
#include "common/log/log.hpp"

namespace labnet::dns_server {
namespace {

namespace asio = boost::asio;

CachedAnswer failure() {
  CachedAnswer answer;
  answer.rcode = dns::Rcode::servfail;
  return answer;
}

std::string key_of(const dns::Question& question) {
  return to_lower(as_text(question.name.wire())) + dns::to_text(question.type);
}

}  // namespace

/// A question that is being asked. Those who ask the same meanwhile wait for `done`, a timer that is never due.
struct Resolver::UnderWay {
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                           net::Executor>;
  explicit UnderWay(net::Executor executor) : done{executor, Timer::time_point::max()} {}

  Timer done;
  std::optional<CachedAnswer> answer;
};

/// Whatever happens to who asks, those who wait for it wake up.
class Resolver::Turn {
 public:
  Turn(Questions& questions, const std::string& key, std::shared_ptr<UnderWay> own)
      : questions_{questions}, own_{std::move(own)}, place_{questions.emplace(key, own_).first} {}
  ~Turn() {
    questions_.erase(place_);
    own_->done.cancel();
  }
  Turn(const Turn&) = delete;

 private:
  Questions& questions_;
  std::shared_ptr<UnderWay> own_;
  Questions::iterator place_;
};

Resolver::Resolver(net::Worker& worker, const RecursionConfig& config, SharedCache& cache, std::uint16_t forward_port)
    : worker_{worker}, config_{config}, cache_{cache}, forward_port_{forward_port}, root_port_{forward_port} {
  for (const auto& server : config_.root) {
    root_.servers.push_back({dns::Name{}, {server.address}});
    if (server.port != 0) root_port_ = server.port;
  }
}

std::optional<CachedAnswer> Resolver::find_in_cache(const dns::Question& question) {
  return cache_.use([&](Cache& cache) { return cache.find(question, SharedCache::now()); });
}

net::Task<CachedAnswer> Resolver::resolve(dns::Question question) {
  const auto key = key_of(question);
  if (const auto same = under_way_.find(key); same != under_way_.end()) {
    const auto other = same->second;
    co_await other->done.async_wait(net::as_result);
    co_return other->answer ? *other->answer : failure();
  }
  const auto own = std::make_shared<UnderWay>(worker_.executor());
  const Turn turn{under_way_, key, own};
  Effort effort;
  own->answer = co_await follow(std::move(question), effort);
  co_return *own->answer;
}

/// Asks for the rest of a chain of aliases whose end the first server does not tell.
net::Task<CachedAnswer> Resolver::follow(dns::Question question, Effort& effort) {
  CachedAnswer whole;
  auto next = question;
  for (std::size_t links = 0; links <= cname_chain_max; ++links) {
    auto part = co_await find(next, effort);
    if (!part) {
      log::warning("no answer", {{"name", dns::to_text(question.name)},
                                 {"type", dns::to_text(question.type)},
                                 {"reason", part.error().message}});
      co_return failure();
    }
    cache_.use([&](Cache& cache) {
      cache.cap_ttls(*part);
      cache.store(next, *part, SharedCache::now());
    });
    whole.rcode = part->rcode;
    whole.soa = part->soa;
    whole.answers.insert(whole.answers.end(), part->answers.begin(), part->answers.end());
    if (!part->continues_at) co_return whole;
    next.name = *part->continues_at;
    const auto is_next = [&](const dns::Record& record) { return record.name == next.name; };
    if (std::ranges::any_of(whole.answers, is_next)) break;  // the chain has come back to where it was
    if (const auto known = find_in_cache(next)) {
      whole.rcode = known->rcode;
      whole.soa = known->soa;
      whole.answers.insert(whole.answers.end(), known->answers.begin(), known->answers.end());
      co_return whole;
    }
  }
  co_return failure();
}

const ForwardRule* Resolver::rule_for(dns::NameView name) const {
  const ForwardRule* best = nullptr;
  for (const auto& rule : config_.forward) {
    if (!name.is_at_or_below(rule.domain)) continue;
    if (best == nullptr || rule.domain.label_count() > best->domain.label_count()) best = &rule;
  }
  return best;
}

net::Task<Result<Accepted>> Resolver::find(dns::Question question, Effort& effort) {
  const auto* rule = rule_for(question.name);
  if (rule != nullptr) co_return co_await ask_rule(*rule, std::move(question));
  if (!config_.root.empty()) co_return co_await walk_from_root(std::move(question), effort);
  co_return Error{"nothing says whom to ask"};
}

UpstreamOptions Resolver::upstream_options(bool recursion_desired) const {
  return {.recursion_desired = recursion_desired,
          .edns = config_.edns,
          .random_case = config_.random_case,
          .timeout = config_.timeout};
}

net::Task<Result<Accepted>> Resolver::ask_rule(const ForwardRule& rule, dns::Question question) {
  Error last;
  for (int attempt = 0; attempt < config_.tries; ++attempt) {
    for (const auto& server : rule.servers) {
      if (worker_.is_stopping()) co_return Error{"the server is about to end"};
      const auto port = server.port == 0 ? forward_port_ : server.port;
      const net::Endpoint endpoint{"udp", asio::ip::address_v4{server.address.value}, port};
      // Whoever is asked for a domain is believed about that domain: an alias that leads out of it is asked for anew.
      auto reply = co_await ask_upstream(worker_.executor(), question, endpoint, rule.domain, upstream_options(true));
      if (reply) co_return *std::move(reply);
      last = reply.error();
    }
  }
  co_return last;
}

// ---- from the root (RFC 1034, section 5.3.3)

net::Task<Result<Accepted>> Resolver::walk_from_root(dns::Question question, Effort& effort) {
  auto delegation = cache_.use_delegations([&](Delegations& known) {
    auto closest = known.closest(question.name, SharedCache::now());
    return closest ? *std::move(closest) : root_;
  });
  for (int referrals = 0; referrals <= referrals_max; ++referrals) {
    auto reply = co_await ask_zone(delegation, question, effort);
    if (!reply) {
      // What was remembered of it may be out of date: next time the zone above is asked again.
      cache_.use_delegations([&](Delegations& known) { known.forget(delegation.zone); });
      co_return reply.error();
    }
    if (!reply->referral) co_return reply;
    delegation = *std::move(reply->referral);
    cache_.use_delegations([&](Delegations& known) { known.store(delegation, SharedCache::now()); });
  }
  co_return Error{"too many referrals"};
}

/// Asks the zone's servers in their order, first those whose addresses are known.
net::Task<Result<Accepted>> Resolver::ask_zone(const Delegation& delegation, dns::Question question, Effort& effort) {
  Error last{"no server of ", dns::to_text(delegation.zone), " has an address"};
  auto servers = delegation.servers;
  std::ranges::stable_partition(servers, [](const NameServer& server) { return !server.addresses.empty(); });
  for (int attempt = 0; attempt < config_.tries; ++attempt) {
    for (auto& server : servers) {
      // A server within its own zone and without an address is to be found by nobody.
      const auto can_be_found = attempt == 0 && !server.name.view().is_at_or_below(delegation.zone);
      if (server.addresses.empty() && can_be_found) server.addresses = co_await look_up_server(server.name, effort);
      for (const auto address : server.addresses) {
        if (worker_.is_stopping()) co_return Error{"the server is about to end"};
        if (effort.queries_left-- <= 0) co_return Error{"it takes too many questions to other servers"};
        if (net::Clock::now() >= effort.until) co_return Error{"it takes too long"};
        const net::Endpoint endpoint{"udp", asio::ip::address_v4{address.value}, root_port_};
        auto reply =
            co_await ask_upstream(worker_.executor(), question, endpoint, delegation.zone, upstream_options(false));
        const auto has_nothing =
            reply && reply->rcode == dns::Rcode::noerror && reply->answers.empty() && !reply->soa && !reply->referral;
        const auto is_lame = has_nothing && !reply->authoritative;
        if (reply && !is_lame) co_return *std::move(reply);
        last = reply ? Error{net::to_string(endpoint), ": it does not answer for ", dns::to_text(delegation.zone)}
                     : reply.error();
      }
    }
  }
  co_return last;
}

net::Task<std::vector<Ipv4Address>> Resolver::look_up_server(dns::Name server, Effort& effort) {
  std::vector<Ipv4Address> addresses;
  if (effort.depth == server_lookups_depth_max) co_return addresses;
  const dns::Question question{std::move(server), dns::Type::a, dns::Class::in};
  auto found = find_in_cache(question);
  if (!found) {
    // Not by `resolve`: whoever waits there for an equal question may be waiting for this very one.
    ++effort.depth;
    found = co_await follow(question, effort);
    --effort.depth;
  }
  for (const auto& record : found->answers) {
    const auto* a = std::get_if<dns::A>(&record.data);
    if (a != nullptr && addresses.size() < server_addresses_max) addresses.push_back(a->address);
  }
  co_return addresses;
}

}  // namespace labnet::dns_server
