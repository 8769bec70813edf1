// YAML file -> typed values: the one reader of every program's settings.
//
//   Result<Config, settings::Fault> read_config(settings::Document& document) {
//     Config config;                                            // its members hold the defaults
//     auto root = document.root();
//     root.get("port", config.port);                            // a missing key leaves the default
//     root.get("idle_timeout", config.idle_timeout, settings::duration_between(1s, 1h));
//     root.require("root", config.root);                        // a std::filesystem::path: relative to the file
//     if (auto limits = root.section("limits")) limits->get("line_bytes_max", config.line_bytes_max);
//     root.list("zones", [&](settings::Value zone) { config.zones.push_back(read_zone(zone)); });
//     root.entries("users", [&](const std::string& name, settings::Value password) { ... });
//     return document.finish(std::move(config));                // the first fault, or the value
//   }
//
// Reading never stops in the middle: after a fault, every later call does nothing, and `finish` returns that fault. It
// also finds keys that nobody asked for, so a program cannot forget to look for misspelt ones. A server's loader takes
// the Document, as above, so that a test can ask it which keys the program knows.
//
// Scalars have no type of their own: `port: "53"` and `port: 53` are the same, and `password: 0123` is a text if the
// program asks for one. Sections and values point into their Document and die with it.
#pragma once

#include <concepts>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/kinds.hpp"
#include "common/base/result.hpp"
#include "common/settings/environment.hpp"
#include "common/settings/fault.hpp"
#include "common/settings/tree.hpp"

namespace labnet::settings {

class Section;
struct Reading;

/// Whether `get` can tell a changed value from the default. Containers claim to have == whatever they hold.
template <class T>
constexpr bool is_comparable = std::equality_comparable<T>;
template <class T>
constexpr bool is_comparable<std::vector<T>> = std::equality_comparable<T>;
template <class T>
constexpr bool is_comparable<std::optional<T>> = std::equality_comparable<T>;

/// One value of a section or a list.
class Value {
 public:
  Value(Reading& reading, const Node* node, std::string name, const Mark* key_mark = nullptr)
      : reading_{&reading}, node_{node}, name_{std::move(name)}, key_mark_{key_mark} {}

  /// Where it stands: "limits.line_bytes_max", "zones.2" for the second item of a list.
  const std::string& name() const { return name_; }
  Mark mark() const { return node_->mark; }

  bool is_scalar() const { return node_->kind == Node::Kind::scalar; }
  bool is_list() const { return node_->kind == Node::Kind::list; }
  bool is_section() const { return node_->kind == Node::Kind::section; }
  bool is_nothing() const { return node_->kind == Node::Kind::nothing; }  // "key:" and no more
  /// A scalar that whoever wants a list may read as one.
  bool is_list_with_commas() const { return is_scalar() && !node_->items.empty(); }

  /// Reads it into `out`, which stays as it is on a fault. True if it was read.
  template <class T>
  bool read(T& out, const Kind<T>& kind);
  template <class T>
  bool read(T& out);
  template <class T>
  bool read(std::vector<T>& out);
  template <class T>
  bool read(std::vector<T>& out, const Kind<T>& item);
  bool read(std::filesystem::path& out);
  bool read(std::vector<std::filesystem::path>& out);
  /// "key:" and no more is none.
  template <class T>
  bool read(std::optional<T>& out);
  template <class T>
  bool read(std::optional<T>& out, const Kind<T>& kind);

  /// Its items in order; "zones:" and no more is an empty list, a single item without "- " is a fault.
  void list(const std::function<void(Value)>& item);
  /// Its keys, which are free names (hosts, users), in order; all of them count as known.
  void entries(const std::function<void(const std::string& key, Value)>& entry);
  /// "key:" and no more is an empty section. Nothing, and a fault, for a scalar or a list.
  std::optional<Section> section();

  /// For a check of the program's own: the fault stands at this value and begins with its name.
  void fail(const std::string& message);
  /// The same for a key that is a free name: the fault stands at the key.
  void fail_key(const std::string& message);

 private:
  std::optional<std::string_view> scalar(const std::string& expected);
  void fail_expected(const std::string& expected);

  Reading* reading_;
  const Node* node_;
  std::string name_;
  const Mark* key_mark_;  // null for the items of a list
};

/// One mapping of a settings file. It remembers which keys were asked for.
class Section {
 public:
  Section(Reading& reading, const Node* node, std::string name)
      : reading_{&reading}, node_{node}, name_{std::move(name)} {}

  Mark mark() const { return node_->mark; }
  /// Of the key's value; of the section if the key is missing.
  Mark mark(std::string_view key) const;
  bool has(std::string_view key) const;

  /// The value of a key, which counts as known from now on; nothing if it is missing or a fault was found before.
  std::optional<Value> value(std::string_view key);

