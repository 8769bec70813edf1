// The tree of a YAML text with a place for everything in it. Programs use document.hpp, which stands on this.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/settings/fault.hpp"

namespace labnet::settings {

/// What a settings file may cost. More is a fault that names the limit.
struct Limits {
  std::size_t file_bytes_max = 1 << 20;
  int depth_max = 32;             // lists and sections inside one another
  std::size_t nodes_max = 50000;  // values and keys; what an alias stands for counts again
};

struct Node {
  enum class Kind { nothing, scalar, list, section };
  struct Entry {
    std::string key;
    Mark key_mark;
    const Node* value = nullptr;
    mutable bool known = false;  // a program has asked for it
  };

  Kind kind = Kind::nothing;
  Mark mark;
  std::string text;                // of a scalar
  std::vector<const Node*> items;  // of a list; of a scalar of the environment what stands between its commas
  std::vector<Entry> entries;      // of a section, in the order of the file
  std::size_t node_count = 1;      // this one and all below
  int height = 0;                  // 0 for scalars
  bool is_of_environment = false;  // it stands in a variable (environment.hpp), and not in a file
};

/// One YAML document whose top is a mapping. The nodes live as long as the tree.
struct Tree {
  std::shared_ptr<const std::string> file;
  std::deque<Node> nodes;
  const Node* root = nullptr;
};

/// Reads UTF-8 text. A text with nothing but comments is an empty section.
/// Faults: not UTF-8, control characters, a tab that indents, what YAML itself forbids, a key that stands twice or is
/// not a scalar, tags, a second document, a top that is no mapping, and every limit.
Result<std::unique_ptr<Tree>, Fault> parse_tree(std::string_view text, const std::string& name, const Limits& limits);

}  // namespace labnet::settings
