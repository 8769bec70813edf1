// labnet dns as a user runs it, beside dig, which asks the same server the same.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>

#include <boost/json/parse.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/base/text.hpp"
#include "tests/clients/dns/dig.hpp"
#include "tests/common/resolver/dns_stub.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A zone with something of everything, on one port for UDP and TCP, which dig wants.
class DnsProgram : public testing::Test {
 protected:
  DnsProgram() {
    std::string big;
    for (int i = 0; i < 30; ++i) big += "big IN TXT \"" + std::string(100, static_cast<char>('a' + i % 26)) + "\"\n";
    const auto zone = folder_.write("example.zone", R"($TTL 3600
@     IN SOA ns admin 7 3600 600 86400 300
@     IN NS ns
@     IN MX 10 mail
@     IN TXT "two strings" "of \"text\""
ns    IN A 192.0.2.53
mail  300 IN A 192.0.2.25
mail  300 IN AAAA 2001:db8::25
www   IN CNAME web
web   IN A 192.0.2.10
web   IN A 192.0.2.11
a-name-longer-than-all-the-columns-in-front IN CNAME web
_sip._udp IN SRV 0 5 5060 mail
sub   IN NS ns.sub
ns.sub IN A 192.0.2.99
)" + big);
    const auto reverse = folder_.write("reverse.zone", R"($TTL 3600
@  IN SOA ns.example. admin.example. 7 3600 600 86400 300
@  IN NS ns.example.
10 IN PTR web.example.
)");
    const auto here = folder_.write("here.zone", R"($TTL 3600
@  IN SOA ns.example. admin.example. 7 3600 600 86400 300
@  IN NS ns.example.
1.0.0 IN PTR ns.example.
)");
    for (int attempt = 0; attempt < 20 && port_.empty(); ++attempt) {
      // UDP's free port may be taken on TCP.
      const auto free = std::to_string(DnsStub{[](const auto&, auto) { return std::vector<Buffer>{}; }}.port());
      server_ = std::make_unique<Child>(std::vector<std::string>{
          labnet(), "serve", "dns", "--zone", "example=" + zone, "--zone", "2.0.192.in-addr.arpa=" + reverse, "--zone",
          "127.in-addr.arpa=" + here, "--listen", "127.0.0.1:" + free, "--workers", "1"});
      if (server_->line()) port_ = free;
    }
    EXPECT_NE(port_, "");
  }

