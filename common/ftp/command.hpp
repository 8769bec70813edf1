// A command as it comes over the control connection: "RETR 1.png" (RFC 959, sections 4.1 and 5.3).
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::ftp {

struct Command {
  std::string verb;      // in capital letters: "RETR"
  std::string argument;  // all that stands behind the first space, spaces included; may be empty
};

enum class CommandFault {
  empty,              // nothing but spaces: answer 500
  not_a_verb,         // it does not begin with three or four letters and then a space or the end: answer 500
  control_character,  // NUL, CR or LF in the argument: answer 501
};

/// line  without its end (CR LF), and without what Telnet has put into it
Result<Command, CommandFault> parse_command(std::string_view line);

/// The line without Telnet's commands (RFC 854): IAC with one octet behind it, or two for WILL, WON'T, DO and DON'T;
/// IAC IAC is one octet 255. Clients send IAC IP and IAC DM in front of ABOR (RFC 959, section 4.1.3).
std::string without_telnet(std::string_view line);

/// "RETR 1.png" CR LF; 255 doubled. What must not stand in a line (NUL, CR, LF) must not stand in the argument.
std::string to_wire(const Command& command);

}  // namespace labnet::ftp
