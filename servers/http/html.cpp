#include "servers/http/html.hpp"

#include <fmt/format.h>

#include "common/base/utf8.hpp"

namespace labnet::http_server {

std::string html_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto bytes = utf8_character_bytes(text);
    const auto character = text.substr(0, bytes);
    if (bytes == 0) {
      out += "\xef\xbf\xbd";
    } else if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else {
      out += character;
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

std::string html_page(std::string_view title, std::string_view body, std::string_view further_head) {
  return fmt::format(
      "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>{}</title>{}</head>\n<body>\n{}</body>\n</html>\n",
      title, further_head, body);
}

}  // namespace labnet::http_server
