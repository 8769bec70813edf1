#include "servers/lab/doctor.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/text.hpp"
#include "common/control/message.hpp"
#include "common/control/runtime_folder.hpp"
#include "common/program/installed.hpp"

namespace labnet::lab {
namespace {

/// A program of others that a student may want to run in a lab host, and what there is instead.
struct Companion {
  std::string_view program;
  std::string_view package;
  std::string_view instead;
};
constexpr std::array companions{
    Companion{"nslookup", "bind9-dnsutils", "labnet dns --nslookup"},
    Companion{"tshark", "tshark", "labnet capture shows frames, Wireshark opens the files elsewhere"},
};

Finding examine_kernel() {
  utsname about{};
  uname(&about);
  return {"kernel", Finding::State::fine, fmt::format("{} {} ({})", about.sysname, about.release, about.machine), ""};
}

Finding examine_namespaces() {
  const auto fault = try_namespaces();
  if (fault) return describe(*fault, read_system_facts());
  return {"network of namespaces", Finding::State::fine, geteuid() == 0 ? "can be built" : "can be built without root",
          ""};
}

/// Nothing where only the machine's first network namespace knows it, as in a container.
std::optional<Finding> examine_neighbour_table() {
  long entries = 0;
  if (!(std::ifstream{"/proc/sys/net/ipv4/neigh/default/gc_thresh3"} >> entries)) return std::nullopt;
  return describe_neighbour_table(entries);
}

Finding examine_runtime_folder() {
  const auto folder = control::runtime_folder();
  if (folder) return {"runtime folder", Finding::State::fine, folder->string(), ""};
  return {"runtime folder", Finding::State::failure, folder.error().message,
          "set XDG_RUNTIME_DIR to a folder of your own with mode 0700"};
}

Finding examine(const Companion& companion) {
  const std::string subject{companion.program};
  if (program::is_installed(companion.program)) return {subject, Finding::State::fine, "installed", ""};
  return {subject, Finding::State::note, fmt::format("not installed; instead: {}", companion.instead),
          fmt::format("sudo apt-get install {}", companion.package)};
}

bool has(const std::vector<Finding>& findings, Finding::State state) {
  return std::ranges::find(findings, state, &Finding::state) != findings.end();
}

}  // namespace

std::string_view to_string(Finding::State state) {
  switch (state) {
    case Finding::State::fine:
      return "fine";
    case Finding::State::note:
      return "note";
    case Finding::State::limit:
      return "limit";
    case Finding::State::failure:
      break;
  }
  return "failure";
}

Finding describe(const NamespaceFault& fault, const SystemFacts& facts) {
  const auto diagnosis = diagnose(fault, facts);
  return {"network of namespaces", Finding::State::limit, diagnosis.cause, diagnosis.remedy};
}

Finding describe_neighbour_table(long entries) {
  constexpr long entries_of_a_lab = 30;  // the course's, after all activities: `./lab bench classroom` counts them
  Finding finding{"neighbour table", Finding::State::fine,
                  fmt::format("{} entries for all labs together: enough for {} of the course that are all busy",
                              entries, entries / entries_of_a_lab),
                  ""};
  if (entries >= entries_of_a_lab) return finding;
  finding.state = Finding::State::note;
  finding.text =
      fmt::format("{} entries for all labs together, and one of the course needs {}", entries, entries_of_a_lab);
  finding.remedy = "sudo sysctl -w net.ipv4.neigh.default.gc_thresh3=1024";
  return finding;
}

std::vector<Finding> examine_machine() {
  std::vector<Finding> findings{examine_kernel(), examine_namespaces()};
  if (auto table = examine_neighbour_table()) findings.push_back(*std::move(table));
  findings.push_back(examine_runtime_folder());
  for (const auto& companion : companions) findings.push_back(examine(companion));
  return findings;
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += fmt::format("{:<8} {:<22} {}\n", to_string(finding.state), finding.subject, finding.text);
    if (!finding.remedy.empty()) text += fmt::format("{:<8} {:<22} -> {}\n", "", "", finding.remedy);
  }
  if (has(findings, Finding::State::failure)) return text + "This machine cannot run the lab until that is mended.\n";
  if (has(findings, Finding::State::limit)) {
    return text + "This machine can run the lab with less: labnet up --network loopback (nothing is captured).\n";
  }
  return text + "This machine can run the lab.\n";
}

std::string to_json(const std::vector<Finding>& findings) {
  boost::json::array list;
  for (const auto& finding : findings) {
    list.push_back({{"subject", finding.subject},
                    {"state", to_string(finding.state)},
                    {"text", finding.text},
                    {"remedy", finding.remedy}});
  }
  return boost::json::serialize(
             boost::json::object{{"ok", worst(findings) == program::Exit::done}, {"findings", std::move(list)}}) +
         '\n';
}

program::Exit worst(const std::vector<Finding>& findings) {
  const auto is_less = has(findings, Finding::State::limit) || has(findings, Finding::State::failure);
  return is_less ? program::Exit::failed : program::Exit::done;
}

}  // namespace labnet::lab
