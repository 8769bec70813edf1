// Digest in HTTP's fields: the scheme itself is common/digest's.
#pragma once

#include <optional>
#include <string_view>

#include "common/digest/digest.hpp"
#include "common/http/auth.hpp"

namespace labnet::http {

/// Nothing for another scheme, an algorithm that is not known ("-sess" ones among them), and without qop "auth".
std::optional<digest::Challenge> digest_challenge_of(const Authentication& challenge);

/// A value of Authorization. Nothing for another scheme, for what is malformed or missing, and without qop.
std::optional<digest::Credentials> parse_digest(std::string_view value);

}  // namespace labnet::http
