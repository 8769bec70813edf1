#include "common/base/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include "common/base/text.hpp"

namespace labnet {

std::optional<MacAddress> parse_mac(std::string_view text) {
  const auto parts = split(text, ':');
  MacAddress address;
  if (parts.size() != address.octets.size()) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto octet = parse_integer<std::uint8_t>(parts[i], 16);
    if (!octet || parts[i].size() != 2) return std::nullopt;
    address.octets[i] = *octet;
  }
  return address;
}

std::string to_string(const MacAddress& address) {
  return fmt::format("{:02x}", fmt::join(address.octets, ":"));
}

std::optional<Ipv4Address> parse_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  Ipv4Address address;
  for (const auto part : parts) {
    const auto octet = parse_integer<std::uint8_t>(part);
    if (!octet || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    address.value = address.value << 8 | *octet;
  }
  return address;
}

std::string to_string(Ipv4Address address) {
  return fmt::format("{}.{}.{}.{}", address.value >> 24, address.value >> 16 & 0xff, address.value >> 8 & 0xff,
                     address.value & 0xff);
}

std::optional<Ipv6Address> parse_ipv6(std::string_view text) {
  Ipv6Address address;
  if (text.find('\0') != text.npos) return std::nullopt;  // where inet_pton would take the text to end
  const std::string terminated{text};
  if (inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) != 1) return std::nullopt;
  return address;
}

std::string to_string(const Ipv6Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, address.octets.data(), text.data(), text.size());
  return text.data();
}

std::optional<Ipv4Subnet> parse_ipv4_subnet(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const auto network = parse_ipv4(text.substr(0, slash));
  const auto prefix_bits = parse_integer<unsigned>(text.substr(slash + 1));
  if (!network || !prefix_bits || *prefix_bits > 32) return std::nullopt;
  const Ipv4Subnet subnet{*network, static_cast<int>(*prefix_bits)};
  if (!subnet.contains(*network)) return std::nullopt;
  return subnet;
}

std::string to_string(const Ipv4Subnet& subnet) {
  return fmt::format("{}/{}", to_string(subnet.network), subnet.prefix_bits);
}

}  // namespace labnet
