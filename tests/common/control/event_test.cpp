#include "common/control/event.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "common/log/line.hpp"

namespace labnet::control {
namespace {

constexpr std::string_view line =
    R"({"time":"2026-01-31T12:00:00.123Z","level":"info","name":"ftp","message":"logged in","user":"a b","n":-2,"x":0.5,"yes":true})";

TEST(Event, IsWhatALineOfALogSays) {
  const auto event = event_of_log_line(line);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->time, "2026-01-31T12:00:00.123Z");
  EXPECT_EQ(event->level, "info");
  EXPECT_EQ(event->service, "ftp");
  EXPECT_EQ(event->name, "logged in");
  EXPECT_EQ(event->fields, (json::object{{"user", "a b"}, {"n", -2}, {"x", 0.5}, {"yes", true}}));
}

TEST(Event, IsNothingForOtherLines) {
  for (const auto* const other : {"", "terminate called", "{", "{}", "{\"time\":1}", "[1]", "ready dns"}) {
    EXPECT_FALSE(event_of_log_line(other)) << other;
  }
}

TEST(Event, InWordsIsWhatTheLogWouldHaveSaid) {
  const auto event = event_of_log_line(line);
  EXPECT_EQ(in_words(*event), log::text_line("logged in", {{"user", "a b"}, {"n", -2}, {"x", 0.5}, {"yes", true}}));
}

TEST(Event, HasFieldsThatAreCalledAsWhatALineHas) {
  const auto event = event_of_log_line("{\"time\":\"t\",\"level\":\"info\",\"name\":\"dns\"," +
                                       log::json_line("no answer", {{"name", "a.example."}, {"x_", 1}}) + "}");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->service, "dns");
  EXPECT_EQ(event->fields, (json::object{{"name", "a.example."}, {"x_", 1}}));
}

TEST(Event, AsTextOfALogHasTheLocalTime) {
  ::setenv("TZ", "UTC-2", 1);  // two hours east
  ::tzset();
  EXPECT_EQ(as_log_text(*event_of_log_line(line)),
            "2026-01-31 14:00:00.123 info    ftp: logged in user=\"a b\" n=-2 x=0.5 yes=true");
}

TEST(Event, GoesThroughJson) {
  auto event = *event_of_log_line(line);
  event.host = "h";
  const auto again = event_of(to_json(event));
  EXPECT_EQ(to_json(again), to_json(event));
  EXPECT_EQ(event_of({}).name, "");
}

TEST(Event, TimesAreWrittenInMilliseconds) {
  using namespace std::chrono;
  EXPECT_EQ(utc_text(system_clock::time_point{1769860800123ms}), "2026-01-31T12:00:00.123Z");
}

}  // namespace
}  // namespace labnet::control
