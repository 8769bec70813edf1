// Hosts and ports.
#include "common/sip/host.hpp"

#include <algorithm>

#include "common/base/address.hpp"
#include "common/base/text.hpp"
#include "common/sip/characters.hpp"

namespace labnet::sip {
namespace {

/// What of a text is the host: up to the colon of the port.
std::size_t host_bytes(std::string_view text) {
  if (!text.starts_with('[')) return std::min(text.find(':'), text.size());
  const auto close = text.find(']');
  return close == text.npos ? text.size() : close + 1;
}

/// Something that looks like an address must be one: "192.168.1.300" is no name.
bool is_like_ipv4(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace

bool Host::operator==(const Host& other) const {
  if (kind != other.kind) return false;
  if (kind == HostKind::ipv6 && text != other.text) return parse_ipv6(text) == parse_ipv6(other.text);
  return equals_ignoring_case(text, other.text);
}

std::optional<Host> parse_host(std::string_view text) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return std::nullopt;
    const auto address = text.substr(1, text.size() - 2);
    return parse_ipv6(address) ? std::optional{Host{HostKind::ipv6, address}} : std::nullopt;
  }
  if (!is_all_of(text, host_kind)) return std::nullopt;
  if (!is_like_ipv4(text)) return Host{HostKind::name, text};
  return parse_ipv4(text) ? std::optional{Host{HostKind::ipv4, text}} : std::nullopt;
}

Result<HostPort, FaultKind> parse_host_port(std::string_view text) {
  const auto host_text = text.substr(0, host_bytes(text));
  const auto host = parse_host(host_text);
  if (!host) return FaultKind::malformed_host;
  auto rest = text.substr(host_text.size());
  if (rest.empty()) return HostPort{*host, std::nullopt};
  if (rest.front() != ':') return FaultKind::malformed_host;
  const auto port = parse_integer<std::uint16_t>(rest.substr(1));
  if (!port || *port == 0) return FaultKind::malformed_port;
  return HostPort{*host, *port};
}

}  // namespace labnet::sip
