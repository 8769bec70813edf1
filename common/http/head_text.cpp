#include "common/http/head_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/http/characters.hpp"
#include "common/http/status.hpp"

namespace labnet::http {

void append_status_line(std::string& out, int status) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += is_value_character(c) ? c : ' ';
  out += "\r\n";
}

std::optional<std::string> request_head_text(std::string_view method, std::string_view target, Version version,
                                             std::span<const FieldText> fields) {
  if (!is_token(method) || target.empty() || !std::ranges::all_of(target, is_target_character)) return std::nullopt;
  auto text = fmt::format("{} {} {}\r\n", method, target, version == Version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1");
  for (const auto& [name, value] : fields) {
    if (!is_token(name) || !is_value(value)) return std::nullopt;
    append_field(text, name, value);
  }
  return text + "\r\n";
}

}  // namespace labnet::http
