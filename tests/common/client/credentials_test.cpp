#include "common/client/credentials.hpp"

#include <gtest/gtest.h>

namespace labnet::client {
namespace {

Result<std::string> as_it_is(std::string_view text, std::string_view what) {
  if (text == "%") return Error{"in the ", what, " of the URL something is wrong"};
  return std::string{text};
}

std::string fault_of(std::string_view text) {
  const auto parsed = parse_credentials(text, as_it_is);
  return parsed ? "" : parsed.error().message;
}

TEST(Credentials, EndAtTheFirstColon) {
  EXPECT_EQ(*parse_credentials("ann", as_it_is), (Credentials{"ann", std::nullopt}));
  EXPECT_EQ(*parse_credentials("ann:", as_it_is), (Credentials{"ann", ""}));
  EXPECT_EQ(*parse_credentials("ann:a:b", as_it_is), (Credentials{"ann", "a:b"}));
}

TEST(Credentials, SayWhatIsWrong) {
  EXPECT_EQ(fault_of(""), "in the URL there is \"@\" and no user before it");
  EXPECT_EQ(fault_of(":secret"), "in the URL there is \"@\" and no user before it");
  EXPECT_EQ(fault_of("%"), "in the user of the URL something is wrong");
  EXPECT_EQ(fault_of("ann:%"), "in the password of the URL something is wrong");
}

}  // namespace
}  // namespace labnet::client
