#include "common/resolver/address.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace labnet::resolver {

std::string to_string(const Server& server) {
  return host_port_text(server.address, server.port);
}

std::optional<Server> parse_server(std::string_view text) {
  Server server;
  if (const auto address = parse_ip(text)) {
    server.address = *address;
    return server;
  }
  const auto bracket = text.rfind(']');  // of an IPv6 address alone, whose colons are no port's
  const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  auto place = text.substr(0, colon);
  if (place.starts_with('[') != place.ends_with(']')) return std::nullopt;
  const auto has_brackets = place.size() > 1 && place.starts_with('[');
  if (has_brackets) place = place.substr(1, place.size() - 2);
  const auto address = parse_ip(place);
  if (!address || std::holds_alternative<Ipv6Address>(*address) != has_brackets) return std::nullopt;
  server.address = *address;
  if (colon == text.npos) return server;
  const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0) return std::nullopt;
  server.port = *port;
  return server;
}

}  // namespace labnet::resolver
