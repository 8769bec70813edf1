// The first line of a message (RFC 3261, sections 7.1 and 7.2).
#pragma once

#include <optional>
#include <string_view>

#include "common/sip/fault.hpp"

namespace labnet::sip {

/// True for what can only be a response's: it begins with "SIP/", which no method can.
bool is_status_line(std::string_view line);

/// Views of the line; what is there of it after a fault, too.
struct RequestLine {
  std::string_view method;
  std::string_view uri;
};
/// "INVITE sip:102@sip.lab SIP/2.0", one space between each.
/// faults  malformed_request_line, white_space_in_uri, version_not_supported
std::optional<FaultKind> read_request_line(std::string_view line, RequestLine& into);

struct StatusLine {
  int status = 0;
  std::string_view reason;  // may be empty, and of any octets
};
/// "SIP/2.0 180 Ringing"
/// faults  malformed_status_line, version_not_supported
std::optional<FaultKind> read_status_line(std::string_view line, StatusLine& into);

}  // namespace labnet::sip
