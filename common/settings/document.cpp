#include "common/settings/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <map>
#include <set>

#include "common/settings/characters.hpp"

namespace labnet::settings {

/// What reading has found out so far; shared by the sections and values of one document.
struct Reading {
  struct Opened {
    const Node* node;
    std::string name;
    std::vector<std::string> keys;  // asked for, in order
  };

  std::filesystem::path folder;
  Environment environment;
  bool may_miss_keys = false;
  std::optional<Fault> fault;    // the first
  std::optional<Fault> missing;  // the first required key that is not there
  std::vector<Opened> opened;    // sections with fixed keys
  std::map<const Node*, std::size_t> opened_index;
  std::vector<KnownKey> known;
  std::map<std::string, std::size_t, std::less<>> known_index;  // path -> place in `known`

  std::vector<std::string> known_paths() const {
    std::vector<std::string> paths;
    for (const auto& one : known) paths.push_back(one.path);
    return paths;
  }

  void fail(Fault found) {
    if (!fault) fault = std::move(found);
  }

  /// From now on every key of the section must be asked for.
  Opened& open(const Node* node, const std::string& name) {
    const auto [place, is_new] = opened_index.emplace(node, opened.size());
    if (is_new) opened.push_back({node, name, {}});
    return opened[place->second];
  }

  void ask(const Node* node, const std::string& name, std::string_view key, bool given) {
    auto& keys = open(node, name).keys;
    if (std::ranges::find(keys, key) == keys.end()) keys.emplace_back(key);
    auto path = path_of(name, key);
    if (known_index.emplace(path, known.size()).second) known.push_back({std::move(path), given, false});
  }

