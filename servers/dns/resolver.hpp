// Answers questions that are not about the server's own zones: from the cache, from the servers that the forward rules
// name, or from zone to zone, starting at those to which an own zone delegates, or at the root's.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/net/deadline.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "servers/dns/cache.hpp"
#include "servers/dns/config.hpp"
#include "servers/dns/delegation.hpp"
#include "servers/dns/limits.hpp"
#include "servers/dns/upstream.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

/// What all workers remember together.
class SharedCache {
 public:
  explicit SharedCache(const CacheLimits& limits) : cache_{limits}, delegations_{limits.ttl_max} {}

  auto use(const auto& function) {
    const std::lock_guard lock{mutex_};
    return function(cache_);
  }
  /// Counts flushes. What was asked for before one is not remembered after it.
  std::uint64_t generation() {
    const std::lock_guard lock{mutex_};
    return generation_;
  }
  void use_if_still(std::uint64_t generation, const auto& function) {
    const std::lock_guard lock{mutex_};
    if (generation == generation_) function(cache_, delegations_);
  }
  /// How many entries of the cache went: of that name, or all.
  std::size_t flush(const std::optional<dns::Name>& name) {
    const std::lock_guard lock{mutex_};
    ++generation_;
    if (name) delegations_.forget(*name);
    if (!name) delegations_.flush();
    return name ? cache_.flush(*name) : cache_.flush();
  }
  auto use_delegations(const auto& function) {
    const std::lock_guard lock{mutex_};
    return function(delegations_);
  }
  /// The time that the cache reckons in.
  static Cache::Time now() {
    return std::chrono::duration_cast<Cache::Time>(std::chrono::steady_clock::now().time_since_epoch());
  }

 private:
  std::mutex mutex_;
  Cache cache_;
  Delegations delegations_;
  std::uint64_t generation_ = 0;
};

/// One worker's.
class Resolver {
 public:
  /// questions_per_zone  that wait for the servers of one zone or forward rule, of all workers
  /// forward_port        for servers without a port
  Resolver(net::Worker& worker, const RecursionConfig& config, SharedCache& cache,
           std::shared_ptr<net::Quota> questions_per_zone, std::uint16_t forward_port);

  /// False if nothing is looked up for anybody.
  bool is_offered() const { return !config_.forward.empty() || !config_.root.empty(); }

  /// The server's own zones, which know better than anybody else where an alias leads into them.
  void serve_zones(std::shared_ptr<const ZoneSet> zones) { zones_ = std::move(zones); }

  /// What the cache knows of it, at once.
  std::optional<CachedAnswer> find_in_cache(const dns::Question& question);

  /// Asks; equal questions of this worker at the same time are asked once. SERVFAIL if no server gives an answer that
  /// may be believed, if nothing says whom to ask, or if that was so within the last second (RFC 9520). How many
  /// questions may be under way is the caller's to say.
  net::Task<CachedAnswer> resolve(dns::Question question);

 private:
  struct UnderWay;
  class Turn;
  using Questions = std::map<std::string, std::shared_ptr<UnderWay>>;

  /// What a client's question has cost so far.
  struct Effort {
    int queries_left = upstream_queries_max;
    int depth = 0;  // of look-ups of servers' addresses within each other
    net::Clock::time_point until = net::Clock::now() + lookup_time_max;
    std::uint64_t generation = 0;  // of the cache when it began
  };

  const ForwardRule* rule_for(dns::NameView name) const;
  net::Task<CachedAnswer> follow(dns::Question question, Effort& effort);
  net::Task<Result<Accepted>> find(dns::Question question, Effort& effort);
  net::Task<Result<Accepted>> ask_rule(const ForwardRule& rule, dns::Question question, Effort& effort);
  net::Task<Result<Accepted>> ask(const dns::Question& question, Ipv4Address server, std::uint16_t port,
                                  const dns::Name& bailiwick, const ForwardRule* rule, Effort& effort);
  bool has_failed_lately(const std::string& key);
  net::Task<Result<Accepted>> walk_down(Delegation top, dns::Question question, Effort& effort);
  net::Task<Result<Accepted>> ask_zone(const Delegation& delegation, dns::Question question, Effort& effort);
  net::Task<std::vector<Ipv4Address>> look_up_server(dns::Name server, Effort& effort);

  net::Worker& worker_;
  const RecursionConfig& config_;
  SharedCache& cache_;
  std::shared_ptr<net::Quota> questions_per_zone_;
  std::uint16_t forward_port_;
  Delegation root_;
  std::uint16_t root_port_;  // of all servers from the root on down
  Questions under_way_;
  std::shared_ptr<const ZoneSet> zones_;
  std::unordered_map<std::string, net::Clock::time_point> failures_;  // until when each is not asked again
};

}  // namespace labnet::dns_server
