// labnet ping: options to requests, events to lines.
#include "clients/ping/program.hpp"

#include <memory>

#include "clients/ping/output.hpp"
#include "common/program/stop_signals.hpp"

namespace labnet::ping {
namespace {

using namespace std::chrono_literals;
using program::Console;
using program::Exit;
using program::Format;
using std::chrono::milliseconds;

constexpr std::uint64_t count_max = 1'000'000'000;
constexpr milliseconds interval_max = 24h;
constexpr milliseconds timeout_max = 1h;

/// What was asked for; what was not is as the style has it.
struct Input {
  std::string host;
  Style style = Style::iputils;
  std::optional<std::uint64_t> count;
  std::optional<milliseconds> interval;
  std::optional<milliseconds> timeout;
  std::optional<std::size_t> payload_bytes;
  std::optional<std::uint8_t> ttl;
  Format format = Format::text;
};

Options to_options(const Input& input) {
  auto options = Options::of(input.style);
  if (input.count) options.count = input.count;
  options.interval = input.interval.value_or(options.interval);
  options.timeout = input.timeout.value_or(options.timeout);
  options.payload_bytes = input.payload_bytes.value_or(options.payload_bytes);
  options.ttl = input.ttl.value_or(options.ttl);
  return options;
}

/// Text line by line as things happen, JSON as one object at the end.
Summary run(Console& console, Client& client, const Options& options, const Target& target, Format format, int stop) {
  if (format == Format::json) {
    std::vector<Event> events;
    const auto summary = client.run(
        target.address, [&](const Event& event) { events.push_back(event); }, stop);
    console.write(to_json(target, client.identifier(), events, summary));
    return summary;
  }
  const Text text{options, target};
  const auto show = [&](const std::string& lines) {
    console.write(lines);
    console.flush();  // a reader behind a pipe watches too
  };
  show(text.heading());
  const auto summary = client.run(
      target.address, [&](const Event& event) { show(text.line(event)); }, stop);
  console.write(text.summary(summary));
  return summary;
}

Exit ping(Console& console, const Input& input) {
  const auto stop = program::StopSignals::hold();
  if (!stop) return console.fail(stop.error());
  const auto address = resolve(input.host, stop->descriptor());
  if (!address) return console.fail(address.error());
  const auto options = to_options(input);
  auto client = Client::open(options);
  if (!client) return console.fail(client.error());
  const auto summary = run(console, *client, options, {input.host, *address}, input.format, stop->descriptor());
  return summary.received > 0 ? Exit::done : Exit::failed;
}

program::Run define_ping(program::Options& options) {
  auto input = std::make_shared<Input>();
  const auto style_kind = one_of<Style>({{"iputils", Style::iputils}, {"windows", Style::windows}});
  options.positional("HOST", input->host, "a name or an IPv4 address");
  options.option("-c,--count", "N", input->count, "how many requests; default: until Ctrl-C, with --like windows 4",
                 between<std::uint64_t>(1, count_max));
  options.option("-i,--interval", "TIME", input->interval, "from one request to the next; default: 1 s",
                 duration_between(Options::interval_min, interval_max));
  options.option("-W,--timeout", "TIME", input->timeout, "how long to wait for a reply; default: 10 s, on windows 4 s",
                 duration_between(1ms, timeout_max));
  options.option("-s,--size", "BYTES", input->payload_bytes, "of data in a request; default: 56, on windows 32",
                 between<std::size_t>(0, Options::payload_bytes_max));
  options.option("-t,--ttl", "N", input->ttl, "time to live; default: 64, on windows 128",
                 between<std::uint8_t>(1, 255));
  options.option("--like", "SYSTEM", input->style, "whose habits: iputils (Linux) or windows", style_kind);
  options.option("--format", "FORMAT", input->format, "text or json", program::format_kind());
  return [input](Console& console) { return ping(console, *input); };
}

}  // namespace

const program::Program ping_program{"ping", program::Group::clients, "Asks a host for an echo, as ping does",
                                    "labnet ping -c 3 192.168.1.7\nlabnet ping --like windows dns.labredes71.com",
                                    define_ping};

}  // namespace labnet::ping
