// Passwords as a service has them in its configuration or in a file: plain, or as a hash of crypt(3), which begins with
// "$" as no plain one may. One that begins with "!" or "*" is none that anybody could type, as in shadow(5).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::login {

inline constexpr std::size_t password_bytes_max = 256;

/// A hash is meant to be slow: not on a worker's thread.
bool is_hash(std::string_view stored);
/// Nobody logs in with it.
bool is_locked(std::string_view stored);
/// Slow if that is a hash. A password that is too long is none.
bool matches(const std::string& password, const std::string& stored);

/// A hash for a file, by the system's preferred method. Slow, too.
Result<std::string> hash_of(const std::string& password);

/// Why it cannot be what a service has as a password, plain or as a hash; empty if it can.
std::string objection_to_stored_password(std::string_view stored);

}  // namespace labnet::login
