// The words of a command line as dig reads them.
#include "clients/dns/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labnet::dns_client {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Request read(const std::vector<std::string>& words, bool has_name = false) {
  Request request;
  const auto fault = read_words(words, has_name, request);
  EXPECT_TRUE(fault) << (fault ? "" : fault.error().message);
  return request;
}

std::string fault_of_words(const std::vector<std::string>& words, bool has_name = false) {
  Request request;
  const auto fault = read_words(words, has_name, request);
  return fault ? "" : fault.error().message;
}

TEST(DnsWords, WithoutMoreThanANameAreDigsDefaults) {
  const auto request = read({"web.labredes71.com"});
  EXPECT_EQ(dns::to_text(request.query.question.name), "web.labredes71.com.");
  EXPECT_EQ(request.query.question.type, dns::Type::a);
  EXPECT_EQ(request.query.question.dns_class, dns::Class::in);
  EXPECT_TRUE(request.query.recursion_desired);
  EXPECT_TRUE(request.query.authentic_data);
  EXPECT_EQ(request.query.edns, dns::EdnsHeader{});
  EXPECT_EQ(request.options.timeout, 5s);
  EXPECT_EQ(request.options.tries, 3);
  EXPECT_EQ(request.server, "");
}

TEST(DnsWords, MayStandInAnyOrder) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"@192.168.1.7", "labredes71.com", "mx", "CH"},
                                                                 {"ch", "mx", "labredes71.com", "@192.168.1.7"},
                                                                 {"MX", "@192.168.1.7", "CH", "labredes71.com"}}) {
    const auto request = read(words);
    EXPECT_EQ(request.query.question.type, dns::Type::mx);
    EXPECT_EQ(request.query.question.dns_class, dns::Class::ch);
    EXPECT_EQ(dns::to_text(request.query.question.name), "labredes71.com.");
    EXPECT_EQ(request.server, "192.168.1.7");
  }
}

TEST(DnsWords, ASecondTypeIsAName) {
  const auto request = read({"mx", "txt"});
  EXPECT_EQ(request.query.question.type, dns::Type::mx);
  EXPECT_EQ(dns::to_text(request.query.question.name), "txt.");
}

TEST(DnsWords, EveryPlusOptionChangesWhatItSays) {
  EXPECT_TRUE(read({"x", "+short"}).shown.data_alone);
  EXPECT_TRUE(read({"x", "+tcp"}).options.over_tcp);
  EXPECT_TRUE(read({"x", "+vc"}).options.over_tcp);
  EXPECT_FALSE(read({"x", "+vc", "+notcp"}).options.over_tcp);
  EXPECT_TRUE(read({"x", "+ignore"}).options.ignore_truncation);
  EXPECT_FALSE(read({"x", "+norecurse"}).query.recursion_desired);
  EXPECT_FALSE(read({"x", "+nordflag"}).query.recursion_desired);
  EXPECT_FALSE(read({"x", "+noadflag"}).query.authentic_data);
  EXPECT_TRUE(read({"x", "+cdflag"}).query.checking_disabled);
  EXPECT_FALSE(read({"x", "+noedns"}).query.edns);
  EXPECT_TRUE(read({"x", "+noedns", "+edns"}).query.edns);
  EXPECT_TRUE(read({"x", "+dnssec"}).query.edns->dnssec_ok);
  EXPECT_EQ(read({"x", "+bufsize=4096"}).query.edns->udp_payload_bytes, 4096);
  EXPECT_EQ(read({"x", "+noedns", "+bufsize=512"}).query.edns->udp_payload_bytes, 512);
  EXPECT_EQ(read({"x", "+time=2"}).options.timeout, 2s);
  EXPECT_EQ(read({"x", "+timeout=300ms"}).options.timeout, 300ms);
  EXPECT_EQ(read({"x", "+tries=1"}).options.tries, 1);
  EXPECT_EQ(read({"x", "+retry=1"}).options.tries, 2);
  EXPECT_FALSE(read({"x", "+nocmd"}).shown.command);
  EXPECT_FALSE(read({"x", "+nocomments"}).shown.comments);
  EXPECT_FALSE(read({"x", "+noquestion"}).shown.question);
  EXPECT_FALSE(read({"x", "+noauthority"}).shown.authority);
  EXPECT_FALSE(read({"x", "+noadditional"}).shown.additional);
  EXPECT_FALSE(read({"x", "+nostats"}).shown.statistics);
  EXPECT_FALSE(read({"x", "+nottlid"}).shown.ttl);
  EXPECT_FALSE(read({"x", "+noclass"}).shown.dns_class);
  const auto answer_alone = read({"x", "+noall", "+answer"}).shown;
  EXPECT_TRUE(answer_alone.answer);
  EXPECT_FALSE(answer_alone.comments || answer_alone.question || answer_alone.statistics || answer_alone.command);
}

