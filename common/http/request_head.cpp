// Request lines.
#include "common/http/request_head.hpp"

#include "common/http/characters.hpp"

namespace labnet::http {

LineEnd RequestHead::read_first_line(HeadLines::Line line) {
  const auto end = token_end(line.begin, line.end);
  const auto size = static_cast<std::size_t>(end - line.begin);
  if (size > method_bytes_max) return HeadFault::method_too_long;
  if (end == line.end) return nullptr;
  if (size == 0) return line_end_at(end, line.end, HeadFault::malformed_first_line);
  if (*end != ' ') return HeadFault::malformed_first_line;
  method_ = {static_cast<std::uint16_t>(line.begin - base_), static_cast<std::uint16_t>(size)};
  return read_target({end + 1, line.end});
}

LineEnd RequestHead::read_target(HeadLines::Line rest) {
  const auto end = target_end(rest.begin, rest.end);
  if (end == rest.end) return nullptr;
  if (end == rest.begin || *end != ' ') return HeadFault::malformed_first_line;
  target_ = {static_cast<std::uint16_t>(rest.begin - base_), static_cast<std::uint16_t>(end - rest.begin)};
  return read_version({end + 1, rest.end});
}

LineEnd RequestHead::read_version(HeadLines::Line rest) {
  const auto text = std::string_view{rest.begin, rest.end}.substr(0, version_bytes);
  if (text.size() < version_bytes && is_value(text)) return nullptr;
  const auto version = parse_version(text);
  if (!version) return version.error();
  version_ = *version;
  return line_end_at(rest.begin + version_bytes, rest.end, HeadFault::malformed_version);
}

}  // namespace labnet::http
