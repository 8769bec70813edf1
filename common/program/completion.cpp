#include "common/program/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace labnet::program {
namespace {

// Each asks the program that is typed, wherever it is. Where there is no candidate the shell goes on with file names.
// NAMES are the program's own and the customary ones.
constexpr std::string_view bash = R"(# labnet for bash: source <(labnet completion bash)
_labnet() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]/#\~/$HOME}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _labnet NAMES
)";
// zsh reads it as the body of the function _labnet, if it lies where zsh looks for functions.
constexpr std::string_view zsh = R"(#compdef NAMES
# labnet for zsh: source <(labnet completion zsh)
_labnet() {
  local -a found
  found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
}
if [[ "${funcstack[1]}" == _labnet ]]; then _labnet "$@"; else compdef _labnet NAMES; fi
)";
constexpr std::string_view fish = R"(# labnet for fish: labnet completion fish | source
for name in NAMES
  complete -c $name -a '((commandline -opc)[1] complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
end
)";

/// The program that the words before the last one name; two words come before one.
const Program* named(std::span<const Program* const> programs, const std::vector<std::string>& words) {
  const auto is = [&](std::string_view name) {
    return std::ranges::find_if(programs, [&](const Program* program) { return program->name == name; });
  };
  if (words.size() > 2) {
    const auto found = is(words[0] + " " + words[1]);
    if (found != programs.end()) return *found;
  }
  const auto found = words.size() > 1 ? is(words[0]) : programs.end();
  return found == programs.end() ? nullptr : *found;
}

}  // namespace

std::vector<std::string> complete(std::span<const Program* const> programs, const std::vector<std::string>& words) {
  std::set<std::string> candidates;
  if (const auto* program = named(programs, words)) {
    Options options;
    program->define(options);
    for (auto& name : options.names()) candidates.insert(std::move(name));
  } else {
    for (const auto* one : programs) {
      const auto parts = split(one->name, ' ');
      if (words.size() == 1) candidates.emplace(parts.front());
      if (words.size() == 2 && parts.size() == 2 && parts.front() == words.front()) candidates.emplace(parts.back());
    }
    if (words.size() == 1) candidates.insert({"help", "completion", "manual"});
  }
  std::vector<std::string> fitting;
  for (const auto& candidate : candidates) {
    if (!candidate.starts_with(words.back())) continue;
    // An option is offered once its dash is typed: until then an argument is meant.
    if (candidate.starts_with('-') && words.back().empty()) continue;
    fitting.push_back(candidate);
  }
  return fitting;
}

std::string completion_script(std::string_view shell, std::span<const Link> links) {
  const auto script = shell == "bash" ? bash : shell == "zsh" ? zsh : shell == "fish" ? fish : std::string_view{};
  std::string names = "labnet";
  for (const auto& link : links) names += fmt::format(" {}", link.name);
  std::string text;
  constexpr std::string_view mark = "NAMES";
  for (auto rest = script; !rest.empty();) {
    const auto at = rest.find(mark);
    text += rest.substr(0, at);
    if (at == rest.npos) break;
    text += names;
    rest.remove_prefix(at + mark.size());
  }
  return text;
}

}  // namespace labnet::program
