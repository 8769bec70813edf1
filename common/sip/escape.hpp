// Escapes of URIs: "%40" for '@' (RFC 3261, section 19.1.2).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace labnet::sip {

/// "%41" is "A". Once; '%' without two hexadecimal digits stays.
std::string unescaped(std::string_view text);

/// What is of none of these kinds (characters.hpp) as %HH.
std::string escaped(std::string_view text, int kinds);

/// True if each character is of one of these kinds or an escape.
/// fault_is_escape  set if what is wrong is a '%' without two hexadecimal digits
bool is_escaped_text(std::string_view text, int kinds, bool& fault_is_escape);

/// Gives what stands for one character after the other.
class EscapeReader {
 public:
  /// Characters with a meaning of their own in a URI are not the same as their escapes (RFC 3261, section 19.1.4).
  struct Unit {
    char c;
    bool is_escaped_reserved;

    bool operator==(const Unit&) const = default;
  };

  explicit EscapeReader(std::string_view text) : rest_{text} {}
  std::optional<Unit> next();

 private:
  std::string_view rest_;
};

/// The same, escapes taken for what they stand for.
bool equals_escaped(std::string_view a, std::string_view b);
bool equals_escaped_ignoring_case(std::string_view a, std::string_view b);

}  // namespace labnet::sip
