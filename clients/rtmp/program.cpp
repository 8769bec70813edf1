// labnet rtmp: options to a camera or a player, and what has come of it to lines and an exit code.
#include "clients/rtmp/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "clients/rtmp/limits.hpp"
#include "clients/rtmp/report.hpp"
#include "clients/rtmp/visit.hpp"
#include "common/net/pause.hpp"

namespace labnet::rtmp_client {
namespace {

using namespace std::chrono_literals;
using program::Console;
using program::Exit;
using program::Format;
using program::Group;
using program::Options;
using program::Program;
using program::Run;

constexpr std::chrono::milliseconds farewell{3'000};  // once the user has had enough
constexpr std::chrono::milliseconds duration_max{24h * 365};
constexpr std::chrono::milliseconds start_max{1'193h};  // 2^32 ms: more than timestamps can say

Session::Options session_options(const CommonInput& input, const Target& target) {
  Session::Options options;
  options.url = target.url;
  options.habits = input.habits;
  options.timeout = input.timeout;
  return options;
}

/// What all three have to know before anybody is connected to.
struct Job {
  const CommonInput& input;
  Target target;
};
/// In place of it the exit code: what is wrong is told.
Result<Job, Exit> job_of(Console& console, const CommonInput& input) {
  const auto url = url_of(input);
  if (!url) return console.wrong_usage(url.error().message);
  auto target = target_of(input, *url);
  if (!target) return console.fail(target.error());
  return Job{input, *std::move(target)};
}

template <class Report>
Exit end(Console& console, const std::optional<Result<Report>>& outcome, Format format) {
  if (!outcome) return console.fail("interrupted");
  if (!*outcome) return console.fail(outcome->error());
  console.write(format == Format::json ? to_json(**outcome) : to_text(**outcome));
  return Exit::done;
}

// publish

struct PublishInput {
  CommonInput common;
  std::string file;
  PublishOptions options;
  rtmp::Publish::Kind kind = rtmp::Publish::Kind::live;
  Format format = Format::text;
};

Task<Result<PublishReport>> publish(net::Worker& worker, const Job& job, const PublishInput& input, FlvFile& file,
                                    Observer& observer) {
  auto transport = co_await connect_to(worker, job.target, observer);
  if (!transport) co_return transport.error();
  Connection connection{*std::move(transport), observer, job.input.habits->answers_bandwidth};
  Session session{connection, session_options(job.input, job.target)};
  const auto started = co_await session.publish(input.kind);
  if (!started) co_return started.error();
  Publisher publisher{worker, session, file, input.options};
  const auto on_stop = worker.on_stop([&] { publisher.stop(); });
  co_return co_await publisher.run();
}

Exit run_publish(Console& console, const PublishInput& input) {
  auto job = job_of(console, input.common);
  if (!job) return job.error();
  auto file = FlvFile::open(input.file);
  if (!file) return console.fail(file.error());
  Transcript transcript{console, input.common.verbose};
  const auto outcome = net::run_to_end<Result<PublishReport>>(
      [&](net::Worker& worker) { return publish(worker, *job, input, *file, transcript); }, farewell);
  return end(console, outcome, input.format);
}

Run define_publish(Options& options) {
  auto input = std::make_shared<PublishInput>();
  options.positional("FILE", input->file, "FLV with H.264 and AAC, or whatever the server takes; - is standard input");
  declare_url(options, input->common);
  options.flag("--loop", input->options.loops, "from the beginning again when the file has ended");
  options.flag("--fast", input->options.as_fast_as_possible, "as fast as the server takes it, not in its own time");
  options.option("--duration", "TIME", input->options.duration_max,
                 "no more of the stream than that, such as 10s or 500ms; default: all",
                 duration_between(0ms, duration_max));
  options.flag("--clock", input->options.tells_time,
               "say in the stream what time it is: players measure latency by it");
  options.option("--kind", "KIND", input->kind, "what publish asks for: live, record or append; default: live",
                 one_of<rtmp::Publish::Kind>({{"live", rtmp::Publish::Kind::live},
                                              {"record", rtmp::Publish::Kind::record},
                                              {"append", rtmp::Publish::Kind::append}}));
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  declare(options, input->common);
  return [input](Console& console) { return run_publish(console, *input); };
}

// play and probe

struct PlayInput {
  CommonInput common;
  std::optional<std::string> output;
  std::optional<std::chrono::milliseconds> duration;
  bool live = false;
  std::optional<std::chrono::milliseconds> start;
  int players = 1;
  Format format = Format::text;
};

rtmp::Play play_of(const PlayInput& input) {
  constexpr double live = -1;
  rtmp::Play play;
  if (input.live) play.start = live;
  if (input.start) play.start = static_cast<double>(input.start->count());
  return play;
}

Task<Result<PlayReport>> play(net::Worker& worker, const Job& job, rtmp::Play asked, PlayOptions options,
                              std::optional<std::string> output, Observer& observer) {
  const auto began = Clock::now();
  auto transport = co_await connect_to(worker, job.target, observer);
  if (!transport) co_return transport.error();
  Connection connection{*std::move(transport), observer, job.input.habits->answers_bandwidth};
  Session session{connection, session_options(job.input, job.target)};
  const auto started = co_await session.play(std::move(asked));
  if (!started) co_return started.error();
  std::optional<Recording> recording;
  if (output) {
    auto begun = co_await Recording::begin(worker, *output);
    if (!begun) co_return begun.error();
    recording.emplace(std::move(*begun));
  }
  Player player{session, options, began, recording ? &*recording : nullptr};
  const auto on_stop = worker.on_stop([&] { player.stop(); });
  co_return co_await player.run();
}

/// One connection beside others: they begin one after the other, evenly over the first fifth of the time.
Task<void> play_beside(net::Worker& worker, const Job& job, const PlayInput& input, Timeout begins_after,
                       Observer& observer, CrowdReport& report) {
  co_await net::pause(worker.executor(), begins_after);
  PlayOptions options;
  options.duration_max = *input.duration - begins_after;
  options.is_load = true;
  options.silence_max = input.common.timeout;
  const auto played = co_await play(worker, job, play_of(input), options, std::nullopt, observer);
  if (played) {
    report.played.push_back(*played);
  } else if (std::ranges::find(report.faults, played.error().message) == report.faults.end()) {
    report.faults.push_back(played.error().message);
  }
}

Task<Result<CrowdReport>> play_many(net::Worker& worker, const Job& job, const PlayInput& input, Observer& observer) {
  CrowdReport report;
  report.players = static_cast<std::size_t>(input.players);
  const auto began = Clock::now();
  const auto fifth = *input.duration / 5;
  std::size_t left = report.players;
  net::asio::basic_waitable_timer<Clock, net::asio::wait_traits<Clock>, net::Executor> all_ended{
      worker.executor(), Clock::time_point::max()};
  for (int i = 0; i < input.players; ++i) {
    worker.spawn([](net::Worker& own_worker, const Job& own_job, const PlayInput& own_input, Timeout after,
                    Observer& own_observer, CrowdReport& out, std::size_t& still, auto& ended) -> Task<void> {
      co_await play_beside(own_worker, own_job, own_input, after, own_observer, out);
      if (--still == 0) ended.cancel();
    }(worker, job, input, fifth * i / input.players, observer, report, left, all_ended));
  }
  if (left > 0) co_await all_ended.async_wait(net::as_result);
  report.wall_time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  co_return report;
}

/// The report goes where the stream does not.
Exit play_once(Console& console, const PlayInput& input, const Job& job, bool until_known) {
  PlayOptions options;
  options.duration_max = input.duration;
  options.silence_max = input.common.timeout;
  if (until_known && options.duration_max) options.silence_max = std::min(options.silence_max, *options.duration_max);
  options.until_known = until_known;
  Transcript transcript{console, input.common.verbose};
  const auto outcome = net::run_to_end<Result<PlayReport>>(
      [&](net::Worker& worker) { return play(worker, job, play_of(input), options, input.output, transcript); },
      farewell);
  if (input.output != "-" || !outcome || !*outcome) return end(console, outcome, input.format);
  program::say(to_text(**outcome));
  return Exit::done;
}

Exit play_as_many(Console& console, const PlayInput& input, const Job& job) {
  Transcript transcript{console, input.common.verbose};
  const auto outcome = net::run_to_end<Result<CrowdReport>>(
      [&](net::Worker& worker) { return play_many(worker, job, input, transcript); }, farewell);
  if (!outcome || !*outcome) return end(console, outcome, input.format);
  for (const auto& fault : (*outcome)->faults) console.complain(fault);
  const auto code = end(console, outcome, input.format);
  return (*outcome)->faults.empty() ? code : Exit::failed;
}

Exit run_play(Console& console, const PlayInput& input) {
  if (input.players > 1 && (!input.duration || input.output)) {
    return console.wrong_usage("--players is with --duration, and without --output");
  }
  const auto job = job_of(console, input.common);
  if (!job) return job.error();
  return input.players > 1 ? play_as_many(console, input, *job) : play_once(console, input, *job, false);
}

void declare_start(Options& options, PlayInput& input) {
  options.flag("--live", input.live, "a stream that is published now, no recorded one");
  options.option("--start", "TIME", input.start, "of a recorded one: from there on, such as 90, 1.5s or 2min",
                 duration_between(0ms, start_max));
  options.excludes("--live", "--start");
}

Run define_play(Options& options) {
  auto input = std::make_shared<PlayInput>();
  declare_url(options, input->common);
  options.option("-o,--output", "FILE", input->output,
                 "keep it, as FLV; - is standard output: ... -o - URL | ffplay -");
  options.option("--duration", "TIME", input->duration,
                 "end after so long, such as 10s or 500ms, in a recording's own time; default: when the stream ends",
                 duration_between(0ms, duration_max));
  declare_start(options, *input);
  options.option("--players", "N", input->players, "so many at once, as a load; with --duration",
                 between(1, players_max));
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  declare(options, input->common);
  return [input](Console& console) { return run_play(console, *input); };
}

Exit run_probe(Console& console, const PlayInput& input) {
  const auto job = job_of(console, input.common);
  return job ? play_once(console, input, *job, true) : job.error();
}

Run define_probe(Options& options) {
  auto input = std::make_shared<PlayInput>();
  input->duration = 10s;
  declare_url(options, input->common);
  options.option("--duration", "TIME", input->duration, "look no longer than that, such as 3s or 500ms; default: 10 s",
                 duration_between(0ms, duration_max));
  declare_start(options, *input);
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  declare(options, input->common);
  return [input](Console& console) { return run_probe(console, *input); };
}

}  // namespace

const Program rtmp_publish_program{"rtmp publish", Group::clients, "Sends an FLV file to an RTMP server, as a camera",
                                   "labnet rtmp publish clip.flv rtmp://127.0.0.1/live/1234 --loop --clock\n"
                                   "labnet rtmp publish clip.flv rtmp://127.0.0.1/live/1234 --like obs -v",
                                   define_publish};

const Program rtmp_play_program{"rtmp play", Group::clients, "Takes a stream of an RTMP server, as a player",
                                "labnet rtmp play rtmp://127.0.0.1/live/1234 -o got.flv\n"
                                "labnet rtmp play rtmp://127.0.0.1/live/1234 --players 100 --duration 10s",
                                define_play};

const Program rtmp_probe_program{"rtmp probe", Group::clients, "Tells what an RTMP stream has in it",
                                 "labnet rtmp probe rtmp://127.0.0.1/live/1234", define_probe};

}  // namespace labnet::rtmp_client
