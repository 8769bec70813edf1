#include "clients/scenario/runner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "clients/lab/connection.hpp"
#include "clients/scenario/messages.hpp"
#include "common/base/kinds.hpp"
#include "common/base/utf8.hpp"
#include "common/crypto/hash.hpp"
#include "common/files/part_file.hpp"
#include "common/program/console.hpp"
#include "common/program/installed.hpp"

namespace labnet::scenario {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using control::text_of;

/// A capture is open in milliseconds, also on a machine that is busy with other things.
constexpr std::chrono::milliseconds capture_deadline{10'000};
/// Files of tens of megabytes cross the lab's network at the pace of memory, faster than frames are written to a disk.
constexpr std::string_view capture_buffer = "64 MiB";
/// Where DNS servers of a lab on the loopback network listen.
constexpr std::string_view loopback_dns_port = "5300";
constexpr std::chrono::milliseconds lint_deadline{30'000};  // on a machine that is busy with other things

constexpr std::size_t report_bytes_max = 64 * 1024;

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

std::string own_path() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).string();
}

std::uint64_t number_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

/// The JSON object that the last line of a text holds; an empty one if there is none.
json::object last_object(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  boost::system::error_code error;
  const auto value = json::parse(text.substr(text.rfind('\n') + 1), error);
  return !error && value.is_object() ? value.as_object() : json::object{};
}

std::string first_line(std::string_view text) {
  return std::string{text.substr(0, text.find('\n'))};
}

/// The last that it has said, for whoever does not see all of it.
std::string last_words(std::string_view output) {
  constexpr std::size_t words_bytes_max = 200;
  while (output.ends_with('\n') || output.ends_with('\r')) output.remove_suffix(1);
  return printable(output.substr(output.rfind('\n') + 1), words_bytes_max);
}

/// Of what was to do well and did not, with why.
std::string wrong_exit(int expected, int found, std::string_view output, Language language) {
  const auto why = last_words(output);
  if (expected != 0 || why.empty()) return messages::wrong_exit_code.in(language, expected, found);
  return messages::wrong_exit_code_since.in(language, expected, found, why);
}

/// expect  with the addresses of this lab's mode in it
/// limit   of the wait for its end
std::vector<std::string> judge(std::chrono::milliseconds limit, const StepExpectation& expect, const Ended& ended,
                               std::string_view output, Language language) {
  std::vector<std::string> failures;
  if (ended.ending == Ending::interrupted) return {messages::interrupted.in(language)};
  if (ended.ending == Ending::deadline) {
    return {messages::did_not_end.in(language, labnet::describe(limit))};
  }
  if (ended.exit_code != expect.exit_code) {
    failures.push_back(wrong_exit(expect.exit_code, ended.exit_code, output, language));
  }
  for (const auto& text : expect.contains) {
    if (output.find(text) == output.npos) failures.push_back(messages::not_printed.in(language, text));
  }
  for (const auto& text : expect.lacks) {
    if (output.find(text) != output.npos) failures.push_back(messages::printed.in(language, text));
  }
  return failures;
}

Result<std::string> sha256_of(const fs::path& path, Language language) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return Error{messages::unreadable.in(language, path.string(), std::strerror(errno))};
  crypto::Hash hash{crypto::HashMethod::sha256};
  std::vector<char> piece(1 << 20);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0) {
    hash.add(as_bytes({piece.data(), static_cast<std::size_t>(file.gcount())}));
  }
  return crypto::to_hex(hash.finish());
}

}  // namespace

Result<LabFacts> learn_facts(const std::string& lab_name) {
  auto lab = lab_client::connect(lab_name);
  if (!lab) return lab.error();
  const auto status = lab->ask({{"do", "status"}}, lab_client::answer_deadline);
  if (!status) return status.error();
  LabFacts facts;
  facts.name = text_of(*status, "lab");
  facts.file = std::string{text_of(*status, "file")};
  facts.has_namespaces = text_of(*status, "network") == "namespaces";
  facts.why_not = text_of(*status, "why");
  facts.authorities = text_of(*status, "authorities");
  for (const auto& value : status->at("hosts").as_array()) {
    const auto& host = value.as_object();
    const std::string name{text_of(host, "name")};
    facts.hosts.push_back(name);
    for (const auto& card : host.at("interfaces").as_array()) {
      const auto& here = card.at("addresses").as_array();
      const auto& in_lab = card.at("lab_addresses").as_array();
      for (std::size_t i = 0; i < in_lab.size(); ++i) {
        facts.addresses.push_back({std::string{in_lab[i].as_string()}, std::string{here[i].as_string()}});
      }
    }
    const auto server = text_of(host, "resolver");
    if (server.empty()) continue;
    const auto& own = host.at("interfaces").at(0).at("lab_addresses").at(0).as_string();
    facts.name_servers.push_back(
        {name, std::string{control::is_true(host, "has_cache") ? std::string_view{own} : server}});
  }
  return facts;
}

