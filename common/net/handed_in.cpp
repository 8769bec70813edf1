#include "common/net/handed_in.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/text.hpp"

namespace labnet::net {
namespace {

constexpr int first_descriptor = 3;

std::optional<std::string> take_variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  std::string taken{value};
  ::unsetenv(name);
  return taken;
}

std::optional<int> socket_option(int socket, int option) {
  int value = 0;
  socklen_t bytes = sizeof value;
  if (::getsockopt(socket, SOL_SOCKET, option, &value, &bytes) != 0) return std::nullopt;
  return value;
}

/// udp::endpoint holds any address of IPv4 and IPv6; the type of the socket is told apart by the caller.
std::optional<asio::ip::udp::endpoint> local_address(int socket) {
  asio::ip::udp::endpoint endpoint{asio::ip::udp::v6(), 0};
  auto bytes = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(socket, endpoint.data(), &bytes) != 0) return std::nullopt;
  const auto family = endpoint.data()->sa_family;
  if (family != AF_INET && family != AF_INET6) return std::nullopt;
  return endpoint;
}

Result<HandedIn> take(int descriptor) {
  const auto name = "descriptor " + std::to_string(descriptor) + ", handed in by LISTEN_FDS,";
  HandedIn taken{FileDescriptor{descriptor}, {}, {}};
  const auto type = socket_option(descriptor, SO_TYPE);
  if (!type) return Error{name, " is no socket"};
  const auto local = local_address(descriptor);
  if (!local) return Error{name, " is no socket of IPv4 or IPv6"};
  if (*type == SOCK_STREAM && socket_option(descriptor, SO_ACCEPTCONN) != 1) return Error{name, " does not listen"};
  if (*type != SOCK_STREAM && *type != SOCK_DGRAM) return Error{name, " is neither TCP nor UDP"};
  if (local->port() == 0) return Error{name, " is not bound to a port"};
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0) {
    return system_error("cannot set up a socket handed in by LISTEN_FDS");
  }
  taken.local = to_endpoint(*type == SOCK_STREAM ? "tcp" : "udp", *local);
  return taken;
}

}  // namespace

Result<std::vector<HandedIn>> take_handed_in() {
  const auto process = take_variable("LISTEN_PID");
  const auto count_text = take_variable("LISTEN_FDS");
  const auto names_text = take_variable("LISTEN_FDNAMES").value_or("");
  std::vector<HandedIn> sockets;
  if (!process || !count_text || parse_integer<pid_t>(*process) != ::getpid()) return sockets;

  const auto count = parse_integer<int>(*count_text);
  if (!count || *count < 0 || *count > handed_in_max) {
    return Error{"LISTEN_FDS is \"", *count_text, "\"; expected a number of 0 to ", std::to_string(handed_in_max)};
  }
  const auto names = split(names_text, ':');
  for (int i = 0; i < *count; ++i) {
    auto taken = take(first_descriptor + i);
    if (!taken) return taken.error();
    if (static_cast<std::size_t>(i) < names.size()) taken->name = names[static_cast<std::size_t>(i)];
    sockets.push_back(std::move(*taken));
  }
  return sockets;
}

}  // namespace labnet::net