  /// Every form that Value::read has: get("port", out), get("port", out, between(1, 65535)).
  /// A missing key leaves `out` as it is. True if the key was there and right.
  template <class T, class... KindOrNothing>
  bool get(std::string_view key, T& out, const KindOrNothing&... kind) {
    auto found = value(key);
    if (!found) return false;
    if constexpr (is_comparable<T>) {
      const T before = out;
      const bool was_read = found->read(out, kind...);
      if (was_read && !(out == before)) note_changed(key);
      return was_read;
    } else {
      return found->read(out, kind...);
    }
  }
  /// The same, and a missing key is a fault at the section's own place.
  template <class T, class... KindOrNothing>
  bool require(std::string_view key, T& out, const KindOrNothing&... kind) {
    if (!has(key)) note_missing(key);
    return get(key, out, kind...);
  }

  /// A mapping below this one, or nothing if the key is missing or no mapping (a fault).
  std::optional<Section> section(std::string_view key);
  /// Calls the function for each item of the list under `key`; not at all if the key is missing.
  void list(std::string_view key, const std::function<void(Value)>& item);
  /// The same, and a missing key is a fault at the section's own place.
  void require_list(std::string_view key, const std::function<void(Value)>& item) {
    if (!has(key)) note_missing(key);
    list(key, item);
  }
  /// Calls the function for each key of the section under `key`; its keys are free names.
  void entries(std::string_view key, const std::function<void(const std::string& key, Value)>& entry);

  /// For a check of the program's own: a fault at the key's value, or at the section if there is no such key.
  void fail(std::string_view key, const std::string& message);

 private:
  void note_missing(std::string_view key);
  void note_changed(std::string_view key);

  Reading* reading_;
  const Node* node_;
  std::string name_;  // "limits", "hosts.pc1": the path of keys; empty for the whole file
};

/// A key that a program asked for.
struct KnownKey {
  std::string path;      // "limits.line_bytes_max"; items of a list as "zones.1"
  bool given = false;    // it stands in the file
  bool changed = false;  // its value differs from the one `get` found in the program (types without == : false)
};

/// A settings file that was read.
class Document {
 public:
  Document(std::unique_ptr<Tree> tree);
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Section root();

  /// Over what the file says, from now on. A required key may be missing if `has_file` is false: whoever reads looks
  /// himself whether he has all.
  void put_over(Environment environment, bool has_file);

  /// The fault to report, if any, in this order: the first wrong value, the first key that nobody asked for (with the
  /// nearest known one and all that exist there), the first variable of the environment for which the same holds, the
  /// first required key that is missing.
  std::optional<Fault> fault() const;
  template <class T>
  Result<T, Fault> finish(T value) const {
    if (auto found = fault()) return *std::move(found);
    return value;
  }

  /// Each key asked for so far, once, in the order of asking. For tests: a shipped file shows every key, at its
  /// default.
  std::vector<KnownKey> known_keys() const;

 private:
  std::unique_ptr<Tree> tree_;
  std::unique_ptr<Reading> reading_;
};

/// Reads a file. Relative paths inside it are relative to its folder.
Result<Document, Fault> load(const std::filesystem::path& file, const Limits& limits = {});
/// Reads a text as if it stood in a file of that name.
Result<Document, Fault> parse(std::string_view text, const std::string& name, const Limits& limits = {});

template <class T>
bool Value::read(T& out, const Kind<T>& kind) {
  const auto text = scalar(kind.expected);
  if (!text) return false;
  auto parsed = kind.parse(*text);
  if (!parsed) {
    fail_expected(kind.expected);
    return false;
  }
  out = *std::move(parsed);
  return true;
}

template <class T>
bool Value::read(T& out) {
  return read(out, kind_of<T>());
}

template <class T>
bool Value::read(std::vector<T>& out) {
  return read(out, kind_of<T>());
}

template <class T>
bool Value::read(std::vector<T>& out, const Kind<T>& item_kind) {
  std::vector<T> items;
  bool all_read = is_list() || is_nothing() || is_list_with_commas();
  list([&](Value item) {
    T one{};
    all_read = item.read(one, item_kind) && all_read;
    items.push_back(std::move(one));
  });
  if (all_read) out = std::move(items);
  return all_read;
}

template <class T>
bool Value::read(std::optional<T>& out) {
  if (is_nothing()) out.reset();
  if (is_nothing()) return true;
  T one{};
  if (!read(one)) return false;
  out = std::move(one);
  return true;
}

template <class T>
bool Value::read(std::optional<T>& out, const Kind<T>& kind) {
  if (is_nothing()) out.reset();
  if (is_nothing()) return true;
  T one{};
  if (!read(one, kind)) return false;
  out = std::move(one);
  return true;
}

}  // namespace labnet::settings
