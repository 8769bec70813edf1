#include "common/log/line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/base/utf8.hpp"

namespace labnet::log {
namespace {

// A text longer than this is cut, so that one field cannot push the others out of the line.
constexpr std::size_t field_bytes_max = 256;
// What is left for time, level and name in front, and for the word that says that fields were left out.
constexpr std::size_t body_bytes_max = line_bytes_max - 128;

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;  // clang before 17 does not deduce it

std::string quoted(std::string_view text, std::string_view special) {
  std::string shown{'"'};
  for (const char c : text) {
    if (special.find(c) != special.npos) shown += '\\';
    shown += c;
  }
  return shown + '"';
}

std::string json_text(std::string_view text) {
  return quoted(printable(text, field_bytes_max), "\"\\");
}

/// The members of an object have different names: one that the line has already gets a "_".
std::string json_key(std::string_view key) {
  const bool is_taken = std::ranges::find(json_members, key) != json_members.end();
  return json_text(is_taken ? std::string{key} + '_' : std::string{key});
}

/// One field's value; `text` writes those that are texts.
template <class Text>
std::string value_of(const Field& field, const Text& text) {
  return std::visit(Overloaded{[&](std::string_view value) { return text(value); },
                               [&](const std::string& value) { return text(value); },
                               [&](double value) { return std::isfinite(value) ? fmt::format("{}", value) : "null"; },
                               [&](auto value) { return fmt::format("{}", value); }},
                    field.value);
}

}  // namespace

std::string text_value(std::string_view text) {
  const auto shown = printable(text, field_bytes_max);
  return shown.empty() || shown.find_first_of(" \"=") != shown.npos ? quoted(shown, "\"") : shown;
}

std::string text_line(std::string_view message, Fields fields) {
  std::string line = printable(message, field_bytes_max);
  for (const auto& field : fields) {
    const auto piece = fmt::format(" {}={}", field.key, value_of(field, text_value));
    if (line.size() + piece.size() > body_bytes_max) return line + " ...";
    line += piece;
  }
  return line;
}

std::string json_line(std::string_view message, Fields fields) {
  std::string line = "\"message\":" + json_text(message);
  for (const auto& field : fields) {
    const auto piece = fmt::format(",{}:{}", json_key(field.key), value_of(field, json_text));
    if (line.size() + piece.size() > body_bytes_max) return line + ",\"cut\":true";
    line += piece;
  }
  return line;
}

}  // namespace labnet::log
