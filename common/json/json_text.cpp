#include "common/json/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include <boost/json/serialize.hpp>

namespace labnet {
namespace {

void append(std::string& out, double number) {
  if (!std::isfinite(number)) {  // JSON has no word for it
    out += "null";
    return;
  }
  std::array<char, 400> digits;  // the largest number has 309, the smallest 327 behind the point
  auto* const begin = digits.data();
  const std::string_view text{begin, std::to_chars(begin, begin + digits.size(), number, std::chars_format::fixed).ptr};
  out += text;
  if (text.find('.') == text.npos) out += ".0";  // so that who reads it takes it for the same kind of number
}

void append(std::string& out, const boost::json::value& value) {
  if (const auto* number = value.if_double()) return append(out, *number);
  bool is_first = true;
  const auto begin_item = [&] {
    if (!std::exchange(is_first, false)) out += ',';
  };
  if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      begin_item();
      append(out, item);
    }
    out += ']';
  } else if (const auto* object = value.if_object()) {
    out += '{';
    for (const auto& [key, item] : *object) {
      begin_item();
      out += boost::json::serialize(boost::json::string{key});
      out += ':';
      append(out, item);
    }
    out += '}';
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string json_text(const boost::json::value& value) {
  std::string text;
  append(text, value);
  return text;
}

}  // namespace labnet
