// What a resolver believes of a reply, what it passes over, and what makes it ask somebody else.
#include "servers/dns/accept_reply.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servers/dns/limits.hpp"
#include "tests/servers/dns/records.hpp"

namespace labnet::dns_server {
namespace {

using dns::Rcode;
using dns::Type;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint16_t id = 0x1a2b;

Asked asked(std::string_view text = "www.example.", Type type = Type::a) {
  return {id, question(text, type), {}};
}

/// The reply to `asked()`, with records.
dns::Message reply(const std::vector<std::string>& answers, const std::vector<std::string>& authorities = {},
                   const std::vector<std::string>& additionals = {}) {
  auto message = reply_to(question("www.example."), id);
  message.answers = records(answers);
  message.authorities = records(authorities);
  message.additionals = records(additionals);
  return message;
}

Result<Accepted, ReplyFault> judge(const dns::Message& message, std::string_view bailiwick = ".") {
  return accept_reply(asked(), to_wire(message), name(bailiwick));
}

/// Why it is not believed; nothing if it is.
std::string fault_of(const Result<Accepted, ReplyFault>& judged) {
  return judged ? "" : std::string{describe(judged.error())};
}
std::string fault_of(const dns::Message& message) {
  return fault_of(judge(message));
}
std::string fault_of(std::string_view hexadecimal) {
  return fault_of(accept_reply(asked(), octets(hexadecimal), name(".")));
}

const std::string address = "www.example. 60 IN A 192.0.2.1";
const std::string soa{example_soa};

TEST(AcceptReply, BelievesTheRecordsThatWereAskedFor) {
  const auto accepted = judge(reply({address, "www.example. 60 IN A 192.0.2.2"}));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rcode, Rcode::noerror);
  EXPECT_FALSE(accepted->truncated);
  EXPECT_THAT(texts(accepted->answers), ElementsAre(address, "www.example. 60 IN A 192.0.2.2"));
  EXPECT_FALSE(accepted->soa);
  EXPECT_FALSE(accepted->continues_at);
}

TEST(AcceptReply, MakesTheAliasThatADnameStandsFor) {
  const auto redirected = judge(reply({"example. 60 IN DNAME test.", "www.test. 60 IN A 192.0.2.1"}));
  ASSERT_TRUE(redirected);
  EXPECT_THAT(texts(redirected->answers),
              ElementsAre("www.example. 60 IN CNAME www.test.", "www.test. 60 IN A 192.0.2.1"));
  const auto open = judge(reply({"example. 60 IN DNAME test."}), "example.");
  ASSERT_TRUE(open);
  EXPECT_THAT(texts(open->answers), ElementsAre("www.example. 60 IN CNAME www.test."));
  EXPECT_EQ(open->continues_at, name("www.test."));
}

TEST(AcceptReply, ADnameElsewhereIsNoAlias) {
  EXPECT_THAT(judge(reply({"www.example. 60 IN DNAME test."}))->answers, IsEmpty()) << "not of the name itself";
  EXPECT_THAT(judge(reply({"other. 60 IN DNAME test."}))->answers, IsEmpty());
  EXPECT_THAT(judge(reply({". 60 IN DNAME test."}), "example.")->answers, IsEmpty()) << "out of bailiwick";
  EXPECT_EQ(fault_of(reply({"example. 60 IN DNAME example."})), describe(ReplyFault::alias_loop));
}

TEST(AcceptReply, WhoAsksForTheAliasThatADnameStandsForGetsIt) {
  auto message = reply_to(question("www.example.", Type::cname), id);
  message.answers = records({"example. 60 IN DNAME test."});
  const auto accepted = accept_reply(asked("www.example.", Type::cname), to_wire(message), name("."));
  ASSERT_TRUE(accepted);
  EXPECT_THAT(texts(accepted->answers), ElementsAre("www.example. 60 IN CNAME www.test."));
  EXPECT_FALSE(accepted->continues_at);
}

TEST(AcceptReply, ANameThatADnameMakesTooLongIsYxdomain) {
  const std::string label(63, 'x');
  const auto longest = fmt::format("{0}.{0}.{0}.{1}.", label, std::string(61, 'x'));  // 255 octets
  const auto accepted = judge(reply({fmt::format("example. 60 IN DNAME {}", longest)}, {soa}));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rcode, Rcode::yxdomain);
  EXPECT_FALSE(accepted->soa);
  auto message = reply({"example. 60 IN DNAME test."});
  message.answers.clear();
  message.header.rcode = Rcode::yxdomain;
  EXPECT_EQ(judge(message)->rcode, Rcode::yxdomain) << "if the server says so itself";
}

