// Addresses of a link (fe80::), which mean something only together with the link: in a network of the test's own.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/servers/ftp/running_ftp.hpp"

namespace labnet::ftp_server {
namespace {

using testing::StartsWith;

constexpr int skipped = 77;
constexpr std::uint16_t server_port = 2121, data_port = 5000;

/// From now on this process is in a network whose only link, "lan", has fe80::1 at this end. False if it may not.
bool enter_network() {
  const auto user = ::getuid();
  const auto group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  std::ofstream{"/proc/self/setgroups"} << "deny";
  std::ofstream{"/proc/self/uid_map"} << "0 " << user << " 1";
  std::ofstream{"/proc/self/gid_map"} << "0 " << group << " 1";
  return std::system(
             "ip link set lo up && ip link add lan type veth peer name wire && ip link set lan addrgenmode none && "
             "ip link set lan up && ip link set wire up && ip -6 addr add fe80::1/64 dev lan nodad") == 0;
}

sockaddr_in6 at_link(std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_scope_id = ::if_nametoindex("lan");
  ::inet_pton(AF_INET6, "fe80::1", &address.sin6_addr);
  return address;
}

/// Bound to fe80::1 at this port.
FileDescriptor socket_at_link(std::uint16_t port) {
  FileDescriptor socket{::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const timeval limit{test::patience.count(), 0};  // of accept and connect, too
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const auto own = at_link(port);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
  return socket;
}

void ask_for_connections() {
  const RunningFtp server{{"--listen", fmt::format("[::]:{}", server_port)}};
  server.write("file", "by the link");
  auto control = socket_at_link(0);
  const auto place = at_link(server_port);
  ASSERT_EQ(::connect(control.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place), 0);
  FtpClient client{TcpClient{std::move(control)}};
  client.log_in();
  const auto listener = socket_at_link(data_port);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  for (const auto* address : {"fe80::1", "fe80::1%lan", "FE80:0:0:0:0:0:0:1"}) {
    EXPECT_THAT(client.ask(fmt::format("EPRT |2|{}|{}|", address, data_port)), StartsWith("200 ")) << address;
    EXPECT_THAT(client.ask("RETR file"), StartsWith("150 ")) << address;
    const TcpClient data{FileDescriptor{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)}};
    EXPECT_EQ(data.receive_all(), "by the link");
    EXPECT_THAT(client.reply(), StartsWith("226 "));
  }
  for (const auto* address : {"fe80::2", "::1", "fe80::2%lan"}) {
    EXPECT_THAT(client.ask(fmt::format("EPRT |2|{}|{}|", address, data_port)), StartsWith("501 ")) << address;
  }
}

TEST(FtpLink, ItsAddressIsTheClientsWithAndWithoutAScope) {
  const auto child = ::fork();
  if (child == 0) {
    if (!enter_network()) ::_exit(skipped);
    ask_for_connections();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == skipped) GTEST_SKIP() << "this user may make no network";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace labnet::ftp_server
