// Whole messages: parsed, written, cut, truncated.
#include "common/dns/message.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/common/dns/octets.hpp"

namespace labnet::dns {
namespace {

/// The answer of the lab's name server to a Windows client, which sends no EDNS.
Message web_answer() {
  Message message;
  message.header.id = 0x1234;
  message.header.response = true;
  message.header.authoritative = true;
  message.header.recursion_desired = true;
  message.header.recursion_available = true;
  message.question = Question{name("web.labredes71.com."), Type::a, Class::in};
  message.answers = {record("web.labredes71.com.", A{*parse_ipv4("192.168.1.10")})};
  return message;
}

/// A bit of everything.
Message rich_message() {
  auto message = web_answer();
  message.header.rcode = Rcode::badvers;
  message.answers.push_back(record("web.labredes71.com.", Txt{{{"a"}, {""}, {"c"}}}));
  message.authorities = {
      record("labredes71.com.", Ns{name("dns.labredes71.com.")}),
      record("labredes71.com.",
             Soa{name("dns.labredes71.com."), name("admin.labredes71.com."), 1, {2}, {3}, {4}, {5}})};
  message.additionals = {record("dns.labredes71.com.", Aaaa{*parse_ipv6("2001:db8::1")}),
                         record("_sip._udp.labredes71.com.", Srv{1, 2, 5060, name("voip.labredes71.com.")}),
                         record("x.labredes71.com.", Unknown{static_cast<Type>(65280), octets("0102")})};
  message.edns = Edns{{1232, 0, true}, {{65001, octets("abcd")}, {3, {}}}};
  return message;
}

Buffer written(const Message& message, std::size_t bytes_max = message_bytes_max) {
  Buffer out;
  write_message(message, out, bytes_max);
  return out;
}

TEST(Message, TheLabsAnswerHasExactly52Octets) {
  EXPECT_EQ(written(web_answer()), octets("1234 8580 0001 0001 0000 0000"
                                          "03776562 0a6c616272656465733731 03636f6d 00 0001 0001"
                                          "c00c 0001 0001 00000e10 0004 c0a8010a"));
  EXPECT_EQ(written(web_answer()).size(), 52u);
}

TEST(Message, ParsesWhatWasWritten) {
  const auto parsed = parse_message(written(rich_message()));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->message, rich_message());
  EXPECT_EQ(parsed->trailing_bytes, 0u);
}

TEST(Message, NamesInTypesBehindRfc1035AreWrittenInFull) {
  const auto target = name("dns.labredes71.com.");
  for (const Rdata& data : {Rdata{Dname{target}}, Rdata{Naptr{1, 2, {}, {}, {}, target}}, Rdata{Svcb{{1, target, {}}}},
                            Rdata{Https{{1, target, {}}}}, Rdata{Srv{1, 2, 3, target}}}) {
    auto message = web_answer();
    message.answers = {record("web.labredes71.com.", data)};
    const auto wire = written(message);
    EXPECT_NE(as_text(wire).find(as_text(target.wire())), std::string_view::npos) << to_text(data);
    EXPECT_EQ(parse_message(wire)->message, message);
  }
}

TEST(Message, KeepsTheCaseOfTheQuestion) {
  auto message = web_answer();
  message.question->name = name("wEb.LABredes71.cOm.");
  const auto parsed = parse_message(written(message));
  EXPECT_EQ(to_text(parsed->message.question->name), "wEb.LABredes71.cOm.");
  EXPECT_EQ(to_text(parsed->message.answers[0].name), "wEb.LABredes71.cOm.")
      << "the owner is a pointer to the question";
}

TEST(Message, EveryCutIsAFault) {
  const auto wire = written(rich_message());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_FALSE(parse_message(Bytes{wire}.first(size))) << size << " octets";
  }
}

TEST(Message, TellsOfTrailingOctets) {
  auto wire = written(web_answer());
  wire.resize(wire.size() + 4);
  EXPECT_EQ(parse_message(wire)->trailing_bytes, 4u);
}

TEST(Message, MayHaveNoQuestionButNotTwo) {
  EXPECT_FALSE(parse_message(octets("1234 8000 0000 0000 0000 0000"))->message.question);
  EXPECT_EQ(parse_message(octets("1234 8000 0002 0000 0000 0000 00 0001 0001 00 0001 0001")).error(),
            WireFault::several_questions);
}

TEST(Message, RejectsAnAddressOfThreeOctets) {
  EXPECT_EQ(parse_message(octets("1234 8000 0000 0001 0000 0000 00 0001 0001 00000000 0003 c0a801")).error(),
            WireFault::rdata_length);
  EXPECT_EQ(parse_message(octets("1234 8000 0000 0001 0000 0000 00 0001 0001 00000000 0005 c0a8010101")).error(),
            WireFault::rdata_length);
}