TEST(AcceptReply, PassesOverAnotherId) {
  auto message = reply({address});
  message.header.id = id + 1;
  EXPECT_EQ(fault_of(message), "it has another id");
}

TEST(AcceptReply, PassesOverAnotherQuestion) {
  auto message = reply({address});
  message.question = question("ftp.example.");
  EXPECT_EQ(fault_of(message), "it repeats another question");
  message.question = question("www.example.", Type::aaaa);
  EXPECT_EQ(fault_of(message), "it repeats another question");
  message.question = dns::Question{name("www.example."), Type::a, dns::Class::ch};
  EXPECT_EQ(fault_of(message), "it repeats another question");
  message.question.reset();
  EXPECT_EQ(fault_of(message), "it repeats another question") << "an answer to nothing";
}

TEST(AcceptReply, PassesOverWhatIsNoReply) {
  auto query = reply({});
  query.header.response = false;
  EXPECT_EQ(fault_of(query), "it is no reply");
  for (const auto opcode : {dns::Opcode::status, dns::Opcode::notify, dns::Opcode::update}) {
    auto other = reply({address});
    other.header.opcode = opcode;
    EXPECT_EQ(fault_of(other), "it is no reply");
  }
}

TEST(AcceptReply, PassesOverWhatIsNoMessage) {
  EXPECT_EQ(fault_of(""), "it is no DNS message");
  EXPECT_EQ(fault_of("1a2b 8000 0001 0000 0000 00"), "it is no DNS message") << "11 octets";
  EXPECT_EQ(fault_of("1a2b 8000 0002 0000 0000 0000"
                     "03777777 076578616d706c65 00 0001 0001 03777777 076578616d706c65 00 0001 0001"),
            "it is no DNS message")
      << "two questions";
}

const std::string header = "1a2b 8000 0001 0001 0000 0000";
const std::string asked_octets = "03777777 076578616d706c65 00 0001 0001";

TEST(AcceptReply, BelievesNothingWhereCompressionGoesRoundInACircle) {
  EXPECT_EQ(fault_of(header + "c00c 0001 0001"), "it is no DNS message") << "a question that points to itself";
  // The record's owner is at 29 = 0x1d.
  EXPECT_EQ(fault_of(header + asked_octets + "c01d 0001 0001 0000003c 0004 c0000201"), "it cannot be read to its end");
  EXPECT_EQ(fault_of(header + asked_octets + "c01f c01d 0001 0001 0000003c 0004 c0000201"),
            "it cannot be read to its end");
  EXPECT_EQ(fault_of(header + asked_octets + "c00c 0001 0001 0000003c 0004 c0000201"), "") << "and this one is right";
}

TEST(AcceptReply, BelievesNothingWhereDataIsTooShort) {
  EXPECT_EQ(fault_of(header + asked_octets + "c00c 0001 0001 0000003c 0003 c00002"), "it cannot be read to its end");
  EXPECT_EQ(fault_of(header + asked_octets + "c00c 0001 0001 0000003c 0004 c00002"), "it cannot be read to its end");
  EXPECT_EQ(fault_of("1a2b 8000 0001 0002 0000 0000" + asked_octets + "c00c 0001 0001 0000003c 0004 c0000201"),
            "it cannot be read to its end")
      << "one record where two are announced";
}

TEST(AcceptReply, ToleratesOctetsBehindTheMessage) {
  auto wire = to_wire(reply({address}));
  wire.insert(wire.end(), 4, std::byte{0xff});
  const auto accepted = accept_reply(asked(), wire, name("."));
  ASSERT_TRUE(accepted);
  EXPECT_THAT(texts(accepted->answers), ElementsAre(address));
}

