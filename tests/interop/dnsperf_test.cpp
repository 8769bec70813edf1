// dnsperf: many queries at a time, none of which may be lost.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/interop/dns_clients.hpp"

namespace labnet::dns_server {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int rounds = 1000;

class InteropDnsperf : public DnsClients {
 protected:
  InteropDnsperf() : DnsClients{{"dnsperf", "-h"}, "dnsperf"} {}

  std::string dnsperf(const std::string& transport, int clients) const {
    const auto queries = folder.write(
        "queries", "www.example A\nexample MX\ntext.example TXT\n_sip._udp.example SRV\n3.2.0.192.in-addr.arpa PTR\n");
    return output_of({"dnsperf", "-s", "127.0.0.1", "-p", port(), "-m", transport, "-d", queries, "-n",
                      std::to_string(rounds), "-c", std::to_string(clients), "-t", "9"});
  }
};

auto has_answered_all() {
  const auto all = rounds * 5;
  return AllOf(HasSubstr(fmt::format("Queries completed:    {} (100.00%)", all)),
               HasSubstr("Queries lost:         0 (0.00%)"), HasSubstr(fmt::format("NOERROR {} (100.00%)", all)));
}

TEST_F(InteropDnsperf, LosesNothingOverUdp) {
  EXPECT_THAT(dnsperf("udp", 8), has_answered_all());
}

TEST_F(InteropDnsperf, LosesNothingOverTcp) {
  EXPECT_THAT(dnsperf("tcp", 8), has_answered_all());
}

TEST_F(InteropDnsperf, AsksEverythingOnOneConnection) {
  EXPECT_THAT(dnsperf("tcp", 1), AllOf(has_answered_all(), HasSubstr("Reconnections:        0")));
}

}  // namespace
}  // namespace labnet::dns_server