TEST(DnsWords, TraceChangesWhatDigChangesWithIt) {
  const auto request = read({"x", "+trace"});
  EXPECT_TRUE(request.trace);
  EXPECT_TRUE(request.query.edns->dnssec_ok);
  EXPECT_TRUE(request.shown.answer && request.shown.authority && request.shown.command);
  EXPECT_FALSE(request.shown.comments || request.shown.question || request.shown.additional ||
               request.shown.statistics);
  EXPECT_FALSE(read({"x", "+trace", "+nodnssec"}).query.edns->dnssec_ok);
  EXPECT_TRUE(read({"x", "+noedns", "+trace"}).query.edns);
  EXPECT_FALSE(read({"x", "+trace", "+notrace"}).trace);
}

TEST(DnsWords, PlusOptionsMayBeShortenedToWhatIsTheirsAlone) {
  EXPECT_FALSE(read({"x", "+norec"}).query.recursion_desired);
  EXPECT_EQ(read({"x", "+BUFS=700"}).query.edns->udp_payload_bytes, 700);
  EXPECT_EQ(read({"x", "+ti=700ms"}).options.timeout, 700ms);  // of +time or +timeout, which are one
  EXPECT_THAT(fault_of_words({"x", "+t=3"}), HasSubstr("there is no option +t;"));
}

TEST(DnsWords, MistakesAreTold) {
  EXPECT_EQ(fault_of_words({}), "NAME is missing");
  EXPECT_EQ(fault_of_words({"MX"}), "NAME is missing");
  EXPECT_EQ(fault_of_words({"one.example", "two.example"}), "\"two.example\" is one name too many");
  EXPECT_EQ(fault_of_words({"one.example"}, true), "\"one.example\" is one name too many");
  EXPECT_THAT(fault_of_words({"x", "IXFR"}), HasSubstr("(IXFR) cannot be asked for here"));
  EXPECT_THAT(fault_of_words({"x", "ixfr=7"}), HasSubstr("(IXFR) cannot be asked for here"));
  EXPECT_EQ(fault_of_words({"x", "@"}), "expected a name or an address behind @");
  EXPECT_THAT(fault_of_words({"a..b"}), HasSubstr("\"a..b\" is no name: "));
  EXPECT_THAT(fault_of_words({std::string(64, 'a') + ".example"}), HasSubstr("is no name: "));
  EXPECT_THAT(fault_of_words({"x", "+shrt"}),
              HasSubstr("there is no option +shrt; did you mean +short?; there are +short "));
  EXPECT_THAT(fault_of_words({"x", "+nobufsize"}), HasSubstr("there is no option +nobufsize"));
  EXPECT_EQ(fault_of_words({"x", "+short=1"}), "+short takes no value, found \"1\"");
  EXPECT_EQ(fault_of_words({"x", "+bufsize"}), "+bufsize=: expected a whole number from 0 to 65535, found \"\"");
  EXPECT_EQ(fault_of_words({"x", "+bufsize=65536"}),
            "+bufsize=: expected a whole number from 0 to 65535, found \"65536\"");
  EXPECT_EQ(fault_of_words({"x", "+tries=101"}), "+tries=: expected a whole number from 1 to 100, found \"101\"");
  EXPECT_EQ(fault_of_words({"x", "+tries=0"}), "+tries=: expected a whole number from 1 to 100, found \"0\"");
  EXPECT_THAT(fault_of_words({"x", "+time=601"}), HasSubstr("+time=: expected a time from 1 ms to 10 min"));
}

}  // namespace
}  // namespace labnet::dns_client