Result<std::vector<std::string>> hosts_in_file(const fs::path& lab_file, program::StopSignals& stop) {
  // Whether its services are right is for the lab to say when it starts.
  auto lint = ChildProcess::start({own_path(), "lint", "--alone", "--format", "json", lab_file.string()}, stop, false);
  if (!lint) return lint.error();
  const auto line = lint->line(lint_deadline);
  if (lint->wait(lint_deadline).ending != Ending::exited || !line) return Error{"interrupted"};
  boost::system::error_code error;
  const auto list = json::parse(*line, error);
  if (error || !list.is_array() || list.get_array().size() != 1) return Error{lint->errors().text()};
  const auto& finding = list.get_array().front().as_object();
  if (!control::is_true(finding, "ok")) return Error{text_of(finding, "fault")};
  std::vector<std::string> hosts;
  for (const auto& host : finding.at("hosts").as_array()) hosts.emplace_back(host.as_string());
  return hosts;
}

std::optional<Command> Runner::command_of(const Step& step) const {
  if (step.needs_namespaces && !facts_.has_namespaces) return std::nullopt;
  if (step.place == Step::Place::outside) {
    return Command{.is_labnet = true, .words = step.words, .behind = {"--name", facts_.name}};
  }
  if (!facts_.has_namespaces) return loopback_command_of(step);
  Command command{.in_front = {own_path(), "exec", "--name", facts_.name, step.on, "--"}};
  const auto takes_instead = !step.is_labnet && !step.instead.empty() && !program::is_installed(step.words.front());
  command.is_labnet = step.is_labnet || takes_instead;
  command.words = takes_instead ? step.instead : step.words;
  return command;
}

/// An address, alone or as the host of a URL whose port is the same on either network.
std::string Runner::here(const std::string& text) const {
  constexpr std::string_view scheme = "rtmp://";
  if (text.starts_with(scheme)) {
    const auto end = std::min(text.find('/', scheme.size()), text.size());
    return fmt::format("{}{}{}", scheme, here(text.substr(scheme.size(), end - scheme.size())), text.substr(end));
  }
  const auto twin = std::ranges::find(facts_.addresses, text, &LabFacts::Twin::lab_address);
  return twin == facts_.addresses.end() ? text : twin->here;
}

StepExpectation Runner::here(StepExpectation expect) const {
  for (auto* texts : {&expect.contains, &expect.lacks}) {
    for (auto& text : *texts) text = here(text);
  }
  return expect;
}

/// On the loopback network the clients run on the real machine and ask the twins of the lab's addresses. Impossible
/// there: other programs, and names in place of addresses.
std::optional<Command> Runner::loopback_command_of(const Step& step) const {
  const auto& own = step.is_labnet ? step.words : step.instead;
  if (own.empty()) return std::nullopt;
  Command command{.is_labnet = true};
  bool names_server = false;
  for (const auto& word : own) {
    const auto is_server = word.starts_with('@');
    names_server = names_server || is_server;
    command.words.push_back(is_server ? "@" + here(word.substr(1)) : here(word));
  }
  if (own.front() == "dns") {
    const auto server = std::ranges::find(facts_.name_servers, step.on, &LabFacts::NameServer::host);
    if (!names_server && server == facts_.name_servers.end()) return std::nullopt;
    if (!names_server) command.words.push_back("@" + here(server->server));
    command.words.insert(command.words.end(), {"-p", std::string{loopback_dns_port}});
  } else if (command.words == own) {
    return std::nullopt;  // no address of the lab in it
  }
  return command;
}

/// What of it was kept, and between its two parts how much was not.
std::string Runner::said_by(ChildProcess& process) const {
  return process.output().text([this](std::uint64_t bytes) { return messages::left_out.in(language_, bytes); });
}

