#include "clients/scenario/programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>

#include "clients/scenario/capture_text.hpp"
#include "clients/scenario/messages.hpp"
#include "clients/scenario/results_folder.hpp"
#include "clients/scenario/runner.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/control/lab_places.hpp"
#include "common/control/runtime_folder.hpp"
#include "common/files/part_file.hpp"

namespace labnet::scenario {
namespace {

namespace fs = std::filesystem;
using program::Console;
using program::Exit;
using program::Group;
using program::Options;
using program::Run;

/// For a lab to come up, on a machine that is busy with other things.
constexpr std::chrono::milliseconds up_deadline{60'000};
constexpr std::chrono::milliseconds down_deadline{10'000};

struct Input {
  std::vector<std::string> wanted;
  std::optional<std::string> lab_file, name, folder;
  std::string network = "auto";
  Language language = Language::english;
  bool quiet = false;
  bool check = false;
};

/// The scenario files that the arguments mean: files by their path, activities by their number.
Result<std::vector<Scenario>, Exit> load_wanted(const Input& input, const fs::path& lab_file, Console& console) {
  std::vector<fs::path> files;
  std::vector<std::string> activities;
  for (const auto& wanted : input.wanted) {
    if (wanted.ends_with(".yaml") || wanted.find('/') != wanted.npos) {
      files.emplace_back(wanted);
    } else {
      activities.push_back(wanted);
    }
  }
  if (input.wanted.empty() || !activities.empty()) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{control::scenario_folder(lab_file), none}) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::ranges::sort(files);
  }
  std::vector<Scenario> scenarios;
  std::vector<std::string> known;
  std::set<fs::path> loaded;
  for (const auto& file : files) {
    std::error_code ignored;
    if (!loaded.insert(fs::weakly_canonical(file, ignored)).second) continue;  // meant twice: it is played once
    auto scenario = load_scenario(file);
    if (!scenario) return console.wrong_file(settings::to_string(scenario.error()));
    known.push_back(scenario->activity);
    const auto is_named = std::ranges::find(input.wanted, file.string()) != input.wanted.end();
    const auto is_wanted = std::ranges::find(activities, scenario->activity) != activities.end();
    if (input.wanted.empty() || is_named || is_wanted) scenarios.push_back(*std::move(scenario));
  }
  if (known.empty()) {
    return console.wrong_usage(messages::no_scenario.in(input.language, control::scenario_folder(lab_file).string()),
                               input.language);
  }
  for (const auto& activity : activities) {
    if (std::ranges::find(known, activity) == known.end()) {
      return console.wrong_usage(messages::no_such_activity.in(input.language, activity, join(known, ", ")),
                                 input.language);
    }
  }
  return scenarios;
}

/// The lab that scenarios are played on: one that runs, or one that runs as long as this object.
class LabInUse {
 public:
  /// facts  of the one that runs
  LabInUse(const Input& input, std::optional<LabFacts> facts, const fs::path& lab_file, program::StopSignals& stop)
      : input_{input}, facts_{std::move(facts)}, lab_file_{lab_file}, stop_{stop} {}
  ~LabInUse() {
    if (!own_) return;
    own_->end(down_deadline);  // one that hangs is killed, and dies whole
  }
  LabInUse(const LabInUse&) = delete;

  bool was_running() const { return facts_.has_value(); }
  /// What is known of it.
  Result<LabFacts> find_or_start() {
    if (facts_) return *facts_;
    const auto name = start();
    if (!name) return name.error();
    return learn_facts(*name);
  }

 private:
  Result<std::string> start() {
    // Nobody but the scenarios uses this lab: it takes none of the real machine's ports, which may be in use.
    std::vector<std::string> words{"/proc/self/exe",   "up",        "--quiet",     "--no-publish", "-f",
                                   lab_file_.string(), "--network", input_.network};
    if (input_.name) words.insert(words.end(), {"--name", *input_.name});
    auto process = ChildProcess::start(words, stop_, false);
    if (!process) return process.error();
    own_ = std::make_unique<ChildProcess>(std::move(*process));
    const auto line = own_->line(up_deadline).value_or("");
    const auto words_of_line = split(line, ' ');  // "lab NAME is up: ..."
    if (words_of_line.size() > 1 && words_of_line.front() == "lab") {
      own_->leave_alone();
      return std::string{words_of_line[1]};
    }
    own_->end(down_deadline);  // it may be starting still, if a signal ended the wait for its word
    auto said = own_->errors().text();
    own_.reset();
    while (said.ends_with('\n')) said.pop_back();
    if (!said.empty()) return Error{messages::lab_said.in(input_.language, said)};
    const auto& why = stop_.have_come() ? messages::interrupted : messages::lab_did_not_start;
    return Error{why.in(input_.language)};
  }

