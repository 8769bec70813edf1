// What phones write into Authorization.
#include "common/sip/authorization.hpp"

#include <gtest/gtest.h>

namespace labnet::sip {
namespace {

TEST(SipAuthorization, IsReadAsZoiperWritesIt) {
  const auto credentials = parse_authorization(
      "Digest username=\"101\",realm=\"asterisk\",nonce=\"1598/ab\",uri=\"sip:172.20.10.12:5060;transport=UDP\","
      "response=\"0123456789abcdef0123456789abcdef\",cnonce=\"b5\",nc=00000001,qop=auth,algorithm=md5,opaque=\"4f\"");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(*credentials, (digest::Credentials{.user = "101",
                                               .realm = "asterisk",
                                               .nonce = "1598/ab",
                                               .uri = "sip:172.20.10.12:5060;transport=UDP",
                                               .response = "0123456789abcdef0123456789abcdef",
                                               .cnonce = "b5",
                                               .nonce_count = 1,
                                               .opaque = "4f"}));
}

TEST(SipAuthorization, IsReadFoldedWithBlanksAndWithoutQop) {
  const auto credentials = parse_authorization(
      "digest  username = \"a, \\\"b\\\"\" ,\r\n realm=\"lab\", nonce=\"n\", uri=\"sip:lab\", response=\"00\"");
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->user, "a, \"b\"");
  EXPECT_FALSE(credentials->has_qop);
}

TEST(SipAuthorization, OfAnotherKindOrMalformedIsNone) {
  constexpr std::string_view rest = " username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"";
  EXPECT_TRUE(parse_authorization("Digest" + std::string{rest}));
  for (const std::string& value :
       {"Basic" + std::string{rest}, "Digest" + std::string{rest} + ", realm=\"b\"", "Digest" + std::string{rest} + ",",
        "Digest" + std::string{rest} + ", x", std::string{"Digest"}, std::string{},
        std::string{"NoOneKnowsThisScheme opaque-data=here"}}) {
    EXPECT_FALSE(parse_authorization(value)) << value;
  }
}

TEST(SipAuthorization, ChallengesAreRead) {
  const digest::Challenge challenge{.realm = "lab", .nonce = "n", .stale = true};
  EXPECT_EQ(parse_challenge(to_text(challenge)), challenge);
  EXPECT_EQ(parse_challenge("Digest realm=\"x\", nonce=\"y\""),
            (digest::Challenge{.realm = "x", .nonce = "y", .has_qop = false}));
  EXPECT_FALSE(parse_challenge("Digest realm=\"x\""));
}

}  // namespace
}  // namespace labnet::sip
