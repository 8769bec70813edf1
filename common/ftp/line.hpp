// A line of the control connection: what would end it too early, and what Telnet puts into it (RFC 959, section 2.3).
#pragma once

#include <string>
#include <string_view>

namespace labnet::ftp {

/// NUL, CR or LF: one of these within a line is where somebody on its way ends it, and what stands behind it is taken
/// for the next command, reply or entry of a listing.
bool is_one_line(std::string_view text);
/// The text with "?" for each of these.
std::string one_line(std::string_view text);
/// The same behind what `line` holds.
void append_one_line(std::string& line, std::string_view text);

/// The line without Telnet's commands (RFC 854): IAC (255) and an octet from 240 to 254, and for WILL, WON'T, DO and
/// DON'T the option behind it, each as far as it has come. IAC IAC is one octet 255. Before ABOR clients send IAC IP
/// IAC DM (RFC 959, section 4.1.3), some of it as urgent data: it stands in the line only if the socket has
/// SO_OOBINLINE.
///
/// An IAC in front of anything else is no command: it is the letter ÿ of a Latin-1 name, sent by a client that knows
/// nothing of Telnet, and stays.
std::string without_telnet(std::string_view line);
/// The line with each octet 255 doubled.
std::string with_telnet(std::string_view line);

}  // namespace labnet::ftp
