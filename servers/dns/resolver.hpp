// Answers questions that are not about the server's own zones: from the cache, or from the servers that the forward
// rules name.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/net/runtime.hpp"
#include "servers/dns/cache.hpp"
#include "servers/dns/config.hpp"

namespace labnet::dns_server {

/// One cache for all workers.
class SharedCache {
 public:
  explicit SharedCache(const CacheLimits& limits) : cache_{limits} {}

  auto use(const auto& function) {
    const std::lock_guard lock{mutex_};
    return function(cache_);
  }
  /// The time that the cache reckons in.
  static Cache::Time now() {
    return std::chrono::duration_cast<Cache::Time>(std::chrono::steady_clock::now().time_since_epoch());
  }

 private:
  std::mutex mutex_;
  Cache cache_;
};

/// One worker's.
class Resolver {
 public:
  /// forward_port  for servers without a port
  Resolver(net::Worker& worker, const RecursionConfig& config, SharedCache& cache, std::uint16_t forward_port)
      : worker_{worker}, config_{config}, cache_{cache}, forward_port_{forward_port} {}

  /// False if nothing is looked up for anybody.
  bool is_offered() const { return !config_.forward.empty(); }

  /// What the cache knows of it, at once.
  std::optional<CachedAnswer> find_in_cache(const dns::Question& question);

  /// Asks; equal questions at the same time are asked once. SERVFAIL if no server gives an answer that may be
  /// believed, or if no rule says whom to ask. How many questions may be under way is the caller's to say.
  net::Task<CachedAnswer> resolve(dns::Question question);

 private:
  struct UnderWay;
  class Turn;
  using Questions = std::map<std::string, std::shared_ptr<UnderWay>>;

  const ForwardRule* rule_for(dns::NameView name) const;
  net::Task<CachedAnswer> follow(dns::Question question);
  net::Task<Result<Accepted>> ask_servers(dns::Question question);

  net::Worker& worker_;
  const RecursionConfig& config_;
  SharedCache& cache_;
  std::uint16_t forward_port_;
  Questions under_way_;
};

}  // namespace labnet::dns_server
