// The torture messages of RFC 4475 and RFC 5118: each read, and judged as the RFC wants it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "common/base/text.hpp"
#include "common/sip/escape.hpp"
#include "common/sip/media_type.hpp"
#include "common/sip/message.hpp"
#include "common/sip/name_address.hpp"
#include "common/sip/quoted.hpp"
#include "common/sip/request_check.hpp"
#include "common/sip/via.hpp"
#include "common/sip/writer.hpp"
#include "tests/common/sip/messages.hpp"

namespace labnet::sip {
namespace {

using namespace std::literals;
using test::Received;

std::string contents(const std::string& file) {
  std::ifstream in{LABNET_SIP_TORTURE "/" + file, std::ios::binary};
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>{in}, {}};
}

Received rfc4475(const std::string& name) {
  return Received{contents("rfc4475/" + name + ".dat")};
}

/// A user agent that knows all methods, SDP, and no extension.
constexpr std::array known_methods{Method::invite,  Method::ack,       Method::bye,    Method::cancel,
                                   Method::options, Method::register_, Method::message};
constexpr std::array known_types{"application/sdp"sv};
constexpr Abilities user_agent{
    .methods = known_methods, .extensions = {}, .media_types = known_types, .invite_answer = "application/sdp"};

struct Verdict {
  std::optional<FaultKind> fault{};  // of Message::read
  int refusal = 0;                   // of refusal_of; 0: none
};
constexpr Verdict in_order{};

/// Where an RFC leaves a choice, the strict one is taken: what two programs may read differently is refused (lwsstart,
/// trws, ltgtruri, escruri, badaspec, baddn, regbadct, the third colon). Two choices go the other way: a branch that is
/// the magic alone (badbranch) and a request of RFC 2543 (inv2543) are taken, as old phones send such, and RFC 2543's
/// rules find their transactions.
const std::map<std::string, Verdict> verdicts{
    {"rfc4475/wsinv.dat", in_order},
    {"rfc4475/intmeth.dat", {.refusal = 501}},
    {"rfc4475/esc01.dat", in_order},
    {"rfc4475/escnull.dat", in_order},
    {"rfc4475/esc02.dat", {.refusal = 501}},
    {"rfc4475/lwsdisp.dat", in_order},
    {"rfc4475/longreq.dat", in_order},
    {"rfc4475/dblreq.dat", in_order},
    {"rfc4475/semiuri.dat", in_order},
    {"rfc4475/transports.dat", in_order},
    {"rfc4475/mpart01.dat", {.refusal = 415}},
    {"rfc4475/unreason.dat", in_order},
    {"rfc4475/noreason.dat", in_order},
    {"rfc4475/badinv01.dat", {FaultKind::malformed_value}},
    {"rfc4475/clerr.dat", {FaultKind::body_too_short}},
    {"rfc4475/ncl.dat", {FaultKind::malformed_length}},
    {"rfc4475/scalar02.dat", {FaultKind::number_too_large}},
    {"rfc4475/scalarlg.dat", {FaultKind::number_too_large}},
    {"rfc4475/quotbal.dat", {FaultKind::unbalanced_quote}},
    {"rfc4475/ltgtruri.dat", {FaultKind::brackets_around_uri}},
    {"rfc4475/lwsruri.dat", {FaultKind::white_space_in_uri}},
    {"rfc4475/lwsstart.dat", {FaultKind::malformed_request_line}},
    {"rfc4475/trws.dat", {FaultKind::malformed_request_line}},
    {"rfc4475/escruri.dat", {FaultKind::headers_in_uri}},
    {"rfc4475/baddate.dat", {.refusal = 400}},
    {"rfc4475/regbadct.dat", {.refusal = 400}},
    {"rfc4475/badaspec.dat", {FaultKind::malformed_uri}},
    {"rfc4475/baddn.dat", {FaultKind::malformed_uri}},
    {"rfc4475/badvers.dat", {FaultKind::version_not_supported}},
    {"rfc4475/mismatch01.dat", {FaultKind::method_mismatch}},
    {"rfc4475/mismatch02.dat", {FaultKind::method_mismatch}},
    {"rfc4475/bigcode.dat", {FaultKind::malformed_status_line}},
    {"rfc4475/badbranch.dat", in_order},
    {"rfc4475/insuf.dat", {FaultKind::missing_header}},
    {"rfc4475/unkscm.dat", {.refusal = 416}},
    {"rfc4475/novelsc.dat", {.refusal = 416}},
    {"rfc4475/unksm2.dat", in_order},  // that nobody is registered as isbn:... is for the registrar to say
    {"rfc4475/bext01.dat", {.refusal = 420}},
    {"rfc4475/invut.dat", {.refusal = 415}},
    {"rfc4475/regaut01.dat", in_order},  // 401 by whoever asks for credentials
    {"rfc4475/multi01.dat", {FaultKind::repeated_header}},
    {"rfc4475/mcl01.dat", {FaultKind::repeated_header}},
    {"rfc4475/bcast.dat", in_order},
    {"rfc4475/zeromf.dat", in_order},  // 483 by a proxy
    {"rfc4475/cparam01.dat", in_order},
    {"rfc4475/cparam02.dat", in_order},
    {"rfc4475/regescrt.dat", in_order},
    {"rfc4475/sdp01.dat", {.refusal = 406}},
    {"rfc4475/inv2543.dat", in_order},
    {"rfc5118/ipv6-good", in_order},
    {"rfc5118/ipv6-bad", {FaultKind::malformed_host}},
    {"rfc5118/port-ambiguous", in_order},
    {"rfc5118/port-unambiguous", in_order},
    {"rfc5118/via-received-param-with-delim", in_order},
    {"rfc5118/via-received-param-no-delim", in_order},
    {"rfc5118/ipv6-in-sdp", in_order},
    {"rfc5118/mult-ip-in-header", in_order},
    {"rfc5118/mult-ip-in-sdp", in_order},
    {"rfc5118/ipv4-mapped-ipv6", in_order},
    {"rfc5118/ipv6-bug-abnf-3-colons", {FaultKind::malformed_host}},
    {"rfc5118/ipv6-correct-abnf-2-colons", in_order},
};

struct Row {
  std::string file, kind, expected;
};

std::vector<Row> expectations() {
  std::vector<Row> rows;
  std::ifstream in{LABNET_SIP_TORTURE "/expected.tsv"};
  for (std::string line; std::getline(in, line);) {
    const auto columns = split(line, '\t');
    if (columns.size() >= 5 && columns[0] != "file") {
      rows.push_back({std::string{columns[0]}, std::string{columns[3]}, std::string{columns[4]}});
    }
  }
  return rows;
}

/// The status codes that a sentence names.
std::set<int> codes_in(const std::string& sentence) {
  static const std::regex code{R"(\b[4-6]\d\d\b)"};
  std::set<int> codes;
  for (std::sregex_iterator at{sentence.begin(), sentence.end(), code}, end; at != end; ++at) {
    codes.insert(std::stoi(at->str()));
  }
  return codes;
}

TEST(SipTorture, HasAVerdictForEachMessage) {
  const auto rows = expectations();
  EXPECT_EQ(rows.size(), 61u);
  EXPECT_EQ(verdicts.size(), rows.size());
  for (const auto& row : rows) EXPECT_TRUE(verdicts.contains(row.file)) << row.file;
}

TEST(SipTorture, IsReadAsTheVerdictsSay) {
  for (const auto& [file, verdict] : verdicts) {
    const Received message{contents(file)};
    const auto kind = message.fault() ? std::optional{message.fault()->kind} : std::nullopt;
    EXPECT_EQ(kind, verdict.fault) << file << ": " << (message.fault() ? describe(*message.fault()) : "no fault");
    if (message.fault() || message->is_response()) continue;
    const auto refusal = refusal_of(*message, user_agent);
    EXPECT_EQ(refusal ? refusal->status : 0, verdict.refusal) << file << ": " << (refusal ? refusal->reason : "");
  }
}

/// The verdicts against what the RFCs want: none of the valid ones is answered with 400 or 505, and each of the others
/// with a code that is named.
TEST(SipTorture, HasVerdictsThatTheRfcsAllow) {
  for (const auto& row : expectations()) {
    const auto& verdict = verdicts.at(row.file);
    const auto status = verdict.fault ? status_of(*verdict.fault) : verdict.refusal;
    const auto codes = codes_in(row.expected);
    if (row.kind.starts_with("valid")) {
      EXPECT_TRUE(status != 400 && status != 505) << row.file;
    } else if (row.kind.starts_with("invalid (response)")) {
      EXPECT_TRUE(verdict.fault) << row.file;
    } else if (row.kind.starts_with("invalid")) {
      EXPECT_TRUE(codes.contains(status)) << row.file << " " << status;
    } else if (status != 0) {
      EXPECT_TRUE(codes.contains(status)) << row.file << " " << status;
    }
  }
}

/// Whatever is wrong with a request but ACK, its sender is told.
TEST(SipTorture, IsAnsweredAsFarAsItCanBeRead) {
  for (const auto& [file, verdict] : verdicts) {
    const Received message{contents(file)};
    if (!verdict.fault || message->is_response()) continue;
    EXPECT_TRUE(message->is_answerable()) << file;
    const auto status = status_of(*verdict.fault);
    const auto bytes =
        test::response_for(*message, {.status = status, .to_tag = "t1", .source = Source{"127.0.0.1", 5060}});
    const Received response{std::string{as_text(bytes)}};
    EXPECT_EQ(response->status(), status) << file;
    EXPECT_FALSE(response->via().host.empty()) << file;
    EXPECT_EQ(response->call_id(), message->call_id()) << file;
  }
}

TEST(SipTorture, WsinvIsAnOrdinaryInvite) {
  const auto message = rfc4475("wsinv");
  EXPECT_EQ(message->method(), Method::invite);
  EXPECT_EQ(message->to_tag(), "1918181833n");
  EXPECT_EQ(message->from().name(), "J Rosenberg \\\"");
  EXPECT_EQ(message->max_forwards(), 68u);
  EXPECT_EQ(message->cseq().number, 9u);
  EXPECT_EQ(message->body().size(), 150u);
  EXPECT_FALSE(message->via().has_unique_branch());
  const auto vias = *parse_vias(message->headers());
  ASSERT_EQ(vias.size(), 3u);
  EXPECT_EQ(vias[1].host.text, "spindle.example.com");
  EXPECT_EQ(vias[2].branch, "z9hG4bK30239");
  const auto contact = std::get<0>(*parse_contacts(message->headers())).front();
  EXPECT_EQ(contact.name(), "Quoted string \"\"");
  EXPECT_EQ(contact.parameters.value("newparam"), "newvalue");
  EXPECT_EQ(contact.q(), 330);
  EXPECT_EQ(message->headers().first(HeaderName::subject), "");
  EXPECT_EQ(unfolded(*message->headers().find("newfangledheader")), "newfangled value continued newfangled value");
  EXPECT_EQ(message->headers().find("UnknownHeaderWithUnusualValue"), ";;,,;;,;");
}

TEST(SipTorture, IntmethHasEveryCharacterThatMayBe) {
  const auto message = rfc4475("intmeth");
  EXPECT_EQ(message->method_text(), "!interesting-Method0123456789_*+`.%indeed'~");
  EXPECT_EQ(message->request_uri().user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  EXPECT_EQ(message->request_uri().password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  EXPECT_EQ(message->to().name(), "BEL:\a NUL:\0 DEL:\x7f"s);
  EXPECT_EQ(message->from().name(), "token1~` token2'+_ token3*%!.-");
  EXPECT_EQ(message->from_tag(), "_token~1'+`*%!-.");
  EXPECT_EQ(message->call_id(), "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
}

TEST(SipTorture, Esc01IsUnescapedOnce) {
  const auto message = rfc4475("esc01");
  EXPECT_EQ(message->request_uri().user_name(), "sips:user@example.com");
  EXPECT_EQ(message->request_uri().host.text, "example.net");
  EXPECT_EQ(message->to().uri.user_name(), "user");
  EXPECT_EQ(message->from().uri.user_name(), "I have spaces");
  const auto contact = std::get<0>(*parse_contacts(message->headers())).front();
  EXPECT_EQ(contact.uri.user_name(), "caller");
  EXPECT_TRUE(contact.uri.has_parameter("lr"));
  EXPECT_EQ(unescaped(*contact.uri.parameter("name")), "value%41");
}

TEST(SipTorture, EscnullHasTwoContactsOfNuls) {
  const auto message = rfc4475("escnull");
  EXPECT_EQ(message->to().uri.user_name(), "null-\0-null"s);
  const auto contacts = std::get<0>(*parse_contacts(message->headers()));
  ASSERT_EQ(contacts.size(), 2u);
  EXPECT_EQ(contacts[0].uri.user_name(), "\0"s);
  EXPECT_EQ(contacts[1].uri.user_name(), "\0\0"s);
  EXPECT_FALSE(contacts[0].uri == contacts[1].uri);
}

TEST(SipTorture, Esc02HasNoEscapesOutsideOfUris) {
  const auto message = rfc4475("esc02");
  EXPECT_EQ(message->method(), Method::other);
  EXPECT_EQ(message->to().name(), "%Z%45");
  EXPECT_EQ(std::get<0>(*parse_contacts(message->headers())).size(), 2u);
}

TEST(SipTorture, LongreqKeepsItsLengths) {
  const auto message = rfc4475("longreq");
  const auto vias = *parse_vias(message->headers());
  ASSERT_EQ(vias.size(), 34u);
  EXPECT_EQ(vias[0].host.text, "sip33.example.com");
  EXPECT_EQ(vias[33].received, (Host{HostKind::ipv4, "192.0.2.5"}));
  EXPECT_TRUE(vias[33].branch.starts_with("verylonglong"));
  EXPECT_EQ(message->via().branch, "");
  EXPECT_TRUE(message->from_tag().starts_with("12982982"));
  EXPECT_TRUE(message->to().name().ends_with(" proportion"));
  EXPECT_EQ(message->to().uri.port, 6000);
}

TEST(SipTorture, DblreqIsTheRegisterAlone) {
  const auto message = rfc4475("dblreq");
  EXPECT_EQ(message->method(), Method::register_);
  EXPECT_TRUE(message->body().empty());
  EXPECT_EQ(message->call_id(), "dblreq.0ha0isndaksdj99sdfafnl3lk233412");
}

TEST(SipTorture, SemiuriHasASemicolonInTheUser) {
  const auto message = rfc4475("semiuri");
  EXPECT_EQ(message->request_uri().user_name(), "user;par=u@example.net");
  EXPECT_EQ(message->request_uri().parameters, "");
  EXPECT_TRUE(accepts(message->headers(), "message", "sipfrag"));
}

TEST(SipTorture, TransportsMayBeUnknown) {
  const auto message = rfc4475("transports");
  const auto vias = *parse_vias(message->headers());
  ASSERT_EQ(vias.size(), 5u);
  EXPECT_EQ(vias[1].transport_text, "SCTP");
  EXPECT_EQ(vias[3].transport, Transport::other);
  EXPECT_EQ(vias[4].transport, Transport::tcp);
}

TEST(SipTorture, Mpart01KeepsItsBody) {
  const auto message = rfc4475("mpart01");
  EXPECT_EQ(message->body().size(), 553u);
  EXPECT_NE(as_text(message->body()).find('\0'), std::string_view::npos);
}

TEST(SipTorture, ResponsesMayHaveAnyReasonOrNone) {
  EXPECT_TRUE(rfc4475("unreason")->reason().starts_with("= 2**3 * 5**2 "));
  EXPECT_EQ(rfc4475("noreason")->reason(), "");
  EXPECT_EQ(rfc4475("noreason")->status(), 100);
}

TEST(SipTorture, CparamsBelongToTheHeaderOrToTheUri) {
  const auto outside = rfc4475("cparam01"), inside = rfc4475("cparam02");
  const auto of_header = std::get<0>(*parse_contacts(outside->headers())).front();
  EXPECT_TRUE(of_header.parameters.has("unknownparam"));
  EXPECT_FALSE(of_header.uri.has_parameter("unknownparam"));
  const auto of_uri = std::get<0>(*parse_contacts(inside->headers())).front();
  EXPECT_FALSE(of_uri.parameters.has("unknownparam"));
  EXPECT_TRUE(of_uri.uri.has_parameter("unknownparam"));
}

TEST(SipTorture, RegescrtKeepsTheHeadersOfItsContact) {
  const auto message = rfc4475("regescrt");
  const auto contact = std::get<0>(*parse_contacts(message->headers())).front();
  EXPECT_EQ(contact.uri_text, "sip:user@example.com?Route=%3Csip:sip.example.com%3E");
  EXPECT_EQ(headers_of(contact.uri),
            (std::vector<std::pair<std::string, std::string>>{{"Route", "<sip:sip.example.com>"}}));
}

TEST(SipTorture, BranchesMayBeTooShort) {
  EXPECT_FALSE(rfc4475("badbranch")->via().has_unique_branch());
  EXPECT_EQ(rfc4475("inv2543")->from_tag(), "");
  EXPECT_EQ(rfc4475("inv2543")->max_forwards(), std::nullopt);
}

TEST(SipTorture, ZeromfEndsAtAProxy) {
  auto proxy = user_agent;
  proxy.forwards = true;
  EXPECT_EQ(refusal_of(*rfc4475("zeromf"), proxy)->status, 483);
  EXPECT_EQ(refusal_of(*rfc4475("bext01"), proxy)->value, "noProxiesSupportThis, norDoAnyProxiesSupportThis");
  EXPECT_EQ(refusal_of(*rfc4475("bext01"), user_agent)->value, "nothingSupportsThis, nothingSupportsThisEither");
}

TEST(SipTorture, AddressesOfIpv6StandInTheirBrackets) {
  const auto rfc5118 = [](const std::string& name) { return Received{contents("rfc5118/" + name)}; };
  EXPECT_EQ(rfc5118("port-ambiguous")->request_uri().host.text, "2001:db8::10:5070");
  EXPECT_EQ(rfc5118("port-ambiguous")->request_uri().port, std::nullopt);
  EXPECT_EQ(rfc5118("port-unambiguous")->request_uri().port, 5070);
  EXPECT_EQ(rfc5118("via-received-param-no-delim")->via().received,
            rfc5118("via-received-param-with-delim")->via().received);
  EXPECT_EQ(rfc5118("ipv4-mapped-ipv6")->via().port, 19823);
  EXPECT_EQ(parse_vias(rfc5118("mult-ip-in-header")->headers())->size(), 3u);
}

}  // namespace
}  // namespace labnet::sip
