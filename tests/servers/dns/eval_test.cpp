// `labnet dns eval`: the reply without a server, for people and for programs, and what is wrong with a zone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "servers/dns/zone/load.hpp"
#include "tests/servers/dns/records.hpp"
#include "tests/support/child.hpp"

namespace labnet::dns_server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string evaluated_zone =
    "$TTL 1h\n@ SOA ns admin 1 2 3 4 60\n@ NS ns\nns A 192.0.2.1\nwww CNAME ns\n*.wild TXT \"any\"\n";

class DnsEval : public testing::Test {
 protected:
  test::Outcome eval(std::vector<std::string> words) const {
    words.insert(words.begin(), {test::labnet(), "dns", "eval"});
    return test::Child{words}.wait();
  }
  std::string zone(const std::string& name = "example.zone", const std::string& text = evaluated_zone) const {
    return folder.write(name, text);
  }
  test::TemporaryFolder folder;
};

TEST_F(DnsEval, ShowsTheReplyAsDigWould) {
  const auto outcome = eval({"--zone", zone(), "www.example"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output,
            ";; Got answer:\n"
            ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 0\n"
            ";; flags: qr aa; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1\n\n"
            ";; OPT PSEUDOSECTION:\n"
            "; EDNS: version: 0, flags:; udp: 1232\n"
            ";; QUESTION SECTION:\n"
            ";www.example.\t\t\tIN\tA\n\n"
            ";; ANSWER SECTION:\n"
            "www.example.\t\t3600\tIN\tCNAME\tns.example.\n"
            "ns.example.\t\t3600\tIN\tA\t192.0.2.1\n\n");
}

TEST_F(DnsEval, IsAnObjectForPrograms) {
  const auto outcome = eval({"--zone", "example=" + zone("other.name"), "x.y.wild.example", "txt", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto reply = boost::json::parse(outcome.output).as_object();
  EXPECT_EQ(reply.at("rcode").as_string(), "NOERROR");
  EXPECT_EQ(reply.at("flags"), boost::json::parse(R"(["qr","aa"])"));
  EXPECT_EQ(reply.at("question"), boost::json::parse(R"({"name":"x.y.wild.example.","class":"IN","type":"TXT"})"));
  EXPECT_EQ(reply.at("answer").at(0).at("data").as_string(), "\"any\"");
  EXPECT_EQ(reply.at("bytes").to_number<int>(), 61);
  const auto missing = eval({"--zone", zone(), "no.example", "--format", "json"});
  EXPECT_EQ(missing.exit_code, 0) << "a name that is not there is an answer";
  const auto nothing = boost::json::parse(missing.output).as_object();
  EXPECT_EQ(nothing.at("rcode").as_string(), "NXDOMAIN");
  EXPECT_EQ(nothing.at("authority").at(0).at("ttl").to_number<int>(), 60);
}

TEST_F(DnsEval, IsAsOverTheTransportAndToTheClientThatItIsTold) {
  auto text = evaluated_zone;
  for (int i = 0; i < 100; ++i) text += "many A 192.0.2." + std::to_string(i) + '\n';
  const auto file = zone("example.zone", text);
  EXPECT_THAT(eval({"--zone", file, "many.example"}).output, HasSubstr("flags: qr aa tc;"));
  EXPECT_THAT(eval({"--zone", file, "many.example", "--tcp"}).output, HasSubstr("ANSWER: 100,"));
  EXPECT_THAT(eval({"--zone", file, "ns.example", "--no-edns"}).output, HasSubstr("ADDITIONAL: 0\n"));
}

TEST_F(DnsEval, KnowsSeveralZones) {
  const auto other = zone("other.zone", "$TTL 1h\n@ SOA a b 1 2 3 4 5\n@ NS ns.example.\nx CNAME ns.example.\n");
  EXPECT_THAT(eval({"--zone", zone(), "--zone", other, "x.other"}).output, HasSubstr("192.0.2.1"));
  const auto twice = eval({"--zone", zone(), "--zone", zone(), "x.example"});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_THAT(twice.errors, HasSubstr("example. is there twice"));
}

TEST_F(DnsEval, SaysWhereAZoneIsBroken) {
  const auto file = zone("example.zone", evaluated_zone + "bad A 192.0.2\n");
  const auto outcome = eval({"--zone", file, "www.example"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, StartsWith(file + ":7:7: found \"192.0.2\", expected address"));
  EXPECT_EQ(eval({"--zone", folder.path() + "/none.zone", "www.example"}).exit_code, 2);
}

TEST_F(DnsEval, KnowsItsWords) {
  EXPECT_THAT(eval({"www.example"}).errors, HasSubstr("--zone is missing"));
  EXPECT_EQ(eval({"www.example"}).exit_code, 2);
  EXPECT_THAT(eval({"--zone", zone()}).errors, HasSubstr("NAME"));
  EXPECT_THAT(eval({"--zone", zone(), "www.example", "AX"}).errors, HasSubstr("expected a type of record"));
  for (const std::string type : {"AXFR", "IXFR"}) {
    const auto transfer = eval({"--zone", zone(), "example", type});
    EXPECT_EQ(transfer.exit_code, 2);
    EXPECT_THAT(transfer.errors, HasSubstr(type + " is a transfer, not a reply"));
  }
  EXPECT_THAT(eval({"-c", "x", "www.example"}).errors, HasSubstr("there is no option -c"));
  EXPECT_THAT(eval({"--zone", zone("a..b.zone"), "www.example"}).errors, HasSubstr("does not tell which zone it is"));
}

TEST(GuessOrigin, TakesTheOwnerOfTheSoaAndElseTheNameOfTheFile) {
  std::string text;
  const ReadFile read = [&](const std::string&) -> Result<std::string> { return text; };
  const auto guessed = [&](const std::string& path, const std::string& content) {
    text = content;
    const auto origin = guess_origin(path, read);
    return origin ? dns::to_text(*origin) : "none";
  };
  const std::string soa = " 60 IN SOA a. b. 1 2 3 4 5\n";
  EXPECT_EQ(guessed("zones/x.zone", "one.example." + soa), "one.example.");
  EXPECT_EQ(guessed("zones/x.zone", "$ORIGIN two.example.\n@" + soa), "two.example.");
  EXPECT_EQ(guessed("zones/three.example.zone", "@" + soa), "three.example.");
  EXPECT_EQ(guessed("/etc/bind/db.four.example", "@" + soa), "four.example.");
  EXPECT_EQ(guessed("five.example.zone", "no zone at all"), "five.example.");
  EXPECT_EQ(guessed("a..b.zone", "@" + soa), "none");
}

}  // namespace
}  // namespace labnet::dns_server
