#include "common/settings/fault.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace labnet::settings {

std::string to_string(const Fault& fault) {
  const auto& mark = fault.mark;
  const std::string_view file = mark.file ? *mark.file : std::string_view{"settings"};
  if (mark.line == 0) return fmt::format("{}: {}", file, fault.message);
  return fmt::format("{}:{}:{}: {}", file, mark.line, mark.column, fault.message);
}

void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
  throw std::runtime_error(to_string(fault));
}

}  // namespace labnet::settings
