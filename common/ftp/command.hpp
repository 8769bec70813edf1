// A command as it comes over the control connection: "RETR 1.png" (RFC 959, sections 4.1 and 5.3).
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::ftp {

struct Command {
  std::string verb;      // in capital letters: "RETR"
  std::string argument;  // all that stands behind the first space, further spaces included: names may begin with one

  bool operator==(const Command&) const = default;
};

enum class CommandFault {
  empty,              // nothing but spaces: answer 500
  not_a_verb,         // it does not begin with three or four letters and then a space or the end: answer 500
  control_character,  // NUL, CR or LF in the argument: answer 501
};

/// line  without its end (CR LF), and without what Telnet has put into it (line.hpp)
Result<Command, CommandFault> parse_command(std::string_view line);

/// "RETR 1.png" CR LF; 255 doubled (RFC 854).
/// faults  not_a_verb, control_character: a name with CR LF in it, out of a URL or of another server's listing, would
///         otherwise be one command more
Result<std::string, CommandFault> to_wire(const Command& command);

}  // namespace labnet::ftp
