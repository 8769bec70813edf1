// kdig of Knot DNS.
#include <gmock/gmock.h>

#include "tests/interop/dns_clients.hpp"
#include "tests/servers/dns/records.hpp"

namespace labnet::dns_server {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class InteropKdig : public DnsClients {
 protected:
  InteropKdig() : DnsClients{{"kdig", "-V"}, "knot-dnsutils"} {}

  /// What it prints for "www.example A +tcp".
  std::string kdig(const std::string& words) const {
    std::vector<std::string> command{"kdig", "@127.0.0.1", "-p", port(), "+timeout=9", "+retry=0"};
    for (auto& word : words_of(words)) command.push_back(std::move(word));
    return output_of(command);
  }
  /// The data of the answers alone.
  std::vector<std::string> data(const std::string& words) const { return lines_of(kdig("+short " + words)); }
};

TEST_F(InteropKdig, AsksForEveryTypeOverUdpAndTcp) {
  for (const std::string transport : {"+notcp ", "+tcp "}) {
    SCOPED_TRACE(transport);
    EXPECT_THAT(data(transport + "www.example A"), ElementsAre("192.0.2.3"));
    EXPECT_THAT(data(transport + "example MX"), ElementsAre("10 mail.example."));
    EXPECT_THAT(data(transport + "text.example TXT"), ElementsAre("\"one two\" \"three\""));
    EXPECT_THAT(data(transport + "_sip._udp.example SRV"), ElementsAre("1 2 5060 www.example."));
    EXPECT_THAT(data(transport + "-x 192.0.2.3"), ElementsAre("www.example."));
    EXPECT_THAT(kdig(transport + "no.example A"), HasSubstr("status: NXDOMAIN"));
  }
}

TEST_F(InteropKdig, FetchesOverTcpWhatADatagramDoesNotHold) {
  const auto output = kdig("many.example A");
  EXPECT_THAT(output, AllOf(HasSubstr("ANSWER: 100;"), HasSubstr("(TCP)")));
  EXPECT_THAT(kdig("+ignore many.example A"), AllOf(HasSubstr("Flags: qr aa tc rd;"), HasSubstr("(UDP)")));
}

TEST_F(InteropKdig, TransfersTheZone) {
  const auto output = kdig("+noall +answer -t AXFR example");
  const auto lines = lines_of(output);
  const std::string soa = "example. 60 IN SOA ns.example. admin.example. 1 2 3 4 5";
  ASSERT_EQ(lines.size(), 9u + many_addresses) << output;
  EXPECT_EQ(lines.front(), soa);
  EXPECT_EQ(lines.back(), soa);
  EXPECT_THAT(lines, testing::Contains("text.example. 60 IN TXT \"one two\" \"three\""));
}

TEST_F(InteropKdig, AsksSeveralQuestionsOnOneConnection) {
  const auto output = kdig("+tcp +keepopen www.example mail.example no.example ns.example");
  std::vector<std::string> seen;
  for (const auto& line : lines_of(output)) {
    if (line.starts_with(";; ->>HEADER<<-")) seen.push_back(line.substr(0, line.find("; id")));
    if (line.find(" IN A ") != line.npos) seen.push_back(line);
  }
  const auto header = [](const std::string& status) { return ";; ->>HEADER<<- opcode: QUERY; status: " + status; };
  EXPECT_THAT(seen, ElementsAre(header("NOERROR"), "www.example. 60 IN A 192.0.2.3", header("NOERROR"),
                                "mail.example. 60 IN A 192.0.2.2", header("NXDOMAIN"), header("NOERROR"),
                                "ns.example. 60 IN A 192.0.2.1"));
}

TEST_F(InteropKdig, SendsOptionsThatMeanNothingHere) {
  const std::vector<std::string> outputs{
      kdig("+nsid www.example"), kdig("+padding=64 www.example"), kdig("+cookie=0102030405060708 www.example"),
      kdig("+ednsopt=65001:0a0b +subnet=192.0.2.0/24 www.example"), kdig("+tcp +nsid +padding +cookie www.example")};
  EXPECT_THAT(outputs, Each(AllOf(HasSubstr("status: NOERROR"), HasSubstr("192.0.2.3"), HasSubstr("Version: 0;"),
                                  Not(HasSubstr("WARNING")))));
}

TEST_F(InteropKdig, AsksTheServerWhoItIs) {
  EXPECT_THAT(data("CH TXT version.bind"), ElementsAre("\"labnet 9\""));
  EXPECT_THAT(data("+tcp CH TXT version.bind"), ElementsAre("\"labnet 9\""));
}

}  // namespace
}  // namespace labnet::dns_server
