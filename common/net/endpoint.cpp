#include "common/net/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::net {
namespace {

Error fault(std::string_view text, std::string_view found) {
  return {"\"", text, "\" is no endpoint: ", found, "; expected one such as udp://127.0.0.1:5300 or tcp://[::1]:53"};
}

bool is_scheme(std::string_view text) {
  const auto is_letter = [](char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; };
  const auto may_follow = [&](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, may_follow);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text, std::optional<std::uint16_t> default_port) {
  Endpoint endpoint;
  auto rest = text;
  if (const auto end = text.find("://"); end != text.npos) {
    const auto scheme = text.substr(0, end);
    if (!is_scheme(scheme)) return fault(text, "what stands before \"://\" is no scheme");
    endpoint.scheme = to_lower(scheme);
    rest = text.substr(end + 3);
  }

  std::optional<IpAddress> address;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == rest.npos) return fault(text, "the \"[\" is not closed");
    address = parse_ipv6(rest.substr(1, end - 1));
    if (!address) return fault(text, "what stands in brackets is no IPv6 address");
    rest = rest.substr(end + 1);
  } else {
    const auto end = std::min(rest.find(':'), rest.size());
    if (rest.find(':') != rest.rfind(':')) return fault(text, "an IPv6 address stands in brackets");
    address = parse_ipv4(rest.substr(0, end));
    if (!address) return fault(text, "its host is no IPv4 address");
    rest = rest.substr(end);
  }
  endpoint.address = to_asio(*address);

  if (rest.empty()) {
    if (!default_port) return fault(text, "the port is missing");
    endpoint.port = *default_port;
    return endpoint;
  }
  const auto port = rest.front() == ':' ? parse_integer<std::uint16_t>(rest.substr(1)) : std::nullopt;
  if (!port) return fault(text, "after the address a \":\" and a port of 0 to 65535 must follow");
  endpoint.port = *port;
  return endpoint;
}

asio::ip::address to_asio(const IpAddress& address) {
  if (const auto* const ipv4 = std::get_if<Ipv4Address>(&address)) return asio::ip::address_v4{ipv4->value};
  return asio::ip::address_v6{std::get<Ipv6Address>(address).octets};
}

IpAddress to_ip(const asio::ip::address& address) {
  if (address.is_v4()) return Ipv4Address{address.to_v4().to_uint()};
  return Ipv6Address{address.to_v6().to_bytes()};
}

asio::ip::address unmapped(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

std::string to_string(const Endpoint& endpoint) {
  const auto format = endpoint.address.is_v6() ? "{}{}[{}]:{}" : "{}{}{}:{}";
  return fmt::format(fmt::runtime(format), endpoint.scheme, endpoint.scheme.empty() ? "" : "://",
                     endpoint.address.to_string(), endpoint.port);
}

}  // namespace labnet::net
