#include "clients/scenario/command.hpp"

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::scenario {
namespace {

/// One word of a POSIX shell (Shell Command Language, section 2.2): in single quotes everything but these stands for
/// itself.
std::string quoted(const std::string& word) {
  const auto is_plain = [](char c) {
    const auto is_letter = to_lower(c) >= 'a' && to_lower(c) <= 'z';
    return is_letter || is_digit(c) || std::string_view{"_@%+=:,./-"}.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

}  // namespace

std::vector<std::string> Command::executed(const std::string& own_path) const {
  auto all = in_front;
  if (is_labnet) all.push_back(own_path);
  all.insert(all.end(), words.begin(), words.end());
  all.insert(all.end(), behind.begin(), behind.end());
  return all;
}

std::string Command::shown() const {
  std::vector<std::string> typed;
  if (is_labnet) typed.emplace_back("labnet");
  for (const auto& word : words) typed.push_back(quoted(word));
  return join(typed, " ");
}

}  // namespace labnet::scenario
