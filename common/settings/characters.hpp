// The characters of a settings file: which may stand in it, how a place is counted, how a value is shown in a fault.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/settings/fault.hpp"

namespace labnet::settings {

struct CharacterFault {
  int line = 0;    // from 0, as Places counts
  int column = 0;  // in bytes, from 0
  std::string message;
};

/// The first thing that no settings file may hold: octets that are not UTF-8, a control character, a tab that indents.
std::optional<CharacterFault> check_characters(std::string_view text);

/// Turns the parser's places (from 0, columns in bytes) into those an editor shows (from 1, columns in characters).
class Places {
 public:
  explicit Places(std::string_view text);
  Mark at(const std::shared_ptr<const std::string>& file, int line, int column_bytes);
  /// The text from such a place on, and a line without its end; empty where there is none.
  std::string_view text_from(int line, int column_bytes) const;
  std::string_view line(int line) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
  // The last answer, from which the next one is counted: a long line would cost its square otherwise.
  int line_ = 0;
  int column_bytes_ = 0;
  int column_ = 0;
};

/// How a value is quoted in a fault: printable, at most 60 bytes of it.
std::string excerpt(std::string_view text);

}  // namespace labnet::settings
