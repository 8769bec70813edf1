// How often an address, or somebody at an address, may do something: a bucket of tokens for each.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>

#include "common/sip/timers.hpp"

namespace labnet::sip_server {

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;       // at once

  bool operator==(const Rate&) const = default;
};

/// Key  who it is that may; can be ordered
template <class Key>
class RateLimit {
 public:
  explicit RateLimit(Rate rate) : rate_{rate} {}

  /// True if it may, and then it has. Who is not known has a full bucket; if too many are known, those
  /// whose buckets are full are forgotten, and while there are none such everybody new shares one.
  bool take(const Key& who, sip::TimePoint now) {
    if (rate_.per_second <= 0) return true;
    auto& bucket = bucket_of(who, now);
    refill(bucket, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
  /// Whether it might, without doing it.
  bool may(const Key& who, sip::TimePoint now) {
    if (rate_.per_second <= 0) return true;
    const auto found = buckets_.find(who);
    if (found == buckets_.end()) return true;
    refill(found->second, now);
    return found->second.tokens >= 1;
  }

  static constexpr std::size_t known_max = 10'000;

 private:
  struct Bucket {
    double tokens = 0;
    sip::TimePoint filled_at{};
  };

  void refill(Bucket& bucket, sip::TimePoint now) {
    const auto seconds = std::chrono::duration<double>(now - bucket.filled_at).count();
    bucket.tokens = std::min(rate_.burst, bucket.tokens + seconds * rate_.per_second);
    bucket.filled_at = now;
  }
  Bucket& bucket_of(const Key& who, sip::TimePoint now) {
    const auto found = buckets_.find(who);
    if (found != buckets_.end()) return found->second;
    if (buckets_.size() >= known_max) forget_the_full(now);
    if (buckets_.size() >= known_max) return shared_;
    return buckets_.emplace(who, Bucket{rate_.burst, now}).first->second;
  }
  void forget_the_full(sip::TimePoint now) {
    for (auto entry = buckets_.begin(); entry != buckets_.end();) {
      refill(entry->second, now);
      entry = entry->second.tokens >= rate_.burst ? buckets_.erase(entry) : std::next(entry);
    }
  }

  Rate rate_;
  std::map<Key, Bucket> buckets_;
  Bucket shared_;
};

}  // namespace labnet::sip_server
