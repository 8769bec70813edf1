// Whether a file is right: lab files, scenarios and service configurations, told apart by their keys.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/base/result.hpp"

namespace labnet::lab {

/// A file that is right.
struct LintedFile {
  std::string kind;                // "lab", "scenario", or the protocol that it configures: "dns"
  std::string what;                // "a lab of 11 hosts"
  std::string lab;                 // the lab's name; empty for the other kinds, as are
  std::vector<std::string> hosts;  // the names of its hosts
};

/// What is read of a lab: the service files that it names, too, or the lab file alone.
enum class LintDepth { with_services, alone };

/// Reads the file as the program would that uses it, and all files that it names. The fault begins with
/// file:line:column.
Result<LintedFile> lint(const std::filesystem::path& file, LintDepth depth = LintDepth::with_services);

/// One file's finding, for programs: {"file":"lab.yaml","ok":true,"kind":"lab","lab":"course","hosts":["pc1"]} or
/// {"file":"lab.yaml","ok":false,"fault":"lab.yaml:3:1: ..."}
boost::json::object to_json(const std::filesystem::path& file, const Result<LintedFile>& linted);

}  // namespace labnet::lab