TEST(AcceptReply, ATruncatedReplyTellsNothingElse) {
  auto message = reply({address}, {soa});
  message.header.truncated = true;
  const auto accepted = judge(message);
  ASSERT_TRUE(accepted);
  EXPECT_TRUE(accepted->truncated);
  EXPECT_THAT(accepted->answers, IsEmpty());
  EXPECT_FALSE(accepted->soa);
}

TEST(AcceptReply, ATruncatedReplyMayBreakOffAnywhereBehindItsQuestion) {
  const auto cut = [](const std::string& front) {
    const auto accepted = accept_reply(asked(), octets(front + asked_octets + "c00c 0001 0001 00"), name("."));
    return accepted ? (accepted->truncated ? "truncated" : "whole") : std::string{describe(accepted.error())};
  };
  EXPECT_EQ(cut("1a2b 8200 0001 0001 0000 0000"), "truncated");
  EXPECT_EQ(cut("1a2b 8000 0001 0001 0000 0000"), "it cannot be read to its end") << "without TC";
  EXPECT_EQ(cut("1a2c 8200 0001 0001 0000 0000"), "it is no DNS message") << "another id";
  EXPECT_EQ(cut("1a2b 0200 0001 0001 0000 0000"), "it is no DNS message") << "no reply";
  EXPECT_EQ(cut("1a2b 8200 0000 0001 0000 0000"), "it is no DNS message") << "no question";
  EXPECT_EQ(fault_of("1a2b 8200 0001 0001 0000 0000 03777777 076578616d706c65 00 00"), "it is no DNS message")
      << "cut in the question";
  EXPECT_EQ(fault_of("1a2b 8200 0001 0001 0000 0000 03667470 076578616d706c65 00 0001 0001 c00c"),
            "it is no DNS message")
      << "another question";
}

TEST(AcceptReply, AFailureIsTheServersWord) {
  for (const auto rcode : {Rcode::servfail, Rcode::refused, Rcode::formerr, Rcode::notimp}) {
    auto message = reply({address});
    message.header.rcode = rcode;
    EXPECT_EQ(fault_of(message), "the server does not know") << to_text(rcode);
    message.answers.clear();
    message.question.reset();
    EXPECT_EQ(fault_of(message), "the server does not know") << "a header alone, " << to_text(rcode);
  }
}

TEST(AcceptReply, OnlyWhatMayComeFromAStrangerIsPassedOver) {
  EXPECT_TRUE(is_foreign(ReplyFault::unreadable));
  EXPECT_TRUE(is_foreign(ReplyFault::not_a_reply));
  EXPECT_TRUE(is_foreign(ReplyFault::other_id));
  EXPECT_TRUE(is_foreign(ReplyFault::other_question));
  EXPECT_FALSE(is_foreign(ReplyFault::alias_loop));
  EXPECT_FALSE(is_foreign(ReplyFault::server_failure));
}

TEST(AcceptReply, LeavesOutWhatWasNotAskedFor) {
  const auto accepted =
      judge(reply({address, "bank.example. 86400 IN A 203.0.113.66", "www.example. 60 IN TXT hello",
                   "www.example. 60 CH A 203.0.113.66"},
                  {"example. 86400 IN NS ns.evil.example."},
                  {"ns.evil.example. 86400 IN A 203.0.113.66", "bank.example. 86400 IN A 203.0.113.66"}));
  ASSERT_TRUE(accepted);
  EXPECT_THAT(texts(accepted->answers), ElementsAre(address));
  EXPECT_FALSE(accepted->soa) << "nor does the SOA of a positive answer matter";
}

TEST(AcceptReply, BelievesTheChainOfAliasesInItsOrder) {
  const auto accepted = judge(reply({"web.example. 60 IN CNAME host.example.", "host.example. 20 IN A 192.0.2.1",
                                     "www.example. 300 IN CNAME web.example."}));
  ASSERT_TRUE(accepted);
  EXPECT_THAT(texts(accepted->answers),
              ElementsAre("www.example. 300 IN CNAME web.example.", "web.example. 60 IN CNAME host.example.",
                          "host.example. 20 IN A 192.0.2.1"));
  EXPECT_FALSE(accepted->continues_at);
}

