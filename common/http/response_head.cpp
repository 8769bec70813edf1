// Status lines.
#include "common/http/response_head.hpp"

#include "common/http/characters.hpp"

namespace labnet::http {
namespace {

constexpr std::size_t status_digits = 3;
constexpr std::size_t before_reason_bytes = version_bytes + 1 + status_digits;  // "HTTP/1.1 200"

/// 0 for what is none: three digits, from 100 to 599.
int parse_status(std::string_view text) {
  const auto status = parse_integer<unsigned>(text);
  return status && *status >= 100 && *status <= 599 ? static_cast<int>(*status) : 0;
}

}  // namespace

void ResponseHead::set_base(const char* base) {
  base_ = base;
  fields_.set_base(base);
}

void ResponseHeadReader::clear() {
  head_.fields_.clear();
  lines_.begin_head();
  stage_ = Stage::first_line;
}

HeadResult ResponseHeadReader::read(Bytes input) {
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
HeadResult ResponseHeadReader::read_until_fields(std::string_view head) {
  const auto line = lines_.next(head, first_line_bytes_max);
  if (!line) return std::nullopt;
  const auto end = read_first_line(head.data(), *line);
  if (end.refused()) return end.fault();
  if (!end.has_come() && lines_.limit_reached()) return HeadFault::first_line_too_long;
  if (!end.has_come()) {
    lines_.wait(head);
    return std::nullopt;
  }
  lines_.accept(head, end.place());
  return lines_.line_begin();
}

LineEnd ResponseHeadReader::read_first_line(const char* base, HeadLines::Line line) {
  const auto text = std::string_view{line.begin, line.end}.substr(0, before_reason_bytes);
  if (text.size() < before_reason_bytes && is_value(text)) return nullptr;
  const auto version = parse_version(text.substr(0, version_bytes));
  if (!version) return version.error();
  head_.version_ = *version;
  const auto behind_version = text.substr(version_bytes);
  head_.status_ = behind_version.starts_with(' ') ? parse_status(behind_version.substr(1)) : 0;
  if (head_.status_ == 0) return HeadFault::malformed_first_line;
  return read_reason(base, {line.begin + before_reason_bytes, line.end});
}

/// Some servers leave out the space with the reason (RFC 9112, section 4, asks for the space).
LineEnd ResponseHeadReader::read_reason(const char* base, HeadLines::Line rest) {
  head_.reason_ = {};
  if (rest.begin == rest.end || *rest.begin != ' ') {
    return line_end_at(rest.begin, rest.end, HeadFault::malformed_first_line);
  }
  const auto begin = rest.begin + 1;
  const auto end = value_end(begin, rest.end);
  head_.reason_ = {static_cast<std::uint16_t>(begin - base), static_cast<std::uint16_t>(end - begin)};
  return line_end_at(end, rest.end, HeadFault::malformed_first_line);
}

}  // namespace labnet::http
