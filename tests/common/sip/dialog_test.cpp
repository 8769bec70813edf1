// What a dialog makes of the messages that begin it, and of its own requests.
#include "common/sip/dialog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace labnet::sip {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view invite_head =
    "INVITE sip:102@lab SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa\r\n"
    "From: \"Ann\" <sip:101@lab>;tag=f\r\nTo: <sip:102@lab>\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n";
constexpr std::string_view ok_head =
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa\r\n"
    "From: \"Ann\" <sip:101@lab>;tag=f\r\nTo: <sip:102@lab>;tag=t\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n";

StoredMessage message(std::string_view head, const std::string& more) {
  const auto text = std::string{head} + more + "Content-Length: 0\r\n\r\n";
  return StoredMessage{as_bytes(text)};
}

std::string request_of(Dialog& dialog, Method method) {
  Buffer bytes;
  MessageWriter writer{bytes};
  dialog.begin_request(writer, method, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx", "<sip:me@10.0.0.9>");
  return std::string{as_text(*writer.finish())};
}

TEST(SipDialog, OfAServerTurnsFromAndToAroundAndGoesToTheContact) {
  auto dialog = Dialog::of_server(*message(invite_head, "Contact: <sip:101@10.0.0.1:5070;ob>\r\n"), "s");
  EXPECT_EQ(dialog.id(), (DialogId{"c", "s", "f"}));
  EXPECT_EQ(dialog.next_hop(), "sip:101@10.0.0.1:5070;ob");
  const auto bye = request_of(dialog, Method::bye);
  EXPECT_THAT(bye, StartsWith("BYE sip:101@10.0.0.1:5070;ob SIP/2.0\r\n"));
  EXPECT_THAT(bye, HasSubstr("\r\nFrom: <sip:102@lab>;tag=s\r\n"));
  EXPECT_THAT(bye, HasSubstr("\r\nTo: \"Ann\" <sip:101@lab>;tag=f\r\n"));
  EXPECT_THAT(bye, HasSubstr("\r\nCall-ID: c\r\n"));
  EXPECT_THAT(bye, HasSubstr("\r\nCSeq: 1 BYE\r\n"));
}

TEST(SipDialog, OfAClientGoesOnCountingFromItsInvite) {
  auto dialog = Dialog::of_client(*message(invite_head, ""), *message(ok_head, "Contact: sip:102@10.0.0.2\r\n"));
  EXPECT_EQ(dialog.id(), (DialogId{"c", "f", "t"}));
  const auto bye = request_of(dialog, Method::bye);
  EXPECT_THAT(bye, StartsWith("BYE sip:102@10.0.0.2 SIP/2.0\r\n"));
  EXPECT_THAT(bye, HasSubstr("\r\nCSeq: 8 BYE\r\n"));
  EXPECT_THAT(request_of(dialog, Method::info), HasSubstr("\r\nCSeq: 9 INFO\r\n"));

  Buffer bytes;
  MessageWriter writer{bytes};
  dialog.begin_ack(writer, 7, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKy");
  EXPECT_THAT(std::string{as_text(*writer.finish())}, HasSubstr("\r\nCSeq: 7 ACK\r\n"));
  EXPECT_EQ(dialog.local_cseq(), 9u);
}

TEST(SipDialog, WithoutAContactGoesToWhereTheInviteWent) {
  auto dialog = Dialog::of_client(*message(invite_head, ""), *message(ok_head, ""));
  EXPECT_EQ(dialog.next_hop(), "sip:102@lab");
}

TEST(SipDialog, RoutesAreThoseOfTheServerInOrderAndOfTheClientReversed) {
  const std::string routes =
      "Record-Route: <sip:p2.lab;lr>, <sip:p1.lab;lr>\r\nRecord-Route: <sip:p0.lab;lr>\r\n"
      "Contact: <sip:x@10.0.0.3>\r\n";
  auto server = Dialog::of_server(*message(invite_head, routes), "s");
  EXPECT_THAT(server.routes(), ElementsAre("<sip:p2.lab;lr>", "<sip:p1.lab;lr>", "<sip:p0.lab;lr>"));
  auto client = Dialog::of_client(*message(invite_head, ""), *message(ok_head, routes));
  EXPECT_THAT(client.routes(), ElementsAre("<sip:p0.lab;lr>", "<sip:p1.lab;lr>", "<sip:p2.lab;lr>"));
  EXPECT_EQ(client.next_hop(), "sip:p0.lab;lr");
  const auto bye = request_of(client, Method::bye);
  EXPECT_THAT(bye, StartsWith("BYE sip:x@10.0.0.3 SIP/2.0\r\n"));
  EXPECT_THAT(bye, HasSubstr("Route: <sip:p0.lab;lr>\r\nRoute: <sip:p1.lab;lr>\r\nRoute: <sip:p2.lab;lr>\r\n"));
}

TEST(SipDialog, AStrictRouterGetsItsOwnAddressAndTheTargetBehind) {
  auto dialog = Dialog::of_server(
      *message(invite_head, "Record-Route: <sip:old.lab>, <sip:p1.lab;lr>\r\nContact: <sip:101@10.0.0.1>\r\n"), "s");
  const auto bye = request_of(dialog, Method::bye);
  EXPECT_THAT(bye, StartsWith("BYE sip:old.lab SIP/2.0\r\n"));
  EXPECT_THAT(bye, HasSubstr("Route: <sip:p1.lab;lr>\r\nRoute: <sip:101@10.0.0.1>\r\n"));
}

TEST(SipDialog, RefusesARequestThatIsOlderThanTheLast) {
  auto dialog = Dialog::of_server(*message(invite_head, ""), "s");
  const auto with_cseq = [](const std::string& cseq) {
    return message(
        "INFO sip:102@lab SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKb\r\nFrom: <sip:101@lab>;tag=f\r\n"
        "To: <sip:102@lab>;tag=s\r\nCall-ID: c\r\n",
        "CSeq: " + cseq + " INFO\r\n");
  };
  EXPECT_TRUE(dialog.accept(*with_cseq("9")));
  EXPECT_FALSE(dialog.accept(*with_cseq("8")));
  EXPECT_TRUE(dialog.accept(*with_cseq("10")));
}

TEST(SipDialog, FollowsTheContactOfWhatRefreshesTheTargetAndOfNothingElse) {
  auto dialog = Dialog::of_server(*message(invite_head, "Contact: <sip:101@10.0.0.1>\r\n"), "s");
  const auto of = [](const std::string& method) {
    return message(method +
                       " sip:102@lab SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKb\r\n"
                       "From: <sip:101@lab>;tag=f\r\nTo: <sip:102@lab>;tag=s\r\nCall-ID: c\r\n",
                   "CSeq: 9 " + method + "\r\nContact: <sip:101@10.0.0.7>\r\n");
  };
  dialog.refresh_target(*of("INFO"));
  EXPECT_EQ(dialog.remote_target(), "sip:101@10.0.0.1");
  dialog.refresh_target(*of("UPDATE"));
  EXPECT_EQ(dialog.remote_target(), "sip:101@10.0.0.7");
}

}  // namespace
}  // namespace labnet::sip
