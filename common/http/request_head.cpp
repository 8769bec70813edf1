// Request lines.
#include "common/http/request_head.hpp"

#include "common/http/characters.hpp"

namespace labnet::http {

void RequestHead::set_base(const char* base) {
  base_ = base;
  fields_.set_base(base);
}

void RequestHeadReader::clear() {
  head_.fields_.clear();
  lines_.begin_head();
  stage_ = Stage::first_line;
  empty_lines_ = 0;
}

HeadResult RequestHeadReader::read(Bytes input) {
  const auto head = as_text(input);
  head_.set_base(head.data());
  if (stage_ == Stage::first_line) {
    const auto line = read_until_fields(head);
    if (!line || !*line) return line;
    stage_ = Stage::fields;
  }
  return read_field_lines(head, lines_, head_.fields_);
}

/// Gives where the fields begin.
HeadResult RequestHeadReader::read_until_fields(std::string_view head) {
  for (;;) {
    const auto line = lines_.next(head, first_line_bytes_max);
    if (!line) return std::nullopt;
    const auto end = read_first_line(head.data(), *line);
    if (end.refused()) return end.fault();
    if (!end.has_come() && lines_.limit_reached()) return HeadFault::first_line_too_long;
    if (!end.has_come()) {
      lines_.wait(head);
      return std::nullopt;
    }
    const bool is_empty = *line->begin == '\r';
    lines_.accept(head, end.place());
    if (!is_empty) return lines_.line_begin();
    if (++empty_lines_ > empty_lines_before_max) return HeadFault::line_end;
  }
}

LineEnd RequestHeadReader::read_first_line(const char* base, HeadLines::Line line) {
  const auto end = token_end(line.begin, line.end);
  const auto size = static_cast<std::size_t>(end - line.begin);
  if (size > method_bytes_max) return HeadFault::method_too_long;
  if (end == line.end) return nullptr;
  if (size == 0) return line_end_at(end, line.end, HeadFault::malformed_first_line);
  if (*end != ' ') return HeadFault::malformed_first_line;
  head_.method_ = {static_cast<std::uint16_t>(line.begin - base), static_cast<std::uint16_t>(size)};
  return read_target(base, {end + 1, line.end});
}

LineEnd RequestHeadReader::read_target(const char* base, HeadLines::Line rest) {
  const auto end = target_end(rest.begin, rest.end);
  if (end == rest.end) return nullptr;
  if (end == rest.begin || *end != ' ') return HeadFault::malformed_first_line;
  head_.target_ = {static_cast<std::uint16_t>(rest.begin - base), static_cast<std::uint16_t>(end - rest.begin)};
  return read_version({end + 1, rest.end});
}

LineEnd RequestHeadReader::read_version(HeadLines::Line rest) {
  const auto text = std::string_view{rest.begin, rest.end}.substr(0, version_bytes);
  if (text.size() < version_bytes && is_value(text)) return nullptr;
  const auto version = parse_version(text);
  if (!version) return version.error();
  head_.version_ = *version;
  return line_end_at(rest.begin + version_bytes, rest.end, HeadFault::malformed_version);
}

}  // namespace labnet::http
