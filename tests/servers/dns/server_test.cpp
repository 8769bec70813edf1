// The DNS service as a process: what dig sees of it over UDP and TCP, how it reloads, and how it ends.
#include "servers/dns/server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/servers/dns/records.hpp"
#include "tests/servers/dns/running_dns.hpp"

namespace labnet::dns_server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string lab_file = std::string{LABNET_CONFIG_DIR} + "/labredes71/dns.yaml";
const std::string soa_line = "labredes71.com. 3600 IN SOA dns.labredes71.com. admin.labredes71.com. ";

TEST(DnsServer, AnswersForTheLab) {
  const RunningDns dns{{"-c", lab_file}};
  const auto reply = dns.dig("web.labredes71.com +noedns");
  EXPECT_EQ(reply.status, "NOERROR");
  EXPECT_EQ(reply.flags, "qr aa rd ra");
  EXPECT_THAT(reply.answers, ElementsAre("web.labredes71.com. 3600 IN A 192.168.1.10"));
  EXPECT_EQ(reply.bytes, "52");
  EXPECT_FALSE(reply.has_edns);
}

TEST(DnsServer, AnswersAsItIsAsked) {
  const RunningDns dns{{"-c", lab_file}};
  EXPECT_EQ(dns.dig("web.labredes71.com +noedns +norecurse").flags, "qr aa ra");
  EXPECT_TRUE(dns.dig("web.labredes71.com").has_edns);
  EXPECT_THAT(dns.dig("WeB.LabRedes71.Com +noedns").output, HasSubstr(";WeB.LabRedes71.Com."));
}

TEST(DnsServer, NamesAddresses) {
  const RunningDns dns{{"-c", lab_file}};
  EXPECT_THAT(dns.dig("-x 192.168.1.7").answers,
              ElementsAre("7.1.168.192.in-addr.arpa. 3600 IN PTR dns.labredes71.com."));
}

TEST(DnsServer, SaysWhatIsNotThere) {
  const RunningDns dns{{"-c", lab_file}};
  const auto no_name = dns.dig("no.labredes71.com");
  EXPECT_EQ(no_name.status, "NXDOMAIN");
  EXPECT_EQ(no_name.flags, "qr aa rd ra");
  EXPECT_THAT(no_name.answers, IsEmpty());
  EXPECT_THAT(no_name.authorities, ElementsAre(HasSubstr(soa_line)));
  const auto no_data = dns.dig("web.labredes71.com TXT");
  EXPECT_EQ(no_data.status, "NOERROR");
  EXPECT_THAT(no_data.answers, IsEmpty());
  EXPECT_THAT(no_data.authorities, ElementsAre(HasSubstr(soa_line)));
}

TEST(DnsServer, RefusesWhatItDoesNotLookUp) {
  const RunningDns dns{{"-c", std::string{LABNET_CONFIG_DIR} + "/labredes71/internet-dns.yaml"}};
  const auto reply = dns.dig("web.labredes71.com");
  EXPECT_EQ(reply.status, "REFUSED");
  EXPECT_EQ(reply.flags, "qr rd") << "RA is not offered";
  const RunningDns resolver{{"-c", lab_file}};
  EXPECT_EQ(resolver.dig("www.example.org +norecurse").status, "REFUSED") << "nobody asked to look it up";
}

TEST(DnsServer, AnswersOverTcp) {
  const RunningDns dns{{"-c", lab_file}};
  const auto reply = dns.dig("web.labredes71.com +tcp +noedns");
  EXPECT_THAT(reply.answers, ElementsAre("web.labredes71.com. 3600 IN A 192.168.1.10"));
  EXPECT_EQ(reply.bytes, "52");
  EXPECT_EQ(dns.dig("no.labredes71.com +tcp").status, "NXDOMAIN");
}

TEST(DnsServer, TellsOfItselfInClassCh) {
  const test::TemporaryFolder folder;
  const RunningDns dns{{"-c", folder.write("dns.yaml", "identity: { version: labnet 9, server: host7 }\n")}};
  const auto reply = dns.dig("version.bind CH TXT");
  EXPECT_EQ(reply.flags, "qr aa rd");
  EXPECT_THAT(reply.answers, ElementsAre("version.bind. 0 CH TXT \"labnet 9\""));
  EXPECT_THAT(dns.dig("VERSION.server CH TXT").answers, ElementsAre("VERSION.server. 0 CH TXT \"labnet 9\""));
  EXPECT_THAT(dns.dig("id.server CH TXT").answers, ElementsAre("id.server. 0 CH TXT \"host7\""));
  EXPECT_THAT(dns.dig("hostname.bind CH ANY +notcp").answers, ElementsAre("hostname.bind. 0 CH TXT \"host7\""));
  EXPECT_THAT(dns.dig("hostname.bind CH A").answers, IsEmpty());
  EXPECT_EQ(dns.dig("other.bind CH TXT").status, "REFUSED");
  const RunningDns silent{{"-c", folder.write("silent.yaml", "identity: { version: '' }\n")}};
  EXPECT_EQ(silent.dig("version.bind CH TXT").status, "REFUSED");
  EXPECT_EQ(silent.dig("id.server CH TXT").status, "REFUSED");
}

