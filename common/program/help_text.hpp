// How help is laid out: nothing is wider than a terminal is at least.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace labnet::program {

inline constexpr std::size_t help_columns = 80;

/// A name ("-n, --lines-max N") and what is said of it.
struct Explained {
  std::string name, text;
};

/// The text as lines, broken at blanks; a word that is wider than a line has one of its own.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// How wide the column of the names has to be.
std::size_t name_columns(const std::vector<Explained>& rows);

/// Names and texts side by side, two blanks in front and two between. A text that does not fit goes on below itself;
/// below a name that is wider than its column it begins.
std::string side_by_side(const std::vector<Explained>& rows, std::size_t name_columns);

}  // namespace labnet::program
