// nslookup of BIND.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/interop/dns_clients.hpp"
#include "tests/servers/dns/records.hpp"

namespace labnet::dns_server {
namespace {

using testing::ElementsAre;

class InteropNslookup : public DnsClients {
 protected:
  InteropNslookup() : DnsClients{{"nslookup", "-version"}, "bind9-dnsutils"} {}

  /// What it prints for "-type=mx example", without the two lines about the server.
  std::vector<std::string> nslookup(const std::string& words, int exit_code = 0) const {
    std::vector<std::string> command{"nslookup", "-port=" + port(), "-timeout=9", "-retry=0"};
    for (auto& word : words_of(words + " 127.0.0.1")) command.push_back(std::move(word));
    auto lines = lines_of(output_of(command, exit_code));
    std::erase_if(lines, [&](const std::string& line) {
      return line.starts_with("Server: ") || line == fmt::format("Address: 127.0.0.1#{}", port());
    });
    return lines;
  }
};

TEST_F(InteropNslookup, AsksForEveryTypeOverUdpAndTcp) {
  for (const std::string transport : {"", "-vc "}) {
    SCOPED_TRACE(transport);
    EXPECT_THAT(nslookup(transport + "www.example"), ElementsAre("Name: www.example", "Address: 192.0.2.3"));
    EXPECT_THAT(nslookup(transport + "-type=mx example"), ElementsAre("example mail exchanger = 10 mail.example."));
    EXPECT_THAT(nslookup(transport + "-type=txt text.example"),
                ElementsAre("text.example text = \"one two\" \"three\""));
    EXPECT_THAT(nslookup(transport + "-type=srv _sip._udp.example"),
                ElementsAre("_sip._udp.example service = 1 2 5060 www.example."));
    EXPECT_THAT(nslookup(transport + "192.0.2.3"), ElementsAre("3.2.0.192.in-addr.arpa name = www.example."));
    EXPECT_THAT(nslookup(transport + "no.example", 1), ElementsAre("** server can't find no.example: NXDOMAIN"));
  }
}

TEST_F(InteropNslookup, FetchesOverTcpWhatADatagramDoesNotHold) {
  const auto lines = nslookup("-type=a many.example");
  EXPECT_EQ(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("Address: "); }),
            many_addresses);
}

TEST_F(InteropNslookup, AsksTheServerWhoItIs) {
  EXPECT_THAT(nslookup("-class=chaos -type=txt version.bind"), ElementsAre("version.bind text = \"labnet 9\""));
}

}  // namespace
}  // namespace labnet::dns_server
