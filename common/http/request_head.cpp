// Request lines.
#include "common/http/request_head.hpp"

#include <fmt/format.h>

#include <algorithm>

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

std::optional<std::string> request_head_text(std::string_view method, std::string_view target, Version version,
                                             std::span<const FieldText> fields) {
  if (!is_token(method) || target.empty() || !std::ranges::all_of(target, is_target_character)) return std::nullopt;
  auto text = fmt::format("{} {} {}\r\n", method, target, version == Version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1");
  for (const auto& [name, value] : fields) {
    if (!is_token(name) || !is_value(value)) return std::nullopt;
    text += fmt::format("{}: {}\r\n", name, value);
  }
  return text + "\r\n";
}

}  // namespace labnet::http
