#include "servers/lab/lint.hpp"

#include <fmt/format.h>

#include <vector>

#include <boost/json/array.hpp>

#include "common/settings/document.hpp"
#include "servers/lab/check_services.hpp"
#include "servers/lab/lab_file.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {
namespace {

Result<LintedFile> lint_lab(const std::filesystem::path& file, LintDepth depth) {
  const auto lab = load_lab(file);
  if (!lab) return Error{settings::to_string(lab.error())};
  if (depth == LintDepth::with_services) {
    if (const auto checked = check_services(*lab); !checked) return checked.error();
  }
  LintedFile linted{"lab", fmt::format("a lab of {} hosts", lab->hosts.size()), lab->name, {}};
  for (const auto& host : lab->hosts) linted.hosts.push_back(host.name);
  return linted;
}

Result<LintedFile> checked_by(std::vector<std::string> arguments, std::string kind, std::string what) {
  const auto checked = run_check(std::move(arguments));
  if (!checked) return checked.error();
  return LintedFile{std::move(kind), std::move(what), {}, {}};
}

}  // namespace

Result<LintedFile> lint(const std::filesystem::path& file, LintDepth depth) {
  if (file.extension() == ".zone")
    return checked_by({"serve", "dns", "--zone", file.string(), "--check"}, "zone", "a zone");
  auto document = settings::load(file);
  if (!document) return Error{settings::to_string(document.error())};
  const auto root = document->root();
  if (root.has("hosts") || root.has("networks")) return lint_lab(file, depth);
  if (root.has("steps") || root.has("activity")) {
    return checked_by({"run", "--check", file.string()}, "scenario", "a scenario");
  }
  for (const auto& protocol : known_protocols()) {
    // Only the service knows its keys, so the file's name has to say whose it is: dns.yaml, gw-dns.yaml.
    const auto name = file.stem().string();
    if (name != protocol && !name.ends_with("-" + protocol)) continue;
    return checked_by({"serve", protocol, "-c", file.string(), "--check"}, protocol,
                      fmt::format("a configuration of {}", protocol));
  }
  return Error{settings::to_string(
      {root.mark(),
       "expected a lab file (with hosts), a scenario (with steps) or a service's configuration (named after it, such "
       "as gw-dns.yaml)"})};
}

boost::json::object to_json(const std::filesystem::path& file, const Result<LintedFile>& linted) {
  boost::json::object object{{"file", file.string()}, {"ok", linted.has_value()}};
  if (!linted) {
    object["fault"] = linted.error().message;
    return object;
  }
  object["kind"] = linted->kind;
  if (!linted->lab.empty()) object["lab"] = linted->lab;
  if (!linted->hosts.empty()) object["hosts"] = boost::json::array(linted->hosts.begin(), linted->hosts.end());
  return object;
}

}  // namespace labnet::lab
