// Completion of command lines by the shell: what may stand next, from the definitions of the programs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/program.hpp"

namespace labnet::program {

/// What may stand at the place of the last word, of which the beginning is typed already (maybe nothing).
/// words  behind "labnet"; at least one
std::vector<std::string> complete(std::span<const Program* const> programs, const std::vector<std::string>& words);

/// A script for the shell that asks `labnet complete -- WORDS...`; empty for a shell that is not known. It may be read,
/// or lie where the shell looks for what completes labnet.
/// shell  "bash", "zsh" or "fish"
/// links  are completed as what they stand for
std::string completion_script(std::string_view shell, std::span<const Link> links);

}  // namespace labnet::program
