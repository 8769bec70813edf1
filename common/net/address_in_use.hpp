// Whether an address is free. The sockets of several workers share theirs by SO_REUSEPORT, and so would those of
// another process of the same user: a server that was forgotten would take its part of what comes, in silence.
#pragma once

#include <sys/socket.h>

#include <cerrno>

#include <boost/system/error_code.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/net/endpoint.hpp"

namespace labnet::net {

/// Why a service cannot listen, for people: of an address that another one has, what can be done about it.
inline Error cannot_listen(const Endpoint& endpoint, const boost::system::error_code& error) {
  const bool is_in_use = error == boost::system::errc::address_in_use;
  return Error{"cannot listen on ", to_string(endpoint), ": ", error.message(),
               is_in_use ? "; end what listens there, or choose another place with --listen" : ""};
}

/// Why nobody but this process can have the address; no error if it is free, or its port is 0.
/// address  an endpoint of Asio
boost::system::error_code address_in_use(const auto& address) {
  if (address.port() == 0) return {};
  const auto protocol = address.protocol();
  const auto here = [] { return boost::system::error_code{errno, boost::system::system_category()}; };
  const FileDescriptor probe{socket(protocol.family(), protocol.type() | SOCK_CLOEXEC, protocol.protocol())};
  if (!probe) return here();
  const int yes = 1;
  // Connections that are over stay for a while and are no reason.
  if (protocol.type() == SOCK_STREAM) setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (protocol.family() == AF_INET6) setsockopt(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  return bind(probe.get(), address.data(), static_cast<socklen_t>(address.size())) == 0 ? boost::system::error_code{}
                                                                                        : here();
}

}  // namespace labnet::net
