#include "common/program/completion.hpp"

#include <algorithm>
#include <set>

namespace labnet::program {
namespace {

// Each asks the program that is typed, wherever it is. Where there is no candidate the shell goes on with file names.
constexpr std::string_view bash = R"(# labnet for bash: source <(labnet completion bash)
_labnet() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]/#\~/$HOME}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _labnet labnet
)";
constexpr std::string_view zsh = R"(# labnet for zsh: source <(labnet completion zsh)
_labnet() {
  local -a found
  found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _labnet labnet
)";
constexpr std::string_view fish = R"(# labnet for fish: labnet completion fish | source
complete -c labnet -a '((commandline -opc)[1] complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
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
    if (words.size() == 1) candidates.insert({"help", "completion"});
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

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return bash;
  if (shell == "zsh") return zsh;
  if (shell == "fish") return fish;
  return {};
}

}  // namespace labnet::program