TEST(AcceptReply, FollowsTheAliasThatADnameMakesAndLeavesTheDnameOut) {
  const std::string alias = "www.example. 60 IN CNAME www.second.";
  const std::string dname = "example. 60 IN DNAME second.";
  const std::string end = "www.second. 60 IN A 192.0.2.1";
  EXPECT_THAT(texts(judge(reply({dname, alias, end}))->answers), ElementsAre(alias, end));
  const auto within = judge(reply({dname, alias, end}), "example.");
  EXPECT_THAT(texts(within->answers), ElementsAre(alias));
  EXPECT_EQ(within->continues_at, name("www.second."));
}

TEST(AcceptReply, AnAliasLeadsOutOfTheBailiwickAndNoFurther) {
  const auto accepted =
      judge(reply({"www.example. 60 IN CNAME www.bank.test.", "www.bank.test. 86400 IN A 203.0.113.66"}), "example.");
  ASSERT_TRUE(accepted);
  EXPECT_THAT(texts(accepted->answers), ElementsAre("www.example. 60 IN CNAME www.bank.test."));
  ASSERT_TRUE(accepted->continues_at);
  EXPECT_EQ(to_text(*accepted->continues_at), "www.bank.test.");
}

TEST(AcceptReply, AForwarderForAllNamesIsBelievedAboutAllOfTheChain) {
  const auto accepted =
      judge(reply({"www.example. 60 IN CNAME www.bank.test.", "www.bank.test. 60 IN A 203.0.113.1"}), ".");
  EXPECT_EQ(accepted->answers.size(), 2u);
}

TEST(AcceptReply, NothingIsSaidOfNamesBeyondTheBailiwick) {
  auto message = reply({"www.example. 60 IN CNAME www.bank.test."}, {"bank.test. 60 IN SOA a. b. 1 2 3 4 60"});
  message.header.rcode = Rcode::nxdomain;
  const auto accepted = judge(message, "example.");
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rcode, Rcode::noerror) << "it is not for this server to say that www.bank.test. is not there";
  EXPECT_FALSE(accepted->soa);
  EXPECT_EQ(to_text(*accepted->continues_at), "www.bank.test.");
}

TEST(AcceptReply, AnOpenChainContinuesElsewhere) {
  const auto accepted = judge(reply({"www.example. 60 IN CNAME web.example."}));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(to_text(*accepted->continues_at), "web.example.");
}

TEST(AcceptReply, AliasesThatGoRoundInACircleAreNoAnswer) {
  EXPECT_EQ(fault_of(reply({"www.example. 60 IN CNAME www.example."})),
            "its aliases go round in a circle or on for too long");
  EXPECT_EQ(fault_of(reply({"www.example. 60 IN CNAME a.example.", "a.example. 60 IN CNAME b.example.",
                            "b.example. 60 IN CNAME WWW.example."})),
            "its aliases go round in a circle or on for too long");
}

TEST(AcceptReply, FollowsAsManyAliasesAsTheLimitSays) {
  const auto chain = [](std::size_t links) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < links; ++i) {
      lines.push_back(
          fmt::format("{}.example. 60 IN CNAME n{}.example.", i == 0 ? "www" : fmt::format("n{}", i), i + 1));
    }
    lines.push_back(fmt::format("n{}.example. 60 IN A 192.0.2.1", links));
    return judge(reply(lines));
  };
  const auto longest = chain(cname_chain_max);
  ASSERT_TRUE(longest);
  EXPECT_EQ(longest->answers.size(), cname_chain_max + 1);
  EXPECT_EQ(fault_of(chain(cname_chain_max + 1)), "its aliases go round in a circle or on for too long");
}

TEST(AcceptReply, OfSeveralAliasesOfOneNameTheFirstCounts) {
  const auto accepted = judge(reply({"www.example. 60 IN CNAME a.example.", "www.example. 60 IN CNAME b.example.",
                                     "b.example. 60 IN A 192.0.2.2", "a.example. 60 IN A 192.0.2.1"}));
  EXPECT_THAT(texts(accepted->answers),
              ElementsAre("www.example. 60 IN CNAME a.example.", "a.example. 60 IN A 192.0.2.1"));
}

