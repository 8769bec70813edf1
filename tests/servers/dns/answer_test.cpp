// Replies by the book: what the zones hold, and nothing that does not belong to it.
#include "servers/dns/answer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/dns/message.hpp"
#include "servers/dns/limits.hpp"
#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

using dns::Message;
using dns::Rcode;
using dns::Type;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string example_zone =
    "$TTL 1h\n"
    "@        SOA   ns admin 7 2 3 4 60\n"
    "@        NS    ns\n"
    "@        MX    10 mail\n"
    "ns       A     192.0.2.1\n"
    "mail     A     192.0.2.2\n"
    "mail     AAAA  2001:db8::2\n"
    "mail     HTTPS 1 . port=8443\n"
    "site     HTTPS 1 web alpn=h2\n"
    "web      A     192.0.2.3\n"
    "www      CNAME web\n"
    "deep     CNAME www\n"
    "away     CNAME a.nowhere.\n"
    "gone     CNAME none\n"
    "empty    CNAME web6\n"
    "web6     AAAA  2001:db8::6\n"
    "down     CNAME x.sub\n"
    "loop     CNAME loop2\n"
    "loop2    CNAME LOOP\n"
    "*.wild   TXT   \"any\"\n"
    "*.turn   CNAME x.turn\n"
    "cross    CNAME host.second.\n"
    "sub      NS    ns.sub\n"
    "sub      NS    ns.elsewhere.\n"
    "ns.sub   A     192.0.2.53\n"
    "moved    60 DNAME wild\n"
    "moved    A     192.0.2.4\n"
    "flat     DNAME example.\n"
    "second   DNAME second.\n"
    "off      DNAME a.nowhere.\n"
    "round    DNAME x.round\n"
    "to       CNAME web.flat\n"
    "there    DNAME longer.than.there.\n";

class Answer : public testing::Test {
 protected:
  static Buffer query(std::string_view owner, Type type, bool edns = false) {
    Message message;
    message.header.id = 0x1234;
    message.header.recursion_desired = true;
    message.question = dns::Question{name(owner), type, dns::Class::in};
    if (edns) message.edns = dns::Edns{};
    Buffer wire;
    write_message(message, wire);
    return wire;
  }

  Message ask(std::string_view owner, Type type = Type::a) { return ask(query(owner, type)); }
  Message ask(Bytes wire) {
    reply_.clear();
    outcome_ = answer(wire, zones_, options_, reply_);
    const auto parsed = dns::parse_message(reply_);
    if (!parsed) throw std::logic_error{std::string{describe(parsed.error())}};
    EXPECT_EQ(parsed->trailing_bytes, 0u);
    EXPECT_EQ(parsed->message.header.rcode, outcome_.rcode);
    EXPECT_EQ(parsed->message.header.truncated, outcome_.truncated);
    return parsed->message;
  }

  ZoneSet zones_ = *ZoneSet::make(
      {zone_of(example_zone), zone_of("$TTL 5\n@ SOA a.b. c.d. 1 2 3 4 5\n@ NS a.b.\nhost A 192.0.2.99\n", "second.")});
  AnswerOptions options_;
  Buffer reply_;
  Outcome outcome_;
};

std::vector<std::string> record_texts(const std::vector<dns::Record>& records) {
  std::vector<std::string> lines;
  for (const auto& record : records) lines.push_back(to_text(record));
  return lines;
}

const std::string negative_soa = "example. 60 IN SOA ns.example. admin.example. 7 2 3 4 60";

TEST_F(Answer, OfTheLabHasExactly52Octets) {
  options_.recursion_available = true;
  zones_ = *ZoneSet::make({zone_of(
      "$TTL 1h\n@ SOA dns admin 1 2 3 4 5\n@ NS dns\ndns A 192.168.1.7\nweb A 192.168.1.10\n", "labredes71.com.")});
  const auto reply = ask("web.labredes71.com.");
  EXPECT_EQ(reply_, octets("1234 8580 0001 0001 0000 0000 03776562 0a6c616272656465733731 03636f6d 00 0001 0001"
                           "c00c 0001 0001 00000e10 0004 c0a8010a"));
  EXPECT_EQ(reply_.size(), 52u);
  EXPECT_TRUE(reply.header.authoritative && reply.header.recursion_desired && reply.header.recursion_available);
}

