// The code points of DNS: record types, classes, opcodes, response codes (IANA "Domain Name System Parameters").
// Values without an enumerator are legal and travel as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace labnet::dns {

enum class Type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  hinfo = 13,
  mx = 15,
  txt = 16,
  aaaa = 28,
  loc = 29,
  srv = 33,
  naptr = 35,
  dname = 39,
  opt = 41,
  ds = 43,
  sshfp = 44,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  nsec3 = 50,
  nsec3param = 51,
  tlsa = 52,
  svcb = 64,
  https = 65,
  ixfr = 251,
  axfr = 252,
  any = 255,
  caa = 257,
};

enum class Class : std::uint16_t { in = 1, ch = 3, hs = 4, none = 254, any = 255 };

enum class Opcode : std::uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5 };

/// Twelve bits: the lower four stand in the header, the upper eight in an OPT record (RFC 6891, section 6.1.3).
enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  notauth = 9,
  notzone = 10,
  badvers = 16,
  badcookie = 23,
};

/// "MX", and TYPE65280 for what has no name (RFC 3597, section 5). Read without regard to case.
std::string to_text(Type type);
std::optional<Type> parse_type(std::string_view text);

/// "IN", and CLASS32 for what has no name.
std::string to_text(Class value);
std::optional<Class> parse_class(std::string_view text);

/// "QUERY", "NXDOMAIN"; OPCODE3 and RCODE12 for what has no name.
std::string to_text(Opcode opcode);
std::string to_text(Rcode rcode);
std::optional<Rcode> parse_rcode(std::string_view text);

/// True for types that name no data but a way to ask: OPT, TKEY to ANY (128 to 255, and 41).
constexpr bool is_meta(Type type) {
  const auto value = static_cast<std::uint16_t>(type);
  return type == Type::opt || (value >= 128 && value <= 255);
}

}  // namespace labnet::dns
