// Line ends and Telnet's commands.
#include "common/ftp/line.hpp"

#include <algorithm>

namespace labnet::ftp {
namespace {

constexpr char iac = '\xff';  // "interpret as command"

/// RFC 854's list of commands; 240 (SE) is the lowest.
bool is_telnet_command(char c) {
  return static_cast<unsigned char>(c) >= 240 && c != iac;
}

/// WILL, WON'T, DO and DON'T are 251 to 254.
bool has_option(char command) {
  return static_cast<unsigned char>(command) >= 251;
}

bool ends_line(char c) {
  return c == '\0' || c == '\r' || c == '\n';
}

}  // namespace

bool is_one_line(std::string_view text) {
  return std::ranges::none_of(text, ends_line);
}

void append_one_line(std::string& line, std::string_view text) {
  const auto start = static_cast<std::ptrdiff_t>(line.size());
  line += text;
  std::replace_if(line.begin() + start, line.end(), ends_line, '?');
}

std::string one_line(std::string_view text) {
  std::string line;
  append_one_line(line, text);
  return line;
}

std::string without_telnet(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool has_next = i + 1 < line.size();
    if (line[i] == iac && has_next && is_telnet_command(line[i + 1])) {
      i += has_option(line[i + 1]) ? 2 : 1;
      continue;
    }
    text += line[i];
    if (line[i] == iac && has_next && line[i + 1] == iac) ++i;
  }
  return text;
}

std::string with_telnet(std::string_view line) {
  std::string wire;
  for (const char c : line) wire.append(c == iac ? 2 : 1, c);
  return wire;
}

}  // namespace labnet::ftp
