// Heads as they are written: the first line of a response and its fields; a whole one of a request.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/http/head.hpp"

namespace labnet::http {

/// "HTTP/1.1 200 OK" CR LF. Whoever answers says the highest version that it speaks, whatever the request has
/// (RFC 9110, section 2.5).
void append_status_line(std::string& out, int status);

/// "Name: value" CR LF. What must not be in a value (line ends, NUL) becomes a space: nothing that comes from a file's
/// name or a stranger can begin a line of its own.
void append_field(std::string& out, std::string_view name, std::string_view value);

/// A request's head, the empty line included, with the fields in the order given. Nothing if something in it has a
/// character that must not be there: whoever asks for another request than could be sent is told so.
std::optional<std::string> request_head_text(std::string_view method, std::string_view target, Version version,
                                             std::span<const FieldText> fields);

}  // namespace labnet::http