  Outcome dns(const std::string& words, const std::string& options = "") const {
    return run(with({labnet(), "dns", "@127.0.0.1", "-p", port_}, options + (options.empty() ? "" : " ") + words));
  }
  Outcome dig(const std::string& words) const { return run(with({"dig", "@127.0.0.1", "-p", port_}, words)); }
  static std::vector<std::string> with(std::vector<std::string> command, const std::string& words) {
    for (const auto word : split(words, ' ')) command.emplace_back(word);
    return command;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Child> server_;
  std::string port_;
};

TEST_F(DnsProgram, PrintsWhatDigPrints) {
  if (!has_dig()) GTEST_SKIP() << no_dig;
  for (const auto* words : {"web.example",
                            "www.example",
                            "www.example A +short",
                            "example MX",
                            "example ANY +noall +answer",
                            "example TXT",
                            "mail.example AAAA +nocmd",
                            "nothing.example",
                            "web.example MX +norecurse",
                            "example SOA +tcp",
                            "big.example TXT",
                            "big.example TXT +ignore",
                            "big.example TXT +bufsize=4096 +noadflag",
                            "other.test",
                            "a-name-longer-than-all-the-columns-in-front.example",
                            "_sip._udp.example SRV +nottlid",
                            "x.sub.example A +norec",
                            "web.example A +noedns +cdflag",
                            "web.example A +dnssec",
                            "WEB.Example A",
                            "-x 192.0.2.10",
                            "web.example CH TXT",
                            "example TYPE65 +nostats",
                            "web.example +nocomments",
                            "web.example +noquestion",
                            "web.example +noclass",
                            "mail.example +noclass +nottlid",
                            "\\000.example A",
                            "web.example +noall +stats"}) {
    const auto ours = dns(words);
    EXPECT_EQ(ours.exit_code, 0) << words << ours.errors;
    EXPECT_EQ(comparable(ours.output), comparable(dig(words).output)) << words;
  }
}

TEST_F(DnsProgram, GivesJson) {
  const auto json = boost::json::parse(dns("www.example", "--format json").output).as_object();
  EXPECT_EQ(json.at("server").as_string(), "127.0.0.1:" + port_);
  EXPECT_EQ(json.at("rcode").as_string(), "NOERROR");
  EXPECT_EQ(json.at("transport").as_string(), "udp");
  EXPECT_EQ(json.at("question").at("name").as_string(), "www.example.");
  EXPECT_EQ(json.at("answer").as_array().size(), 3u);
  EXPECT_EQ(json.at("answer").at(0).at("type").as_string(), "CNAME");
  EXPECT_EQ(json.at("answer").at(2).at("data").as_string(), "192.0.2.11");
  EXPECT_EQ(json.at("edns").at("udp_payload_bytes").to_number<int>(), 1232);
  const auto flags = json.at("flags").as_array();
  EXPECT_EQ(flags, (boost::json::array{"qr", "aa", "rd"}));
}

/// A transfer in two messages, or none: for dig, which asks the same, too.
std::string transfer_with(const std::string& program, const std::string& words,
                          dns::Rcode rcode = dns::Rcode::noerror) {
  const DnsStub server{[&](const dns::Message& query, Transport) {
    const dns::Soa data{*dns::parse_name("ns.example."), *dns::parse_name("admin.example."), 7, {}, {}, {}, {}};
    const auto soa = record("example.", data);
    auto first = reply_to(query);
    first.header.rcode = rcode;
    auto second = first;
    if (rcode == dns::Rcode::noerror) {
      first.answers = {soa, record("a-name-longer-than-its-column.example.", dns::A{*parse_ipv4("192.0.2.10")})};
      second.answers = {record("example.", dns::Txt{{{"text"}}}), soa};
    }
    return std::vector<Buffer>{to_wire(first), to_wire(second)};
  }};
  std::vector<std::string> command{program};
  if (program != "dig") command.emplace_back("dns");
  for (const auto word : split(words, ' ')) command.emplace_back(word);
  for (const auto& word : {std::string{"@127.0.0.1"}, std::string{"-p"}, std::to_string(server.port())}) {
    command.push_back(word);
  }
  const auto outcome = run(command);
  EXPECT_EQ(outcome.exit_code != 0, program != "dig" && rcode != dns::Rcode::noerror) << outcome.errors;
  auto output = outcome.output;
  const auto port = "#" + std::to_string(server.port());  // another one for each
  const auto at = output.find(port);
  if (at != output.npos) output.erase(at, port.size());
  return output;
}

TEST(DnsTransferProgram, PrintsWhatDigPrints) {
  if (!has_dig()) GTEST_SKIP() << no_dig;
  for (const auto* const words :
       {"example AXFR", "-t axfr example", "example AXFR +noall +answer", "example AXFR +nostats",
        "example AXFR +nottlid", "example AXFR +nocomments", "example AXFR +short"}) {
    EXPECT_EQ(comparable(transfer_with(labnet(), words)), comparable(transfer_with("dig", words))) << words;
    EXPECT_NE(transfer_with(labnet(), words), "") << words;
  }
  for (const auto* const words :
       {"example AXFR", "example AXFR +nocmd", "example AXFR +noall", "example AXFR +short"}) {
    EXPECT_EQ(comparable(transfer_with(labnet(), words, dns::Rcode::refused)),
              comparable(transfer_with("dig", words, dns::Rcode::refused)))
        << words;
  }
}

TEST(DnsTransferProgram, GivesJson) {
  const auto json = boost::json::parse(transfer_with(labnet(), "example AXFR --format json")).as_object();
  EXPECT_EQ(json.at("messages").to_number<int>(), 2);
  EXPECT_EQ(json.at("records").as_array().size(), 4u);
  EXPECT_EQ(json.at("records").at(1).at("data").as_string(), "192.0.2.10");
  EXPECT_EQ(transfer_with(labnet(), "example AXFR --format json", dns::Rcode::refused), "");
}

TEST(DnsTransferProgram, WithoutAServerFailsAsDigDoes) {
  // A socket that does not listen keeps others from the port.
  const FileDescriptor taken{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(taken.get(), any, size), 0);
  ASSERT_EQ(getsockname(taken.get(), any, &size), 0);
  const auto port = std::to_string(ntohs(address.sin_port));
  const auto outcome = run({labnet(), "dns", "example", "AXFR", "@127.0.0.1", "-p", port});
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_EQ(outcome.output, "");
  EXPECT_EQ(outcome.errors, "labnet dns: tcp://127.0.0.1:" + port + ": nobody listens there\n");
}

TEST_F(DnsProgram, ShowsItsMessagesOctetByOctet) {
  const auto outcome = dns("web.example +noedns", "--hex");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith(";; Sent to 127.0.0.1#" + port_ + " (UDP), 29 bytes:\n"));
  const auto reply = outcome.output.substr(outcome.output.find(";; Received"));
  EXPECT_THAT(reply, StartsWith(";; Received from 127.0.0.1#" + port_ + " (UDP), 61 bytes:\n"));
  for (const auto* const line :
       {"\n0002  85 00                      flags             0x8500\n",
        "\n      1... .... .... ....          QR              response\n",
        "\n                               Question 1 of 1\n",
        "\n                                 QNAME             web.example.\n",
        "\n000c  03 77 65 62                  label           \"web\"\n",
        "\n001d  c0 0c                      NAME              pointer to 0x000c: web.example.\n",
        "\n0029  c0 00 02 0a                  address         192.0.2.10\n"}) {
    EXPECT_THAT(reply, HasSubstr(line));
  }
  EXPECT_THAT(reply, testing::Not(HasSubstr("SECTION")));
}

