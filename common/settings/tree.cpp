#include "common/settings/tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <unordered_map>

#include "common/settings/characters.hpp"
#include "common/settings/parser_words.hpp"

namespace labnet::settings {
namespace {

/// Leaves yaml-cpp's parser from inside one of its events; caught in parse_tree, seen by nobody else.
struct Stop {
  Fault fault;
};

/// Builds the tree from the parser's events, so that limits hold while it grows.
class Builder : public YAML::EventHandler {
 public:
  Builder(Tree& tree, std::string_view text, const Limits& limits) : tree_{tree}, places_{text}, limits_{limits} {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (tree_.root) stop(place(mark), "a second document begins here; a settings file has one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add_leaf(Node::Kind::nothing, mark, {}, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    refuse_open_quote(mark);
    add_leaf(Node::Kind::scalar, mark, value, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end()) stop(place(mark), "this alias stands inside the value that it repeats");
    count(target->second->node_count, place(mark));
    check_depth(target->second->height, place(mark));
    attach(*target->second, place(mark));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::section, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  Mark place(int line, int column_bytes) { return places_.at(tree_.file, line, column_bytes); }
  Mark place(const YAML::Mark& mark) { return places_.at(tree_.file, mark.line, mark.column); }
  std::string explain(const YAML::Exception& error) const {
    ParserPlace where{.line = places_.line(error.mark.line),
                      .column_bytes = static_cast<std::size_t>(std::max(error.mark.column, 0))};
    if (!stack_.empty()) {
      const auto& opened = stack_.back().node->mark;
      where.opened = fmt::format("line {}, column {}", opened.line, opened.column);
    }
    return explain_parser_words(error.msg, where);
  }
  [[noreturn]] static void stop(const Mark& mark, std::string message) { throw Stop{{mark, std::move(message)}}; }

 private:
  struct Frame {
    Node* node;
    YAML::anchor_t anchor;
    std::unordered_map<std::string, int> key_lines;
    bool has_key = false;  // of a section: its last entry waits for the value
  };

  void add_leaf(Node::Kind kind, const YAML::Mark& mark, std::string text, YAML::anchor_t anchor) {
    auto& node = add(kind, mark);
    node.text = std::move(text);
    // The parser places a value that is not there at the next thing that is: its key is the better place.
    if (kind == Node::Kind::nothing && !stack_.empty() && stack_.back().has_key)
      node.mark = stack_.back().node->entries.back().key_mark;
    attach(node, node.mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_tag(mark, tag);
    auto& node = add(kind, mark);
    check_depth(1, node.mark);
    if (!stack_.empty() && expects_key(stack_.back())) refuse_key(node.mark);
    stack_.push_back({&node, anchor, {}, false});
  }

  void close() {
    auto frame = std::move(stack_.back());
    stack_.pop_back();
    ++frame.node->height;
    attach(*frame.node, frame.node->mark);
    if (frame.anchor != YAML::NullAnchor) anchors_[frame.anchor] = frame.node;
  }

  /// Puts a finished node under the one that is open, as a key if one is due there.
  void attach(const Node& node, const Mark& mark) {
    if (stack_.empty()) {
      tree_.root = &node;
      return;
    }
    auto& frame = stack_.back();
    auto& parent = *frame.node;
    parent.node_count += node.node_count;
    parent.height = std::max(parent.height, node.height);
    if (parent.kind == Node::Kind::list) {
      parent.items.push_back(&node);
    } else if (frame.has_key) {
      parent.entries.back().value = &node;
      frame.has_key = false;
    } else {
      attach_key(frame, node, mark);
    }
  }

  static void attach_key(Frame& frame, const Node& node, const Mark& mark) {
    if (node.kind != Node::Kind::scalar) refuse_key(mark);
    const auto [first, is_new] = frame.key_lines.emplace(node.text, mark.line);
    if (!is_new)
      stop(mark, fmt::format("key \"{}\" stands here a second time; the first is on line {}", excerpt(node.text),
                             first->second));
    frame.node->entries.push_back({node.text, mark, nullptr});
    frame.has_key = true;
  }

  static bool expects_key(const Frame& frame) { return frame.node->kind == Node::Kind::section && !frame.has_key; }
  [[noreturn]] static void refuse_key(const Mark& mark) { stop(mark, "expected a key here: a word, a colon, a space"); }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag != "?" && tag != "!" && !tag.empty())
      stop(place(mark), fmt::format("tags are not used here; leave out \"{}\"", excerpt(tag)));
  }

  void refuse_open_quote(const YAML::Mark& mark) {
    const auto text = places_.text_from(mark.line, mark.column);
    const bool is_quote = text.starts_with('"') || text.starts_with('\'');
    if (is_quote && !is_closed_quote(text)) stop(place(mark), "a quote that is opened here is not closed");
  }

  Node& add(Node::Kind kind, const YAML::Mark& mark) {
    auto& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.mark = place(mark);
    count(1, node.mark);
    return node;
  }

  void count(std::size_t more, const Mark& mark) {
    node_count_ += more;
    if (node_count_ > limits_.nodes_max) stop(mark, fmt::format("more than {} values in one file", limits_.nodes_max));
  }
  void check_depth(int height, const Mark& mark) {
    if (static_cast<int>(stack_.size()) + height > limits_.depth_max)
      stop(mark, fmt::format("more than {} lists and sections inside one another", limits_.depth_max));
  }

  Tree& tree_;
  Places places_;
  const Limits& limits_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, const Node*> anchors_;  // finished ones alone
  std::size_t node_count_ = 0;
};

void read_documents(std::string_view text, Builder& builder) {
  std::istringstream input{std::string{text}};
  try {
    YAML::Parser parser{input};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    Builder::stop(builder.place(error.mark), fmt::format("this is not valid YAML: {}", builder.explain(error)));
  }
}

void require_section_at_top(Tree& tree) {
  if (!tree.root || tree.root->kind == Node::Kind::nothing) {
    auto& empty = tree.nodes.emplace_back();
    empty.kind = Node::Kind::section;
    empty.mark = {tree.file, 1, 1};
    tree.root = &empty;
  }
  if (tree.root->kind != Node::Kind::section)
    Builder::stop(tree.root->mark, "expected a section (lines of \"key: value\") as the whole of the file");
}

}  // namespace

Result<std::unique_ptr<Tree>, Fault> parse_tree(std::string_view text, const std::string& name, const Limits& limits) {
  auto tree = std::make_unique<Tree>();
  tree->file = std::make_shared<const std::string>(name);
  try {
    if (text.size() > limits.file_bytes_max)
      Builder::stop({tree->file, 0, 0}, fmt::format("larger than {} bytes", limits.file_bytes_max));
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    Builder builder{*tree, text, limits};
    if (const auto wrong = check_characters(text))
      Builder::stop(builder.place(wrong->line, wrong->column), wrong->message);
    read_documents(text, builder);
    require_section_at_top(*tree);
  } catch (const Stop& stopped) {
    return stopped.fault;
  }
  return tree;
}

}  // namespace labnet::settings
