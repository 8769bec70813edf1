// labnet dns +trace as a user runs it, beside dig, among three servers: of the root, of a top-level domain, of a leaf.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "tests/clients/dns/dig.hpp"
#include "tests/common/resolver/dns_stub.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

using testing::HasSubstr;

/// The servers are named by what reads as an address, too: dig looks names up as its host is set up to, and with these
/// it needs nobody for that.
class DnsTraceProgram : public testing::Test {
 protected:
  DnsTraceProgram() {
    const auto soa = "$TTL 3600\n@ IN SOA 127.0.0.2. admin 7 3600 600 86400 300\n";
    const auto root = folder_.write("root.zone", fmt::format("{}{}", soa, R"(@ IN NS 127.0.0.2.
127.0.0.2 IN A 127.0.0.2
127.0.0.3 IN A 127.0.0.3
127.0.0.4 IN A 127.0.0.4
test IN NS 127.0.0.3.
lame IN NS 127.0.0.3.
)"));
    const auto domain = folder_.write("test.zone", fmt::format("{}{}", soa, R"(@ IN NS 127.0.0.3.
leaf IN NS 127.0.0.4.
inside IN NS ns.inside
ns.inside IN A 127.0.0.4
)"));
    const auto leaf = folder_.write("leaf.zone", fmt::format("{}{}", soa, R"(@ IN NS 127.0.0.4.
www IN CNAME web
web IN A 192.0.2.10
web IN A 192.0.2.11
)"));
    for (int attempt = 0; attempt < 20 && port_.empty(); ++attempt) {
      const auto free = std::to_string(DnsStub{[](const auto&, auto) { return std::vector<Buffer>{}; }}.port());
      servers_.clear();
      const auto all = start(free, "127.0.0.2", {".=" + root}) && start(free, "127.0.0.3", {"test=" + domain}) &&
                       start(free, "127.0.0.4", {"leaf.test=" + leaf, "inside.test=" + leaf});
      if (all) port_ = free;
    }
    EXPECT_NE(port_, "");
  }

  bool start(const std::string& port, const std::string& address, const std::vector<std::string>& zones) {
    std::vector<std::string> command{labnet(), "serve", "dns", "--workers", "1", "--listen", address + ":" + port};
    for (const auto& zone : zones) command.insert(command.end(), {"--zone", zone});
    servers_.push_back(std::make_unique<Child>(command));
    return servers_.back()->line().has_value();
  }

  Outcome trace(const std::string& words) const {
    std::vector<std::string> command{labnet(), "dns", "-p", port_};
    for (const auto word : split(words, ' ')) command.emplace_back(word);
    return run(command);
  }

  TemporaryFolder folder_;
  std::vector<std::unique_ptr<Child>> servers_;
  std::string port_;
};

TEST_F(DnsTraceProgram, PrintsWhatDigPrints) {
  if (!has_dig()) GTEST_SKIP() << no_dig;
  for (const auto* const words : {"web.leaf.test +trace", "www.leaf.test +trace", "nothing.leaf.test +trace",
                                  "web.leaf.test MX +trace", "leaf.test NS +trace +nodnssec",
                                  "web.leaf.test +trace +nocmd", "nothing +trace", "web.leaf.test +trace +tcp"}) {
    std::vector<std::string> command{"dig", "@127.0.0.2", "-p", port_};
    for (const auto word : split(words, ' ')) command.emplace_back(word);
    const auto ours = trace(fmt::format("@127.0.0.2 {}", words));
    EXPECT_EQ(ours.exit_code, 0) << words << ours.errors;
    EXPECT_EQ(comparable(ours.output), comparable(run(command).output)) << words;
  }
}

TEST_F(DnsTraceProgram, StartsWhereItIsTold) {
  const auto outcome = trace("--root 127.0.0.3 web.inside.test");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(comparable(outcome.output),
            "\ninside.test.\t\t3600\tIN\tNS\tns.inside.test.\n"
            ";; Received 77 bytes from 127.0.0.3#" +
                port_ +
                "(127.0.0.3)\n\n"
                "web.inside.test.\t3600\tIN\tA\t192.0.2.10\nweb.inside.test.\t3600\tIN\tA\t192.0.2.11\n"
                ";; Received 76 bytes from 127.0.0.4#" +
                port_ + "(ns.inside.test)\n\n\n");
}

TEST_F(DnsTraceProgram, SaysWhichServerSaysThatThereIsNothing) {
  const auto no_name = trace("@127.0.0.2 --trace web.missing.test");
  EXPECT_EQ(no_name.exit_code, 0) << "that is an answer";
  EXPECT_EQ(no_name.errors, "labnet dns: 127.0.0.3 says that there is no such name: web.missing.test. (NXDOMAIN)\n");
  EXPECT_EQ(trace("@127.0.0.2 --trace web.leaf.test MX").errors,
            "labnet dns: 127.0.0.4 says that web.leaf.test. has no records of type MX\n");
  EXPECT_EQ(trace("@127.0.0.2 --trace web.leaf.test").errors, "");
}

TEST_F(DnsTraceProgram, ShortlyShowsTheAnswerAlone) {
  EXPECT_EQ(trace("@127.0.0.2 --trace web.leaf.test +short").output, "192.0.2.10\n192.0.2.11\n");
}

TEST_F(DnsTraceProgram, GivesJson) {
  const auto json = boost::json::parse(trace("@127.0.0.2 --trace web.leaf.test --format json").output).as_object();
  const auto& steps = json.at("steps").as_array();
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[0].at("question").at("type").as_string(), "NS");
  EXPECT_EQ(steps[2].at("server_name").as_string(), "127.0.0.3");
  EXPECT_EQ(steps[2].at("authority").at(0).at("data").as_string(), "127.0.0.4.");
  EXPECT_EQ(steps[3].at("answer").at(0).at("data").as_string(), "192.0.2.10");
  EXPECT_FALSE(json.contains("fault"));
}

TEST_F(DnsTraceProgram, ShowsEveryMessageOctetByOctet) {
  const auto output = trace("@127.0.0.2 --trace --hex web.leaf.test").output;
  // The question for 127.0.0.4's address, too, which the third server may not tell.
  for (const auto* const line :
       {";; Sent to 127.0.0.2#", ";; Received from 127.0.0.3#", ";; Received from 127.0.0.4#"}) {
    EXPECT_THAT(output, HasSubstr(line));
  }
  EXPECT_THAT(output, testing::Not(HasSubstr(";; Received 7")));
}

TEST_F(DnsTraceProgram, AServerThatDoesNotServeTheZoneEndsIt) {
  const auto outcome = trace("@127.0.0.2 --trace web.lame");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("(127.0.0.3) in "));
  EXPECT_EQ(outcome.errors, "labnet dns: 127.0.0.3 says REFUSED\n");
}

TEST_F(DnsTraceProgram, ASilentServerIsToldWithExitCode9) {
  servers_.back()->signal(SIGKILL);
  servers_.back()->wait();
  const auto outcome = trace("@127.0.0.2 --trace web.leaf.test +tries=1");
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_THAT(outcome.output, HasSubstr("(127.0.0.3) in "));
  EXPECT_EQ(outcome.errors, "labnet dns: udp://127.0.0.4:" + port_ + ": nobody listens there\n");
}

}  // namespace
}  // namespace labnet::test
