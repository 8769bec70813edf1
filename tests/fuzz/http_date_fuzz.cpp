// Any text as a date, and any number of seconds as one to be written: what is written is read back the same.
#include <cstring>

#include "common/base/bytes.hpp"
#include "common/http/date.hpp"
#include "common/http/entity_tag.hpp"
#include "common/http/media_type.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using http::Time;
using test::require;

void check_text(std::string_view text, Time now) {
  const auto time = http::parse_date(text, now);
  if (!time) return;
  require(http::parse_date(http::Date{*time}.text(), now) == time, "a date is read back the same");
}

void check_time(Time time) {
  const http::Date date{time};
  const auto again = http::parse_date(date.text(), time);
  require(again.has_value(), "a date that is written is one");
  require(http::Date{*again}.text() == date.text(), "and is written the same again");
}

void check_words(std::string_view text) {
  if (const auto tag = http::parse_entity_tag(text)) require(to_text(*tag) == text, "a tag is written as it was");
  if (const auto word = http::parse_word(text))
    require(http::parse_word(http::to_word(*word)) == word, "a word comes back");
  if (const auto type = http::parse_media_type(text)) {
    require(http::parse_media_type(to_text(*type)) == type, "a media type is read back the same");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::int64_t seconds = 0;
  if (size < sizeof seconds) return 0;
  std::memcpy(&seconds, data, sizeof seconds);
  const Time time{std::chrono::seconds{seconds}};
  const auto text = as_text(std::as_bytes(std::span{data, size}).subspan(sizeof seconds));
  check_text(text, time);
  check_time(time);
  check_words(text);
  return 0;
}
