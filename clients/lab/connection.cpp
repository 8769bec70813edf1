#include "clients/lab/connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::lab_client {

Result<std::string> find_lab(const std::string& name, std::string_view choices) {
  const auto labs = control::running_labs();
  if (!labs) return labs.error();
  if (labs->empty()) return Error{"no lab is running; start one with \"labnet up -d\""};
  const auto running = fmt::format("running: {}", join(*labs, ", "));
  if (name.empty()) {
    if (labs->size() == 1) return labs->front();
    return Error{fmt::format("several labs are running; choose with {} ({})", choices, running)};
  }
  if (std::ranges::find(*labs, name) == labs->end()) {
    return Error{fmt::format("no lab named {} is running ({})", name, running)};
  }
  return name;
}

Result<control::Client> connect(const std::string& name) {
  const auto lab = find_lab(name);
  if (!lab) return lab.error();
  const auto paths = control::paths_of(*lab);
  if (!paths) return paths.error();
  return control::Client::connect(paths->control);
}

}  // namespace labnet::lab_client
