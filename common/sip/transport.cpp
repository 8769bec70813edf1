// The table of transports.
#include "common/sip/transport.hpp"

#include <array>
#include <cstddef>

#include "common/base/text.hpp"

namespace labnet::sip {
namespace {

struct TransportRow {
  std::string_view via_name;
  std::string_view uri_name;
  std::uint16_t port;
};
constexpr std::array<TransportRow, 4> transport_rows{{
    {"UDP", "udp", 5060},
    {"TCP", "tcp", 5060},
    {"TLS", "tls", 5061},
    {"", "", 5060},
}};

const TransportRow& row_of(Transport transport) {
  return transport_rows[static_cast<std::size_t>(transport)];
}

}  // namespace

std::string_view via_name(Transport transport) {
  return row_of(transport).via_name;
}

std::string_view uri_name(Transport transport) {
  return row_of(transport).uri_name;
}

Transport transport_of(std::string_view text) {
  for (const auto transport : {Transport::udp, Transport::tcp, Transport::tls}) {
    if (equals_ignoring_case(text, uri_name(transport))) return transport;
  }
  return Transport::other;
}

std::uint16_t default_port(Transport transport) {
  return row_of(transport).port;
}

}  // namespace labnet::sip