TEST(Message, RejectsTheOptRecordWhereItMayNotStand) {
  const std::string opt = "00 0029 04d0 00000000 0000";
  EXPECT_EQ(parse_message(octets("1234 0000 0000 0001 0000 0000" + opt)).error(), WireFault::opt_outside_additional);
  EXPECT_EQ(parse_message(octets("1234 0000 0000 0000 0001 0000" + opt)).error(), WireFault::opt_outside_additional);
  EXPECT_EQ(parse_message(octets("1234 0000 0000 0000 0000 0002" + opt + opt)).error(), WireFault::opt_repeated);
  EXPECT_EQ(parse_message(octets("1234 0000 0000 0000 0000 0001 0161" + opt)).error(), WireFault::opt_owner_not_root);
}

TEST(Message, NamesInDataMayPointIntoTheWholeMessage) {
  const auto parsed =
      parse_message(octets("1234 8000 0001 0001 0000 0000 0161 0162 00 000f 0001"
                           "c00c 000f 0001 00000000 0006 000a 016d c00e"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(to_text(parsed->message.answers[0].data), "10 m.b.");
}

TEST(Message, ANameMayNotRunPastItsData) {
  EXPECT_EQ(parse_message(octets("1234 8000 0000 0002 0000 0000"
                                 "00 0002 0001 00000000 0002 0161  00 0002 0001 00000000 0001 00"))
                .error(),
            WireFault::rdata_length);
}

TEST(WriteMessage, DoesNotCompressTheTargetOfSrv) {
  auto message = web_answer();
  message.answers = {record("web.labredes71.com.", Srv{0, 0, 1, name("web.labredes71.com.")})};
  EXPECT_EQ(written(message).size(), 36u + 12 + 6 + 20);
}

TEST(WriteMessage, LeavesOutWholeRrsetsAndSaysTruncated) {
  auto message = web_answer();
  for (int i = 0; i < 40; ++i) message.answers.push_back(record("web.labredes71.com.", Txt{{{std::string(10, 'x')}}}));
  const auto wire = written(message, 512);
  EXPECT_LE(wire.size(), 512u);
  const auto parsed = parse_message(wire)->message;
  EXPECT_TRUE(parsed.header.truncated);
  EXPECT_EQ(parsed.answers.size(), 1u) << "the addresses stay, none of the forty strings does";
  EXPECT_FALSE(parse_message(written(message, 4096))->message.header.truncated);
}

TEST(WriteMessage, LeavesOutAdditionalDataWithoutSayingTruncated) {
  auto message = web_answer();
  message.additionals = {record("labredes71.com.", Txt{{{std::string(255, 'x')}, {std::string(255, 'y')}}})};
  message.edns = Edns{};
  const auto parsed = parse_message(written(message, 512))->message;
  EXPECT_FALSE(parsed.header.truncated);
  EXPECT_TRUE(parsed.additionals.empty());
  EXPECT_TRUE(parsed.edns) << "the OPT record always has its place";
}

TEST(WriteMessage, StaysWithinItsLimitToTheOctet) {
  auto message = web_answer();
  message.edns = Edns{};
  const auto room = 512 - written(message).size() - 12 - 1;  // a TXT record's fixed octets, its string's length
  const auto with_text = [&](std::size_t size) {
    auto longer = message;
    longer.answers.push_back(
        record("web.labredes71.com.", Txt{{{std::string(200, 'x')}, {std::string(size - 201, 'y')}}}));
    return written(longer, 512);
  };
  EXPECT_EQ(with_text(room).size(), 512u);
  EXPECT_FALSE(parse_message(with_text(room))->message.header.truncated);
  EXPECT_TRUE(parse_message(with_text(room + 1))->message.header.truncated);
}

TEST(WriteMessage, NeverGoesBelowTheSizeThatEverybodyTakes) {
  EXPECT_FALSE(parse_message(written(web_answer(), 0))->message.header.truncated);
}

TEST(WriteMessage, LeavesOutOptionsThatFitNowhere) {
  auto message = web_answer();
  message.edns = Edns{{}, {{1, Buffer(600)}, {2, Buffer(1)}}};
  const auto parsed = parse_message(written(message, 512))->message;
  ASSERT_TRUE(parsed.edns);
  ASSERT_EQ(parsed.edns->options.size(), 1u);
  EXPECT_EQ(parsed.edns->options[0].code, 2);
}

TEST(WriteMessage, AppendsToWhatIsThere) {
  Buffer out(2);
  write_message(web_answer(), out);
  EXPECT_EQ(out.size(), 54u);
  EXPECT_TRUE(parse_message(Bytes{out}.subspan(2)));
}

TEST(RecordText, ReadsLikeAZoneFile) {
  EXPECT_EQ(to_text(web_answer().answers[0]), "web.labredes71.com. 3600 IN A 192.168.1.10");
}

}  // namespace
}  // namespace labnet::dns
