#include "common/control/message.hpp"

#include <gtest/gtest.h>

namespace labnet::control {
namespace {

TEST(ControlMessage, IsOneLine) {
  const auto line = to_line({{"do", "cache.show"}, {"text", "two\nlines"}});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto message = parse_message(line);
  ASSERT_TRUE(message);
  EXPECT_EQ(text_of(*message, "text"), "two\nlines");
}

TEST(ControlMessage, SaysWhatIsWrongWithALine) {
  EXPECT_NE(parse_message("{\"do\":").error().message.find("not a JSON message"), std::string::npos);
  EXPECT_EQ(parse_message("[1]").error().message, "not a message: expected a JSON object");
  std::string deep(1000, '[');
  EXPECT_FALSE(parse_message(deep)) << "nesting is limited";
}

TEST(ControlMessage, MembersOfTheWrongTypeAreAbsent) {
  const json::object message{{"host", 7}, {"follow", "yes"}};
  EXPECT_EQ(text_of(message, "host"), "");
  EXPECT_EQ(text_of(message, "missing"), "");
  EXPECT_FALSE(is_true(message, "follow"));
}

}  // namespace
}  // namespace labnet::control
