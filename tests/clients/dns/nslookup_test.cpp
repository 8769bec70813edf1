// nslookup's words, and records as Windows writes them.
#include "clients/dns/nslookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/dns/nslookup_text.hpp"
#include "tests/common/resolver/dns_stub.hpp"

namespace labnet::dns_client {
namespace {

using namespace std::chrono_literals;
using dns::Type;
using test::name;
using test::record;
using testing::HasSubstr;

std::string fault_of(const std::vector<std::string>& words) {
  const auto lookup = read_nslookup_words(words);
  return lookup ? "" : lookup.error().message;
}

TEST(NslookupWords, TheSecondIsTheServer) {
  const auto lookup = read_nslookup_words({"web.example", "192.0.2.53"});
  EXPECT_EQ(lookup->name, "web.example");
  EXPECT_EQ(lookup->server, "192.0.2.53");
  EXPECT_EQ(read_nslookup_words({"@192.0.2.53", "mx"})->server, "192.0.2.53");
  EXPECT_EQ(read_nslookup_words({"@192.0.2.53", "mx"})->name, "mx");
  EXPECT_EQ(read_nslookup_words({"web.example"})->server, "");
}

TEST(NslookupWords, OptionsOfWhatIsSentMayStandBeside) {
  const auto lookup = read_nslookup_words({"web.example", "+norecurse", "+tcp", "+time=2"});
  EXPECT_FALSE(lookup->recursion_desired);
  EXPECT_TRUE(lookup->options.over_tcp);
  EXPECT_EQ(lookup->options.timeout, 2s);
}

TEST(NslookupWords, WhatItKnowsNothingOfIsAMistake) {
  EXPECT_EQ(fault_of({}), "NAME is missing");
  EXPECT_EQ(fault_of({"a", "b", "c"}), "\"c\" is one name too many");
  EXPECT_EQ(fault_of({"a", "b", "@c"}), "\"b\" and @c are two servers");
  for (const auto* const word :
       {"+short", "+trace", "+dnssec", "+noedns", "+cdflag", "+noall", "+nostats", "+nottlid"}) {
    EXPECT_THAT(fault_of({"a", word}), HasSubstr("and no other option of dig")) << word;
  }
  EXPECT_THAT(fault_of({"a", "+nothing-such"}), HasSubstr("there is no option +nothing-such"));
}

TEST(NslookupWords, ATypeMayBeNamedInManyWays) {
  EXPECT_EQ(nslookup_type('t', "MX"), Type::mx);
  EXPECT_EQ(nslookup_type('t', "ype=mx"), Type::mx);
  EXPECT_EQ(nslookup_type('t', "y=mx"), Type::mx);
  EXPECT_EQ(nslookup_type('q', "=mx"), Type::mx);
  EXPECT_EQ(nslookup_type('q', "uerytype=MX"), Type::mx);
  EXPECT_EQ(nslookup_type('q', "UERY=mx"), Type::mx);
  EXPECT_EQ(nslookup_type('q', "t=mx"), Type::mx);
  EXPECT_EQ(nslookup_type('q', "mx"), Type::mx);
  for (const auto* const rest : {"ype=", "ype=mxx", "imeout=mx", "ypes=mx", "", "=", "ype"}) {
    EXPECT_EQ(nslookup_type('t', rest), std::nullopt) << rest;
  }
}

TEST(NslookupText, EveryTypeHasWindowsWords) {
  EXPECT_EQ(nslookup_text(record("ns.example.", dns::A{{0xc0000235}})), "ns.example\tinternet address = 192.0.2.53\n");
  EXPECT_EQ(nslookup_text(record("ns.example.", dns::Aaaa{*parse_ipv6("fd00::7")})),
            "ns.example\tAAAA IPv6 address = fd00::7\n");
  EXPECT_EQ(nslookup_text(record("example.", dns::Ns{name("ns.example.")})), "example\tnameserver = ns.example\n");
  EXPECT_EQ(nslookup_text(record("www.example.", dns::Cname{name("web.example.")})),
            "www.example\tcanonical name = web.example\n");
  EXPECT_EQ(nslookup_text(record("10.2.0.192.in-addr.arpa.", dns::Ptr{name("web.example.")})),
            "10.2.0.192.in-addr.arpa\tname = web.example\n");
  EXPECT_EQ(nslookup_text(record("example.", dns::Mx{10, name("mail.example.")})),
            "example\tMX preference = 10, mail exchanger = mail.example\n");
  EXPECT_EQ(nslookup_text(record("example.", dns::Txt{{{"one"}, {"t\x1b[wo"}}})),
            "example\ttext =\n\n\t\"one\"\n\t\"t\\x1b[wo\"\n");
  EXPECT_EQ(nslookup_text(record("_sip._udp.example.", dns::Srv{0, 5, 5060, name("voip.example.")})),
            "_sip._udp.example\tSRV service location:\n\t  priority       = 0\n\t  weight         = 5\n"
            "\t  port           = 5060\n\t  svr hostname   = voip.example\n");
  EXPECT_EQ(nslookup_text(record("example.", dns::Unknown{static_cast<Type>(65), {}})),
            "example\t??? unknown type 65 ???\n");
  EXPECT_EQ(nslookup_text(record(".", dns::Ns{name("a.root.")})), ".\tnameserver = a.root\n");
}

TEST(NslookupText, PeriodsAreAlsoToldInLargerUnits) {
  const auto soa = [](std::uint32_t seconds) {
    const dns::Soa data{name("ns.example."), name("admin.example."), 7, {3600}, {600}, {1'209'600}, {seconds}};
    return nslookup_text(record("example.", data));
  };
  EXPECT_EQ(soa(60),
            "example\n\tprimary name server = ns.example\n\tresponsible mail addr = admin.example\n\tserial  = 7\n"
            "\trefresh = 3600 (1 hour)\n\tretry   = 600 (10 mins)\n\texpire  = 1209600 (14 days)\n"
            "\tdefault TTL = 60 (1 min)\n");
  EXPECT_THAT(soa(0), HasSubstr("default TTL = 0 (0 secs)\n"));
  EXPECT_THAT(soa(90061), HasSubstr("default TTL = 90061 (1 day 1 hour 1 min 1 sec)\n"));
}

TEST(NslookupText, OfAReplyOnlyWhatAnswersItsQuestionIsAnAnswer) {
  dns::Message reply;
  reply.question = dns::Question{name("www.example."), Type::mx, dns::Class::in};
  reply.answers = {record("other.example.", dns::Mx{1, name("forged.example.")}),
                   record("www.example.", dns::Cname{name("web.example.")}),
                   record("web.example.", dns::A{{0xc000020a}}),
                   record("web.example.", dns::Mx{10, name("mail.example.")})};
  EXPECT_EQ(nslookup_text(reply),
            "www.example\tcanonical name = web.example\n"
            "web.example\tMX preference = 10, mail exchanger = mail.example\n");
  reply.authorities = {record("example.", dns::Ns{name("ns.example.")})};
  reply.additionals = {record("ns.example.", dns::A{{0xc0000235}})};
  EXPECT_THAT(nslookup_text(reply),
              testing::EndsWith("\n\nexample\tnameserver = ns.example\nns.example\tinternet address = 192.0.2.53\n"));
  reply.answers.clear();
  EXPECT_EQ(nslookup_text(reply), "example\tnameserver = ns.example\nns.example\tinternet address = 192.0.2.53\n");
}

TEST(NslookupText, AbsenceIsToldWithTheTypesLongName) {
  EXPECT_EQ(nslookup_absence(Type::mx, "web.example"), "No mail exchanger (MX) records available for web.example");
  EXPECT_EQ(nslookup_absence(static_cast<Type>(65280), "x"), "No unknown (TYPE65280) records available for x");
}

}  // namespace
}  // namespace labnet::dns_client