TEST_F(DnsProgram, ShowsOctetsEightToALine) {
  EXPECT_THAT(dns("big.example TXT +tcp", "--hex").output,
              HasSubstr("  64 61 61 61 61 61 61 61      strings         \"aaaaaaa"));
}

TEST_F(DnsProgram, GivesOctetsAsJson) {
  const auto json = boost::json::parse(dns("big.example TXT", "--hex --format json").output).as_object();
  const auto& messages = json.at("messages").as_array();
  ASSERT_EQ(messages.size(), 4u);  // the truncated reply, and the same over TCP
  EXPECT_EQ(messages[0].at("direction").as_string(), "sent");
  EXPECT_EQ(messages[1].at("transport").as_string(), "udp");
  EXPECT_EQ(messages[3].at("transport").as_string(), "tcp");
  EXPECT_EQ(messages[3].at("direction").as_string(), "received");
  EXPECT_EQ(messages[1].at("rows").at(2).at("label").as_string(), "flags");
  EXPECT_EQ(messages[1].at("rows").at(2).at("octets").as_string(), "8700");
  EXPECT_EQ(messages[1].at("rows").at(6).at("bits").as_string(), ".... ..1. .... ....");
}

TEST(DnsHex, ShowsWhatIsWrongWithABrokenReply) {
  const DnsStub server{[](const dns::Message& query, Transport) {
    auto wire = to_wire(reply_to(query));
    wire.resize(wire.size() - 1);
    return std::vector<Buffer>{wire};
  }};
  const auto ask = [&](const char* format) {
    return run({labnet(), "dns", "@127.0.0.1", "-p", std::to_string(server.port()), "web.example", "+tries=1", "--hex",
                "--format", format});
  };
  const auto outcome = ask("text");
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_THAT(outcome.output, HasSubstr("\n                               WRONG: ends inside a record"));
  EXPECT_THAT(outcome.output, HasSubstr("\n001b  00                       unread              1 octet\n"));
  EXPECT_THAT(outcome.errors, HasSubstr(" is no DNS message: "));
  EXPECT_THAT(ask("json").output, HasSubstr("\"fault\":true"));
}

