// Where a service listens or a client connects to: "udp://127.0.0.1:5300".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include "common/base/address.hpp"
#include "common/base/result.hpp"

namespace labnet::net {

namespace asio = boost::asio;

struct Endpoint {
  std::string scheme;  // "udp", "https"; in small letters, empty if none was given
  asio::ip::address address;
  std::uint16_t port = 0;  // 0: whichever the system picks

  asio::ip::tcp::endpoint tcp() const { return {address, port}; }
  asio::ip::udp::endpoint udp() const { return {address, port}; }
  bool operator==(const Endpoint&) const = default;
};

/// "udp://127.0.0.1:5300", "tcp://[::1]:53", "127.0.0.1:53". Addresses only, no names: a name is common/resolver's.
/// `default_port` is for a text without ":port"; without one the port must be there.
/// faults  a sentence with what was found and what was expected
Result<Endpoint> parse_endpoint(std::string_view text, std::optional<std::uint16_t> default_port = std::nullopt);

/// As it is parsed: "udp://127.0.0.1:5300", an IPv6 address in brackets.
std::string to_string(const Endpoint& endpoint);

/// An address as sockets have it, and as everything else has it; a scope is lost on the way back.
asio::ip::address to_asio(const IpAddress& address);
IpAddress to_ip(const asio::ip::address& address);

/// The IPv4 address itself where a socket for both families shows it as an IPv6 address (RFC 4291, section 2.5.5.2).
asio::ip::address unmapped(const asio::ip::address& address);

/// From what the system tells of a socket. Whoever came by IPv4 has an IPv4 address, whatever the socket is for.
template <class Protocol>
Endpoint to_endpoint(std::string_view scheme, const asio::ip::basic_endpoint<Protocol>& endpoint) {
  return {std::string{scheme}, unmapped(endpoint.address()), endpoint.port()};
}

}  // namespace labnet::net
