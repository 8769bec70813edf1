// What came of a run, as values and as files.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "clients/scenario/capture_summary.hpp"
#include "clients/scenario/scenario.hpp"

namespace labnet::scenario {

struct StepResult {
  std::string id{}, on{}, does{};
  std::string command{};     // as one would type it
  std::string transcript{};  // the name of the file with what it printed
  std::string output{};
  std::string sha256{};  // of the file that was received; empty: none was
  std::string report{};  // a JSON object of what it has measured; empty: none
  int exit_code = 0;
  std::chrono::milliseconds duration{};
  std::vector<std::string> failures{};  // sentences; none: all as expected
};

struct CaptureResult {
  std::string file{}, host{};
  bool is_there = false;                    // the file was written
  std::uint64_t received = 0, dropped = 0;  // by the kernel
  CaptureSummary summary{};
  std::vector<std::string> failures{};
};

struct ActivityResult {
  std::string activity;
  Text title;
  std::vector<StepResult> steps;
  std::vector<CaptureResult> captures;

  bool is_good() const;
};

struct RunResult {
  std::string lab, network;  // its name and the kind of its network: "namespaces", "loopback"
  std::chrono::system_clock::time_point started;
  std::vector<ActivityResult> activities;
  bool was_interrupted = false;

  bool is_good() const;
};

/// One JSON object; see README.md for its shape.
std::string to_json(const RunResult& result);
/// JUnit's XML: a suite per activity, a case per step and per capture.
std::string to_junit(const RunResult& result);

}  // namespace labnet::scenario
