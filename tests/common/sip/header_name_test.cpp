// Headers found by their names.
#include "common/sip/header_name.hpp"

#include <gtest/gtest.h>

#include <set>

#include "common/base/text.hpp"

namespace labnet::sip {
namespace {

TEST(SipHeaderName, IsFoundInEveryCase) {
  for (std::size_t i = 0; i < header_names; ++i) {
    const auto name = static_cast<HeaderName>(i);
    EXPECT_EQ(header_name_of(text_of(name)), name);
    EXPECT_EQ(header_name_of(to_lower(text_of(name))), name);
    EXPECT_EQ(header_name_of(to_upper(text_of(name))), name);
  }
}

TEST(SipHeaderName, IsFoundByItsCompactForm) {
  EXPECT_EQ(header_name_of("v"), HeaderName::via);
  EXPECT_EQ(header_name_of("V"), HeaderName::via);
  EXPECT_EQ(header_name_of("i"), HeaderName::call_id);
  EXPECT_EQ(header_name_of("M"), HeaderName::contact);
  EXPECT_EQ(header_name_of("l"), HeaderName::content_length);
  EXPECT_EQ(header_name_of("z"), HeaderName::other);
  EXPECT_EQ(header_name_of("!"), HeaderName::other);
}

TEST(SipHeaderName, ThatIsNotInTheTableIsAnother) {
  for (const auto* text : {"", "C%6Fntact", "Contacts", "Contac", "X-Contact", "Cseg", "Viv"}) {
    EXPECT_EQ(header_name_of(text), HeaderName::other) << text;
  }
}

TEST(SipHeaderName, HasACompactFormThatNoOtherHas) {
  std::set<char> compact_forms;
  for (std::size_t i = 0; i < header_names; ++i) {
    const auto compact = row_of(static_cast<HeaderName>(i)).compact;
    if (compact == 0) continue;
    EXPECT_TRUE(compact_forms.insert(compact).second) << compact;
  }
  EXPECT_EQ(compact_forms.size(), 15u);
}

TEST(SipHeaderName, SaysHowOftenItMayBeThere) {
  EXPECT_EQ(row_of(HeaderName::to).occurrence, Occurrence::once);
  EXPECT_EQ(row_of(HeaderName::via).occurrence, Occurrence::list);
  EXPECT_EQ(row_of(HeaderName::www_authenticate).occurrence, Occurrence::repeated);
  EXPECT_EQ(row_of(HeaderName::other).occurrence, Occurrence::repeated);
}

}  // namespace
}  // namespace labnet::sip
