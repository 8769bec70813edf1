#include "common/client/lookup.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/client/tls.hpp"

namespace labnet::client {
namespace {

Kind<std::vector<resolver::Server>> servers_kind() {
  return {
      fmt::format("1 to {} addresses with commas between, each maybe with a port, such as 192.168.1.1,127.0.0.1:5300",
                  name_servers_max),
      [](std::string_view text) -> std::optional<std::vector<resolver::Server>> {
        std::vector<resolver::Server> servers;
        for (const auto piece : split(text, ',')) {
          const auto server = resolver::parse_server(piece);
          if (!server || servers.size() == name_servers_max) return std::nullopt;
          servers.push_back(*server);
        }
        return servers;
      }};
}

}  // namespace

void declare(program::Options& options, LookupInput& input) {
  options.flag("-4,--ipv4", input.ipv4_alone, "reach the server by IPv4");
  options.flag("-6,--ipv6", input.ipv6_alone, "reach the server by IPv6");
  options.option("--dns-servers", "ADDRESS[,ADDRESS]", input.servers,
                 "the name servers to ask, ADDRESS:PORT for another port; default: those of resolv.conf",
                 servers_kind());
  options.excludes("--ipv4", "--ipv6");
}

resolver::Options lookup_options(const LookupInput& input) {
  resolver::Options options;
  if (input.ipv4_alone) options.family = resolver::Family::ipv4;
  if (input.ipv6_alone) options.family = resolver::Family::ipv6;
  options.servers = input.servers;
  return options;
}

Result<std::vector<net::Endpoint>> find_servers(const std::string& host, std::uint16_t port, const std::string& scheme,
                                                const LookupInput& input) {
  if (const auto address = parse_ip(host)) return std::vector{endpoint_of(*address, port, scheme)};
  const auto addresses = resolver::resolve(host, resolver::patience, lookup_options(input));
  if (!addresses) return addresses.error();
  std::vector<net::Endpoint> servers;
  for (const auto& address : *addresses) servers.push_back(endpoint_of(address, port, scheme));
  return servers;
}

}  // namespace labnet::client