TEST_F(DnsProgram, AsksInAnotherClass) {
  EXPECT_THAT(dns("-c CH web.example TXT").output, HasSubstr(";web.example.\t\t\tCH\tTXT\n"));
}

TEST_F(DnsProgram, AsksServersOfOneFamilyAlone) {
  EXPECT_EQ(dns("-4 web.example +short").output, "192.0.2.10\n192.0.2.11\n");
  const auto outcome = dns("-6 web.example");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("no address of \"127.0.0.1\" was found"));
}

TEST_F(DnsProgram, NslookupOfATypePrintsWhatWindowsPrints) {
  const std::string server = "Server:  ns.example\nAddress:  127.0.0.1\n\n";
  const auto mx = server +
                  "example\tMX preference = 10, mail exchanger = mail.example\n\n"
                  "mail.example\tinternet address = 192.0.2.25\n"
                  "mail.example\tAAAA IPv6 address = 2001:db8::25\n\n";
  for (const auto* const words : {"-t MX example", "-type=mx example", "-querytype=mx example", "-q=mx example",
                                  "example -type=MX", "--type mx example"}) {
    const auto outcome = dns(words, "--nslookup");
    EXPECT_EQ(outcome.exit_code, 0) << words << outcome.errors;
    EXPECT_EQ(outcome.output, mx) << words;
  }
  EXPECT_EQ(dns("-type=soa example", "--nslookup").output,
            server +
                "example\n\tprimary name server = ns.example\n\tresponsible mail addr = admin.example\n"
                "\tserial  = 7\n\trefresh = 3600 (1 hour)\n\tretry   = 600 (10 mins)\n"
                "\texpire  = 86400 (1 day)\n\tdefault TTL = 300 (5 mins)\n\n");
  EXPECT_EQ(dns("-type=aaaa mail.example", "--nslookup").output,
            server + "Name:    mail.example\nAddress:  2001:db8::25\n\n");
  EXPECT_EQ(dns("-type=ptr 192.0.2.10", "--nslookup").output,
            server + "10.2.0.192.in-addr.arpa\tname = web.example\n\n");
}

TEST_F(DnsProgram, NslookupTakesItsSecondWordForTheServer) {
  const auto outcome = run({labnet(), "dns", "--nslookup", "-p", port_, "mail.example", "127.0.0.1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("Name:    mail.example\n"));
}

TEST_F(DnsProgram, NslookupOfATypeThatIsNotThereShowsTheZonesSoa) {
  const auto outcome = dns("-type=mx web.example", "--nslookup");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("\n\nexample\n\tprimary name server = ns.example\n"));
  const auto address = dns("-type=aaaa web.example", "--nslookup");
  EXPECT_EQ(address.exit_code, 1);
  EXPECT_EQ(address.errors, "*** No IPv6 address (AAAA) records available for web.example\n");
}

TEST(DnsNslookup, SaysThatThereIsNothingAtAll) {
  const DnsStub server{
      [](const dns::Message& query, Transport) { return std::vector<Buffer>{to_wire(reply_to(query))}; }};
  const auto outcome =
      run({labnet(), "dns", "--nslookup", "-type=mx", "example", "127.0.0.1", "-p", std::to_string(server.port())});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "*** No mail exchanger (MX) records available for example\n");
}