TEST(AcceptReply, AnAliasThatWasAskedForIsNotFollowed) {
  auto message = reply({"www.example. 60 IN CNAME web.example.", "web.example. 60 IN A 192.0.2.1"});
  message.question = question("www.example.", Type::cname);
  const auto accepted = accept_reply(asked("www.example.", Type::cname), to_wire(message), name("."));
  EXPECT_THAT(texts(accepted->answers), ElementsAre("www.example. 60 IN CNAME web.example."));
}

TEST(AcceptReply, NoSuchNameLastsAsLongAsTheZoneSays) {
  auto message = reply({}, {soa});
  message.header.rcode = Rcode::nxdomain;
  const auto accepted = judge(message);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rcode, Rcode::nxdomain);
  EXPECT_EQ(to_text(*accepted->soa), "example. 60 IN SOA ns.example. admin.example. 1 2 3 4 60") << "its minimum";
  message.authorities = records({"example. 30 IN SOA ns.example. admin.example. 1 2 3 4 60"});
  EXPECT_EQ(judge(message)->soa->ttl, 30u) << "or the TTL of the SOA record, if that is shorter";
}

TEST(AcceptReply, NoDataNeedsNothingButTheSoa) {
  const auto accepted = judge(reply({}, {soa}));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rcode, Rcode::noerror);
  EXPECT_THAT(accepted->answers, IsEmpty());
  EXPECT_TRUE(accepted->soa);
  EXPECT_FALSE(accepted->continues_at);
}

TEST(AcceptReply, ANegativeAnswerWithoutSoaIsBelievedAndNotToBeRemembered) {
  auto message = reply({});
  message.header.rcode = Rcode::nxdomain;
  const auto no_name = judge(message);
  ASSERT_TRUE(no_name);
  EXPECT_EQ(no_name->rcode, Rcode::nxdomain);
  EXPECT_FALSE(no_name->soa);
  const auto no_data = judge(reply({}));
  ASSERT_TRUE(no_data);
  EXPECT_FALSE(no_data->soa);
  EXPECT_FALSE(no_data->continues_at);
}

TEST(AcceptReply, TheSoaOfAnotherZoneIsLeftOut) {
  auto message = reply({}, {"test. 60 IN SOA a. b. 1 2 3 4 60", "ftp.example. 60 IN SOA a. b. 1 2 3 4 60"});
  message.header.rcode = Rcode::nxdomain;
  EXPECT_FALSE(judge(message)->soa) << "neither encloses www.example.";
  message.authorities = records({soa});
  EXPECT_FALSE(judge(message, "www.example.")->soa)
      << "whoever is asked about www.example. does not speak for example.";
  EXPECT_TRUE(judge(message, "example.")->soa);
}

TEST(AcceptReply, TheRcodeIsThatOfTheLastName) {
  auto message = reply({"www.example. 60 IN CNAME no.example."}, {soa});
  message.header.rcode = Rcode::nxdomain;
  const auto accepted = judge(message);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rcode, Rcode::nxdomain);
  EXPECT_EQ(accepted->answers.size(), 1u);
  EXPECT_TRUE(accepted->soa);
}

TEST(AcceptReply, ANameWithRecordsExistsWhateverTheHeaderSays) {
  auto message = reply({address}, {soa});
  message.header.rcode = Rcode::nxdomain;
  const auto accepted = judge(message);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rcode, Rcode::noerror);
  EXPECT_FALSE(accepted->soa);
}

TEST(AcceptReply, ATtlWithTheUpperBitIsZero) {
  EXPECT_EQ(judge(reply({"www.example. 2147483647 IN A 192.0.2.1"}))->answers.front().ttl, 2147483647u);
  EXPECT_EQ(judge(reply({"www.example. 2147483648 IN A 192.0.2.1"}))->answers.front().ttl, 0u);
  EXPECT_EQ(judge(reply({"www.example. 4294967295 IN CNAME a.example."}))->answers.front().ttl, 0u);
  EXPECT_EQ(judge(reply({}, {"example. 2147483648 IN SOA a. b. 1 2 3 4 60"}))->soa->ttl, 0u);
}

Asked asked_in_random_case() {
  return {id, question("www.example."), name("wWw.eXamPLe.")};
}

