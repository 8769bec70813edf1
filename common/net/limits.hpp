// How many connections a service holds at once, in all and from one address.
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

struct ConnectionLimits {
  std::size_t connections_max = 1024;
  /// An IPv6 address counts by its first 64 bits: a single host has all of those (RFC 4291, section 2.5.4).
  std::size_t connections_per_address_max = 256;
};

enum class Full { in_all, for_address };

/// Counts the connections of one service, of all its workers; any thread may ask.
class ConnectionCount : public std::enable_shared_from_this<ConnectionCount> {
 public:
  /// One connection's right to be there; gives it back when it goes.
  class Place {
   public:
    Place(Place&& other) noexcept : count_{std::exchange(other.count_, nullptr)}, key_{other.key_} {}
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class ConnectionCount;
    using Key = std::uint64_t;
    Place(std::shared_ptr<ConnectionCount> count, Key key) : count_{std::move(count)}, key_{key} {}
    std::shared_ptr<ConnectionCount> count_;
    Key key_;
  };

  static std::shared_ptr<ConnectionCount> make(const ConnectionLimits& limits);

  Result<Place, Full> enter(const asio::ip::address& address);
  std::size_t connections() const;

 private:
  explicit ConnectionCount(const ConnectionLimits& limits) : limits_{limits} {}
  void leave(Place::Key key);

  const ConnectionLimits limits_;
  mutable std::mutex mutex_;
  std::size_t connections_ = 0;
  std::unordered_map<Place::Key, std::size_t> per_address_;
};

}  // namespace labnet::net
