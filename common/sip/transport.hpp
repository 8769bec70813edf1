// What carries messages: names and ports.
#pragma once

#include <cstdint>
#include <string_view>

namespace labnet::sip {

enum class Transport : std::uint8_t {
  udp,
  tcp,
  tls,
  other,  // SCTP, WS and what may come; its text stands in the Via
};

/// "UDP", as it stands in a Via; empty for `other`.
std::string_view via_name(Transport transport);
/// "udp", as it stands in a URI: ";transport=udp" (RFC 3261, section 19.1.1; "tls" there is what phones write, too).
std::string_view uri_name(Transport transport);
/// In any case.
Transport transport_of(std::string_view text);
/// Where nothing says otherwise: 5060, over TLS 5061 (RFC 3261, section 18.1.1).
std::uint16_t default_port(Transport transport);
/// True where messages follow each other in one flow of bytes, so that each needs its Content-Length.
constexpr bool is_stream(Transport transport) {
  return transport == Transport::tcp || transport == Transport::tls;
}

}  // namespace labnet::sip
