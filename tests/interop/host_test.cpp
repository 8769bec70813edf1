// host of BIND.
#include <gmock/gmock.h>

#include "tests/interop/dns_clients.hpp"
#include "tests/servers/dns/records.hpp"

namespace labnet::dns_server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class InteropHost : public DnsClients {
 protected:
  InteropHost() : DnsClients{{"host", "-V"}, "bind9-host"} {}

  /// What it prints for "-t MX example" behind the four lines about the server.
  std::vector<std::string> host(const std::string& words, int exit_code = 0) const {
    std::vector<std::string> command{"host", "-p", port(), "-W", "9", "-R", "1"};
    for (auto& word : words_of(words + " 127.0.0.1")) command.push_back(std::move(word));
    const auto output = output_of(command, exit_code);
    const auto end_of_head = output.find("\n\n");
    return lines_of(end_of_head == output.npos ? output : output.substr(end_of_head));
  }
};

TEST_F(InteropHost, AsksForEveryTypeOverUdpAndTcp) {
  for (const std::string transport : {"", "-T "}) {
    SCOPED_TRACE(transport);
    EXPECT_THAT(host(transport + "-t A www.example"), ElementsAre("www.example has address 192.0.2.3"));
    EXPECT_THAT(host(transport + "-t MX example"), ElementsAre("example mail is handled by 10 mail.example."));
    EXPECT_THAT(host(transport + "-t TXT text.example"),
                ElementsAre("text.example descriptive text \"one two\" \"three\""));
    EXPECT_THAT(host(transport + "-t SRV _sip._udp.example"),
                ElementsAre("_sip._udp.example has SRV record 1 2 5060 www.example."));
    EXPECT_THAT(host(transport + "192.0.2.3"), ElementsAre("3.2.0.192.in-addr.arpa domain name pointer www.example."));
    EXPECT_THAT(host(transport + "no.example", 1), ElementsAre("Host no.example not found: 3(NXDOMAIN)"));
  }
}

TEST_F(InteropHost, AsksForEverythingAboutAName) {
  EXPECT_THAT(host("example"), ElementsAre("example mail is handled by 10 mail.example."))
      << "it asks for A, AAAA and MX, two of which are not there";
}

TEST_F(InteropHost, FetchesOverTcpWhatADatagramDoesNotHold) {
  EXPECT_EQ(host("-t A many.example").size(), static_cast<std::size_t>(many_addresses));
}

TEST_F(InteropHost, ListsTheZone) {
  EXPECT_THAT(host("-l example"), Contains("www.example has address 192.0.2.3"));
}

TEST_F(InteropHost, AsksTheServerWhoItIs) {
  EXPECT_THAT(host("-c CH -t TXT version.bind"), ElementsAre("version.bind descriptive text \"labnet 9\""));
}

}  // namespace
}  // namespace labnet::dns_server
