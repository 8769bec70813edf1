// Digest in SIP's headers: Authorization, WWW-Authenticate and those of proxies (RFC 3261, sections 20.7, 20.27, 20.28
// and 20.44). The scheme itself is common/digest's.
#pragma once

#include <optional>
#include <string_view>

#include "common/digest/digest.hpp"

namespace labnet::sip {

/// Nothing for another scheme, and for what is malformed or missing. Without qop they are what old phones send (section
/// 22.4): taken, as has_qop says.
std::optional<digest::Credentials> parse_authorization(std::string_view value);
std::optional<digest::Challenge> parse_challenge(std::string_view value);

}  // namespace labnet::sip
