// Plays scenarios on a running lab.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clients/scenario/child_process.hpp"
#include "clients/scenario/command.hpp"
#include "clients/scenario/results.hpp"
#include "clients/scenario/scenario.hpp"

namespace labnet::scenario {

/// In the folder of the results: the keys of TLS connections of a run's steps, whose programs know SSLKEYLOGFILE.
inline constexpr std::string_view key_log_name = "tls-keys.log";

/// What is known of the lab that scenarios are played on.
struct LabFacts {
  std::string name;
  std::filesystem::path file;  // of the lab
  bool has_namespaces = true;
  std::string why_not;      // why there are no namespaces, and the remedy; empty if there are, or if nobody wanted them
  std::string authorities;  // the file of the CAs that the lab's hosts trust; with namespaces as a host sees it
  std::vector<std::string> hosts;
  struct Twin {
    std::string lab_address, here;  // 192.168.1.7 and where it is reached from the real machine
  };
  std::vector<Twin> addresses;
  struct NameServer {
    std::string host, server;  // a host and where its programs look names up: its own address if it has a cache
  };
  std::vector<NameServer> name_servers;
};
/// Asks a running lab; nothing else is needed to know it.
Result<LabFacts> learn_facts(const std::string& lab_name);
/// The names of the hosts in a lab file, as `labnet lint` finds them, with all that the file names checked. A fault
/// begins with file:line:column.
Result<std::vector<std::string>> hosts_in_file(const std::filesystem::path& lab_file, program::StopSignals& stop);

/// Where a run tells of its progress.
struct Listener {
  std::function<void(const Scenario&)> on_activity;
  std::function<void(const StepResult&)> on_step;
  std::function<void(const CaptureResult&)> on_capture;
};

class Runner {
 public:
  /// folder    of the results; it is there
  /// language  of the sentences about what is not as expected
  Runner(LabFacts facts, std::filesystem::path folder, Language language, program::StopSignals& stop, Listener listener)
      : facts_{std::move(facts)},
        folder_{std::move(folder)},
        language_{language},
        stop_{stop},
        listener_{std::move(listener)} {}

  /// Plays all steps, also after one that failed; a signal ends it at once.
  ActivityResult play(const Scenario& scenario);
  bool was_interrupted() const { return stop_.have_come(); }

 private:
  struct RunningCapture {
    const CapturePlan* plan;
    CaptureResult result;
    std::unique_ptr<ChildProcess> process;  // none if it could not be started
  };

  /// Nothing for what is impossible in this lab's mode.
  std::optional<Command> command_of(const Step& step) const;
  std::optional<Command> loopback_command_of(const Step& step) const;
  /// An address of the lab as it is reached in this lab's mode; any other text as it is.
  std::string here(const std::string& text) const;
  StepExpectation here(StepExpectation expect) const;
  StepResult play(const Scenario& scenario, const Step& step);
  /// Nothing, and the result says why, if it cannot be started.
  std::optional<ChildProcess> start(const Step& step, StepResult& result);
  std::string said_by(ChildProcess& process) const;
  void begin_in_background(const Step& step, ChildProcess process, StepResult& result);
  StepResult play_end(const Scenario& scenario, const Step& step);
  void write_transcript(const std::string& name, StepResult& result, std::string_view output) const;
  void compare(const Step& step, StepResult& result) const;
  void take_report(const Step& step, StepResult& result) const;
  RunningCapture start(const CapturePlan& plan);
  CaptureResult finish(RunningCapture capture);

  LabFacts facts_;
  std::filesystem::path folder_;
  Language language_;
  program::StopSignals& stop_;
  Listener listener_;
  struct InBackground {
    const Step* step;
    StepResult result;  // what has come of its beginning
    ChildProcess process;
  };
  std::map<std::string, InBackground> in_background_;  // by the names of their steps
  std::set<std::string> skipped_;                      // steps of this activity
};

}  // namespace labnet::scenario
