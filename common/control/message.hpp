// Control messages: how a command talks to a running lab, and the lab to its services.
//
// A connection of a Unix stream socket carries lines, each one JSON object and LF:
//
//   request   {"do":"cache.show","host":"pc1"}
//   reply     {"ok":true,...}   or   {"ok":false,"error":"no host is named pc9"}
//
// A request has one reply, unless its reply says "more":true: then further replies follow until one without.
// A member "number" of a request comes back in each of its replies. Descriptors (SCM_RIGHTS) may come with a reply.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "common/base/result.hpp"

namespace labnet::control {

namespace json = boost::json;

inline constexpr std::size_t request_bytes_max = 64 * 1024;       // a longer one ends the connection
inline constexpr std::size_t reply_bytes_max = 64 * 1024 * 1024;  // the dump of a large cache
inline constexpr std::size_t descriptors_max = 8;                 // of one reply

/// The object that a line holds, without its LF. A fault says what is wrong with it.
Result<json::object> parse_message(std::string_view line);

/// The line of a message, LF included.
std::string to_line(const json::object& message);

json::object success();
json::object failure(std::string_view error);

/// A text member of a message; empty if there is none of that name or it is no text.
std::string_view text_of(const json::object& message, std::string_view key);
/// A member that is true; false for everything else.
bool is_true(const json::object& message, std::string_view key);

}  // namespace labnet::control
