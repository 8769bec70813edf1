#include "common/settings/environment.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/text.hpp"
#include "common/settings/characters.hpp"

namespace labnet::settings {
namespace {

constexpr std::string_view key = "value";

/// Options of clients whose variables (program/options.hpp) look like a key of a service: whoever has set them means
/// those, and no service has such a key. A test holds that these are all.
constexpr std::array<std::string_view, 1> variables_of_options{"LABNET_DNS_SERVERS"};

/// In capitals, with "_" for all but letters and digits.
std::string capitals(std::string_view path) {
  std::string out = to_upper(path);
  std::ranges::replace_if(
      out, [](char c) { return !is_digit(c) && (c < 'A' || c > 'Z'); }, '_');
  return out;
}

Mark place_of(const std::string& name) {
  return {std::make_shared<const std::string>(name), 0, 0};
}

/// Of a scalar with commas in it the pieces, for whoever wants a list.
void split_at_commas(Tree& tree, Node& node) {
  for (const auto piece : split(node.text, ',')) {
    const auto text = trim(piece);
    auto& item = tree.nodes.emplace_back();
    item.kind = Node::Kind::scalar;
    item.mark = node.mark;
    item.text = text;
    item.is_of_environment = true;
    node.items.push_back(&item);
  }
}

}  // namespace

std::vector<Variable> variables_with(std::string_view prefix) {
  std::vector<Variable> found;
  for (const char* const* one = environ; one != nullptr && *one != nullptr; ++one) {
    const std::string_view text{*one};
    const auto sign = text.find('=');
    if (sign == text.npos || !text.starts_with(prefix)) continue;
    const auto name = text.substr(0, sign);
    if (std::ranges::find(variables_of_options, name) != variables_of_options.end()) continue;
    found.push_back({std::string{name}, std::string{text.substr(sign + 1)}});
  }
  std::ranges::sort(found, {}, &Variable::name);
  return found;
}

Result<Environment, Fault> Environment::read(std::string prefix, const std::vector<Variable>& variables,
                                             const Limits& limits) {
  Environment made;
  made.prefix_ = std::move(prefix);
  for (const auto& [name, value] : variables) {
    auto tree = parse_tree(fmt::format("{}: {}", key, value), name, limits);
    if (!tree) return Fault{place_of(name), tree.error().message};
    const auto& entries = (*tree)->root->entries;
    if (entries.size() != 1) return Fault{place_of(name), "expected what stands behind one key, found several keys"};
    for (auto& node : (*tree)->nodes) {
      node.mark = place_of(name);
      node.is_of_environment = true;
      for (auto& entry : node.entries) entry.key_mark = node.mark;
    }
    auto* const node = const_cast<Node*>(entries.front().value);
    if (node->kind == Node::Kind::scalar) split_at_commas(**tree, *node);
    made.values_.push_back({name, *std::move(tree), node, false});
  }
  return made;
}

std::string Environment::name_of(std::string_view path) const {
  return prefix_ + capitals(path);
}

const Node* Environment::find(std::string_view path) {
  if (values_.empty()) return nullptr;
  const auto found = std::ranges::find(values_, name_of(path), &Value::name);
  if (found == values_.end()) return nullptr;
  found->known = true;
  return found->node;
}

bool Environment::has_within(std::string_view path) const {
  if (values_.empty()) return false;
  const auto front = name_of(path) + '_';
  return std::ranges::any_of(values_, [&](const Value& one) { return one.name.starts_with(front); });
}

const Node* Environment::empty_section(const Node& parent) {
  auto& made = empty_sections_.emplace_back();
  made.kind = Node::Kind::section;
  made.mark = parent.mark;
  return &made;
}

std::optional<Fault> Environment::unknown(const std::vector<std::string>& known_paths) const {
  const auto found = std::ranges::find(values_, false, &Value::known);
  if (found == values_.end()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& path : known_paths) names.push_back(name_of(path));
  std::string message = "there is no such key of this service";
  if (const auto near = closest(found->name, names); !near.empty()) message += fmt::format("; did you mean {}?", near);
  return Fault{place_of(found->name), message};
}

}  // namespace labnet::settings
