// How much of something a service has under way at once, in all and for one address or another key: connections,
// questions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include "common/base/result.hpp"

namespace labnet::net {

namespace asio = boost::asio;

struct QuotaLimits {
  std::size_t all_max = 1024;
  /// An IPv6 address counts by its first 64 bits: a single host has all of those (RFC 4291, section 2.5.4).
  std::size_t per_address_max = 256;  // or key
};

enum class Full { in_all, for_address };

/// Of one service, for all its workers; any thread may ask.
class Quota : public std::enable_shared_from_this<Quota> {
 public:
  using Key = std::uint64_t;
  /// An IPv4 address, mapped or not, or the first half of an IPv6 address.
  static Key key_of(const asio::ip::address& address);

  /// The right of one to be there; given back when it goes.
  class Place {
   public:
    Place(Place&& other) noexcept : quota_{std::exchange(other.quota_, nullptr)}, key_{other.key_} {}
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class Quota;
    Place(std::shared_ptr<Quota> quota, Key key) : quota_{std::move(quota)}, key_{key} {}
    std::shared_ptr<Quota> quota_;
    Key key_;
  };

  static std::shared_ptr<Quota> make(const QuotaLimits& limits);

  Result<Place, Full> enter(const asio::ip::address& address);
  /// For a quota of something else than addresses.
  Result<Place, Full> enter(Key key);
  /// How many are there.
  std::size_t count() const;

 private:
  explicit Quota(const QuotaLimits& limits) : limits_{limits} {}
  void leave(Key key);

  const QuotaLimits limits_;
  mutable std::mutex mutex_;
  std::size_t count_ = 0;
  std::unordered_map<Key, std::size_t> per_address_;
};

}  // namespace labnet::net
