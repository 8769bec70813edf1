// Whether what comes piece by piece is a text that may be written to a terminal.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace labnet {

/// Of UTF-8, and without control characters but tabs and the ends of lines: an escape could move the cursor, change the
/// colours or the title, or have the terminal type something.
class TextCheck {
 public:
  /// The next piece, cut anywhere.
  /// returns  false as soon as it is none
  bool take(std::string_view piece);
  /// False if it has ended within a character.
  bool is_whole() const { return held_size_ == 0; }

 private:
  std::array<char, 4> held_{};  // of a character that was cut
  std::size_t held_size_ = 0;
};

}  // namespace labnet