std::optional<ChildProcess> Runner::start(const Step& step, StepResult& result) {
  const auto command = command_of(step);
  if (!command) {
    result.command = Command{.is_labnet = step.is_labnet, .words = step.words}.shown();
    result.skipped = facts_.why_not.empty() ? messages::not_played.in(language_)
                                            : messages::not_played_since.in(language_, facts_.why_not);
    skipped_.insert(step.id);
    return std::nullopt;
  }
  result.command = command->shown();
  if (step.is_in_background) result.command += " &";
  auto executed = *command;
  for (const auto place : step.words_in_results) {
    if (place >= executed.words.size()) continue;
    auto& word = executed.words[place];
    word = fs::absolute(folder_ / word).string();
  }

  auto process = ChildProcess::start(executed.executed(own_path()), stop_, true);
  if (!process) {
    result.failures.push_back(process.error().message);
    return std::nullopt;
  }
  return *std::move(process);
}

StepResult Runner::play(const Scenario& scenario, const Step& step) {
  if (step.deed != Step::Deed::program) return play_end(scenario, step);
  StepResult result{.id = step.id, .on = step.on, .does = step.does};
  const auto begin = Clock::now();
  auto process = start(step, result);
  if (!process) return result;
  result.transcript = transcript_name(scenario, step);
  if (step.is_in_background) {
    begin_in_background(step, *std::move(process), result);
    return result;
  }
  const auto ended = process->wait(step.time_limit);
  result.duration = since(begin);
  result.exit_code = ended.exit_code;
  result.output = said_by(*process);
  result.failures = judge(step.time_limit, here(step.expect), ended, result.output, language_);
  if (!step.received.empty() && result.failures.empty()) compare(step, result);
  take_report(step, result);
  write_transcript(result.transcript, result, result.output);
  return result;
}

void Runner::begin_in_background(const Step& step, ChildProcess process, StepResult& result) {
  const auto begin = Clock::now();
  bool is_ready = step.ready.empty();
  while (!is_ready) {
    const auto line = process.line(step.time_limit - since(begin));
    if (!line) break;
    is_ready = line->find(step.ready) != line->npos;
  }
  result.duration = since(begin);
  if (!is_ready) {
    const bool is_late = result.duration >= step.time_limit;
    result.exit_code = process.end(end_grace).exit_code;
    result.failures.push_back(
        was_interrupted() ? messages::interrupted.in(language_)
        : is_late
            ? messages::not_ready.in(language_, step.ready, labnet::describe(step.time_limit))
            : messages::ended_before_ready.in(language_, result.exit_code, step.ready, last_words(said_by(process))));
  }
  result.output = said_by(process);
  write_transcript(result.transcript, result, result.output);
  process.leave_alone();
  if (is_ready) in_background_.emplace(step.id, InBackground{&step, result, std::move(process)});
}

/// The end of a step in the background: what is expected of that is told of here.
StepResult Runner::play_end(const Scenario& scenario, const Step& step) {
  StepResult result{.id = step.id, .on = step.on, .does = step.does};
  result.command = Command{.words = step.words}.shown();
  const auto found = in_background_.find(step.awaited);
  if (found == in_background_.end() && skipped_.contains(step.awaited)) {
    result.skipped = messages::awaits_skipped.in(language_, step.awaited);
    return result;
  }
  if (found == in_background_.end()) {
    result.failures.push_back(messages::not_running.in(language_, step.awaited));
    return result;
  }
  auto [awaited, beginning, process] = std::move(found->second);
  in_background_.erase(found);
  const auto begin = Clock::now();
  const bool is_told = step.deed == Step::Deed::end;
  const auto ended = is_told ? process.end(step.time_limit) : process.wait(step.time_limit);
  auto expect = here(awaited->expect);
  const auto told_to_end = 128 + SIGTERM;
  if (is_told && ended.exit_code == told_to_end && expect.exit_code == 0) expect.exit_code = told_to_end;
  const auto whole = said_by(process);
  result.duration = since(begin);
  result.exit_code = ended.exit_code;
  result.output = whole.substr(std::min(whole.size(), beginning.output.size()));
  result.failures = judge(step.time_limit, expect, ended, whole, language_);
  result.transcript = transcript_name(scenario, step);
  take_report(*awaited, result);
  write_transcript(result.transcript, result, result.output);
  write_transcript(beginning.transcript, beginning, whole);
  return result;
}

void Runner::write_transcript(const std::string& name, StepResult& result, std::string_view output) const {
  const auto written = files::write_whole(folder_ / name, fmt::format("{}$ {}\n{}", result.on, result.command, output));
  if (!written) result.failures.push_back(written.error().message);
}

