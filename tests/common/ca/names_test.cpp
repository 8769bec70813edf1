#include "common/ca/names.hpp"

#include <gmock/gmock.h>

namespace labnet::ca {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Name, OfACertificateIsThatOfAHost) {
  for (const auto* const name : {"localhost", "ftps.labredes71.com", "FTPS.Lab", "*.web.lab", "*.labredes71.com",
                                 "xn--mnchen-3ya.lab", "7.lab", "pc-1", "my_host.lab"}) {
    EXPECT_THAT(objection_to_name(name), IsEmpty()) << name;
  }
  for (const auto* const name :
       {"", ".", "*", "*.lab", "lab.", ".lab", "a..lab", "*a.lab", "a.*.lab", "**.lab", "-a.lab", "a-.lab", "a b.lab",
        "a,DNS:b", "a\nb", "127.0.0.1", "::1", "lab:21", "ftp://lab"}) {
    EXPECT_THAT(objection_to_name(name), HasSubstr("expected a host name such as ftps.labredes71.com")) << name;
  }
}

TEST(Name, WithLettersBeyondAsciiIsWrittenAsTheDnsDoes) {
  EXPECT_THAT(objection_to_name("m\xc3\xbcnchen.lab"), HasSubstr("write others as the DNS does (xn--...)"));
}

TEST(Name, HasLimits) {
  const std::string label(label_bytes_max, 'a');
  EXPECT_THAT(objection_to_name(label + ".lab"), IsEmpty());
  EXPECT_THAT(objection_to_name(label + "a.lab"), HasSubstr("expected a host name"));
  const auto longest = label + "." + label + "." + label + "." + std::string(61, 'a');
  ASSERT_EQ(longest.size(), name_bytes_max);
  EXPECT_THAT(objection_to_name(longest), IsEmpty());
  EXPECT_EQ(objection_to_name(longest + "a"), "expected a name of at most 253 bytes");
}

TEST(Domain, HasWhatIsAtOrBelowIt) {
  EXPECT_TRUE(is_at_or_below("lab", "lab"));
  EXPECT_TRUE(is_at_or_below("WWW.lab", "LAB"));
  EXPECT_TRUE(is_at_or_below("*.web.lab", "lab"));
  EXPECT_FALSE(is_at_or_below("collab", "lab"));
  EXPECT_FALSE(is_at_or_below("lab.com", "lab"));
  EXPECT_FALSE(is_at_or_below("", "lab"));
}

TEST(Host, MayHaveANameThatNoTopLevelDomainHas) {
  EXPECT_TRUE(is_private_label("pc12"));
  EXPECT_TRUE(is_private_label("my-laptop"));
  for (const auto* const name : {"dev", "app", "laptop", "xn--p1ai", "xn--90a3ac", "pc-1.com", ""}) {
    EXPECT_FALSE(is_private_label(name)) << name;
  }
}

}  // namespace
}  // namespace labnet::ca
