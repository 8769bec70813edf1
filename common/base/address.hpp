// Addresses of the link and the network layer as values: parsed, printed, compared; no socket.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/bytes.hpp"

namespace labnet {

/// 48 bits, printed as in "00:0c:29:8d:07:ce".
struct MacAddress {
  std::array<std::uint8_t, 6> octets{};

  bool is_multicast() const { return (octets[0] & 1) != 0; }
  auto operator<=>(const MacAddress&) const = default;
};
std::optional<MacAddress> parse_mac(std::string_view text);
std::string to_string(const MacAddress& address);

/// An IPv4 address; `value` is in host byte order, so that 192.168.1.7 is 0xc0a80107.
struct Ipv4Address {
  std::uint32_t value = 0;

  auto operator<=>(const Ipv4Address&) const = default;
};
/// Four decimal numbers of 0 to 255 without leading zeros, nothing else (no "10.1", no octal).
std::optional<Ipv4Address> parse_ipv4(std::string_view text);
std::string to_string(Ipv4Address address);

struct Ipv6Address {
  std::array<std::uint8_t, 16> octets{};

  auto operator<=>(const Ipv6Address&) const = default;
};
/// RFC 4291, section 2.2, no zone index. Printed as RFC 5952 asks.
std::optional<Ipv6Address> parse_ipv6(std::string_view text);
std::string to_string(const Ipv6Address& address);

/// Of either family. IPv6 without brackets.
using IpAddress = std::variant<Ipv4Address, Ipv6Address>;
std::optional<IpAddress> parse_ip(std::string_view text);
std::string to_string(const IpAddress& address);
/// fe80::/10 (RFC 4291, section 2.5.6): says nothing without the interface that it is at.
bool is_link_local(const IpAddress& address);
/// "192.168.1.7:53", "[fd00::7]:53"
std::string host_port_text(const IpAddress& address, std::uint16_t port);

/// "192.168.1.0/24": a network address and how many of its bits are fixed.
struct Ipv4Subnet {
  Ipv4Address network;
  int prefix_bits = 0;  // 0 to 32

  std::uint32_t mask() const { return prefix_bits == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix_bits); }
  bool contains(Ipv4Address address) const { return (address.value & mask()) == network.value; }
  Ipv4Address broadcast() const { return {network.value | ~mask()}; }
  /// True for what a host may have: not the network address nor the broadcast one (RFC 3021: both are usable in a /31).
  bool is_host(Ipv4Address address) const {
    return contains(address) && (prefix_bits >= 31 || (address != network && address != broadcast()));
  }
  bool overlaps(const Ipv4Subnet& other) const { return contains(other.network) || other.contains(network); }
  auto operator<=>(const Ipv4Subnet&) const = default;
};
/// Nothing if bits of the host part are set: "192.168.1.5/24" is an address, not a subnet.
std::optional<Ipv4Subnet> parse_ipv4_subnet(std::string_view text);
std::string to_string(const Ipv4Subnet& subnet);

}  // namespace labnet
