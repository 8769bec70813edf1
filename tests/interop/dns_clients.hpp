// The DNS service that the clients of these tests ask, and the clients themselves.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/servers/dns/running_dns.hpp"
#include "tests/support/child.hpp"

namespace labnet::dns_server {

/// A service with example. and its reverse zone, at one port of 127.0.0.1 for UDP and TCP, as clients expect it: one
/// that was told the answer is cut asks again there. Every test of it is skipped where its program is missing.
class DnsClients : public testing::Test {
 protected:
  /// program   what is tried to see whether it is there: {"kdig", "-V"}
  /// package   which has it, for who wants the test to run
  DnsClients(std::vector<std::string> program, std::string package);
  void SetUp() override;

  std::string port() const { return std::to_string(port_); }
  /// Runs a client to its end; the test fails if its exit code is another one.
  std::string output_of(const std::vector<std::string>& command, int exit_code = 0) const;
  test::TemporaryFolder folder;

 private:
  void start();

  std::vector<std::string> program_;
  std::string package_;
  std::uint16_t port_ = 0;
  std::optional<RunningDns> dns_;
};

/// How many addresses many.example. has: more than a datagram holds.
inline constexpr int many_addresses = 100;

/// The lines of a text, with single blanks, without those that are empty.
std::vector<std::string> lines_of(const std::string& text);

}  // namespace labnet::dns_server