TEST_F(DnsProgram, NslookupOfANamePrintsWhatWindowsPrints) {
  const auto outcome = dns("www.example", "--nslookup");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output,
            "Server:  ns.example\nAddress:  127.0.0.1\n\n"
            "Name:    web.example\nAddresses:  192.0.2.10\n\t  192.0.2.11\nAliases:  www.example\n\n");
}

TEST_F(DnsProgram, NslookupOfAnAddressNamesIt) {
  const auto outcome = dns("192.0.2.10", "--nslookup");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output,
            "Server:  ns.example\nAddress:  127.0.0.1\n\nName:    web.example\nAddress:  192.0.2.10\n\n");
}

TEST_F(DnsProgram, NslookupOfWhatDoesNotExistFails) {
  const auto outcome = dns("nothing.example", "--nslookup");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "*** ns.example can't find nothing.example: Non-existent domain\n");
}

/// What a server says that answers each question with the same records, whatever was asked.
std::string nslookup_of(const std::string& name, const std::vector<dns::Record>& answers) {
  const DnsStub server{[&](const dns::Message& query, Transport) {
    auto reply = reply_to(query);
    reply.header.authoritative = true;
    if (query.question->type != dns::Type::ptr) reply.answers = answers;
    return std::vector<Buffer>{to_wire(reply)};
  }};
  const auto outcome = run({labnet(), "dns", "--nslookup", "@127.0.0.1", "-p", std::to_string(server.port()), name});
  return outcome.exit_code == 0 ? outcome.output : outcome.errors;
}

TEST(DnsNslookup, TakesOfAReplyOnlyWhatAnswersItsQuestion) {
  const std::vector<dns::Record> answers{record("other.example.", dns::Cname{*dns::parse_name("victim.example.")}),
                                         record("web.example.", dns::A{*parse_ipv4("192.0.2.10")}),
                                         record("www.example.", dns::Cname{*dns::parse_name("WEB.example.")}),
                                         record("web.example.", dns::Aaaa{*parse_ipv6("2001:db8::10")}),
                                         record("victim.example.", dns::A{*parse_ipv4("192.0.2.66")}),
                                         record("victim.example.", dns::Ptr{*dns::parse_name("bank.example.")})};
  EXPECT_EQ(nslookup_of("www.example", answers),
            "Server:  UnKnown\nAddress:  127.0.0.1\n\n"
            "Name:    web.example\nAddresses:  192.0.2.10\n\t  2001:db8::10\nAliases:  www.example\n\n");
}

TEST(DnsNslookup, FindsNothingWhereAliasesLeadBackToThemselves) {
  const std::vector<dns::Record> answers{record("a.example.", dns::Cname{*dns::parse_name("b.example.")}),
                                         record("b.example.", dns::Cname{*dns::parse_name("a.example.")}),
                                         record("c.example.", dns::A{*parse_ipv4("192.0.2.66")})};
  EXPECT_THAT(nslookup_of("a.example", answers), HasSubstr("(A+AAAA) records available for a.example"));
}

TEST(DnsProgramOverTcp, EndsAtItsDeadlineThoughAReplyComesOctetByOctet) {
  const DnsStub server{
      [](const dns::Message& query, Transport) { return std::vector<Buffer>{to_wire(reply_to(query))}; }, 0,
      std::chrono::milliseconds{100}};
  const auto port = std::to_string(server.port());
  const auto ask = [&](const std::string& program) {
    std::vector<std::string> command{program};
    if (program != "dig") command.emplace_back("dns");
    for (const auto* word : {"@127.0.0.1", "-p", port.c_str(), "web.example", "+tcp", "+time=1", "+tries=1"}) {
      command.emplace_back(word);
    }
    return run(command);
  };
  const auto began = std::chrono::steady_clock::now();
  const auto outcome = ask(labnet());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{2500});
  EXPECT_EQ(outcome.output, "");
  EXPECT_EQ(outcome.errors, fmt::format("labnet dns: tcp://127.0.0.1:{}: no whole reply came in time\n", port));
  EXPECT_EQ(outcome.exit_code, 9);
  if (has_dig()) {
    EXPECT_EQ(ask("dig").exit_code, 9);
  }
}

