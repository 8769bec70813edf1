// dnspython, which takes replies apart more strictly than most.
#include <gmock/gmock.h>

#include "tests/interop/dns_clients.hpp"
#include "tests/servers/dns/records.hpp"

namespace labnet::dns_server {
namespace {

using test::debian_python;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class InteropDnspython : public DnsClients {
 protected:
  InteropDnspython() : DnsClients{{debian_python, "-c", "import dns"}, "python3-dnspython"} {}

  std::vector<std::string> ask(const std::string& words) const {
    std::vector<std::string> command{debian_python, "-B", std::string{LABNET_INTEROP_DIR} + "/dnspython_client.py",
                                     port()};
    for (auto& word : words_of(words)) command.push_back(std::move(word));
    return lines_of(output_of(command));
  }
};

TEST_F(InteropDnspython, AsksForEveryTypeOverUdpAndTcp) {
  const std::string head = "NOERROR QR AA RD ";
  for (const std::string transport : {"udp ", "tcp "}) {
    SCOPED_TRACE(transport);
    EXPECT_THAT(ask(transport + "www.example A"), ElementsAre(head, "www.example. 60 IN A 192.0.2.3"));
    EXPECT_THAT(ask(transport + "example MX"), ElementsAre(head, "example. 60 IN MX 10 mail.example."));
    EXPECT_THAT(ask(transport + "text.example TXT"),
                ElementsAre(head, "text.example. 60 IN TXT \"one two\" \"three\""));
    EXPECT_THAT(ask(transport + "_sip._udp.example SRV"),
                ElementsAre(head, "_sip._udp.example. 60 IN SRV 1 2 5060 www.example."));
    EXPECT_THAT(ask(transport + "3.2.0.192.in-addr.arpa PTR"),
                ElementsAre(head, "3.2.0.192.in-addr.arpa. 60 IN PTR www.example."));
    EXPECT_THAT(ask(transport + "no.example A"),
                ElementsAre("NXDOMAIN QR AA RD ", "example. 5 IN SOA ns.example. admin.example. 1 2 3 4 5"));
  }
}

TEST_F(InteropDnspython, FetchesOverTcpWhatADatagramDoesNotHold) {
  const auto lines = ask("fallback many.example A");
  ASSERT_EQ(lines.size(), 1u + many_addresses);
  EXPECT_EQ(lines.front(), "NOERROR QR AA RD over TCP");
  EXPECT_THAT(ask("fallback www.example A"), Contains("NOERROR QR AA RD over UDP"));
}

TEST_F(InteropDnspython, TransfersTheZone) {
  const auto lines = ask("axfr example");
  ASSERT_EQ(lines.size(), 8u + many_addresses) << "the SOA record counts once";
  EXPECT_THAT(lines, Contains("example. 60 IN SOA ns.example. admin.example. 1 2 3 4 5"));
  EXPECT_THAT(lines, Contains("_sip._udp.example. 60 IN SRV 1 2 5060 www.example."));
  EXPECT_THAT(lines, Contains(HasSubstr("many.example. 60 IN A 192.0.2.100")));
}

}  // namespace
}  // namespace labnet::dns_server
