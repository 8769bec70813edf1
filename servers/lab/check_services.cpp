#include "servers/lab/check_services.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "servers/lab/process.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {
namespace {

std::string read_all(const FileDescriptor& input) {
  fcntl(input.get(), F_SETFL, 0);  // blocking
  std::string text;
  std::array<char, 4096> data{};
  for (ssize_t count = 0; (count = read(input.get(), data.data(), data.size())) > 0;) {
    text.append(data.data(), static_cast<std::size_t>(count));
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

Result<Child> start_check(std::vector<std::string> arguments) {
  return start_labnet(std::move(arguments), {}, false, [] { return Result<void>{}; });
}

Result<void> finish(const Child& child) {
  const auto said = read_all(child.errors);
  int status = 0;
  waitpid(child.pid, &status, 0);
  if (status == 0) return {};
  if (said.empty()) return Error{"a check ", describe_end(status)};
  return Error{said};
}

}  // namespace

Result<void> check_services(const Lab& lab) {
  std::vector<Child> children;
  Result<void> outcome;
  for (const auto& plan : plan_checks(lab)) {
    auto child = start_check(plan.arguments);
    if (!child) {
      outcome = child.error();
      break;
    }
    children.push_back(std::move(*child));
  }
  for (const auto& child : children) {
    const auto checked = finish(child);
    if (!checked && outcome) outcome = checked;
  }
  return outcome;
}

Result<void> run_check(std::vector<std::string> arguments) {
  const auto child = start_check(std::move(arguments));
  if (!child) return child.error();
  return finish(*child);
}

}  // namespace labnet::lab
