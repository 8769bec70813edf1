#include "servers/dns/resolver.hpp"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>

#include "common/base/text.hpp"
#include "common/log/log.hpp"
#include "servers/dns/limits.hpp"
#include "servers/dns/upstream.hpp"

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
  own->answer = co_await follow(std::move(question));
  co_return *own->answer;
}

/// Asks for the rest of a chain of aliases whose end the first server does not tell.
net::Task<CachedAnswer> Resolver::follow(dns::Question question) {
  CachedAnswer whole;
  auto next = question;
  for (std::size_t links = 0; links <= cname_chain_max; ++links) {
    auto part = co_await ask_servers(next);
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

net::Task<Result<Accepted>> Resolver::ask_servers(dns::Question question) {
  const auto* rule = rule_for(question.name);
  if (rule == nullptr) co_return Error{"no rule says whom to ask"};
  const UpstreamOptions options{config_.edns, config_.random_case, config_.timeout};
  Error last;
  for (int attempt = 0; attempt < config_.tries; ++attempt) {
    for (const auto& server : rule->servers) {
      if (worker_.is_stopping()) co_return Error{"the server is about to end"};
      const auto port = server.port == 0 ? forward_port_ : server.port;
      const net::Endpoint endpoint{"udp", asio::ip::address_v4{server.address.value}, port};
      // Whoever is asked for a domain is believed about that domain: an alias that leads out of it is asked for anew.
      auto reply = co_await ask_upstream(worker_.executor(), question, endpoint, rule->domain, options);
      if (reply) co_return *std::move(reply);
      last = reply.error();
    }
  }
  co_return last;
}

}  // namespace labnet::dns_server
