// Hosts as they stand in URIs and in Via: a name, an IPv4 address, an IPv6 one in brackets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

enum class HostKind : std::uint8_t { name, ipv4, ipv6 };

struct Host {
  HostKind kind = HostKind::name;
  std::string_view text;  // as it was sent; an IPv6 address without its brackets

  bool empty() const { return text.empty(); }
  /// Names without regard to case, IPv6 addresses by their value; a name is never the same as its address (RFC 3261,
  /// section 19.1.4).
  bool operator==(const Host& other) const;
};

/// All of a text. A name has letters, digits, '-', '.' and, as hosts of labs are called so, '_'. An IPv6 address needs
/// its brackets (RFC 5118, section 4.2), but see parse_received in via.hpp.
std::optional<Host> parse_host(std::string_view text);

struct HostPort {
  Host host;
  std::optional<std::uint16_t> port;  // 1 to 65535

  bool operator==(const HostPort&) const = default;
};
/// "example.com:5070", "[2001:db8::10]:5070". No white space.
/// faults  malformed_host, malformed_port
Result<HostPort, FaultKind> parse_host_port(std::string_view text);

}  // namespace labnet::sip
