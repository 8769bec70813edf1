#include "common/sip/hop.hpp"

#include <fmt/format.h>

namespace labnet::sip {

std::string host_port_text(const IpAddress& address, std::uint16_t port) {
  const bool is_ipv6 = std::holds_alternative<Ipv6Address>(address);
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", to_string(address), is_ipv6 ? "]" : "", port);
}

std::string to_string(const Hop& hop) {
  return fmt::format("{} {}", uri_name(hop.transport), host_port_text(hop.address, hop.port));
}

Hop response_hop(const Message& request, const Hop& from) {
  const auto& via = request.via();
  if (is_stream(from.transport) || via.has_rport) return from;
  auto hop = from;
  hop.port = via.port_or_default();
  return hop;
}

void begin_response(MessageWriter& writer, const Message& request, const Hop& from, ResponseParts parts) {
  const auto address = to_string(from.address);
  parts.source = Source{address, from.port};
  writer.begin_response(request, parts);
}

}  // namespace labnet::sip