  static std::string path_of(const std::string& name, std::string_view key) {
    return name.empty() ? std::string{key} : fmt::format("{}.{}", name, key);
  }
};

namespace {

const Node::Entry* find(const Node& section, std::string_view key) {
  const auto entry = std::ranges::find(section.entries, key, &Node::Entry::key);
  return entry == section.entries.end() ? nullptr : &*entry;
}

std::string found(const Node& node) {
  switch (node.kind) {
    case Node::Kind::scalar:
      return fmt::format("\"{}\"", excerpt(node.text));
    case Node::Kind::list:
      return "a list";
    case Node::Kind::section:
      return "a section (key: value)";
    case Node::Kind::nothing:
      break;
  }
  return "nothing";
}

std::optional<Fault> unknown_key(const Reading::Opened& section) {
  for (const auto& entry : section.node->entries) {
    if (entry.known) continue;
    auto message = fmt::format("unknown key \"{}\"", excerpt(entry.key));
    if (!section.name.empty()) message += " in " + section.name;
    if (const auto near = closest(entry.key, section.keys); !near.empty())
      message += fmt::format("; did you mean \"{}\"?", near);
    const auto known = section.keys.empty() ? "none" : join(section.keys, ", ");
    return Fault{entry.key_mark, fmt::format("{} (known here: {})", message, known)};
  }
  return std::nullopt;
}

Result<std::string, Fault> read_file(const std::filesystem::path& file, std::size_t bytes_max) {
  const auto cannot = [&] {
    return Fault{{std::make_shared<const std::string>(file.string())}, system_error("cannot be read").message};
  };
  const std::unique_ptr<FILE, int (*)(FILE*)> input{std::fopen(file.c_str(), "re"), &std::fclose};
  if (!input) return cannot();
  std::string text;
  std::array<char, 16384> piece;
  while (text.size() <= bytes_max) {  // at least one more than allowed, so that a longer file is seen as such
    const auto count = std::fread(piece.data(), 1, piece.size(), input.get());
    if (count == 0) break;
    text.append(piece.data(), count);
  }
  if (std::ferror(input.get())) return cannot();
  return text;
}

}  // namespace

std::optional<std::string_view> Value::scalar(const std::string& expected) {
  if (reading_->fault) return std::nullopt;
  if (is_scalar()) return node_->text;
  fail_expected(expected);
  return std::nullopt;
}

void Value::fail(const std::string& message) {
  reading_->fail({node_->mark, fmt::format("{}: {}", name_, message)});
}

void Value::fail_expected(const std::string& expected) {
  fail(fmt::format("expected {}, found {}", expected, found(*node_)));
}

void Value::fail_key(const std::string& message) {
  reading_->fail({key_mark_ == nullptr ? node_->mark : *key_mark_, fmt::format("{}: {}", name_, message)});
}

bool Value::read(std::filesystem::path& out) {
  static const std::string expected = "a path, absolute or relative to this file's folder";
  const auto text = scalar(expected);
  if (!text) return false;
  if (text->empty()) {
    fail_expected(expected);
    return false;
  }
  const auto folder = node_->is_of_environment ? std::filesystem::path{} : reading_->folder;
  out = (folder / *text).lexically_normal();
  return true;
}

bool Value::read(std::vector<std::filesystem::path>& out) {
  std::vector<std::filesystem::path> paths;
  list([&](Value item) { item.read(paths.emplace_back()); });
  if (reading_->fault) return false;
  out = std::move(paths);
  return true;
}

void Value::list(const std::function<void(Value)>& item) {
  if (!is_list() && !is_nothing() && !is_list_with_commas())
    fail_expected("a list (each item on a line of its own after \"- \")");
  for (std::size_t i = 0; i < node_->items.size() && !reading_->fault; ++i)
    item(Value{*reading_, node_->items[i], fmt::format("{}.{}", name_, i + 1)});
}

void Value::entries(const std::function<void(const std::string& key, Value)>& entry) {
  if (!is_section() && !is_nothing()) fail_expected("a section (lines of \"key: value\")");
  for (const auto& one : node_->entries) {
    if (reading_->fault) return;
    one.known = true;
    entry(one.key, Value{*reading_, one.value, fmt::format("{}.{}", name_, one.key), &one.key_mark});
  }
}

std::optional<Section> Value::section() {
  if (reading_->fault) return std::nullopt;
  if (!is_section() && !is_nothing()) {
    fail_expected("a section (lines of \"key: value\")");
    return std::nullopt;
  }
  reading_->open(node_, name_);
  return Section{*reading_, node_, name_};
}

Mark Section::mark(std::string_view key) const {
  if (const auto* const node = reading_->environment.find(Reading::path_of(name_, key))) return node->mark;
  const auto* entry = find(*node_, key);
  return entry ? entry->value->mark : node_->mark;
}

bool Section::has(std::string_view key) const {
  return find(*node_, key) != nullptr || reading_->environment.find(Reading::path_of(name_, key)) != nullptr;
}

std::optional<Value> Section::value(std::string_view key) {
  const auto* entry = find(*node_, key);
  auto path = Reading::path_of(name_, key);
  const auto* const over = reading_->environment.find(path);
  reading_->ask(node_, name_, key, entry != nullptr || over != nullptr);
  if (entry) entry->known = true;
  if ((!entry && !over) || reading_->fault) return std::nullopt;
  if (over) return Value{*reading_, over, std::move(path), &over->mark};
  return Value{*reading_, entry->value, std::move(path), &entry->key_mark};
}

std::optional<Section> Section::section(std::string_view key) {
  if (auto found_value = value(key)) return found_value->section();
  auto path = Reading::path_of(name_, key);
  if (reading_->fault || !reading_->environment.has_within(path)) return std::nullopt;
  const auto* const made = reading_->environment.empty_section(*node_);
  reading_->open(made, path);
  return Section{*reading_, made, std::move(path)};
}

void Section::list(std::string_view key, const std::function<void(Value)>& item) {
  if (auto found_value = value(key)) found_value->list(item);
}

void Section::entries(std::string_view key, const std::function<void(const std::string& key, Value)>& entry) {
  if (auto found_value = value(key)) found_value->entries(entry);
}

void Section::fail(std::string_view key, const std::string& message) {
  reading_->fail({mark(key), fmt::format("{}: {}", Reading::path_of(name_, key), message)});
}

void Section::note_missing(std::string_view key) {
  if (reading_->missing || reading_->may_miss_keys) return;
  const auto where = name_.empty() ? "" : " in " + name_;
  reading_->missing = Fault{node_->mark, fmt::format("key \"{}\" is missing{}", key, where)};
}

void Section::note_changed(std::string_view key) {
  const auto place = reading_->known_index.find(Reading::path_of(name_, key));
  reading_->known[place->second].changed = true;
}

Document::Document(std::unique_ptr<Tree> tree) : tree_{std::move(tree)}, reading_{std::make_unique<Reading>()} {
  reading_->folder = std::filesystem::path{*tree_->file}.parent_path();
}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Section Document::root() {
  return Section{*reading_, tree_->root, {}};
}

void Document::put_over(Environment environment, bool has_file) {
  reading_->environment = std::move(environment);
  reading_->may_miss_keys = !has_file;
}

std::optional<Fault> Document::fault() const {
  if (reading_->fault) return reading_->fault;
  std::optional<Fault> first_unknown;
  for (const auto& section : reading_->opened) {
    auto unknown = unknown_key(section);
    if (unknown && (!first_unknown || unknown->mark.line < first_unknown->mark.line))
      first_unknown = std::move(unknown);
  }
  if (!first_unknown) first_unknown = reading_->environment.unknown(reading_->known_paths());
  return first_unknown ? first_unknown : reading_->missing;
}

std::vector<KnownKey> Document::known_keys() const {
  return reading_->known;
}

Result<Document, Fault> load(const std::filesystem::path& file, const Limits& limits) {
  const auto text = read_file(file, limits.file_bytes_max);
  if (!text) return text.error();
  return parse(*text, file.string(), limits);
}

Result<Document, Fault> parse(std::string_view text, const std::string& name, const Limits& limits) {
  auto tree = parse_tree(text, name, limits);
  if (!tree) return tree.error();
  return Document{*std::move(tree)};
}

}  // namespace labnet::settings
