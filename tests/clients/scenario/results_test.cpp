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

TEST(Results, WhatWasSkippedIsNeitherGoodNorAFailure) {
  RunResult result;
  result.activities.push_back({"1", {"a", "a"}, {}, {}});
  result.activities[0].steps.push_back({.id = "one"});
  EXPECT_TRUE(result.is_good());
  result.activities[0].steps.push_back({.id = "two", .skipped = "it needs <more>"});
  result.activities[0].captures.push_back({.file = "a.pcap", .skipped = "no frames"});
  EXPECT_FALSE(result.is_good());
  EXPECT_FALSE(result.has_failed());
  EXPECT_THAT(to_junit(result), HasSubstr("tests=\"3\" failures=\"0\" skipped=\"2\""));
  EXPECT_THAT(to_junit(result), HasSubstr("<skipped message=\"it needs &lt;more&gt;\"/>"));
  EXPECT_THAT(to_json(result), HasSubstr("\"good\":false,\"skipped\":\"no frames\""));
  result.activities[0].steps.push_back({.id = "three", .failures = {"no"}});
  EXPECT_TRUE(result.has_failed());
}

}  // namespace
}  // namespace labnet::scenario