TEST_F(Answer, KeepsTheCaseOfTheQuestion) {
  EXPECT_THAT(record_texts(ask("wEb.ExAmple.").answers), ElementsAre("wEb.ExAmple. 3600 IN A 192.0.2.3"));
}

TEST_F(Answer, PositiveCarriesNothingThatWasNotAskedFor) {
  const auto reply = ask("web.example.");
  EXPECT_THAT(record_texts(reply.authorities), IsEmpty());
  EXPECT_THAT(record_texts(reply.additionals), IsEmpty());
  EXPECT_FALSE(reply.edns) << "the query had none";
}

TEST_F(Answer, NoSuchNameBringsTheSoaWithTheLowerTtl) {
  const auto reply = ask("none.example.");
  EXPECT_EQ(reply.header.rcode, Rcode::nxdomain);
  EXPECT_TRUE(reply.header.authoritative);
  EXPECT_THAT(record_texts(reply.answers), IsEmpty());
  EXPECT_THAT(record_texts(reply.authorities), ElementsAre(negative_soa));
}

TEST_F(Answer, NoDataIsNoError) {
  for (const auto type : {Type::aaaa, static_cast<Type>(0), static_cast<Type>(65535)}) {
    const auto reply = ask("web.example.", type);
    EXPECT_EQ(reply.header.rcode, Rcode::noerror);
    EXPECT_THAT(record_texts(reply.authorities), ElementsAre(negative_soa));
  }
}

TEST_F(Answer, FollowsAliases) {
  EXPECT_THAT(record_texts(ask("deep.example.").answers),
              ElementsAre("deep.example. 3600 IN CNAME www.example.", "www.example. 3600 IN CNAME web.example.",
                          "web.example. 3600 IN A 192.0.2.3"));
}

TEST_F(Answer, AskedForAnAliasDoesNotFollowIt) {
  EXPECT_THAT(record_texts(ask("deep.example.", Type::cname).answers),
              ElementsAre("deep.example. 3600 IN CNAME www.example."));
}

TEST_F(Answer, FollowsAliasesIntoItsOtherZones) {
  const auto reply = ask("cross.example.");
  EXPECT_TRUE(reply.header.authoritative);
  EXPECT_THAT(record_texts(reply.answers),
              ElementsAre("cross.example. 3600 IN CNAME host.second.", "host.second. 5 IN A 192.0.2.99"));
}

TEST_F(Answer, AnAliasThatLeavesTheZonesIsAllThereIs) {
  const auto reply = ask("away.example.");
  EXPECT_EQ(reply.header.rcode, Rcode::noerror);
  EXPECT_THAT(record_texts(reply.answers), ElementsAre("away.example. 3600 IN CNAME a.nowhere."));
  EXPECT_THAT(record_texts(reply.authorities), IsEmpty());
  EXPECT_EQ(outcome_.kind, Outcome::Kind::replied);
}

TEST_F(Answer, TheRestOfAChainIsTheResolversForThoseWhoMayAskIt) {
  options_.recursion_available = true;
  EXPECT_THAT(record_texts(ask("away.example.").answers), ElementsAre("away.example. 3600 IN CNAME a.nowhere."));
  EXPECT_EQ(outcome_.kind, Outcome::Kind::resolve_rest);
  ask("away.example.", Type::cname);
  EXPECT_EQ(outcome_.kind, Outcome::Kind::replied) << "the alias itself was asked for";
  for (const auto* within : {"www.example.", "gone.example.", "loop.example.", "cross.example."}) {
    ask(within);
    EXPECT_EQ(outcome_.kind, Outcome::Kind::replied) << within;
  }
  auto not_recursive = query("away.example.", Type::a);
  not_recursive[2] &= ~std::byte{1};  // RD
  ask(not_recursive);
  EXPECT_EQ(outcome_.kind, Outcome::Kind::replied);
}

