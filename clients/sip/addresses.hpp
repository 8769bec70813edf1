// The same address as SIP's hop and as a socket's endpoint; and how a person names a server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"
#include "common/sip/hop.hpp"

namespace labnet::sip_client {

net::Endpoint endpoint_of(const sip::Hop& hop);
sip::Hop hop_of(const net::Endpoint& endpoint, sip::Transport transport);

/// "[udp:|tcp:|tls:]HOST[:PORT]"
struct ServerName {
  sip::Transport transport = sip::Transport::udp;
  std::string host;  // a name or an address, without brackets
  std::optional<std::uint16_t> port{};

  std::uint16_t port_or_default() const { return port.value_or(sip::default_port(transport)); }
  /// As it stands in URIs: with the port if one was given.
  std::string domain() const;
  bool operator==(const ServerName&) const = default;
};
/// faults  a sentence with what was expected
Result<ServerName> parse_server_name(std::string_view text);

}  // namespace labnet::sip_client
