// A value or the reason why there is none: the return type of everything that can fail.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

namespace labnet {

/// What went wrong, as one sentence for the person who reads it; says what to do where something can be done.
/// No full stop at the end, no program name in front: whoever prints it adds those.
struct Error {
  Error() = default;
  /// Error{"cannot open ", path}: the pieces, joined. Braces only: could it be made from a text in parentheses, a
  /// Result<std::string> could not tell a value from a fault.
  Error(std::initializer_list<std::string_view> pieces) {
    for (const auto piece : pieces) message += piece;
  }

  std::string message;
};

/// A value of T, or a fault of type E (an enum where the caller decides what a fault means, an Error where a person
/// reads it). `if (!r) return r.error();`, then `*r`.
template <class T, class E = Error>
using Result = boost::system::result<T, E>;

/// The Error of the last failed system call: "what: No such file or directory".
/// The first form reads errno: `what` must not be made by a call that may change it.
Error system_error(std::string_view what);
Error system_error(std::string_view what, int error_number);

/// Needed by boost::system::result to compile .value(); the project tests a result before it uses it.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace labnet
