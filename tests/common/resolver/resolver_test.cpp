// Names resolved by a server of the test's own, and by the files of a host of the test's own.
#include "common/resolver/resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "tests/common/resolver/dns_stub.hpp"
#include "tests/support/child.hpp"

namespace labnet::resolver {
namespace {

using namespace std::chrono_literals;
using test::DnsStub;
using test::Transport;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto deadline = 10s;

/// Every A is 192.168.1.10, every AAAA fd00::10.
std::vector<Buffer> addresses(const dns::Message& query, Transport) {
  auto reply = test::reply_to(query);
  const auto name = dns::to_text(query.question->name);
  if (query.question->type == dns::Type::a) {
    reply.answers.push_back(test::record(name, dns::A{*parse_ipv4("192.168.1.10")}));
  } else {
    reply.answers.push_back(test::record(name, dns::Aaaa{*parse_ipv6("fd00::10")}));
  }
  return {test::to_wire(reply)};
}
std::vector<Buffer> nothing(const dns::Message&, Transport) {
  return {};
}
DnsStub::Answer only(dns::Rcode rcode) {
  return [rcode](const dns::Message& query, Transport) {
    auto reply = test::reply_to(query);
    reply.header.rcode = rcode;
    return std::vector<Buffer>{test::to_wire(reply)};
  };
}

Options at(const DnsStub& stub, Family family = Family::ipv4) {
  Options options;
  options.family = family;
  options.servers = {{Ipv4Address{0x7f000001}, stub.port()}};
  return options;
}
std::vector<std::string> asked(const DnsStub& stub) {
  std::vector<std::string> questions;
  for (const auto& query : stub.queries()) {
    const auto& question = *query.message.question;
    questions.push_back(dns::to_text(question.name) + " " + to_text(question.type));
  }
  return questions;
}
std::vector<std::string> found(const Result<std::vector<IpAddress>>& addresses) {
  EXPECT_TRUE(addresses) << addresses.error().message;
  std::vector<std::string> texts;
  if (addresses) {
    for (const auto& address : *addresses) texts.push_back(to_string(address));
  }
  return texts;
}

TEST(Resolver, AsksOnceForAnAddress) {
  const DnsStub stub{addresses};
  EXPECT_THAT(found(resolve("web.labredes71.com", deadline, at(stub))), ElementsAre("192.168.1.10"));
  EXPECT_THAT(asked(stub), ElementsAre("web.labredes71.com. A"));
  EXPECT_TRUE(stub.queries()[0].message.header.recursion_desired);
  EXPECT_FALSE(stub.queries()[0].message.edns);
}

TEST(Resolver, AsksForTheFamiliesWanted) {
  const DnsStub stub{addresses};
  EXPECT_THAT(found(resolve("web.labredes71.com.", deadline, at(stub, Family::ipv6))), ElementsAre("fd00::10"));
  EXPECT_THAT(asked(stub), ElementsAre("web.labredes71.com. AAAA"));
  EXPECT_THAT(found(resolve("web.labredes71.com", deadline, at(stub, Family::both))),
              testing::UnorderedElementsAre("192.168.1.10", "fd00::10"));
  EXPECT_EQ(stub.queries().size(), 3u);
}

TEST(Resolver, KeepsTheServersOrderAndFollowsAliases) {
  const DnsStub stub{[](const dns::Message& query, Transport) {
    auto reply = test::reply_to(query);
    reply.answers = {test::record("www.labredes71.com", dns::Cname{*dns::parse_name("web.labredes71.com")}),
                     test::record("web.labredes71.com", dns::A{*parse_ipv4("192.168.1.20")}),
                     test::record("web.labredes71.com", dns::A{*parse_ipv4("192.168.1.10")})};
    return std::vector<Buffer>{test::to_wire(reply)};
  }};
  EXPECT_THAT(found(resolve("www.labredes71.com", deadline, at(stub))), ElementsAre("192.168.1.20", "192.168.1.10"));
  EXPECT_EQ(stub.queries().size(), 1u);
}

TEST(Resolver, TakesAnAddressAsItIs) {
  const DnsStub stub{nothing};
  EXPECT_THAT(found(resolve("192.168.1.7", deadline, at(stub))), ElementsAre("192.168.1.7"));
  EXPECT_THAT(found(resolve("fd00::7", deadline, at(stub, Family::both))), ElementsAre("fd00::7"));
  EXPECT_EQ(resolve("fd00::7", deadline, at(stub)).error().message,
            "no address of \"fd00::7\" was found: the name has no such address");
  EXPECT_THAT(stub.queries(), IsEmpty());
}

TEST(Resolver, SaysWhatTheServerSays) {
  const std::pair<dns::Rcode, const char*> cases[]{
      {dns::Rcode::nxdomain, "there is no such name"},
      {dns::Rcode::noerror, "the name has no such address"},
      {dns::Rcode::servfail, "the name servers cannot be reached, or could not find out"},
      {dns::Rcode::refused, "the name servers cannot be reached, or could not find out"}};
  for (const auto& [rcode, reason] : cases) {
    const DnsStub stub{only(rcode)};
    EXPECT_EQ(resolve("no.labredes71.com", deadline, at(stub)).error().message,
              std::string{"no address of \"no.labredes71.com\" was found: "} + reason);
  }
}

TEST(Resolver, AsksTheNextServerIfOneFails) {
  const DnsStub failing{only(dns::Rcode::servfail)};
  const DnsStub working{addresses};
  auto options = at(failing);
  options.servers.push_back(at(working).servers.front());
  EXPECT_THAT(found(resolve("web.labredes71.com", deadline, options)), ElementsAre("192.168.1.10"));
  EXPECT_EQ(failing.queries().size(), 1u);
}

TEST(Resolver, GivesUpWhenTheAttemptsOrTheDeadlineAreOver) {
  const DnsStub stub{nothing};
  auto options = at(stub);
  options.attempt_timeout = 20ms;
  EXPECT_THAT(resolve("web.labredes71.com", deadline, options).error().message, HasSubstr("no name server answered"));
  EXPECT_EQ(stub.queries().size(), 2u);
  options.attempt_timeout = 60s;
  EXPECT_THAT(resolve("web.labredes71.com", 20ms, options).error().message, HasSubstr("no name server answered"));
}

TEST(Resolver, StopsWhenItIsTold) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const DnsStub stub{[&](const dns::Message&, Transport) {
    EXPECT_EQ(::write(pipe[1], "", 1), 1);
    return std::vector<Buffer>{};
  }};
  auto options = at(stub);
  options.attempt_timeout = 60s;
  options.stop = pipe[0];
  EXPECT_THAT(resolve("web.labredes71.com", 60s, options).error().message, HasSubstr("stopped"));
  for (const auto end : pipe) ::close(end);
}

TEST(Resolver, DoesNotAskForWhatIsNoHostName) {
  const DnsStub stub{addresses};
  std::string long_name;
  while (long_name.size() < Options::name_bytes_max) long_name += "a.";
  long_name.resize(Options::name_bytes_max - 1);
  long_name += "bc";  // one octet too long
  for (const auto& name : {std::string{"not an address"}, std::string{}, std::string{"."}, std::string{"a..b"},
                           std::string{".a"}, std::string(64, 'a') + ".com", long_name}) {
    EXPECT_THAT(resolve(name, deadline, at(stub)).error().message, HasSubstr("this is no host name")) << name;
  }
  EXPECT_THAT(stub.queries(), IsEmpty());
  long_name.pop_back();
  EXPECT_TRUE(resolve(long_name, deadline, at(stub)));
}

/// This process on a machine of its own, with its own /etc/hosts and /etc/resolv.conf, and port 53 free.
class OwnMachine : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto user = ::getuid();
    const auto group = ::getgid();
    ASSERT_EQ(::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS), 0);
    std::ofstream{"/proc/self/setgroups"} << "deny";
    std::ofstream{"/proc/self/uid_map"} << "0 " << user << " 1";
    std::ofstream{"/proc/self/gid_map"} << "0 " << group << " 1";
    ASSERT_EQ(test::run({"ip", "link", "set", "lo", "up"}).exit_code, 0);
    ASSERT_EQ(::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  }
  void have(const std::string& path, const std::string& text) const {
    const auto file = folder_.write(path.substr(1), text);
    ASSERT_EQ(::mount(file.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), 0) << path;
  }
  test::TemporaryFolder folder_;
};

