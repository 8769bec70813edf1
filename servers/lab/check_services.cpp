#include "servers/lab/check_services.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>
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

}  // namespace

Result<void> check_services(const Lab& lab) {
  std::vector<Child> children;
  std::optional<Error> fault;
  for (const auto& plan : plan_checks(lab)) {
    auto child = start_labnet(plan.arguments, {}, false, [] { return Result<void>{}; });
    if (!child) {
      fault = child.error();
      break;
    }
    children.push_back(std::move(*child));
  }
  for (const auto& child : children) {
    const auto said = read_all(child.errors);
    int status = 0;
    waitpid(child.pid, &status, 0);
    if (status != 0 && !fault) fault = Error{said.empty() ? "a service's check " + describe_end(status) : said};
  }
  if (fault) return *fault;
  return {};
}

}  // namespace labnet::lab