  const Input& input_;
  std::optional<LabFacts> facts_;
  const fs::path& lab_file_;
  program::StopSignals& stop_;
  std::unique_ptr<ChildProcess> own_;
};

/// The lab that is up and meant: the one of that name, or the only one unless a lab file was named.
Result<std::optional<LabFacts>> find_running(const Input& input) {
  const auto running = control::running_labs();
  if (!running) return running.error();
  std::optional<std::string> name;
  if (input.name && std::ranges::find(*running, *input.name) != running->end()) name = *input.name;
  if (!input.name && !input.lab_file && running->size() == 1) name = running->front();
  if (!input.name && !input.lab_file && running->size() > 1) {
    return Error{messages::several_labs.in(input.language, join(*running, ", "))};
  }
  if (!name) return std::optional<LabFacts>{};
  auto facts = learn_facts(*name);
  if (!facts) return facts.error();
  return std::optional{*std::move(facts)};
}

/// The lab's own file says which activities there are.
std::optional<fs::path> lab_file_of(const Input& input, const std::optional<LabFacts>& running) {
  if (input.lab_file) return *input.lab_file;
  if (running) return running->file;
  return control::find_lab_file();
}

/// A line of a program's output as it may be shown on a terminal; tabs do no harm there.
std::string shown_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string> pieces;
  for (const auto piece : split(line, '\t')) pieces.push_back(printable(piece));
  return join(pieces, "\t");
}

/// Of a line that a step prints; its transcript has all of it.
std::string shortened(const std::string& line) {
  constexpr std::size_t shown_bytes_max = 114;  // with what stands in front of it 120 columns
  return line.size() <= shown_bytes_max ? line : printable(line, shown_bytes_max);
}

/// What a person sees while scenarios are played.
class Progress {
 public:
  Progress(Console& console, const Input& input) : console_{console}, input_{input} {}

  Listener listener() {
    return {[this](const Scenario& scenario) { activity(scenario); }, [this](const StepResult& step) { show(step); },
            [this](const CaptureResult& capture) { show(capture); }};
  }

 private:
  std::string coloured(std::string_view code, std::string_view text) const {
    return console_.has_colours() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string{text};
  }

  void activity(const Scenario& scenario) {
    shown_.clear();
    const auto heading = fmt::format("{}  {}", scenario.activity, scenario.title.in(input_.language));
    console_.print("\n{}\n", coloured("1", heading));
    console_.flush();
  }

  void show(const StepResult& step) {
    console_.print("  {} {}\n", coloured("36", step.on + "$"), printable(step.command));
    if (const auto output = without_empty_ends(step.output); !input_.quiet && !output.empty()) {
      for (const auto line : split(output, '\n')) {
        auto shown = shown_line(line);
        console_.print("{}{}\n", line.empty() ? "" : "      ", shortened(shown));
        shown_.insert(std::move(shown));
      }
    }
    show_shortcomings(step);
  }

  void show(const CaptureResult& capture) {
    console_.write(capture_text(capture, input_.language, shown_));
    show_shortcomings(capture);
  }

  void show_shortcomings(const auto& part) {
    const auto failed = messages::failed.in(input_.language), skipped = messages::skipped.in(input_.language);
    if (!part.skipped.empty()) console_.print("  {} {}\n", coloured("33", skipped), printable(part.skipped));
    for (const auto& failure : part.failures) console_.print("  {} {}\n", coloured("31", failed), printable(failure));
    console_.flush();
  }

  static std::string_view without_empty_ends(std::string_view text) {
    while (text.starts_with('\n')) text.remove_prefix(1);
    while (text.ends_with('\n')) text.remove_suffix(1);
    return text;
  }

