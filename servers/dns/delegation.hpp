// Who answers for a zone, as referrals say (RFC 1034, section 5.3.3), remembered until their time is over. Pure: the
// time is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/address.hpp"
#include "common/dns/name.hpp"

namespace labnet::dns_server {

struct NameServer {
  dns::Name name;
  std::vector<Ipv4Address> addresses;  // none: the name is to be looked up
};

struct Delegation {
  dns::Name zone;
  std::vector<NameServer> servers;
  std::uint32_t ttl = 0;  // seconds
};

inline constexpr std::size_t name_servers_max = 13;     // taken of one referral
inline constexpr std::size_t server_addresses_max = 8;  // taken of one server
inline constexpr std::size_t delegations_max = 1000;    // remembered; the one used least recently goes first

/// Not for several threads at once.
class Delegations {
 public:
  using Time = std::chrono::milliseconds;

  explicit Delegations(std::chrono::seconds ttl_max) : ttl_max_{ttl_max} {}

  /// One with a TTL of 0 is not remembered.
  void store(Delegation delegation, Time now);
  /// Of the zone that encloses `name` most closely; nothing if only the root does.
  std::optional<Delegation> closest(dns::NameView name, Time now);
  /// All that are remembered, with the TTL that is left, in canonical order.
  std::vector<Delegation> entries(Time now) const;
  void forget(dns::NameView zone);
  void flush();
  std::size_t size() const { return by_use_.size(); }

 private:
  struct Stored {
    Delegation delegation;
    std::string key;
    Time expires{};
  };
  using Place = std::list<Stored>::iterator;
  void erase(Place place);

  std::chrono::seconds ttl_max_;
  std::list<Stored> by_use_;  // the most recently used first
  std::unordered_map<std::string, Place> by_zone_;
};

}  // namespace labnet::dns_server
