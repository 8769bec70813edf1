// What a step can do: the table of kinds. A new kind is a row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clients/scenario/scenario.hpp"
#include "common/settings/document.hpp"

namespace labnet::scenario {

struct StepKind {
  std::string_view name;  // the value of `do`
  /// Reads the keys of its own and makes the command of them.
  void (*read)(settings::Section& section, Step& step);
};

/// Nothing (nullptr) if there is none of that name.
const StepKind* find_step_kind(std::string_view name);
std::vector<std::string> step_kind_names();

/// `run: TEXT`: a command line for the shell of the host.
void read_run(settings::Section& section, Step& step);

}  // namespace labnet::scenario
