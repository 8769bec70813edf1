#include "common/base/base64.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace labnet {
namespace {

TEST(Base64, IsThatOfTheRfcBothWays) {
  // RFC 4648, section 10.
  for (const auto& [plain, text] :
       {std::pair{"", ""}, std::pair{"f", "Zg=="}, std::pair{"fo", "Zm8="}, std::pair{"foo", "Zm9v"},
        std::pair{"foob", "Zm9vYg=="}, std::pair{"fooba", "Zm9vYmE="}, std::pair{"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64(as_bytes(plain)), text);
    const auto octets = parse_base64(text);
    ASSERT_TRUE(octets) << text;
    EXPECT_EQ(as_text(*octets), plain);
  }
}

TEST(Base64, HoldsEveryOctet) {
  Buffer all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(parse_base64(base64(all)), all);
  EXPECT_EQ(base64(Bytes{all}.last(3)), "/f7/");
  EXPECT_EQ(base64(as_bytes("\xfb\xef\xbe")), "++++");
}

TEST(Base64, RejectsWhatIsNoWholeText) {
  for (const auto* text :
       {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm-_", "Z=m9", "Zh==", "Zm9="}) {
    EXPECT_FALSE(parse_base64(text)) << text;
  }
}

}  // namespace
}  // namespace labnet
