// Commands: verb and argument.
#include "common/ftp/command.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/ftp/line.hpp"

namespace labnet::ftp {
namespace {

bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

char to_upper(char c) {
  return is_letter(c) ? static_cast<char>(to_lower(c) - 'a' + 'A') : c;
}

/// All verbs of RFC 959 and its successors have three or four.
bool is_verb(std::string_view word) {
  return (word.size() == 3 || word.size() == 4) && std::ranges::all_of(word, is_letter);
}

}  // namespace

Result<Command, CommandFault> parse_command(std::string_view line) {
  if (line.find_first_not_of(' ') == line.npos) return CommandFault::empty;
  const auto verb = line.substr(0, line.find(' '));
  if (!is_verb(verb)) return CommandFault::not_a_verb;
  const auto argument = line.substr(std::min(verb.size() + 1, line.size()));
  if (!is_one_line(argument)) return CommandFault::control_character;
  Command command{std::string{verb}, std::string{argument}};
  std::ranges::transform(command.verb, command.verb.begin(), to_upper);
  return command;
}

Result<std::string, CommandFault> to_wire(const Command& command) {
  if (!is_verb(command.verb)) return CommandFault::not_a_verb;
  if (!is_one_line(command.argument)) return CommandFault::control_character;
  auto line = command.verb;
  if (!command.argument.empty()) line += ' ' + command.argument;
  return with_telnet(line) + "\r\n";
}

}  // namespace labnet::ftp