TEST_F(Answer, WhatIsBelowADelegationIsTheResolversForThoseWhoMayAskIt) {
  ask("x.sub.example.");
  EXPECT_EQ(outcome_.kind, Outcome::Kind::replied);
  options_.recursion_available = true;
  for (const auto* below : {"x.sub.example.", "sub.example.", "down.example."}) {
    EXPECT_EQ(ask(below).authorities.size(), 2u) << below;
    EXPECT_EQ(outcome_.kind, Outcome::Kind::resolve_rest) << below;
  }
  ask("sub.example.", Type::ds);
  EXPECT_EQ(outcome_.kind, Outcome::Kind::replied) << "DS is on this side of the cut";
  auto not_recursive = query("x.sub.example.", Type::a);
  not_recursive[2] &= ~std::byte{1};  // RD
  ask(not_recursive);
  EXPECT_EQ(outcome_.kind, Outcome::Kind::replied);
}

TEST_F(Answer, TheRcodeIsThatOfTheLastName) {
  const auto gone = ask("gone.example.");
  EXPECT_EQ(gone.header.rcode, Rcode::nxdomain);
  EXPECT_EQ(gone.answers.size(), 1u);
  EXPECT_THAT(record_texts(gone.authorities), ElementsAre(negative_soa));
  const auto empty = ask("empty.example.");
  EXPECT_EQ(empty.header.rcode, Rcode::noerror);
  EXPECT_THAT(record_texts(empty.authorities), ElementsAre(negative_soa));
}

TEST_F(Answer, AnAliasBelowACutKeepsTheAliasAuthoritative) {
  const auto reply = ask("down.example.");
  EXPECT_TRUE(reply.header.authoritative);
  EXPECT_EQ(reply.answers.size(), 1u);
  EXPECT_EQ(reply.authorities.size(), 2u);
}

TEST_F(Answer, LoopsOfAliasesEndWhereTheyBegan) {
  EXPECT_THAT(record_texts(ask("loop.example.").answers),
              ElementsAre("loop.example. 3600 IN CNAME loop2.example.", "loop2.example. 3600 IN CNAME loop.example."));
  EXPECT_EQ(ask("y.turn.example.").answers.size(), 2u) << "a wildcard that is an alias of what it stands for";
}

TEST_F(Answer, ChainsOfAliasesAreFollowedSoFarAndNotFurther) {
  std::string text = example_zone;
  for (std::size_t i = 0; i < 20; ++i) text += fmt::format("c{} CNAME c{}\n", i, i + 1);
  text += "c20 A 192.0.2.20\n";
  zones_ = *ZoneSet::make({zone_of(text)});
  const auto start_of = [](std::size_t aliases) { return fmt::format("c{}.example.", 20 - aliases); };
  EXPECT_EQ(ask(start_of(cname_chain_max - 1)).answers.back().type(), Type::a);
  EXPECT_EQ(ask(start_of(cname_chain_max)).answers.back().type(), Type::cname);
  EXPECT_EQ(ask("c0.example.").answers.size(), cname_chain_max);
}

TEST_F(Answer, ADnameBringsItselfAndAnAliasToWhereItLeads) {
  const auto reply = ask("Web.Flat.example.");
  EXPECT_TRUE(reply.header.authoritative);
  EXPECT_EQ(reply.header.rcode, Rcode::noerror);
  EXPECT_THAT(record_texts(reply.answers),
              ElementsAre("Flat.example. 3600 IN DNAME example.", "Web.Flat.example. 3600 IN CNAME Web.example.",
                          "Web.example. 3600 IN A 192.0.2.3"));
  EXPECT_THAT(record_texts(ask("a.b.moved.example.", Type::txt).answers),
              ElementsAre("moved.example. 60 IN DNAME wild.example.",
                          "a.b.moved.example. 60 IN CNAME a.b.wild.example.", "a.b.wild.example. 3600 IN TXT \"any\""))
      << "the alias has the TTL of the DNAME";
}

