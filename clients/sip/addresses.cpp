#include "clients/sip/addresses.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"
#include "common/sip/host.hpp"

namespace labnet::sip_client {

net::Endpoint endpoint_of(const sip::Hop& hop) {
  const std::string scheme = hop.transport == sip::Transport::udp ? "udp" : "tcp";
  return {scheme, net::to_asio(hop.address), hop.port};
}

sip::Hop hop_of(const net::Endpoint& endpoint, sip::Transport transport) {
  return {.transport = transport, .address = net::to_ip(endpoint.address), .port = endpoint.port};
}

std::string ServerName::domain() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  const auto text = is_ipv6 ? fmt::format("[{}]", host) : host;
  return port ? fmt::format("{}:{}", text, *port) : text;
}

Result<ServerName> parse_server_name(std::string_view text) {
  ServerName server;
  auto rest = text;
  for (const auto transport : {sip::Transport::udp, sip::Transport::tcp, sip::Transport::tls}) {
    const auto prefix = fmt::format("{}:", sip::uri_name(transport));
    if (!rest.starts_with(prefix)) continue;
    server.transport = transport;
    rest.remove_prefix(prefix.size());
    if (rest.starts_with("//")) rest.remove_prefix(2);
    break;
  }
  const auto place = sip::parse_host_port(rest);
  if (!place) {
    return Error{
        fmt::format("expected [udp:|tcp:|tls:]HOST[:PORT], such as voip.lab or tls:192.168.1.7:5061; found "
                    "\"{}\"",
                    printable(text, 60))};
  }
  server.host = place->host.text;
  server.port = place->port;
  return server;
}

}  // namespace labnet::sip_client
