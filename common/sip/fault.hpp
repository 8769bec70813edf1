// What can be wrong with a message, and what a server answers to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/sip/header_name.hpp"

namespace labnet::sip {

enum class FaultKind : std::uint8_t {
  // The first line
  malformed_request_line,  // 400; a blank too many or too few, a method that is no token
  white_space_in_uri,      // 400; "sip:a@b; lr"
  brackets_around_uri,     // 400; "<sip:a@b>" as Request-URI
  headers_in_uri,          // 400; "?Route=..." in a Request-URI (RFC 3261, section 19.1.1)
  malformed_status_line,   // of a response, which nobody answers
  version_not_supported,   // 505
  first_line_too_long,     // 414

  // Lines
  line_end,           // 400; CR without LF or LF without CR
  malformed_name,     // 400; a header without name or colon
  control_character,  // 400; in a value and not behind a backslash
  head_not_ended,     // 400; a datagram without the empty line
  head_too_large,     // 513
  too_many_headers,   // 513

  // Headers
  missing_header,      // 400
  repeated_header,     // 400; there may be one
  malformed_value,     // 400; and no fault below says it better
  unbalanced_quote,    // 400; a quotation mark or an angle bracket that is not closed
  malformed_uri,       // 400
  malformed_host,      // 400
  malformed_port,      // 400
  malformed_escape,    // 400; '%' without two hexadecimal digits
  uri_too_long,        // 414
  uri_needs_brackets,  // 400; a comma, semicolon or question mark in a URI that stands without <> (RFC 3261, section
                       // 20)
  number_too_large,    // 400
  too_many_elements,   // 400; of a list, or parameters

  // What two places say
  method_mismatch,  // 400; CSeq names another method than the first line

  // The body
  malformed_length,  // 400; Content-Length is no number
  missing_length,    // 400, then close: on a stream each message needs its Content-Length
  body_too_short,    // 400; a datagram ends before Content-Length is reached
  body_too_large,    // 513
};

struct Fault {
  FaultKind kind;
  HeaderName header = HeaderName::other;  // where; `other` for the first line, the lines and the body

  bool operator==(const Fault&) const = default;
};

/// What a server answers to a request: 400, 414, 505 or 513. A response that has a fault is dropped.
int status_of(FaultKind kind);
/// What is said behind that code, and for people: "a quotation mark is not closed".
std::string_view describe(FaultKind kind);
/// "To: a quotation mark is not closed"
std::string describe(const Fault& fault);

}  // namespace labnet::sip