TEST_F(Answer, TheOwnerOfADnameIsANameAsOthers) {
  EXPECT_THAT(record_texts(ask("moved.example.").answers), ElementsAre("moved.example. 3600 IN A 192.0.2.4"));
  EXPECT_THAT(record_texts(ask("moved.example.", Type::dname).answers),
              ElementsAre("moved.example. 60 IN DNAME wild.example."));
  EXPECT_THAT(record_texts(ask("moved.example.", Type::txt).authorities), ElementsAre(negative_soa));
  EXPECT_THAT(record_texts(ask("moved.example.", Type::cname).answers), IsEmpty());
}

TEST_F(Answer, AskedForTheAliasThatADnameMakesDoesNotFollowIt) {
  EXPECT_THAT(record_texts(ask("www.flat.example.", Type::cname).answers),
              ElementsAre("flat.example. 3600 IN DNAME example.", "www.flat.example. 3600 IN CNAME www.example."));
  EXPECT_THAT(
      record_texts(ask("to.flat.example.", Type::dname).answers),
      ElementsAre("flat.example. 3600 IN DNAME example.", "to.flat.example. 3600 IN CNAME to.example.",
                  "to.example. 3600 IN CNAME web.flat.example.", "web.flat.example. 3600 IN CNAME web.example."))
      << "a DNAME that the chain comes by again is there once";
}

TEST_F(Answer, ADnameLeadsToOtherZonesAndOutOfThem) {
  EXPECT_THAT(record_texts(ask("host.second.example.").answers),
              ElementsAre("second.example. 3600 IN DNAME second.", "host.second.example. 3600 IN CNAME host.second.",
                          "host.second. 5 IN A 192.0.2.99"));
  const auto gone = ask("none.second.example.");
  EXPECT_EQ(gone.header.rcode, Rcode::nxdomain);
  EXPECT_THAT(record_texts(gone.authorities), ElementsAre("second. 5 IN SOA a.b. c.d. 1 2 3 4 5"));
  options_.recursion_available = true;
  EXPECT_THAT(record_texts(ask("x.off.example.").answers),
              ElementsAre("off.example. 3600 IN DNAME a.nowhere.", "x.off.example. 3600 IN CNAME x.a.nowhere."));
  EXPECT_EQ(outcome_.kind, Outcome::Kind::resolve_rest);
  ask("x.off.example.", Type::cname);
  EXPECT_EQ(outcome_.kind, Outcome::Kind::replied);
}

TEST_F(Answer, ADnameToItsOwnInsideIsFollowedSoFarAndNotFurther) {
  const auto reply = ask("a.round.example.");
  EXPECT_EQ(reply.header.rcode, Rcode::noerror);
  EXPECT_EQ(reply.answers.size(), 1 + cname_chain_max);
  EXPECT_EQ(to_text(reply.answers.back()).substr(0, 32), "a.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.");
}

TEST_F(Answer, ANameThatADnameMakesTooLongIsYxdomain) {
  const std::string dname = "there.example. 3600 IN DNAME longer.than.there.";
  const auto below = [](std::size_t last_label_bytes) {
    return fmt::format("{0}.{0}.{0}.{1}.there.example.", std::string(62, 'a'), std::string(last_label_bytes, 'b'));
  };
  const auto room = dns::name_bytes_max - name("longer.than.there.").wire().size() - 3 * 63 - 1;
  EXPECT_TRUE(ask(below(room)).header.truncated) << "512 octets cannot hold two such names";
  options_.transport = Transport::tcp;
  const auto longest = ask(below(room));
  EXPECT_EQ(longest.header.rcode, Rcode::noerror);
  ASSERT_EQ(longest.answers.size(), 2u);
  EXPECT_EQ(std::get<dns::Cname>(longest.answers[1].data).target.wire().size(), dns::name_bytes_max);
  const auto too_long = ask(below(room + 1));
  EXPECT_EQ(too_long.header.rcode, Rcode::yxdomain);
  EXPECT_TRUE(too_long.header.authoritative);
  EXPECT_THAT(record_texts(too_long.answers), ElementsAre(dname));
  EXPECT_THAT(record_texts(too_long.authorities), IsEmpty());
}

