#include "servers/lab/published_sockets.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>

namespace labnet::lab {
namespace {

Result<FileDescriptor> open_socket(const Publication& publication, Transport transport) {
  const auto type = transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM;
  FileDescriptor socket{::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(publication.port);
  address.sin_addr.s_addr = htonl(publication.address.value);
  if (!socket || bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      (transport == Transport::tcp && listen(socket.get(), SOMAXCONN) < 0)) {
    return system_error(
        fmt::format("cannot publish {} port {} at {}:{} (change \"publish\" in the lab file, or start "
                    "with --no-publish)",
                    publication.host, publication.host_port, to_string(publication.address), publication.port));
  }
  return socket;
}

}  // namespace

Result<PublishedSockets> open_published_sockets(const Lab& lab) {
  PublishedSockets published;
  for (const auto& publication : lab.publications) {
    for (const auto transport : transports_at(*lab.find_host(publication.host), publication.host_port)) {
      auto socket = open_socket(publication, transport);
      if (!socket) return socket.error();
      published.sockets.push_back({&publication, transport, socket->get()});
      published.descriptors.push_back(std::move(*socket));
    }
  }
  return published;
}

}  // namespace labnet::lab
