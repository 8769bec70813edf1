// A network for tests, made with unshare(2), ip(8) and ethtool's ioctl.
#include "tests/support/two_hosts.hpp"

#include <gtest/gtest.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace labnet::test {
namespace {

std::string output_of(const std::string& command) {
  std::string output;
  auto* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> piece{};
  while (const auto count = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), count);
  EXPECT_EQ(::pclose(pipe), 0) << command << ": " << output;
  return output;
}

void enter_own_namespaces() {
  const auto user = ::getuid();
  const auto group = ::getgid();
  ASSERT_EQ(::unshare(CLONE_NEWUSER | CLONE_NEWNET), 0) << std::strerror(errno);
  std::ofstream{"/proc/self/setgroups"} << "deny";
  std::ofstream{"/proc/self/uid_map"} << "0 " << user << " 1";
  std::ofstream{"/proc/self/gid_map"} << "0 " << group << " 1";
  ASSERT_EQ(::getuid(), 0u);
}

/// Starts a process in a further network namespace and waits until it is there.
pid_t start_holder() {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const auto pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char done = ::unshare(CLONE_NEWNET) == 0 ? 1 : 0;
    if (::write(pipe[1], &done, 1) == 1) ::pause();
    ::_exit(1);
  }
  char done = 0;
  EXPECT_EQ(::read(pipe[0], &done, 1), 1);
  EXPECT_EQ(done, 1);
  ::close(pipe[0]);
  ::close(pipe[1]);
  return pid;
}

/// A veth pair hands frames over with their checksums still to be computed, unless told to compute them.
void compute_checksums(const char* interface) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ethtool_value off{ETHTOOL_STXCSUM, 0};
  ifreq request{};
  std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  request.ifr_data = reinterpret_cast<char*>(&off);
  EXPECT_EQ(::ioctl(socket, SIOCETHTOOL, &request), 0) << std::strerror(errno);
  ::close(socket);
}

}  // namespace

TwoHosts& TwoHosts::instance() {
  static TwoHosts hosts;
  return hosts;
}

TwoHosts::TwoHosts() {
  enter_own_namespaces();
  holder_ = start_holder();
  const auto namespace_of_there = std::to_string(holder_);
  for (const auto& run : {&TwoHosts::here, &TwoHosts::there}) {
    (this->*run)("ip link set lo up; for f in all default; do echo 1 > /proc/sys/net/ipv6/conf/$f/disable_ipv6; done");
  }
  here("ip link add eth0 type veth peer name peer0");
  compute_checksums("eth0");
  compute_checksums("peer0");
  here("ip link set peer0 netns " + namespace_of_there + " name eth0");
  here("ip link set eth0 address 14:85:7f:9d:ab:5c up && ip address add 192.168.1.6/24 dev eth0");
  there("ip link set eth0 address 00:0c:29:8d:07:ce up && ip address add 192.168.1.7/24 dev eth0");
  here("ip route add default via 192.168.1.7");
  there("ip link add behind type veth peer name end && ip link set end up && ip link set behind up");
  there("ip address add 198.51.100.1/24 dev behind");
  there("ip route add unreachable 203.0.113.0/24");
  here("echo 0 0 > /proc/sys/net/ipv4/ping_group_range");
  there("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv4/icmp_ratemask");
  // Whom nobody answers for is given up after 0.2 s, not 3 s.
  here(
      "echo 1 > /proc/sys/net/ipv4/neigh/eth0/mcast_solicit; echo 200 > /proc/sys/net/ipv4/neigh/eth0/retrans_time_ms");
}

TwoHosts::~TwoHosts() {
  ::kill(holder_, SIGKILL);
  ::waitpid(holder_, nullptr, 0);
}

std::string TwoHosts::here(const std::string& command) {
  return output_of("sh -ec '" + command + "'");
}

std::string TwoHosts::there(const std::string& command) {
  return output_of("nsenter --net=/proc/" + std::to_string(holder_) + "/ns/net sh -ec '" + command + "'");
}

}  // namespace labnet::test
