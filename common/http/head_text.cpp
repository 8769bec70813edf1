#include "common/http/head_text.hpp"

#include <fmt/format.h>

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

}  // namespace labnet::http