/// What it has measured, if it came so far.
void Runner::take_report(const Step& step, StepResult& result) const {
  if (step.report.empty()) return;
  std::ifstream file{folder_ / step.report, std::ios::binary};
  std::string text(report_bytes_max, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (!last_object(text).empty()) result.report = text;
}

/// What was received, by its hash, with what it was to be.
void Runner::compare(const Step& step, StepResult& result) const {
  const auto received = sha256_of(folder_ / step.received, language_);
  if (!received) return result.failures.push_back(received.error().message);
  result.sha256 = *received;
  if (step.same_as.empty()) return;
  const auto original = sha256_of(step.same_as_is_in_results ? folder_ / step.same_as : step.same_as, language_);
  if (!original) return result.failures.push_back(original.error().message);
  if (*received == *original) return;
  result.failures.push_back(
      messages::not_identical.in(language_, step.received, step.same_as.filename().string(), *received, *original));
}

Runner::RunningCapture Runner::start(const CapturePlan& plan) {
  RunningCapture capture{&plan, {.file = plan.file, .host = plan.host}, nullptr};
  if (!facts_.has_namespaces) {
    capture.result.skipped = facts_.why_not.empty() ? messages::not_captured_on_loopback.in(language_) : facts_.why_not;
    return capture;
  }
  std::vector<std::string> words{own_path(), "capture",
                                 "--name",   facts_.name,
                                 "--format", "json",
                                 "-w",       (folder_ / plan.file).string(),
                                 "--keys",   (folder_ / key_log_name).string(),
                                 "--buffer", std::string{capture_buffer}};
  if (!plan.filter.empty()) words.insert(words.end(), {"--filter", plan.filter});
  words.push_back(plan.network.empty() ? plan.host : plan.host + ":" + plan.network);
  auto process = ChildProcess::start(words, stop_, false);
  if (!process) {
    capture.result.failures.push_back(process.error().message);
    return capture;
  }
  capture.process = std::make_unique<ChildProcess>(std::move(*process));
  // Its first line says that from here on no frame is missed.
  if (!capture.process->line(capture_deadline)) {
    capture.process->end(capture_deadline);
    const auto why =
        was_interrupted() ? messages::interrupted.in(language_) : first_line(capture.process->errors().text());
    capture.result.failures.push_back(messages::not_captured.in(language_, why));
    capture.process.reset();
  }
  return capture;
}

CaptureResult Runner::finish(RunningCapture capture) {
  auto& result = capture.result;
  if (capture.process == nullptr) return std::move(result);
  const auto ended = capture.process->end(capture_deadline);
  const auto has_lost_some = ended.exit_code == static_cast<int>(program::Exit::warnings);
  if (ended.ending != Ending::exited || (ended.exit_code != 0 && !has_lost_some)) {
    result.failures.push_back(messages::not_captured.in(language_, first_line(capture.process->errors().text())));
    return std::move(result);
  }
  const auto report = last_object(capture.process->output().text());
  result.is_there = true;
  result.received = number_of(report, "received");
  result.dropped = number_of(report, "dropped") + number_of(report, "dropped_by_interface");
  if (result.dropped > 0) result.failures.push_back(messages::frames_lost.in(language_, result.dropped));
  auto summary = summarize(folder_ / capture.plan->file, language_);
  if (!summary) {
    result.failures.push_back(summary.error().message);
    return std::move(result);
  }
  result.summary = *std::move(summary);
  auto unmet = failures(capture.plan->expect, result.summary, language_);
  result.failures.insert(result.failures.end(), unmet.begin(), unmet.end());
  return std::move(result);
}

ActivityResult Runner::play(const Scenario& scenario) {
  ActivityResult result{scenario.activity, scenario.title, {}, {}};
  listener_.on_activity(scenario);
  std::vector<RunningCapture> running;
  const auto finish_those = [&](const auto& are_due) {
    for (auto capture = running.begin(); capture != running.end();) {
      if (!are_due(*capture)) {
        ++capture;
        continue;
      }
      result.captures.push_back(finish(std::move(*capture)));
      listener_.on_capture(result.captures.back());
      capture = running.erase(capture);
    }
  };
  for (std::size_t i = 0; i < scenario.steps.size() && !was_interrupted(); ++i) {
    for (const auto& plan : scenario.captures) {
      if (plan.first_step == i) running.push_back(start(plan));
    }
    if (was_interrupted()) break;
    result.steps.push_back(play(scenario, scenario.steps[i]));
    listener_.on_step(result.steps.back());
    finish_those([&](const RunningCapture& capture) { return capture.plan->last_step == i; });
  }
  for (auto& [id, one] : in_background_) one.process.end(end_grace);  // of a run that was interrupted
  in_background_.clear();
  skipped_.clear();
  finish_those([](const RunningCapture&) { return true; });
  return result;
}

}  // namespace labnet::scenario
