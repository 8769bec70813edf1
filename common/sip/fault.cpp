// Faults in words and as status codes.
#include "common/sip/fault.hpp"

#include <fmt/format.h>

namespace labnet::sip {

int status_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::version_not_supported:
      return 505;
    case FaultKind::first_line_too_long:
    case FaultKind::uri_too_long:
      return 414;
    case FaultKind::head_too_large:
    case FaultKind::too_many_headers:
    case FaultKind::body_too_large:
      return 513;
    default:
      return 400;
  }
}

std::string_view describe(FaultKind kind) {
  switch (kind) {
    case FaultKind::malformed_request_line:
      return "the request line is malformed";
    case FaultKind::white_space_in_uri:
      return "there is white space in the Request-URI";
    case FaultKind::brackets_around_uri:
      return "the Request-URI stands in angle brackets";
    case FaultKind::headers_in_uri:
      return "the Request-URI has headers";
    case FaultKind::malformed_status_line:
      return "the status line is malformed";
    case FaultKind::version_not_supported:
      return "the version is not SIP/2.0";
    case FaultKind::first_line_too_long:
      return "the first line is too long";
    case FaultKind::line_end:
      return "a line does not end with CR LF";
    case FaultKind::malformed_name:
      return "a header has no name or no colon";
    case FaultKind::control_character:
      return "a control character stands in a value";
    case FaultKind::head_not_ended:
      return "there is no empty line behind the headers";
    case FaultKind::head_too_large:
      return "the headers are too long";
    case FaultKind::too_many_headers:
      return "there are too many headers";
    case FaultKind::missing_header:
      return "the header is missing";
    case FaultKind::repeated_header:
      return "the header is there more than once";
    case FaultKind::malformed_value:
      return "the value is malformed";
    case FaultKind::unbalanced_quote:
      return "a quotation mark or bracket is not closed";
    case FaultKind::malformed_uri:
      return "the URI is malformed";
    case FaultKind::malformed_host:
      return "the host is neither a name nor an address";
    case FaultKind::malformed_port:
      return "the port is not a number from 1 to 65535";
    case FaultKind::malformed_escape:
      return "two hexadecimal digits are missing behind %";
    case FaultKind::uri_too_long:
      return "the URI is too long";
    case FaultKind::uri_needs_brackets:
      return "a URI with a question mark needs angle brackets";
    case FaultKind::number_too_large:
      return "the number is too large";
    case FaultKind::too_many_elements:
      return "there are too many values or parameters";
    case FaultKind::method_mismatch:
      return "the method is not that of the request line";
    case FaultKind::malformed_length:
      return "Content-Length is no number";
    case FaultKind::missing_length:
      return "Content-Length is missing, which messages of a stream need";
    case FaultKind::body_too_short:
      return "the body is shorter than Content-Length says";
    case FaultKind::body_too_large:
      return "the body is too large";
  }
  return "";
}

std::string describe(const Fault& fault) {
  if (fault.header == HeaderName::other) return std::string{describe(fault.kind)};
  return fmt::format("{}: {}", text_of(fault.header), describe(fault.kind));
}

}  // namespace labnet::sip