TEST(DnsServer, LogsEachQuestion) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("dns.yaml", "query_log: true\nidentity: { server: host7 }\n");
  RunningDns dns{{"-c", file}};
  dns.dig("www.Example");
  dns.wait_for_log(
      "client=127.0.0.1 transport=udp name=www.Example. class=IN type=A rcode=REFUSED flags=rd answers=0 ");
  dns.dig("id.server CH TXT +norec +tcp +noedns");
  dns.wait_for_log("transport=tcp name=id.server. class=CH type=TXT rcode=NOERROR flags=aa answers=1 bytes=45");
  RunningDns in_json{{"-c", file, "--log-format", "json"}};
  in_json.dig("www.example MX");
  in_json.wait_for_log("\"name_\":\"www.example.\",\"class\":\"IN\",\"type\":\"MX\",\"rcode\":\"REFUSED\"");
}

TEST(DnsServer, CutsLargeAnswersToWhatTheClientTakes) {
  const test::TemporaryFolder folder;
  std::string zone = "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n";
  for (int i = 0; i < 100; ++i) zone += fmt::format("many 60 IN A 192.0.2.{}\n", i);
  const RunningDns dns{{"--zone", "example=" + folder.write("example.zone", zone)}};
  const auto plain = dns.dig("many.example +noedns");
  EXPECT_EQ(plain.flags, "qr aa tc rd");
  EXPECT_THAT(plain.answers, IsEmpty());
  EXPECT_EQ(dns.dig("many.example +bufsize=4096").flags, "qr aa tc rd") << "1232 octets are the server's own limit";
  EXPECT_EQ(dns.dig("many.example +tcp").answers.size(), 100u);
}

/// A zone in a file that tests change.
class ZoneFolder {
 public:
  ZoneFolder() { write("1 2 3 4 5", "192.0.2.1"); }
  std::string option() const { return "example=" + folder_.path() + "/example.zone"; }
  void write(const std::string& soa_numbers, const std::string& address, const std::string& more = "") const {
    folder_.write("example.zone",
                  fmt::format("@ 60 IN SOA ns admin {}\n@ 60 IN NS ns\nns 60 IN A {}\n{}", soa_numbers, address, more));
  }
  /// One that takes a while to read.
  void write_large(const std::string& soa_numbers, const std::string& address) const {
    std::string more;
    // Under a sanitizer less takes a while, too.
    const auto last = memory_is_the_programs_own ? 32'767 : 3'000;
    for (int i = 0; i < 4; ++i) more += fmt::format("$GENERATE 0-{} h{}-$ 60 IN A 192.0.2.1\n", last, i);
    write(soa_numbers, address, more);
  }

 private:
  test::TemporaryFolder folder_;
};

TEST(DnsServer, ReadsItsZonesAgain) {
  const ZoneFolder zone;
  RunningDns dns{{"--zone", zone.option()}};
  zone.write("2 2 3 4 5", "192.0.2.2");
  dns.signal(SIGHUP);
  dns.wait_for_log("zone changed");
  EXPECT_THAT(dns.dig("ns.example").answers, ElementsAre("ns.example. 60 IN A 192.0.2.2"));
}

TEST(DnsServer, KeepsItsZoneIfTheNewOneIsBroken) {
  const ZoneFolder zone;
  RunningDns dns{{"--zone", zone.option()}};
  zone.write("2 2 3 4 5", "192.0.2");
  dns.signal(SIGHUP);
  dns.wait_for_log("example.zone:3:12: found \\\"192.0.2\\\", expected address");
  EXPECT_THAT(dns.dig("ns.example").answers, ElementsAre("ns.example. 60 IN A 192.0.2.1"));
  EXPECT_THAT(dns.dig("example SOA").answers, ElementsAre(HasSubstr(" 1 2 3 4 5")));
  zone.write("3 2 3 4 5", "192.0.2.3");
  dns.signal(SIGHUP);
  dns.wait_for_log("zone changed");
  EXPECT_THAT(dns.dig("ns.example").answers, ElementsAre("ns.example. 60 IN A 192.0.2.3")) << "and takes the next";
}

