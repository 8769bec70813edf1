// Status codes and what they are called (RFC 9110, section 15, and the registry of IANA).
#pragma once

#include <string_view>

namespace labnet::http {

/// "Not Found" for 404; empty for a code that is not registered.
std::string_view reason_phrase(int status);

}  // namespace labnet::http
