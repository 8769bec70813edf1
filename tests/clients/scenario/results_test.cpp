// What came of a run, as JUnit's XML.
#include "clients/scenario/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labnet::scenario {
namespace {

using testing::HasSubstr;

TEST(Junit, HoldsNoCharacterThatXmlExcludes) {
  RunResult result;
  result.activities.push_back({"1", {"a\ufffe\uffffb", ""}, {}, {}});
  result.activities[0].steps.push_back({.id = "one", .failures = {"<\x1b\x01\ufffd\U0001fffe\xff&"}});
  const auto xml = to_junit(result);
  EXPECT_THAT(xml, HasSubstr("name=\"1 a\ufffd\ufffdb\""));
  EXPECT_THAT(xml, HasSubstr("message=\"&lt;\\x1b\\x01\ufffd\U0001fffe\\xff&amp;\""));
}

}  // namespace
}  // namespace labnet::scenario
