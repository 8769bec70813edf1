#include "common/base/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

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

/// No allocation, as messages have addresses in many places.
std::optional<Ipv4Address> parse_ipv4(std::string_view text) {
  constexpr int octets = 4;
  constexpr std::size_t digits_max = 3;
  Ipv4Address address;
  std::size_t at = 0;
  for (int i = 0; i < octets; ++i) {
    if (i > 0 && (at == text.size() || text[at++] != '.')) return std::nullopt;
    const auto begin = at;
    std::uint32_t octet = 0;
    while (at < text.size() && at - begin < digits_max && text[at] >= '0' && text[at] <= '9') {
      octet = octet * 10 + static_cast<std::uint32_t>(text[at++] - '0');
    }
    const bool has_surplus_zero = at - begin > 1 && text[begin] == '0';
    if (at == begin || octet > 255 || has_surplus_zero) return std::nullopt;
    address.value = address.value << 8 | octet;
  }
  return at == text.size() ? std::optional{address} : std::nullopt;
}

std::string to_string(Ipv4Address address) {
  return fmt::format("{}.{}.{}.{}", address.value >> 24, address.value >> 16 & 0xff, address.value >> 8 & 0xff,
                     address.value & 0xff);
}

std::optional<Ipv6Address> parse_ipv6(std::string_view text) {
  Ipv6Address address;
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  if (text.find('\0') != text.npos) return std::nullopt;  // where inet_pton would take the text to end
  std::ranges::copy(text, terminated.begin());
  if (inet_pton(AF_INET6, terminated.data(), address.octets.data()) != 1) return std::nullopt;
  return address;
}

std::string to_string(const Ipv6Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, address.octets.data(), text.data(), text.size());
  return text.data();
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (const auto address = parse_ipv4(text)) return *address;
  if (const auto address = parse_ipv6(text)) return *address;
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  return std::visit([](const auto& of_family) { return to_string(of_family); }, address);
}

bool is_link_local(const IpAddress& address) {
  const auto* const ipv6 = std::get_if<Ipv6Address>(&address);
  return ipv6 != nullptr && ipv6->octets[0] == 0xfe && (ipv6->octets[1] & 0xc0) == 0x80;
}

std::string host_port_text(const IpAddress& address, std::uint16_t port) {
  const bool is_ipv6 = std::holds_alternative<Ipv6Address>(address);
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", to_string(address), is_ipv6 ? "]" : "", port);
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
