#include "common/sip/hop.hpp"

#include <fmt/format.h>

namespace labnet::sip {

std::string scoped_address_text(const Hop& hop) {
  return hop.scope_id == 0 ? to_string(hop.address) : fmt::format("{}%{}", to_string(hop.address), hop.scope_id);
}

std::string to_string(const Hop& hop) {
  if (hop.scope_id != 0) return fmt::format("{} [{}]:{}", uri_name(hop.transport), scoped_address_text(hop), hop.port);
  return fmt::format("{} {}", uri_name(hop.transport), host_port_text(hop.address, hop.port));
}

std::string via_text(const Hop& local, std::string_view branch) {
  return via_text(local.transport, host_port_text(local.address, local.port), branch);
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
