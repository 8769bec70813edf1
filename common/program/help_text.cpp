#include "common/program/help_text.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"

namespace labnet::program {
namespace {

constexpr std::size_t name_columns_max = 30;
constexpr std::size_t gap = 2;

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines{""};
  for (const auto word : split(text, ' ')) {
    auto& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (display_width(line) + 1 + display_width(word) <= columns) {
      line += ' ';
      line += word;
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

std::size_t name_columns(const std::vector<Explained>& rows) {
  std::size_t widest = 0;
  for (const auto& row : rows) {
    const auto width = display_width(row.name);
    if (width <= name_columns_max) widest = std::max(widest, width);
  }
  return widest;
}

std::string side_by_side(const std::vector<Explained>& rows, std::size_t name_columns) {
  const auto text_begin = gap + name_columns + gap;
  std::string all;
  for (const auto& row : rows) {
    auto line = blanks(gap) + row.name;
    if (display_width(row.name) > name_columns) {
      all += line + '\n';
      line.clear();
    }
    for (const auto& piece : wrap(row.text, help_columns - text_begin)) {
      line += blanks(text_begin - display_width(line)) + piece;
      line.erase(line.find_last_not_of(' ') + 1);
      all += line + '\n';
      line.clear();
    }
  }
  return all;
}

}  // namespace labnet::program