TEST_F(Answer, TheTargetOfADnameIsNeverCompressed) {
  ask("moved.example.", Type::dname);
  const auto target = name("wild.example.");
  EXPECT_NE(as_text(reply_).find(as_text(target.wire())), std::string_view::npos);
}

TEST_F(Answer, WildcardsAnswerUnderTheNameAskedFor) {
  EXPECT_THAT(record_texts(ask("x.y.WILD.example.", Type::txt).answers),
              ElementsAre("x.y.WILD.example. 3600 IN TXT \"any\""));
  EXPECT_EQ(ask("x.wild.example.", Type::a).header.rcode, Rcode::noerror);
  EXPECT_EQ(ask("wild.example.", Type::txt).header.rcode, Rcode::noerror) << "exists by what is below it";
}

TEST_F(Answer, BelowACutRefersWithGlueAndWithoutAuthority) {
  const auto reply = ask("a.b.sub.example.");
  EXPECT_FALSE(reply.header.authoritative);
  EXPECT_EQ(reply.header.rcode, Rcode::noerror);
  EXPECT_THAT(record_texts(reply.answers), IsEmpty());
  EXPECT_THAT(record_texts(reply.authorities),
              ElementsAre("sub.example. 3600 IN NS ns.sub.example.", "sub.example. 3600 IN NS ns.elsewhere."));
  EXPECT_THAT(record_texts(reply.additionals), ElementsAre("ns.sub.example. 3600 IN A 192.0.2.53"));
}

TEST_F(Answer, BringsTheAddressesOfServersThatTheAnswerNames) {
  const auto mx = ask("example.", Type::mx);
  EXPECT_THAT(record_texts(mx.additionals),
              ElementsAre("mail.example. 3600 IN A 192.0.2.2", "mail.example. 3600 IN AAAA 2001:db8::2"));
  EXPECT_THAT(record_texts(ask("example.", Type::ns).additionals), ElementsAre("ns.example. 3600 IN A 192.0.2.1"));
  EXPECT_THAT(record_texts(ask("site.example.", Type::https).additionals),
              ElementsAre("web.example. 3600 IN A 192.0.2.3"));
  EXPECT_THAT(record_texts(ask("mail.example.", Type::https).additionals),
              ElementsAre("mail.example. 3600 IN A 192.0.2.2", "mail.example. 3600 IN AAAA 2001:db8::2"))
      << "the owner's own";
}

TEST_F(Answer, DsIsOfTheParentWhereBothZonesAreOurs) {
  zones_ = *ZoneSet::make({zone_of("$TTL 60\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\nsub NS a.\nsub DS \\# 5 00010802aa\n"),
                           zone_of("$TTL 60\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n", "sub.example.")});
  EXPECT_EQ(ask("sub.example.", Type::ds).answers.size(), 1u);
  EXPECT_EQ(ask("sub.example.", Type::soa).answers.size(), 1u);
}

TEST_F(Answer, AnyIsOneRrset) {
  EXPECT_EQ(ask("mail.example.", Type::any).answers.size(), 1u);
}

TEST_F(Answer, OutsideIsRefusedWithTheQuestion) {
  const auto reply = ask("a.nowhere.");
  EXPECT_EQ(reply.header.rcode, Rcode::refused);
  EXPECT_FALSE(reply.header.authoritative);
  EXPECT_TRUE(reply.question);
  EXPECT_EQ(ask(".", Type::ns).header.rcode, Rcode::refused);
}

TEST_F(Answer, OutsideIsTheResolversIfThereIsOne) {
  options_.recursion_available = true;
  const auto wire = query("a.nowhere.", Type::a);
  EXPECT_EQ(answer(wire, zones_, options_, reply_).kind, Outcome::Kind::resolve);
  EXPECT_TRUE(reply_.empty());
}

