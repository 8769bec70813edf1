// Entity tags, and the order in which conditions are looked at.
#include "common/http/conditional.hpp"

#include <gtest/gtest.h>

#include "tests/common/http/heads.hpp"

namespace labnet::http {
namespace {

using namespace std::literals;
using std::chrono::sys_days;
using std::chrono::year;

constexpr Time changed = sys_days{year{2026} / 2 / 13} + 10h;
constexpr Time now = changed + 24h;
const std::string on_change{Date{changed}.text()};
const std::string before_change{Date{changed - 1s}.text()};
const std::string after_change{Date{changed + 1s}.text()};

TEST(HttpEntityTag, IsReadAndWritten) {
  EXPECT_EQ(parse_entity_tag("\"abc\""), (EntityTag{"abc", false}));
  EXPECT_EQ(parse_entity_tag("W/\"abc\""), (EntityTag{"abc", true}));
  EXPECT_EQ(parse_entity_tag("\"\""), (EntityTag{"", false}));
  EXPECT_EQ(parse_entity_tag("\"a,\\b\x80\""), (EntityTag{"a,\\b\x80", false}));
  for (const auto text : {""sv, "abc"sv, "\""sv, "\"abc"sv, "abc\""sv, "w/\"abc\""sv, "W\"abc\""sv, "\"a b\""sv,
                          "\"a\"b"sv, "\"a\" "sv, "*"sv, "\"a\x7f\""sv, "W/ \"a\""sv}) {
    EXPECT_EQ(parse_entity_tag(text), std::nullopt) << text;
  }
  EXPECT_EQ(to_text({"abc", true}), "W/\"abc\"");
  EXPECT_EQ(to_text({"abc", false}), "\"abc\"");
}

TEST(HttpEntityTag, IsComparedAsTheTableOfRfc9110Says) {
  const EntityTag strong{"1", false}, weak{"1", true}, other{"2", true};
  EXPECT_FALSE(matches_strongly(weak, weak));
  EXPECT_FALSE(matches_strongly(weak, strong));
  EXPECT_TRUE(matches_strongly(strong, strong));
  EXPECT_TRUE(matches_weakly(weak, weak));
  EXPECT_TRUE(matches_weakly(weak, strong));
  EXPECT_FALSE(matches_weakly(weak, other));
}

TEST(HttpEntityTagCondition, FindsATagInItsList) {
  const auto has = [](std::string_view lines, std::string_view opaque) {
    const auto parsed = request(lines);
    return EntityTagCondition{parsed.fields(), "If-None-Match"}.has({opaque, false}, matches_weakly);
  };
  EXPECT_TRUE(has("If-None-Match: \"a\", W/\"b\" ,, \"c\"\r\n", "b"));
  EXPECT_TRUE(has("If-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\n", "b"));
  EXPECT_TRUE(has("If-None-Match: \"a,b\", \"c\"\r\n", "a,b")) << "a comma within separates nothing";
  EXPECT_TRUE(has("If-None-Match: \"a\\\", \"b\"\r\n", "b")) << "a backslash is a letter like any other";
  EXPECT_FALSE(has("If-None-Match: b\r\n", "b")) << "without quotation marks it is none";
  EXPECT_FALSE(has("If-None-Match: \"b\"x\r\n", "b"));
  EXPECT_TRUE(has("If-None-Match: x, \"b\"\r\n", "b"));
}

Verdict verdict(std::string_view lines, std::string_view method = "GET", bool exists = true, bool weak = false) {
  const auto parsed = request(lines);
  EXPECT_TRUE(parsed.whole()) << lines;
  Representation current{.exists = exists};
  if (exists) current.tag = EntityTag{"v1", weak}, current.modified = changed;
  return evaluate_conditions(method, parsed.fields(), current, now);
}

constexpr auto proceed = Verdict::proceed;
constexpr auto not_modified = Verdict::not_modified;
constexpr auto failed = Verdict::precondition_failed;

TEST(HttpConditions, WithoutAnyTheRequestProceeds) {
  EXPECT_EQ(verdict(""), proceed);
}

TEST(HttpConditions, IfMatchIsStrong) {
  EXPECT_EQ(verdict("If-Match: \"v1\"\r\n", "PUT"), proceed);
  EXPECT_EQ(verdict("If-Match: \"v0\", \"v1\"\r\n", "PUT"), proceed);
  EXPECT_EQ(verdict("If-Match: \"v2\"\r\n", "PUT"), failed);
  EXPECT_EQ(verdict("If-Match: W/\"v1\"\r\n", "PUT"), failed);
  EXPECT_EQ(verdict("If-Match: \"v1\"\r\n", "PUT", true, true), failed);
  EXPECT_EQ(verdict("If-Match: *\r\n", "PUT"), proceed);
  EXPECT_EQ(verdict("If-Match: *\r\n", "PUT", false), failed);
  EXPECT_EQ(verdict("If-Match: \"v2\"\r\n", "GET"), failed);
}

TEST(HttpConditions, IfUnmodifiedSinceCountsWithoutIfMatch) {
  EXPECT_EQ(verdict("If-Unmodified-Since: " + on_change + "\r\n", "PUT"), proceed);
  EXPECT_EQ(verdict("If-Unmodified-Since: " + after_change + "\r\n", "PUT"), proceed);
  EXPECT_EQ(verdict("If-Unmodified-Since: " + before_change + "\r\n", "PUT"), failed);
  EXPECT_EQ(verdict("If-Unmodified-Since: yesterday\r\n", "PUT"), proceed);
  EXPECT_EQ(verdict("If-Unmodified-Since: " + before_change + "\r\nIf-Match: \"v1\"\r\n", "PUT"), proceed);
}

TEST(HttpConditions, IfNoneMatchIsWeakAndCountsMoreThanTheDate) {
  EXPECT_EQ(verdict("If-None-Match: W/\"v1\"\r\n"), not_modified);
  EXPECT_EQ(verdict("If-None-Match: \"v1\"\r\n", "HEAD", true, true), not_modified);
  EXPECT_EQ(verdict("If-None-Match: \"v2\"\r\n"), proceed);
  EXPECT_EQ(verdict("If-None-Match: *\r\n"), not_modified);
  EXPECT_EQ(verdict("If-None-Match: *\r\n", "PUT"), failed);
  EXPECT_EQ(verdict("If-None-Match: *\r\n", "PUT", false), proceed);
  EXPECT_EQ(verdict("If-None-Match: \"v2\"\r\nIf-Modified-Since: " + on_change + "\r\n"), proceed);
}

TEST(HttpConditions, IfModifiedSinceIsForReadingAlone) {
  EXPECT_EQ(verdict("If-Modified-Since: " + on_change + "\r\n"), not_modified);
  EXPECT_EQ(verdict("If-Modified-Since: " + after_change + "\r\n", "HEAD"), not_modified);
  EXPECT_EQ(verdict("If-Modified-Since: " + before_change + "\r\n"), proceed);
  EXPECT_EQ(verdict("If-Modified-Since: " + on_change + "\r\n", "POST"), proceed);
  EXPECT_EQ(verdict("If-Modified-Since: 0\r\n"), proceed);
}

TEST(HttpConditions, IfMatchThatHoldsLeavesIfNoneMatchToBeLookedAt) {
  EXPECT_EQ(verdict("If-Match: \"v1\"\r\nIf-None-Match: \"v1\"\r\n"), not_modified);
  EXPECT_EQ(verdict("If-Match: \"v2\"\r\nIf-None-Match: \"v1\"\r\n"), failed);
}

TEST(HttpIfRange, HoldsForAStrongTagOrTheExactDate) {
  const auto holds = [](std::string_view value, bool weak = false, Time sent = now) {
    const auto parsed = request("If-Range: " + std::string{value} + "\r\n");
    return if_range_holds(parsed.fields(), {.tag = EntityTag{"v1", weak}, .modified = changed}, sent);
  };
  EXPECT_TRUE(holds("\"v1\""));
  EXPECT_FALSE(holds("W/\"v1\""));
  EXPECT_FALSE(holds("\"v1\"", true));
  EXPECT_FALSE(holds("\"v2\""));
  EXPECT_TRUE(holds(on_change));
  EXPECT_FALSE(holds(after_change));
  EXPECT_FALSE(holds(before_change));
  EXPECT_FALSE(holds(on_change, false, changed)) << "there may be another change in this second";
  EXPECT_FALSE(holds("v1"));
  const auto none = request("");
  EXPECT_TRUE(if_range_holds(none.fields(), {}, now));
}

}  // namespace
}  // namespace labnet::http
