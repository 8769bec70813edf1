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
  std::vector<std::string> failures{};  // sentences; none: all as expected, or skipped
  std::string skipped{};                // a sentence: why it cannot be played on this lab; empty: it was played
};

struct CaptureResult {
  std::string file{}, host{};
  bool is_there = false;                    // the file was written
  std::uint64_t received = 0, dropped = 0;  // by the kernel
  CaptureSummary summary{};
  std::vector<std::string> failures{};
  std::string skipped{};  // as of a step
};

/// What has come of a step or a capture.
enum class Outcome { good, failed, skipped };
inline Outcome outcome_of(const auto& part) {
  if (!part.failures.empty()) return Outcome::failed;
  return part.skipped.empty() ? Outcome::good : Outcome::skipped;
}

struct ActivityResult {
  std::string activity;
  Text title;
  std::vector<StepResult> steps;
  std::vector<CaptureResult> captures;

  std::size_t count(Outcome outcome) const;  // of steps and captures together
  std::size_t size() const { return steps.size() + captures.size(); }
  bool is_good() const { return count(Outcome::good) == size(); }
};

struct RunResult {
  std::string lab, network;  // its name and the kind of its network: "namespaces", "loopback"
  std::chrono::system_clock::time_point started;
  std::vector<ActivityResult> activities;
  bool was_interrupted = false;

  bool is_good() const;
  bool has_failed() const;  // something was not as expected
};

/// One JSON object; see README.md for its shape.
std::string to_json(const RunResult& result);
/// JUnit's XML: a suite per activity, a case per step and per capture.
std::string to_junit(const RunResult& result);

}  // namespace labnet::scenario
