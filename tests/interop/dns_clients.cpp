#include "tests/interop/dns_clients.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "common/base/text.hpp"

namespace labnet::dns_server {
namespace {

constexpr int port_tries = 10;  // somebody else may take a port between the look at it and the start

std::string example_zone() {
  std::string text =
      "$TTL 60\n@ SOA ns admin 1 2 3 4 5\n@ NS ns\n@ MX 10 mail\nns A 192.0.2.1\nmail A 192.0.2.2\nwww A 192.0.2.3\n"
      "text TXT \"one two\" three\n_sip._udp SRV 1 2 5060 www\n";
  for (int i = 1; i <= many_addresses; ++i) text += fmt::format("many A 192.0.2.{}\n", i);
  return text;
}

constexpr auto reverse_zone =
    "$TTL 60\n@ SOA ns.example. admin.example. 1 2 3 4 5\n@ NS ns.example.\n3 PTR www.example.\n";

constexpr auto configuration =
    "zones: {{ example: {}, 2.0.192.in-addr.arpa: {} }}\n"
    "transfer: {{ allow: [127.0.0.0/8] }}\nidentity: {{ version: labnet 9 }}\n";

}  // namespace

DnsClients::DnsClients(std::vector<std::string> program, std::string package)
    : program_{std::move(program)}, package_{std::move(package)} {}

void DnsClients::SetUp() {
  if (test::run(program_).exit_code != 0) GTEST_SKIP() << program_.front() << " is not installed (" << package_ << ")";
  start();
}

void DnsClients::start() {
  const auto file = folder.write("dns.yaml", fmt::format(configuration, folder.write("example.zone", example_zone()),
                                                         folder.write("reverse.zone", reverse_zone)));
  for (int tries = 0; tries < port_tries && !dns_; ++tries) {
    port_ = Upstream{}.port();
    try {
      dns_.emplace(std::vector<std::string>{"-c", file, "--listen", fmt::format("127.0.0.1:{}", port_)});
    } catch (const std::runtime_error&) {  // taken meanwhile
    }
  }
  ASSERT_TRUE(dns_.has_value()) << "no service has started";
}

std::string DnsClients::output_of(const std::vector<std::string>& command, int exit_code) const {
  const auto outcome = test::run(command);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output << outcome.errors;
  return outcome.output;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto line : split(text, '\n')) {
    if (!line.empty()) lines.push_back(with_single_blanks(line));
  }
  return lines;
}

}  // namespace labnet::dns_server
