#include "servers/dns/resolver.hpp"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>

#include "common/base/text.hpp"
#include "common/log/log.hpp"
#include "common/net/random.hpp"
#include "servers/dns/own_zones.hpp"

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

/// The name whose zone answers: DS belongs to the parent's side of a cut (RFC 4035, section 3.1.4.1).
dns::NameView parent_side(const dns::Question& question) {
  return question.type == dns::Type::ds ? question.name.view().parent() : question.name.view();
}

/// By which the questions that wait for the servers of a zone are counted. Strangers choose the names: the seed is
/// random.
net::Quota::Key quota_key_of(dns::NameView zone) {
  static const auto seed = net::random_number<std::uint64_t>();
  return dns::FoldedName{zone, seed}.hash();
}

Error too_many_wait_for(dns::NameView zone) {
  return Error{"too many questions wait for the servers of ", dns::to_text(zone)};
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

Resolver::Resolver(net::Worker& worker, const RecursionConfig& config, SharedCache& cache,
                   std::shared_ptr<net::Quota> questions_per_zone, std::uint16_t forward_port)
    : worker_{worker},
      config_{config},
      cache_{cache},
      questions_per_zone_{std::move(questions_per_zone)},
      forward_port_{forward_port},
      root_port_{forward_port} {
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
  if (has_failed_lately(key)) co_return failure();
  if (const auto same = under_way_.find(key); same != under_way_.end()) {
    const auto other = same->second;
    co_await other->done.async_wait(net::as_result);
    co_return other->answer ? *other->answer : failure();
  }
  const auto own = std::make_shared<UnderWay>(worker_.executor());
  const Turn turn{under_way_, key, own};
  Effort effort;
  effort.generation = cache_.generation();
  own->answer = co_await follow(std::move(question), effort);
  if (own->answer->rcode == dns::Rcode::servfail) failures_[key] = net::Clock::now() + failure_ttl;
  co_return *own->answer;
}

bool Resolver::has_failed_lately(const std::string& key) {
  const auto now = net::Clock::now();
  if (failures_.size() >= failures_max) {
    std::erase_if(failures_, [&](const auto& failed) { return failed.second <= now; });
    if (failures_.size() >= failures_max) failures_.clear();
  }
  const auto failed = failures_.find(key);
  return failed != failures_.end() && failed->second > now;
}

/// Asks for the rest of a chain of aliases whose end the first server does not tell.
net::Task<CachedAnswer> Resolver::follow(dns::Question question, Effort& effort) {
  CachedAnswer whole;
  auto next = question;
  for (std::size_t links = 0; links <= cname_chain_max; ++links) {
    auto part = zones_ ? find_in_zones(*zones_, next) : std::nullopt;
    if (!part && links > 0) {
      if (const auto known = find_in_cache(next)) {
        part.emplace();
        part->rcode = known->rcode;
        part->answers = known->answers;
        part->soa = known->soa;
      }
    }
    if (!part) {
      auto found = co_await find(next, effort);
      if (!found) {
        log::warning("no answer", {{"name", dns::to_text(question.name)},
                                   {"type", dns::to_text(question.type)},
                                   {"reason", found.error().message}});
        co_return failure();
      }
      cache_.use_if_still(effort.generation, [&](Cache& cache, Delegations&) {
        cache.cap_ttls(*found);
        cache.store(next, *found, SharedCache::now());
      });
      part = *std::move(found);
    }
    whole.rcode = part->rcode;
    whole.soa = part->soa;
    whole.answers.insert(whole.answers.end(), part->answers.begin(), part->answers.end());
    if (!part->continues_at) co_return whole;
    next.name = *part->continues_at;
    const auto is_next = [&](const dns::Record& record) { return record.name == next.name; };
    if (std::ranges::any_of(whole.answers, is_next)) break;  // the chain has come back to where it was
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
  if (rule != nullptr) co_return co_await ask_rule(*rule, std::move(question), effort);
  auto top = zones_ ? find_delegation(*zones_, parent_side(question)) : std::nullopt;
  if (!top && !config_.root.empty()) top = root_;
  if (!top) co_return Error{"nothing says whom to ask"};
  co_return co_await walk_down(*std::move(top), std::move(question), effort);
}

/// One server, once, within what the client's question may still cost.
/// rule  that names the server; nullptr: it is one of a zone's
net::Task<Result<Accepted>> Resolver::ask(const dns::Question& question, Ipv4Address server, std::uint16_t port,
                                          const dns::Name& bailiwick, const ForwardRule* rule, Effort& effort) {
  if (worker_.is_stopping()) co_return Error{"the server is about to end"};
  if (effort.queries_left-- <= 0) co_return Error{"it takes too many questions to other servers"};
  const auto left = net::time_left(effort.until);
  if (left.count() == 0) co_return Error{"it takes too long"};
  const UpstreamOptions options{.recursion_desired = rule != nullptr,
                                .edns = config_.edns,
                                .random_case = config_.random_case,
                                .timeout = std::min(config_.timeout, left)};
  // Where an alias leads to a name that others are asked about, or to an own zone, they are asked anew.
  const auto is_its_to_tell = [this, rule](dns::NameView name) {
    return rule_for(name) == rule && (!zones_ || zones_->find(dns::FoldedName{name}) == nullptr);
  };
  const net::Endpoint endpoint{"udp", asio::ip::address_v4{server.value}, port};
  auto reply = co_await ask_upstream(worker_.executor(), question, endpoint, bailiwick, options, is_its_to_tell);
  if (!reply) co_return reply.error();
  const auto has_nothing = reply->rcode == dns::Rcode::noerror && reply->answers.empty() && !reply->soa;
  // A zone's server that does not answer refers to others; one that looks things up refers to nobody.
  const bool may_refer = rule == nullptr;
  if (has_nothing && !reply->authoritative && reply->referral.has_value() != may_refer) {
    co_return Error{net::to_string(endpoint), ": it does not answer for ", dns::to_text(bailiwick)};
  }
  co_return *std::move(reply);
}

net::Task<Result<Accepted>> Resolver::ask_rule(const ForwardRule& rule, dns::Question question, Effort& effort) {
  const auto place = questions_per_zone_->enter(quota_key_of(rule.domain));
  if (!place) co_return too_many_wait_for(rule.domain);
  Error last;
  for (int attempt = 0; attempt < config_.tries; ++attempt) {
    for (const auto& server : rule.servers) {
      const auto port = server.port == 0 ? forward_port_ : server.port;
      auto reply = co_await ask(question, server.address, port, rule.domain, &rule, effort);
      if (reply) co_return *std::move(reply);
      last = reply.error();
    }
  }
  co_return last;
}

// ---- from zone to zone (RFC 1034, section 5.3.3)

/// From `top` on down, the root or where an own zone delegates to; from further down if that is remembered.
net::Task<Result<Accepted>> Resolver::walk_down(Delegation top, dns::Question question, Effort& effort) {
  const auto from = parent_side(question);
  const auto closest = [&] {
    auto known = cache_.use_delegations([&](Delegations& all) { return all.closest(from, SharedCache::now()); });
    // Nobody else knows better where an own zone delegates to.
    if (known && known->zone.label_count() <= top.zone.label_count()) known.reset();
    return known;
  };
  auto remembered = closest();
  auto delegation = remembered.value_or(top);
  for (int referrals = 0; referrals <= referrals_max; ++referrals) {
    const auto place = questions_per_zone_->enter(quota_key_of(delegation.zone));
    if (!place) co_return too_many_wait_for(delegation.zone);
    auto reply = co_await ask_zone(delegation, question, effort);
    if (!reply && remembered) {
      // What was remembered may be out of date: the zone above knows better.
      cache_.use_delegations([&](Delegations& known) { known.forget(remembered->zone); });
      remembered = closest();
      delegation = remembered.value_or(top);
      continue;
    }
    if (!reply) co_return reply.error();
    if (!reply->referral) co_return *std::move(reply);
    delegation = *std::move(reply->referral);
    remembered.reset();
    cache_.use_if_still(effort.generation,
                        [&](Cache&, Delegations& known) { known.store(delegation, SharedCache::now()); });
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
        auto reply = co_await ask(question, address, root_port_, delegation.zone, nullptr, effort);
        if (reply) co_return *std::move(reply);
        last = reply.error();
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