TEST(AcceptReply, TheRandomCaseOfTheQuestionMustComeBack) {
  auto message = reply({address});
  message.question = question("wWw.eXamPLe.");
  EXPECT_TRUE(accept_reply(asked_in_random_case(), to_wire(message), name(".")));
  message.question = question("www.example.");
  EXPECT_EQ(fault_of(accept_reply(asked_in_random_case(), to_wire(message), name("."))), "it repeats another question");
  message.question = question("WWW.example.");
  EXPECT_TRUE(accept_reply(asked(), to_wire(message), name("."))) << "where no case was random, none matters";
}

TEST(AcceptReply, TheRandomCaseDoesNotGetIntoTheAnswers) {
  // As servers do, the names of the records point into the question: www at 12, example at 16.
  const auto wire = octets(
      "1a2b 8000 0001 0002 0000 0000 03775777 076558616d504c65 00 0001 0001"
      "c00c 0005 0001 0000003c 0006 03667470 c010"
      "c029 0001 0001 0000003c 0004 c0000201");
  const auto accepted = accept_reply(asked_in_random_case(), wire, name("example."));
  ASSERT_TRUE(accepted) << describe(accepted.error());
  EXPECT_THAT(texts(accepted->answers),
              ElementsAre("www.example. 60 IN CNAME ftp.example.", "ftp.example. 60 IN A 192.0.2.1"));
}

TEST(AcceptReply, OfANameThatIsNotItsToTellAnAliasIsTheEnd) {
  // Everything is in the bailiwick of one who forwards all names; others are asked about example.
  const Asked asked{0x1a2b, question("evil.test."), {}};
  auto reply = reply_to(asked.question, asked.id);
  reply.answers = records({"evil.test. 60 IN CNAME www.example.", "www.example. 86400 IN A 203.0.113.66"});
  const auto is_its_to_tell = [](dns::NameView one) { return !one.is_at_or_below(name("example.")); };
  const auto accepted = accept_reply(asked, to_wire(reply), dns::NameView{}, is_its_to_tell);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(texts(accepted->answers), std::vector<std::string>{"evil.test. 60 IN CNAME www.example."});
  EXPECT_EQ(accepted->continues_at, name("www.example."));
  reply.answers.pop_back();
  reply.header.rcode = Rcode::nxdomain;  // as the root would say of a name that only others know
  reply.authorities = records({". 86400 IN SOA a. b. 1 2 3 4 86400"});
  const auto denied = accept_reply(asked, to_wire(reply), dns::NameView{}, is_its_to_tell);
  ASSERT_TRUE(denied);
  EXPECT_EQ(denied->rcode, Rcode::noerror);
  EXPECT_FALSE(denied->soa);
  EXPECT_EQ(denied->continues_at, name("www.example."));
}

TEST(AcceptReply, TakesARecordOnceHoweverOftenItIsThere) {
  const Asked asked{0x1a2b, question("www.example."), {}};
  auto reply = reply_to(asked.question, asked.id);
  reply.answers =
      records({"www.example. 60 IN A 192.0.2.1", "www.example. 60 IN A 192.0.2.1", "www.example. 60 IN A 192.0.2.2"});
  EXPECT_EQ(accept_reply(asked, to_wire(reply), dns::NameView{})->answers.size(), 2u);
}

TEST(AcceptReply, DataThatMakesNoSenseIsForTheClientToJudge) {
  // HTTPS 1 . no-default-alpn, without alpn (RFC 9460, section 7.1.1)
  const Asked asked{0x1a2b, question("www.example.", Type::https), {}};
  auto wire = to_wire(reply_to(asked.question, asked.id));
  const auto record = octets("c00c 0041 0001 0000003c 0007 0001 00 0002 0000");
  wire[7] = std::byte{1};
  wire.insert(wire.end(), record.begin(), record.end());
  const auto accepted = accept_reply(asked, wire, dns::NameView{});
  ASSERT_TRUE(accepted);
  ASSERT_EQ(accepted->answers.size(), 1u);
  EXPECT_EQ(to_text(accepted->answers.front().data), "\\# 7 00010000020000");
}

}  // namespace
}  // namespace labnet::dns_server
