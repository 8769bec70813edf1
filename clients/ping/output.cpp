// What a person or a program reads of a run of echo requests.
#include "clients/ping/output.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "common/packet/ipv4.hpp"

namespace labnet::ping {
namespace {

namespace json = boost::json;

double exact_milliseconds(std::chrono::nanoseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}
std::int64_t whole_milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).count();
}

/// Three digits and no fewer than one of them before the point, as ping prints a time.
std::string three_digits(double ms) {
  return fmt::format("{:.{}f}", ms, ms >= 100 ? 0 : ms >= 10 ? 1 : ms >= 1 ? 2 : 3);
}

std::string iputils_line(const Reply& reply) {
  return fmt::format("{} bytes from {}: icmp_seq={} ttl={} time={} ms{}\n",
                     packet::Icmp::header_bytes + reply.payload_bytes, to_string(reply.from), reply.sequence_number,
                     reply.ttl, three_digits(exact_milliseconds(reply.round_trip)),
                     reply.is_duplicate ? " (DUP!)" : "");
}
std::string iputils_line(const EchoError& error) {
  return fmt::format("From {} icmp_seq={} {}\n", to_string(error.from), error.sequence_number,
                     packet::describe_icmp(error.type, error.code));
}
std::string iputils_line(const TimedOut& timed_out) {
  return fmt::format("No reply to icmp_seq={}\n", timed_out.sequence_number);
}
std::string iputils_line(const SendFailed& failed) {
  return fmt::format("icmp_seq={}: {}\n", failed.sequence_number, failed.error.message);
}

std::string windows_line(const Reply& reply) {
  const auto ms = whole_milliseconds(reply.round_trip);
  return fmt::format("Reply from {}: bytes={} time{}ms TTL={}{}\n", to_string(reply.from), reply.payload_bytes,
                     ms == 0 ? "<1" : fmt::format("={}", ms), reply.ttl, reply.is_duplicate ? " (duplicate)" : "");
}
std::string windows_line(const EchoError& error) {
  return fmt::format("Reply from {}: {}.\n", to_string(error.from), packet::describe_icmp(error.type, error.code));
}
std::string windows_line(const TimedOut&) {
  return "Request timed out.\n";
}
std::string windows_line(const SendFailed& failed) {
  return fmt::format("{}.\n", failed.error.message);
}

json::object to_object(const Reply& reply) {
  return {{"event", reply.is_duplicate ? "duplicate" : "reply"},
          {"sequence_number", reply.sequence_number},
          {"from", to_string(reply.from)},
          {"ttl", reply.ttl},
          {"bytes", reply.payload_bytes},
          {"round_trip_ms", exact_milliseconds(reply.round_trip)}};
}
json::object to_object(const EchoError& error) {
  return {{"event", "error"},
          {"sequence_number", error.sequence_number},
          {"from", to_string(error.from)},
          {"type", error.type},
          {"code", error.code},
          {"reason", packet::describe_icmp(error.type, error.code)}};
}
json::object to_object(const TimedOut& timed_out) {
  return {{"event", "timeout"}, {"sequence_number", timed_out.sequence_number}};
}
json::object to_object(const SendFailed& failed) {
  return {{"event", "not_sent"}, {"sequence_number", failed.sequence_number}, {"reason", failed.error.message}};
}

}  // namespace

std::string Text::heading() const {
  const auto address = to_string(target_.address);
  if (options_.style == Style::windows) {
    const auto name = target_.host == address ? address : fmt::format("{} [{}]", target_.host, address);
    return fmt::format("\nPinging {} with {} bytes of data:\n", name, options_.payload_bytes);
  }
  return fmt::format("PING {} ({}) {}({}) bytes of data.\n", target_.host, address, options_.payload_bytes,
                     options_.payload_bytes + packet::Icmp::header_bytes + packet::Ipv4::header_bytes_min);
}

std::string Text::line(const Event& event) const {
  return std::visit(
      [&](const auto& what) { return options_.style == Style::windows ? windows_line(what) : iputils_line(what); },
      event);
}

std::string Text::summary(const Summary& summary) const {
  if (options_.style == Style::windows) {
    auto text = fmt::format(
        "\nPing statistics for {}:\n    Packets: Sent = {}, Received = {}, Lost = {} ({:.0f}% loss),\n",
        to_string(target_.address), summary.transmitted, summary.received, summary.lost(), summary.loss_percent());
    if (summary.received == 0) return text;
    return text + fmt::format(
                      "Approximate round trip times in milli-seconds:\n"
                      "    Minimum = {}ms, Maximum = {}ms, Average = {}ms\n",
                      whole_milliseconds(summary.round_trip_min), whole_milliseconds(summary.round_trip_max),
                      whole_milliseconds(summary.round_trip_average));
  }
  auto text = fmt::format("\n--- {} ping statistics ---\n{} packets transmitted, {} received", target_.host,
                          summary.transmitted, summary.received);
  if (summary.duplicates > 0) text += fmt::format(", +{} duplicates", summary.duplicates);
  if (summary.errors > 0) text += fmt::format(", +{} errors", summary.errors);
  text +=
      fmt::format(", {:.6g}% packet loss, time {}ms\n", summary.loss_percent(), whole_milliseconds(summary.duration));
  if (summary.received == 0) return text;
  return text + fmt::format("rtt min/avg/max/mdev = {:.3f}/{:.3f}/{:.3f}/{:.3f} ms\n",
                            exact_milliseconds(summary.round_trip_min), exact_milliseconds(summary.round_trip_average),
                            exact_milliseconds(summary.round_trip_max),
                            exact_milliseconds(summary.round_trip_deviation));
}

std::string to_json(const Target& target, std::uint16_t identifier, const std::vector<Event>& events,
                    const Summary& summary) {
  json::object object{{"host", target.host},
                      {"address", to_string(target.address)},
                      {"identifier", identifier},
                      {"transmitted", summary.transmitted},
                      {"received", summary.received},
                      {"duplicates", summary.duplicates},
                      {"errors", summary.errors},
                      {"loss_percent", summary.loss_percent()},
                      {"duration_ms", exact_milliseconds(summary.duration)}};
  if (summary.received > 0) {
    object["round_trip_ms"] = json::object{{"min", exact_milliseconds(summary.round_trip_min)},
                                           {"average", exact_milliseconds(summary.round_trip_average)},
                                           {"max", exact_milliseconds(summary.round_trip_max)},
                                           {"deviation", exact_milliseconds(summary.round_trip_deviation)}};
  }
  json::array list;
  for (const auto& event : events) {
    list.push_back(std::visit([](const auto& what) { return to_object(what); }, event));
  }
  object["events"] = std::move(list);
  return json::serialize(object) + "\n";
}

}  // namespace labnet::ping
