// Heads as they are written: the first line of a response, and fields.
#pragma once

#include <string>
#include <string_view>

namespace labnet::http {

/// "HTTP/1.1 200 OK" CR LF. Whoever answers says the highest version that it speaks, whatever the request has
/// (RFC 9110, section 2.5).
void append_status_line(std::string& out, int status);

/// "Name: value" CR LF. What must not be in a value (line ends, NUL) becomes a space: nothing that comes from a file's
/// name or a stranger can begin a line of its own.
void append_field(std::string& out, std::string_view name, std::string_view value);

}  // namespace labnet::http
