// Lines of a head and fields.
#include "common/http/head.hpp"

#include <algorithm>
#include <cstring>

#include "common/http/characters.hpp"

namespace labnet::http {
namespace {

Place place_of(const char* base, const char* begin, const char* end) {
  return {static_cast<std::uint16_t>(begin - base), static_cast<std::uint16_t>(end - begin)};
}

const char* without_blanks_behind(const char* begin, const char* end) {
  while (end != begin && is_blank(end[-1])) --end;
  return end;
}

/// Behind the colon.
LineEnd read_value(const char* base, Place name, HeadLines::Line rest, Fields& fields) {
  auto begin = rest.begin;
  while (begin != rest.end && is_blank(*begin)) ++begin;
  const auto end = value_end(begin, rest.end);
  const auto next = line_end_at(end, rest.end, HeadFault::control_character);
  if (!next.has_come()) return next;
  if (fields.is_full()) return HeadFault::fields_too_large;
  fields.add(name, place_of(base, begin, without_blanks_behind(begin, end)));
  return next;
}

}  // namespace

int status_of(HeadFault fault) {
  switch (fault) {
    case HeadFault::first_line_too_long:
      return 414;
    case HeadFault::fields_too_large:
      return 431;
    case HeadFault::method_too_long:
      return 501;
    case HeadFault::version_not_supported:
      return 505;
    default:
      return 400;
  }
}

std::string_view describe(HeadFault fault) {
  switch (fault) {
    case HeadFault::malformed_first_line:
      return "the first line is malformed";
    case HeadFault::malformed_version:
      return "the version is malformed";
    case HeadFault::line_end:
      return "a line does not end with CR LF, or an empty one stands in front";
    case HeadFault::malformed_name:
      return "a field has no name, a space in front of the colon, or no colon";
    case HeadFault::folded_line:
      return "a line of a field begins with a space";
    case HeadFault::control_character:
      return "a control character stands in a value";
    case HeadFault::first_line_too_long:
      return "the first line is too long";
    case HeadFault::fields_too_large:
      return "the fields are too many or too long";
    case HeadFault::method_too_long:
      return "the method is longer than any that is known";
    case HeadFault::version_not_supported:
      return "the version is not HTTP/1";
  }
  return "";
}

std::optional<HeadLines::Line> HeadLines::next(std::string_view head, std::size_t line_bytes_max) {
  const auto line_end_max = std::min(line_begin_ + line_bytes_max, head_bytes_max);
  limit_reached_ = head.size() >= line_end_max;
  const auto end = std::min(head.size(), line_end_max);
  const bool was_looked_at = searched_ > line_begin_;
  if (was_looked_at && !limit_reached_) {
    const auto from = std::min(searched_, end);
    if (std::memchr(head.data() + from, '\n', end - from) == nullptr) {
      searched_ = end;
      return std::nullopt;
    }
  }
  return Line{head.data() + line_begin_, head.data() + end};
}

void HeadLines::accept(std::string_view head, const char* end) {
  line_begin_ = searched_ = static_cast<std::size_t>(end - head.data());
}

LineEnd line_end_at(const char* at, const char* end, HeadFault other) {
  if (at == end) return nullptr;
  if (*at == '\n') return HeadFault::line_end;
  if (*at != '\r') return other;
  if (at + 1 == end) return nullptr;
  if (at[1] != '\n') return HeadFault::line_end;
  return at + 2;
}

LineEnd read_field_line(const char* base, HeadLines::Line line, Fields& fields) {
  const auto colon = token_end(line.begin, line.end);
  if (colon == line.end) return nullptr;
  if (colon == line.begin && is_blank(*colon)) return HeadFault::folded_line;
  if (colon == line.begin) return line_end_at(colon, line.end, HeadFault::malformed_name);
  if (*colon != ':') return HeadFault::malformed_name;
  return read_value(base, place_of(base, line.begin, colon), {colon + 1, line.end}, fields);
}

Result<Version, HeadFault> parse_version(std::string_view text) {
  if (text.size() != version_bytes || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
      !is_digit(text[7])) {
    return HeadFault::malformed_version;
  }
  if (text[5] != '1') return HeadFault::version_not_supported;
  return text[7] == '0' ? Version::http_1_0 : Version::http_1_1;
}

HeadResult read_field_lines(std::string_view head, HeadLines& lines, Fields& fields) {
  constexpr std::ptrdiff_t empty_line_bytes = 2;
  for (;;) {
    const auto line = lines.next(head, field_line_bytes_max);
    if (!line) return std::nullopt;
    const auto end = read_field_line(head.data(), *line, fields);
    if (end.refused()) return end.fault();
    if (!end.has_come() && lines.limit_reached()) return HeadFault::fields_too_large;
    if (!end.has_come()) {
      lines.wait(head);
      return std::nullopt;
    }
    const bool is_empty_line = end.place() - line->begin == empty_line_bytes;
    lines.accept(head, end.place());
    if (is_empty_line) return lines.line_begin();
  }
}

}  // namespace labnet::http
