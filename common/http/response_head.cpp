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

LineEnd ResponseHead::read_first_line(HeadLines::Line line) {
  const auto text = std::string_view{line.begin, line.end}.substr(0, before_reason_bytes);
  if (text.size() < before_reason_bytes && is_value(text)) return nullptr;
  const auto version = parse_version(text.substr(0, version_bytes));
  if (!version) return version.error();
  version_ = *version;
  const auto behind_version = text.substr(version_bytes);
  status_ = behind_version.starts_with(' ') ? parse_status(behind_version.substr(1)) : 0;
  if (status_ == 0) return HeadFault::malformed_first_line;
  return read_reason({line.begin + before_reason_bytes, line.end});
}

/// Some servers leave out the space with the reason (RFC 9112, section 4, asks for the space).
LineEnd ResponseHead::read_reason(HeadLines::Line rest) {
  reason_ = {};
  if (rest.begin == rest.end || *rest.begin != ' ') {
    return line_end_at(rest.begin, rest.end, HeadFault::malformed_first_line);
  }
  const auto begin = rest.begin + 1;
  const auto end = value_end(begin, rest.end);
  reason_ = {static_cast<std::uint16_t>(begin - base_), static_cast<std::uint16_t>(end - begin)};
  return line_end_at(end, rest.end, HeadFault::malformed_first_line);
}

}  // namespace labnet::http
