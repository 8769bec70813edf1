// Replies: their lines written, and put together.
#include "common/ftp/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/text.hpp"
#include "common/ftp/limits.hpp"
#include "common/ftp/line.hpp"

namespace labnet::ftp {
namespace {

constexpr std::size_t code_digits = 3;

/// 0 if the line does not begin with one.
int code_of(std::string_view line) {
  if (line.size() < code_digits) return 0;
  const auto code = parse_integer<int>(line.substr(0, code_digits));
  return code && *code >= 100 && *code <= 599 ? *code : 0;
}

/// True for a code with nothing behind it, too: some servers leave out the space where there is no text.
bool is_last_line(std::string_view line) {
  return line.size() == code_digits || line[code_digits] == ' ';
}

bool is_first_of_several(std::string_view line) {
  return line.size() > code_digits && line[code_digits] == '-';
}

std::string_view behind_code(std::string_view line) {
  return line.substr(std::min(code_digits + 1, line.size()));
}

}  // namespace

std::string to_wire(const Reply& reply) {
  std::string wire;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    const bool is_first = i == 0;
    const bool is_last = i + 1 == reply.lines.size();
    if (is_first || is_last) wire += fmt::format("{:03}", reply.code);
    wire += is_first && !is_last ? '-' : ' ';
    wire += with_telnet(one_line(reply.lines[i]));
    wire += "\r\n";
  }
  return wire;
}

Result<std::optional<Reply>, ReplyFault> ReplyReader::add_line(std::string_view line) {
  const auto code = code_of(line);
  if (reply_.lines.empty()) {
    if (code == 0 || !(is_last_line(line) || is_first_of_several(line))) return ReplyFault::no_code;
    reply_.code = code;
  }
  if (reply_.lines.size() == reply_lines_max) {
    reply_ = {};
    return ReplyFault::too_many_lines;
  }
  if (code != reply_.code || !(is_last_line(line) || is_first_of_several(line))) {
    if (line.starts_with(' ')) line.remove_prefix(1);
    reply_.lines.emplace_back(line);
    return std::nullopt;
  }
  // Some servers write the code in front of every line.
  reply_.lines.emplace_back(behind_code(line));
  if (!is_last_line(line)) return std::nullopt;
  return std::exchange(reply_, {});
}

}  // namespace labnet::ftp
