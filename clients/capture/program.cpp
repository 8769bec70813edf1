// labnet capture: the place is entered, the files are made, frames are shown or kept.
#include "clients/capture/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "clients/capture/capture.hpp"
#include "clients/capture/frame_line.hpp"
#include "clients/capture/place.hpp"
#include "common/program/stop_signals.hpp"

namespace labnet::capture {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using program::Console;
using program::Exit;
using program::Format;
using std::chrono::milliseconds;

constexpr milliseconds duration_max = 24h * 30;
constexpr std::string_view to_output = "-";

struct Input {
  std::string lab;
  std::string host;
  std::string interface;
  std::string file;
  std::string filter;
  std::string keys;
  std::uint32_t buffer_bytes = TapOptions{}.buffer_bytes;
  std::optional<milliseconds> duration;
  std::optional<std::uint64_t> frames;
  Format format = Format::text;

  bool has_file() const { return !file.empty() && file != to_output; }
};

std::optional<std::string> mistake_in(const Input& input) {
  if (input.host.empty() && input.interface.empty()) return "HOST is missing; --interface captures on this machine";
  if (!input.host.empty() && !input.interface.empty()) return "HOST and --interface exclude each other";
  if (input.file == to_output && input.format == Format::json) {
    return "--write - and --format json exclude each other: both are for standard output";
  }
  return std::nullopt;
}

Options to_options(const Input& input, const Place& place) {
  Options options;
  options.tap = {.interface = place.interface, .filter = input.filter, .buffer_bytes = input.buffer_bytes};
  if (input.file == to_output) options.stream = STDOUT_FILENO;
  options.description = place.description;
  options.names = place.names;
  return options;
}

struct Opened {
  Place place;
  Capture capture;
  FileDescriptor keys;  // none if none are wanted
};

/// The files come first: in a lab host the user's paths may lead elsewhere.
Result<Opened> open(const Input& input) {
  std::optional<CaptureFiles> files;
  FileDescriptor keys;
  if (!input.keys.empty()) {
    // Whoever writes them may come later.
    keys = FileDescriptor{::open(input.keys.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600)};
    if (!keys) return system_error(fmt::format("cannot read {}", input.keys));
  }
  if (input.has_file()) {
    auto created = CaptureFiles::create(input.file);
    if (!created) return created.error();
    files.emplace(std::move(*created));
  }
  Place place{input.interface, input.interface};
  if (!input.host.empty()) {
    auto entered = enter_place(input.lab, input.host);
    if (!entered) return entered.error();
    place = std::move(*entered);
  }
  auto capture = Capture::open(to_options(input, place), std::move(files));
  if (!capture) return capture.error();
  return Opened{std::move(place), std::move(*capture), std::move(keys)};
}

/// What the key log holds by now.
std::string read_keys(const FileDescriptor& keys) {
  std::string text;
  struct stat status {};
  if (!keys || fstat(keys.get(), &status) != 0) return text;
  text.resize(std::min<std::size_t>(static_cast<std::size_t>(status.st_size), packet::block_bytes_max));
  const auto count = ::pread(keys.get(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  return text;
}

/// For whoever waits until no frame is missed any more.
void say_open(Console& console, const Input& input, const Place& place) {
  if (input.format == Format::text) {
    const auto where =
        place.title == place.interface ? place.title : fmt::format("{} ({})", place.title, place.interface);
    console.complain(fmt::format("capturing on {}; Ctrl-C ends it", where));
    return;
  }
  json::object line{{"capturing", place.title}, {"interface", place.interface}};
  if (input.has_file()) line["file"] = input.file;
  console.print("{}\n", json::serialize(line));
  console.flush();
}

void say_end(Console& console, Format format, const Report& report, const Capture& capture) {
  if (format == Format::json) {
    json::array files;
    for (const auto& path : capture.paths()) files.emplace_back(path.string());
    console.print("{}\n", json::serialize(json::object{{"received", report.received},
                                                       {"captured", report.captured},
                                                       {"dropped", report.dropped},
                                                       {"dropped_by_interface", report.dropped_by_interface},
                                                       {"files", std::move(files)}}));
    return;
  }
  auto sentence = fmt::format("{} frames captured", report.captured);
  if (report.dropped > 0) sentence += fmt::format(", {} dropped by the kernel", report.dropped);
  if (report.dropped_by_interface > 0) sentence += fmt::format(", {} by the interface", report.dropped_by_interface);
  for (const auto& path : capture.paths()) sentence += fmt::format(", {}", path.string());
  console.complain(sentence);
}

/// Shows each frame to people, unless the frames are kept.
Capture::OnFrame watcher(Console& console, const Input& input, packet::LinkType link_type) {
  if (!input.file.empty() || input.format == Format::json) return {};
  return [&console, link_type](const packet::CapturedFrame& frame) {
    console.print("{}\n", frame_line(frame, link_type, local_utc_offset(frame.time)));
    console.flush();                               // a reader behind a pipe watches too
    if (std::ferror(stdout) != 0) raise(SIGTERM);  // he has gone: the signal is held, and ends the capture in order
  };
}

Exit capture(Console& console, const Input& input) {
  if (const auto mistake = mistake_in(input)) return console.wrong_usage(*mistake);
  const auto stop = program::StopSignals::hold();
  if (!stop) return console.fail(stop.error());
  auto opened = open(input);
  if (!opened) return console.fail(opened.error());
  auto& [place, capture, keys] = *opened;
  say_open(console, input, place);
  const auto report = capture.run({.descriptor = stop->descriptor(), .after = input.duration, .frames = input.frames},
                                  watcher(console, input, capture.link_type()));
  if (const auto saved = capture.save(read_keys(keys)); !saved) return console.fail(saved.error());
  if (!report) return console.fail(report.error());
  say_end(console, input.format, *report, capture);
  return report->dropped + report->dropped_by_interface > 0 ? Exit::warnings : Exit::done;
}

program::Run define_capture(program::Options& options) {
  auto input = std::make_shared<Input>();
  using Need = program::Options::Need;
  options.positional("HOST[:NETWORK]", input->host, "a host of the lab, by its card in that network", Need::optional);
  options.option("--interface", "IF", input->interface, "capture on an interface of this machine, not in a lab");
  options.option("--name", "NAME", input->lab, "of the lab, if several run");
  options.option("-w,--write", "FILE", input->file,
                 "keep the frames: x.pcap and beside it x.pcapng; - is pcapng to standard output");
  options.option("--filter", "BPF", input->filter, "only these frames, such as \"udp port 53\"; see pcap-filter(7)");
  options.option("--keys", "FILE", input->keys,
                 "a TLS key log (SSLKEYLOGFILE): what it holds at the end goes into the pcapng, for Wireshark");
  options.option("--seconds", "N", input->duration, "end after so long; default: at Ctrl-C",
                 duration_between(1ms, duration_max));
  options.option("--frames", "N", input->frames, "end after so many",
                 between<std::uint64_t>(1, std::numeric_limits<std::int64_t>::max()));
  options.option("--buffer", "SIZE", input->buffer_bytes, "the kernel's room for frames not yet read; default: 4 MiB",
                 byte_size<std::uint32_t>(Options::buffer_bytes_min, Options::buffer_bytes_max));
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  options.excludes("--name", "--interface");
  return [input](Console& console) { return capture(console, *input); };
}

}  // namespace

const program::Program capture_program{
    "capture", program::Group::lab, "Captures the frames of a lab host",
    "labnet capture pc1\nlabnet capture gw:wan -w wan.pcap --filter \"udp port 53\"\nlabnet capture pc1 -w - | "
    "wireshark -k -i -",
    define_capture};

}  // namespace labnet::capture
