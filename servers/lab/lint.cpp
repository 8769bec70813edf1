#include "servers/lab/lint.hpp"

#include <fmt/format.h>

#include <vector>

#include "common/settings/document.hpp"
#include "servers/lab/check_services.hpp"
#include "servers/lab/lab_file.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {
namespace {

Result<std::string> lint_lab(const std::filesystem::path& file) {
  const auto lab = load_lab(file);
  if (!lab) return Error{settings::to_string(lab.error())};
  if (const auto checked = check_services(*lab); !checked) return checked.error();
  return fmt::format("a lab of {} hosts", lab->hosts.size());
}

Result<std::string> checked_by(std::vector<std::string> arguments, std::string what) {
  const auto checked = run_check(std::move(arguments));
  if (!checked) return checked.error();
  return what;
}

}  // namespace

Result<std::string> lint(const std::filesystem::path& file) {
  auto document = settings::load(file);
  if (!document) return Error{settings::to_string(document.error())};
  const auto root = document->root();
  if (root.has("hosts") || root.has("networks")) return lint_lab(file);
  if (root.has("steps") || root.has("activity")) return checked_by({"run", "--check", file.string()}, "a scenario");
  for (const auto& protocol : known_protocols()) {
    // Only the service knows its keys, so the file's name has to say whose it is: dns.yaml, gw-dns.yaml.
    const auto name = file.stem().string();
    if (name != protocol && !name.ends_with("-" + protocol)) continue;
    return checked_by({"serve", protocol, "-c", file.string(), "--check"},
                      fmt::format("a configuration of {}", protocol));
  }
  return Error{settings::to_string(
      {root.mark(),
       "expected a lab file (with hosts), a scenario (with steps) or a service's configuration (named after it, such "
       "as gw-dns.yaml)"})};
}

}  // namespace labnet::lab