TEST_F(DnsProgram, WithoutAReplySaysWhyAndFails) {
  server_->signal(SIGKILL);
  server_->wait();
  const auto outcome = dns("web.example +tries=2");
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_EQ(outcome.output, ";; udp://127.0.0.1:" + port_ + ": nobody listens there\n");
  EXPECT_EQ(outcome.errors, "labnet dns: udp://127.0.0.1:" + port_ + ": nobody listens there\n");
}

TEST_F(DnsProgram, WrongUsageIsToldWithExitCode2) {
  for (const auto& [words, complaint] : std::vector<std::pair<std::string, std::string>>{
           {"web.example +shrt", "there is no option +shrt; did you mean +short?"},
           {"web.example mx a", "\"a\" is one name too many"},
           {"-x 1.2.3", "--reverse: expected an address such as 192.168.1.7 or 2001:db8::7, found \"1.2.3\""},
           {"-t NOTATYPE web.example", "--type: expected a type of record such as A, MX or TYPE65, found \"NOTATYPE\""},
           {"-p 65536 web.example", "--port: expected a whole number from 1 to 65535, found \"65536\""},
           {"-c XY web.example", "--class: expected a class such as IN or CH, found \"XY\""},
           {"-q a..b", "--query: expected a domain name such as web.labredes71.com, found \"a..b\""},
           {"-type=mx example", "--type: expected a type of record such as A, MX or TYPE65, found \"ype=mx\""},
           {"-4 -6 web.example", "--ipv4 and --ipv6 exclude each other"},
           {"--root nowhere web.example", "--root: expected an address such as 192.168.1.7 or 2001:db8::7"},
           {"example IXFR", "the changes of a zone alone (IXFR) cannot be asked for here; AXFR transfers"},
           {"example ixfr=7", "the changes of a zone alone (IXFR) cannot be asked for here; AXFR transfers"},
           {"example AXFR +trace", "a zone is not transferred by way of +trace"},
           {"--nslookup +short", "NAME is missing"},
           {"--nslookup web.example +short", "nslookup has +tcp, "},
           {"--nslookup web.example +trace", "nslookup has +tcp, "},
           {"--nslookup web.example --format json", "nslookup knows nothing of "},
           {"--nslookup web.example --hex", "nslookup knows nothing of "},
           {"--nslookup web.example --trace", "nslookup knows nothing of "},
           {"--nslookup web.example --root 127.0.0.1", "nslookup knows nothing of "},
           {"--nslookup -x 192.0.2.10", "nslookup knows nothing of "},
           {"--nslookup -c CH web.example", "nslookup knows nothing of "},
           {"--nslookup -type=mxx example",
            "expected a type of record such as A, MX or TYPE65, as in -type=MX, found \"-type=mxx\""},
           {"--nslookup -type=axfr example", "there are no records of type AXFR"}}) {
    const auto outcome = dns(words);
    EXPECT_EQ(outcome.exit_code, 2) << words;
    EXPECT_THAT(outcome.errors, StartsWith("labnet dns: " + complaint)) << words;
    EXPECT_EQ(outcome.output, "") << words;
  }
}

TEST_F(DnsProgram, CtrlCEndsTheWaitForAReply) {
  const DnsStub mute{[](const auto&, auto) { return std::vector<Buffer>{}; }};
  Child child{{labnet(), "dns", "@127.0.0.1", "-p", std::to_string(mute.port()), "web.example"}};
  ASSERT_TRUE(eventually([&] { return !mute.queries().empty(); }));
  child.signal(SIGINT);
  const auto outcome = child.wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "labnet dns: interrupted\n");
}

}  // namespace
}  // namespace labnet::test
