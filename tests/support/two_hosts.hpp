// A network for tests: this process as one host, another host behind a cable, both in namespaces of the test's own.
#pragma once

#include <sys/types.h>

#include <string>

namespace labnet::test {

/// Once made, the whole test process is the host "here", in a user and a network namespace of its own, as root there;
/// nothing that it sends leaves the machine. Make it before any thread is started.
///
///     here   192.168.1.6/24, 14:85:7f:9d:ab:5c, interface eth0, default route over there
///     there  192.168.1.7/24, 00:0c:29:8d:07:ce, interface eth0; forwards; 198.51.100.0/24 is behind it,
///            203.0.113.0/24 unreachable
///
/// ICMP datagram sockets are allowed. Cards leave no work undone: checksums are right and no segment is longer than a
/// frame may be. No IPv6.
class TwoHosts {
 public:
  /// The same two hosts for all tests of a program.
  static TwoHosts& instance();

  /// Runs a shell command on either host; the test fails if the command does. Returns what it prints.
  std::string here(const std::string& command);
  std::string there(const std::string& command);

 private:
  TwoHosts();
  ~TwoHosts();

  pid_t holder_ = -1;  // a process that does nothing but keep the namespace of `there`
};

}  // namespace labnet::test
