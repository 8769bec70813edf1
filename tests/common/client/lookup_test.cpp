// Whom a client asks for addresses, as its command line says.
#include "common/client/lookup.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/resolver/dns_stub.hpp"

namespace labnet::client {
namespace {

using resolver::Server;
using testing::ElementsAre;
using testing::HasSubstr;

const Server first{Ipv4Address{0xc0a80101}};

struct Parsed {
  LookupInput input;
  std::string fault;  // empty: none
};

Parsed parse(const std::vector<std::string>& words) {
  Parsed parsed;
  program::Options options;
  declare(options, parsed.input);
  parsed.fault = options.parse(words).value_or("");
  return parsed;
}

TEST(Lookup, AsksThoseThatTheCommandLineNames) {
  EXPECT_THAT(lookup_options(parse({}).input).servers, ElementsAre());
  const auto options =
      lookup_options(parse({"--dns-servers", "192.168.1.1,127.0.0.1:5300,fd00::7,[fd00::7]:5300"}).input);
  EXPECT_THAT(options.servers, ElementsAre(first, Server{Ipv4Address{0x7f000001}, 5300}, Server{*parse_ipv6("fd00::7")},
                                           Server{*parse_ipv6("fd00::7"), 5300}));
  EXPECT_EQ(options.family, resolver::Family::ipv4);
  EXPECT_EQ(lookup_options(parse({"-6"}).input).family, resolver::Family::ipv6);
  EXPECT_EQ(lookup_options(parse({"-4"}).input).family, resolver::Family::ipv4);
}

TEST(Lookup, RefusesWhatIsNoServer) {
  for (const std::string text :
       {"", "dns", "192.168.1.1,", ",192.168.1.1", "192.168.1.1:0", "192.168.1.1:65536", "192.168.1.1:", "192.168.1",
        "[192.168.1.1]:53", "[fd00::7", "fd00::7]", "[]", "[", "[fd00::7]x", "192.168.1.1 "}) {
    EXPECT_THAT(parse({"--dns-servers", text}).fault, HasSubstr("1 to 16 addresses")) << text;
  }
}

TEST(Lookup, RefusesOneServerTooMany) {
  std::string text = "192.168.1.1";
  for (std::size_t i = 1; i < name_servers_max; ++i) text += ",192.168.1.1";
  EXPECT_EQ(parse({"--dns-servers", text}).input.servers.size(), name_servers_max);
  EXPECT_NE(parse({"--dns-servers", text + ",192.168.1.1"}).fault, "");
}

TEST(Lookup, ReachesThatServer) {
  const test::DnsStub stub{[](const dns::Message& query, test::Transport) {
    auto reply = test::reply_to(query);
    reply.answers.push_back(test::record(dns::to_text(query.question->name), dns::A{Ipv4Address{0xcb007114}}));
    return std::vector<Buffer>{test::to_wire(reply)};
  }};
  const auto parsed = parse({"--dns-servers", fmt::format("127.0.0.1:{}", stub.port())});
  const auto found = resolver::resolve("diario71.com", resolver::patience, lookup_options(parsed.input));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(*found, ElementsAre(IpAddress{Ipv4Address{0xcb007114}}));
  EXPECT_EQ(stub.queries().size(), 1u);
}

}  // namespace
}  // namespace labnet::client