TEST_F(Answer, WithoutDataHasQuestionAndOpt) {
  Buffer out;
  const auto wire = query("a.nowhere.", Type::a, true);
  EXPECT_EQ(answer_without_data(*dns::view_query(wire), Rcode::servfail, options_, out).rcode, Rcode::servfail);
  const auto reply = dns::parse_message(out)->message;
  EXPECT_EQ(reply.header.rcode, Rcode::servfail);
  EXPECT_TRUE(reply.question && reply.edns);
}

TEST_F(Answer, EdnsIsAnsweredWithOurSizeAndTheirDo) {
  auto message = dns::parse_message(query("web.example.", Type::a, true))->message;
  message.edns->dnssec_ok = true;
  message.edns->options = {{65001, octets("00")}};
  Buffer wire;
  write_message(message, wire);
  const auto reply = ask(wire);
  ASSERT_TRUE(reply.edns);
  EXPECT_EQ(reply.edns->udp_payload_bytes, 1232);
  EXPECT_TRUE(reply.edns->dnssec_ok);
  EXPECT_TRUE(reply.edns->options.empty()) << "unknown options are not echoed";
}

// ---- sizes

class LargeAnswer : public Answer {
 protected:
  LargeAnswer() {
    std::string text = example_zone;
    for (int i = 0; i < 40; ++i)
      text += fmt::format("many A 192.0.2.{}\nlots TXT {}\n", i, std::string(100, 'x') + std::to_string(i));
    for (int i = 0; i < 30; ++i) text += fmt::format("big NS ns{}.big\nns{}.big A 192.0.2.{}\n", i, i, i);
    zones_ = *ZoneSet::make({zone_of(text)});
  }
  Message ask_with_size(std::string_view owner, Type type, std::uint16_t size) {
    auto message = dns::parse_message(query(owner, type))->message;
    message.edns.emplace();
    message.edns->udp_payload_bytes = size;
    Buffer wire;
    write_message(message, wire);
    return ask(wire);
  }
};

TEST_F(LargeAnswer, IsTruncatedOverUdpWithoutEdns) {
  const auto reply = ask("many.example.");
  EXPECT_TRUE(reply.header.truncated);
  EXPECT_THAT(record_texts(reply.answers), IsEmpty()) << "a part of an RRset would pass for the whole";
  EXPECT_LE(reply_.size(), 512u);
}

TEST_F(LargeAnswer, IsWholeWhereTheClientTakesIt) {
  EXPECT_EQ(ask_with_size("many.example.", Type::a, 1232).answers.size(), 40u);
  EXPECT_TRUE(ask_with_size("many.example.", Type::a, 600).header.truncated);
  EXPECT_TRUE(ask_with_size("many.example.", Type::a, 0).header.truncated) << "less than 512 means 512";
}

TEST_F(LargeAnswer, NeverExceedsWhatWeSendByUdp) {
  EXPECT_TRUE(ask_with_size("lots.example.", Type::txt, 65535).header.truncated);
  EXPECT_LE(reply_.size(), 1232u);
}

TEST_F(LargeAnswer, IsWholeOverTcp) {
  options_.transport = Transport::tcp;
  const auto reply = ask("lots.example.", Type::txt);
  EXPECT_FALSE(reply.header.truncated);
  EXPECT_EQ(reply.answers.size(), 40u);
}

TEST_F(LargeAnswer, GlueThatDoesNotFitIsSaidToBeMissing) {
  const auto reply = ask_with_size("x.big.example.", Type::a, 700);
  EXPECT_EQ(reply.authorities.size(), 30u);
  EXPECT_LT(reply.additionals.size(), 30u);
  EXPECT_TRUE(reply.header.truncated);
}

TEST_F(LargeAnswer, AReferralThatDoesNotFitIsTruncated) {
  const auto reply = ask("x.big.example.");
  EXPECT_TRUE(reply.header.truncated);
  EXPECT_THAT(record_texts(reply.authorities), IsEmpty());
}

TEST_F(LargeAnswer, AppendsToWhatIsThere) {
  Buffer out(2);
  answer(query("web.example.", Type::a), zones_, options_, out);
  EXPECT_TRUE(dns::parse_message(Bytes{out}.subspan(2)));
}

}  // namespace
}  // namespace labnet::dns_server
