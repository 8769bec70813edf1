// A table for people: columns as wide as their longest cell, two spaces apart.
#pragma once

#include <string>
#include <vector>

namespace labnet::program {

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}

  /// As many cells as there are headings; a missing one is empty.
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.size() == 1; }

  /// One line per row, each with LF and no blanks at its end; `indent` blanks in front. Widths are those
  /// on a terminal, so that an accent does not move a column.
  std::string text(int indent = 0) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace labnet::program