  Console& console_;
  const Input& input_;
  std::set<std::string> shown_;  // lines of this activity's steps
};

/// A scenario that speaks of a host that this lab does not have: found before anything is played.
std::optional<settings::Fault> find_unknown_host(const std::vector<Scenario>& scenarios,
                                                 const std::vector<std::string>& hosts, Language language) {
  const auto check = [&](const std::string& host, const settings::Mark& mark) -> std::optional<settings::Fault> {
    if (std::ranges::find(hosts, host) != hosts.end()) return std::nullopt;
    return settings::Fault{mark, messages::no_such_host.in(language, host, join(hosts, ", "))};
  };
  for (const auto& scenario : scenarios) {
    for (const auto& step : scenario.steps) {
      if (auto fault = check(step.on, step.mark)) return fault;
    }
    for (const auto& plan : scenario.captures) {
      if (auto fault = check(plan.host, plan.mark)) return fault;
    }
  }
  return std::nullopt;
}

Result<void> write_results(const fs::path& folder, const RunResult& result) {
  if (const auto written = files::write_whole(folder / "results.json", to_json(result)); !written) return written;
  return files::write_whole(folder / "junit.xml", to_junit(result));
}

/// The last lines: what is where, and how it went.
Exit conclude(Console& console, const RunResult& result, const fs::path& folder, Language language) {
  std::size_t captures = 0, good = 0, skipped = 0, parts = 0;
  for (const auto& activity : result.activities) {
    parts += activity.size();
    good += activity.count(Outcome::good);
    skipped += activity.count(Outcome::skipped);
    for (const auto& capture : activity.captures) captures += capture.is_there ? 1 : 0;
  }
  const auto place = (folder / "").lexically_normal().string();
  const auto left_out = skipped == 0 ? std::string{} : messages::skipped_parts.in(language, skipped);
  console.print("\n{}{}\n", left_out,
                captures == 1 ? messages::conclusion_of_one.in(language, good, parts - skipped, place)
                              : messages::conclusion.in(language, good, parts - skipped, captures, place));
  if (result.was_interrupted) return console.fail(messages::interrupted.in(language));
  if (result.has_failed()) return Exit::failed;
  return skipped == 0 ? Exit::done : Exit::warnings;
}

/// What steps keep for later ones is of one run: in a folder that is used again it would answer for the server.
void forget_earlier_runs(const std::filesystem::path& folder, const std::vector<Scenario>& scenarios) {
  for (const auto& scenario : scenarios) {
    for (const auto& step : scenario.steps) {
      for (const auto& name : step.kept) {
        std::error_code ignored;
        std::filesystem::remove_all(folder / name, ignored);
      }
    }
  }
}

Exit run_scenarios(Console& console, const Input& input) {
  const auto language = input.language;
  auto running = find_running(input);
  if (!running) return console.fail(running.error());
  const auto found = lab_file_of(input, *running);
  if (!found) return console.wrong_usage(messages::no_lab_file.in(language), language);
  auto stop = program::StopSignals::hold();
  if (!stop) return console.fail(stop.error());
  const auto hosts = *running ? Result<std::vector<std::string>>{(*running)->hosts} : hosts_in_file(*found, *stop);
  if (!hosts && stop->have_come()) return console.fail(messages::interrupted.in(language));
  if (!hosts) return console.wrong_file(hosts.error().message);
  const auto scenarios = load_wanted(input, *found, console);
  if (!scenarios) return scenarios.error();
  for (const auto& fault : {find_unknown_host(*scenarios, *hosts, language), find_taken_name(*scenarios, language)}) {
    if (fault) return console.wrong_file(settings::to_string(*fault));
  }
  if (input.check) {
    console.print("{}\n", scenarios->size() == 1 ? messages::scenario_is_right.in(language)
                                                 : messages::scenarios_are_right.in(language, scenarios->size()));
    return Exit::done;
  }

  RunResult result;
  result.started = std::chrono::system_clock::now();
  LabInUse lab{input, *std::move(running), *found, *stop};
  const auto folder = ResultsFolder::make(input.folder, result.started, language);
  if (!folder) return console.fail(folder.error());
  const auto facts = lab.find_or_start();
  if (!facts) {
    folder->discard();
    return console.fail(facts.error());
  }
  forget_earlier_runs(folder->path(), *scenarios);
  if (lab.was_running())
    console.print("{}\n", messages::on_running_lab.in(language, facts->name, facts->file.string()));
  result.lab = facts->name;
  result.network = facts->has_namespaces ? "namespaces" : "loopback";

  const auto key_log = std::filesystem::absolute(folder->path() / key_log_name);
  setenv("SSLKEYLOGFILE", key_log.c_str(), 1);  // for the programs of the steps
  // Those that run on this machine trust the lab's outside world, too; in a host of namespaces they do so anyhow.
  if (!facts->has_namespaces) setenv("SSL_CERT_FILE", facts->authorities.c_str(), 0);
  Progress progress{console, input};
  Runner runner{*facts, folder->path(), language, *stop, progress.listener()};
  for (const auto& scenario : *scenarios) {
    if (runner.was_interrupted()) break;
    result.activities.push_back(runner.play(scenario));
  }
  result.was_interrupted = runner.was_interrupted();
  std::error_code ignored;
  if (std::filesystem::is_empty(key_log, ignored)) std::filesystem::remove(key_log, ignored);
  if (const auto written = write_results(folder->path(), result); !written) return console.fail(written.error());
  return conclude(console, result, folder->path(), language);
}

Run define_run(Options& options) {
  auto input = std::make_shared<Input>();
  options.positionals("ACTIVITY|SCENARIO.yaml", input->wanted, "what to play; default: every activity of the lab");
  options.option("--lab", "LAB", input->lab_file,
                 "the lab file; default: the lab that is up, else lab.yaml here, or the "
                 "lab of the course");
  options.option("--name", "NAME", input->name, "of the lab, if several run");
  options.option("--out", "DIR", input->folder, "where the results go; default: lab-out/TIME");
  options.option("--lang", "LANGUAGE", input->language, "en or es", language_kind());
  options.option("--network", "KIND", input->network, "auto, namespaces or loopback, if the lab is not up",
                 one_of<std::string>({{"auto", "auto"}, {"namespaces", "namespaces"}, {"loopback", "loopback"}}));
  options.flag("-q,--quiet", input->quiet, "do not show what the steps print");
  options.flag("--check", input->check, "say whether the scenarios are right, and do nothing");
  return [input](Console& console) { return run_scenarios(console, *input); };
}

}  // namespace

const program::Program run_program{"run", Group::lab, "Plays the activities, captures them, checks what is expected",
                                   "labnet run                  # all of them\nlabnet run 8.1 --out first", define_run};

}  // namespace labnet::scenario