TEST(DnsServer, ReloadsOnRequestAndSaysWhatHasChanged) {
  const ZoneFolder zone;
  RunningDns dns{{"--zone", zone.option()}};
  EXPECT_THAT(dns.ask({{"do", "reload"}})->at("changed").as_array(), IsEmpty());
  zone.write("7 2 3 4 5", "192.0.2.7");
  const auto changed = dns.ask({{"do", "reload"}})->at("changed").as_array();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed.front().at("zone"), "example.");
  EXPECT_EQ(changed.front().at("old_serial"), 1);
  EXPECT_EQ(changed.front().at("serial"), 7);
  zone.write("8 2 3 4 5", "192.0.2");
  const auto refused = dns.ask({{"do", "reload"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("example.zone:3:12: found \"192.0.2\""));
}

TEST(DnsServer, AnswersWhileItReadsItsZones) {
  const ZoneFolder zone;
  RunningDns dns{{"--zone", zone.option()}};
  zone.write_large("2 2 3 4 5", "192.0.2.2");
  dns.signal(SIGHUP);
  dns.wait_for_log("reloads");
  dns::Message query;
  query.question = question("ns.example.");
  const auto client = PlainSocket::connected(SOCK_DGRAM, dns.udp_port());
  client.send(to_wire(query));
  const auto reply = dns::parse_message(client.receive());
  ASSERT_TRUE(reply);
  EXPECT_THAT(texts(reply->message.answers), ElementsAre("ns.example. 60 IN A 192.0.2.1"));
  const auto reloaded = dns.ask({{"do", "reload"}});
  ASSERT_TRUE(reloaded) << reloaded.error().message;
  EXPECT_THAT(reloaded->at("changed").as_array(), IsEmpty()) << "it has waited for the first one";
  EXPECT_THAT(dns.dig("ns.example").answers, ElementsAre("ns.example. 60 IN A 192.0.2.2"));
}

TEST(DnsServer, EndsWhileItReadsItsZones) {
  const ZoneFolder zone;
  RunningDns dns{{"--zone", zone.option()}};
  zone.write_large("2 2 3 4 5", "192.0.2.2");
  dns.signal(SIGHUP);
  dns.signal(SIGHUP);
  dns.wait_for_log("reloads");
  EXPECT_EQ(dns.terminate(), 0);
}

TEST(DnsServer, WarnsOfRecordsThatChangeWithoutTheSerial) {
  const ZoneFolder zone;
  RunningDns dns{{"--zone", zone.option()}};
  zone.write("1 2 3 4 5", "192.0.2.7");
  dns.signal(SIGHUP);
  dns.wait_for_log(
      "serial not raised: other servers of the zone keep the old records zone=example. old_serial=1 serial=1");
  EXPECT_THAT(dns.dig("ns.example").answers, ElementsAre("ns.example. 60 IN A 192.0.2.7")) << "it is served";
}

TEST(DnsServer, SaysThatAChangedConfigurationTakesARestart) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("dns.yaml", "query_log: false\n");
  RunningDns dns{{"-c", file}};
  folder.write("dns.yaml", "query_log: true\n");
  dns.signal(SIGHUP);
  dns.wait_for_log("configuration changed: restart to use it file=" + file);
}

TEST(DnsServer, KnowsItsRequests) {
  RunningDns dns{{"-c", lab_file}};
  EXPECT_EQ(dns.ask({{"do", "dance"}}).error().message, "a DNS service does not know how to do \"dance\"");
  EXPECT_THAT(dns.ask({{"do", "cache.flush"}, {"name", "a..b"}}).error().message, HasSubstr("\"a..b\" is no name"));
}

TEST(DnsServer, EndsWhenItIsTold) {
  RunningDns dns{{"-c", lab_file}};
  EXPECT_EQ(dns.dig("web.labredes71.com").status, "NOERROR");
  const auto client = PlainSocket::connected(SOCK_STREAM, dns.tcp_port());
  EXPECT_EQ(dns.terminate(), 0);
  EXPECT_TRUE(client.is_at_end()) << "an open connection is no obstacle";
}

TEST(DnsServer, AnAddressThatAnotherServerHasIsNotShared) {
  const RunningDns dns{{"-c", lab_file, "--workers", "2"}};
  for (const auto& address :
       {fmt::format("udp://127.0.0.1:{}", dns.udp_port()), fmt::format("tcp://127.0.0.1:{}", dns.tcp_port())}) {
    const auto second = test::run({test::labnet(), "serve", "dns", "--listen", address, "--workers", "2"});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_EQ(second.output, "");
    EXPECT_EQ(second.errors, fmt::format("labnet serve dns: cannot listen on {}: Address already in use; end what "
                                         "listens there, or choose another place with --listen\n",
                                         address));
  }
}

TEST(DnsServer, EndsWithTheTerminalItWasStartedAtAndReloadsWithout) {
  // script(1) gives it a terminal, which closes when script ends.
  const test::TemporaryFolder folder;
  test::Child terminal{{"script", "-qc", fmt::format("echo $$; exec {} serve dns --listen 127.0.0.1:0", test::labnet()),
                        folder.path() + "/typescript"}};
  const auto first_line = terminal.line().value_or("");
  const auto pid = parse_integer<pid_t>(first_line.substr(0, first_line.find('\r')));
  ASSERT_TRUE(pid);
  while (terminal.line().value_or("ready").find("ready") == std::string::npos) {
  }
  terminal.signal(SIGKILL);
  EXPECT_TRUE(test::eventually([&] { return kill(*pid, 0) != 0; }));
}

TEST(DnsServer, NamesTheAddressThatIsTaken) {
  const auto taken = PlainSocket::bound(SOCK_DGRAM);
  const auto address = fmt::format("udp://127.0.0.1:{}", taken.port());
  const auto outcome = test::run({test::labnet(), "serve", "dns", "--listen", address});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr(address));
}

}  // namespace
}  // namespace labnet::dns_server