TEST_F(OwnMachine, ReadsItsFiles) {
  have("/etc/hosts", "127.0.0.1 localhost\n192.168.1.6 pc1 pc1.labredes71.com\n");
  have("/etc/resolv.conf", "search labredes71.com\nnameserver 127.0.0.1\nnameserver fd00::7\n");
  EXPECT_THAT(*system_servers(), ElementsAre(Server{Ipv4Address{0x7f000001}}, Server{*parse_ipv6("fd00::7")}));
  const DnsStub stub{[](const dns::Message& query, Transport transport) {
                       if (query.question->name == *dns::parse_name("web.labredes71.com")) {
                         return addresses(query, transport);
                       }
                       return only(dns::Rcode::nxdomain)(query, transport);
                     },
                     53};
  EXPECT_THAT(found(resolve("pc1", deadline)), ElementsAre("192.168.1.6"));
  EXPECT_THAT(found(resolve("PC1.labredes71.com", deadline)), ElementsAre("192.168.1.6"));
  EXPECT_THAT(asked(stub), IsEmpty());
  EXPECT_THAT(found(resolve("web", deadline)), ElementsAre("192.168.1.10"));
  EXPECT_THAT(asked(stub), ElementsAre("web.labredes71.com. A"));
  EXPECT_FALSE(resolve("wrong.labredes71.com", deadline));
  EXPECT_THAT(asked(stub),
              ElementsAre("web.labredes71.com. A", "wrong.labredes71.com. A"));  // not below the domain too
}

}  // namespace
}  // namespace labnet::resolver
