// Headers that are lists of words: Allow, Supported, Require, Proxy-Require, Unsupported, Allow-Events,
// Content-Encoding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/headers.hpp"

namespace labnet::sip {

/// faults  malformed_value
Result<std::string_view, FaultKind> parse_token(std::string_view value);

/// True if one of the words is that one. Option tags and codings are compared without regard to case; methods with it,
/// for which there is `allows`.
bool list_has(const Headers& headers, HeaderName name, std::string_view word);
/// True if Allow names the method. Without an Allow nobody knows; that is false, too.
bool allows(const Headers& headers, std::string_view method);

}  // namespace labnet::sip
