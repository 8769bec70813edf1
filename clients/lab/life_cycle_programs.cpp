// down, status, inspect, logs, events: the lab as a whole.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "clients/lab/connection.hpp"
#include "clients/lab/programs.hpp"
#include "clients/lab/status_text.hpp"
#include "common/base/kinds.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/control/event.hpp"
#include "common/json/json_text.hpp"
#include "common/program/stop_signals.hpp"

namespace labnet::lab_client {
namespace {

using control::json::object;
using program::Console;
using program::Exit;
using program::Format;
using program::Group;
using program::Options;
using program::Run;

/// How long a lab may take to be gone after it has said that it will: longer than it waits for its services.
constexpr std::chrono::milliseconds gone_deadline{5000};
/// How far back events may be asked for; a lab does not keep that many.
constexpr std::chrono::hours since_max{24 * 365};

void add_name(Options& options, std::string& name) {
  options.option("--name", "NAME", name, "of the lab, if several run");
}
void add_format(Options& options, Format& format) {
  options.option("--format", "FORMAT", format, "text or json", program::format_kind());
}

Result<void> take_down(const std::string& name) {
  const auto paths = control::paths_of(name);
  if (!paths) return paths.error();
  auto lab = control::Client::connect(paths->control);
  // One that is just ending does not answer any more.
  if (lab) {
    const auto reply = lab->ask({{"do", "down"}}, answer_deadline);
    if (!reply && control::wait_until_gone(*paths, std::chrono::milliseconds{0})) return {};
  }
  if (!control::wait_until_gone(*paths, gone_deadline)) {
    return Error{"lab ", name, " was told to end and is still there"};
  }
  return {};
}

Run define_down(Options& options) {
  struct Input {
    std::string name;
    bool all = false;
  };
  auto input = std::make_shared<Input>();
  add_name(options, input->name);
  options.flag("--all", input->all, "every lab of this user");
  options.excludes("--all", "--name");
  return [input](Console& console) {
    std::vector<std::string> names;
    if (input->all) {
      const auto running = control::running_labs();
      if (!running) return console.fail(running.error());
      names = *running;
    } else {
      const auto name = find_lab(input->name, "--name or --all");
      if (!name) return console.fail(name.error());
      names.push_back(*name);
    }
    auto code = Exit::done;
    for (const auto& name : names) {
      if (const auto gone = take_down(name); !gone) {
        code = console.fail(gone.error());
      } else {
        console.print("lab {} is down\n", name);
      }
    }
    return code;
  };
}

Result<object> ask(const std::string& name, const object& request) {
  auto lab = connect(name);
  if (!lab) return lab.error();
  return lab->ask(request, answer_deadline);
}

std::string to_json_line(object reply) {
  reply.erase("ok");
  return boost::json::serialize(reply) + '\n';
}

Run define_status(Options& options) {
  struct Input {
    std::string name;
    Format format = Format::text;
  };
  auto input = std::make_shared<Input>();
  add_name(options, input->name);
  add_format(options, input->format);
  return [input](Console& console) {
    auto status = ask(input->name, {{"do", "status"}});
    if (!status) return console.fail(status.error());
    console.write(input->format == Format::json ? to_json_line(*std::move(status)) : status_text(*status));
    return Exit::done;
  };
}

Run define_inspect(Options& options) {
  struct Input {
    std::string name;
    Format format = Format::text;
    std::optional<std::string> host;
  };
  auto input = std::make_shared<Input>();
  add_name(options, input->name);
  add_format(options, input->format);
  options.positional("HOST", input->host, "one host; default: all of them");
  return [input](Console& console) {
    auto status = ask(input->name, {{"do", "status"}});
    if (!status) return console.fail(status.error());
    boost::json::array chosen;
    std::vector<std::string> names;
    for (auto& host : status->at("hosts").as_array()) {
      const std::string name{control::text_of(host.as_object(), "name")};
      names.push_back(name);
      if (!input->host || *input->host == name) chosen.push_back(host);
    }
    if (chosen.empty()) {
      return console.fail(
          fmt::format("no host of this lab is named \"{}\"; there are {}", *input->host, join(names, ", ")));
    }
    if (input->format == Format::json) {
      console.print("{}\n", boost::json::serialize(input->host ? chosen.front() : boost::json::value{chosen}));
    } else {
      for (const auto& host : chosen) console.write(host_text(host.as_object()));
    }
    return Exit::done;
  };
}

void print_log_line(Console& console, Format format, const object& line) {
  if (format == Format::json) {
    console.print("{}\n", boost::json::serialize(object{
                              {"host", line.at("host")}, {"service", line.at("service")}, {"text", line.at("text")}}));
    return;
  }
  const auto host = control::text_of(line, "host");
  const auto service = control::text_of(line, "service");
  console.print("{}: {}\n", host.empty() ? "lab" : fmt::format("{}/{}", host, service), control::text_of(line, "text"));
}

void print_event(Console& console, Format format, const object& reply) {
  const auto& told = reply.at("event").as_object();
  if (format == Format::json) return console.print("{}\n", json_text(told));
  const auto event = control::event_of(told);
  const auto who = event.host.empty() ? "lab" : fmt::format("{}/{}", event.host, event.service);
  console.print("{} {}: {}\n", event.time, who, printable(control::in_words(event)));
}

/// What both show: lines that the lab has kept, and with `follow` those that come.
struct Stream {
  std::string name;
  Format format = Format::text;
  std::string service;
  bool follow = false;
};

void add_stream(Options& options, Stream& stream) {
  add_name(options, stream.name);
  add_format(options, stream.format);
  options.flag("-f,--follow", stream.follow, "go on with what comes, until the lab ends or Ctrl-C");
  options.positional("SERVICE", stream.service, "a service, a host or HOST/SERVICE; default: all",
                     Options::Need::optional);
}

Exit show(Console& console, const Stream& stream, object request,
          void (*print)(Console& console, Format format, const object& line)) {
  const auto stop = program::StopSignals::hold();
  if (!stop) return console.fail(stop.error());
  auto lab = connect(stream.name);
  if (!lab) return console.fail(lab.error());
  request["service"] = stream.service;
  request["follow"] = stream.follow;
  auto line = lab->ask(request, answer_deadline);
  if (!line) return console.fail(line.error());
  while (control::is_true(*line, "more")) {
    print(console, stream.format, *line);
    if (stream.follow) console.flush();
    const auto next = lab->next_reply(stop->descriptor());
    if (!next) return console.fail(next.error());
    if (!*next) break;  // the lab has ended, or Ctrl-C was pressed
    line = **next;
  }
  return Exit::done;
}

Run define_events(Options& options) {
  struct Input {
    Stream stream;
    std::optional<std::chrono::milliseconds> since;
  };
  auto input = std::make_shared<Input>();
  add_stream(options, input->stream);
  options.option("--since", "TIME", input->since, "only what was so long ago or less, such as 10s or 5m",
                 duration_between(std::chrono::milliseconds{0}, std::chrono::milliseconds{since_max}));
  return [input](Console& console) {
    object request{{"do", "events"}};
    if (input->since) request["since"] = control::utc_text(std::chrono::system_clock::now() - *input->since);
    return show(console, input->stream, std::move(request), print_event);
  };
}

Run define_logs(Options& options) {
  auto stream = std::make_shared<Stream>();
  add_stream(options, *stream);
  return [stream](Console& console) { return show(console, *stream, {{"do", "logs"}}, print_log_line); };
}

}  // namespace

const program::Program down_program{"down", Group::lab, "Ends a lab; nothing of it is left", "labnet down",
                                    define_down};
const program::Program status_program{"status", Group::lab, "Shows hosts, addresses, services and published ports",
                                      "labnet status\nlabnet status --format json", define_status};
const program::Program inspect_program{"inspect", Group::lab, "Shows all that is known of a host", "labnet inspect pc1",
                                       define_inspect};
const program::Program logs_program{"logs", Group::lab, "Shows what the services log",
                                    "labnet logs -f\nlabnet logs gw/dns", define_logs};
const program::Program events_program{"events", Group::lab, "Tells what happens, for programs with --format json",
                                      "labnet events -f --format json\nlabnet events --since 5m ftp", define_events};

}  // namespace labnet::lab_client
