#include "clients/dns/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/text.hpp"
#include "common/dns/dig_text.hpp"
#include "common/dns/message_json.hpp"
#include "common/program/version.hpp"

namespace labnet::dns_client {
namespace {

namespace json = boost::json;

/// As dig writes it: "127.0.0.1#53(127.0.0.1)".
std::string server_text(const resolver::Server& server, std::string_view name) {
  return fmt::format("{}#{}({})", to_string(server.address), server.port, name);
}

auto milliseconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}
double exact_milliseconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// When and from whom it came; `size` is the last line.
std::string statistics_text(std::chrono::nanoseconds duration, const resolver::Server& server, Transport transport,
                            std::chrono::system_clock::time_point when, std::string_view size) {
  const auto address = to_string(server.address);
  return fmt::format(";; Query time: {} msec\n;; SERVER: {} ({})\n;; WHEN: {:%a %b %d %H:%M:%S %Z %Y}\n;; {}\n\n",
                     milliseconds_of(duration), server_text(server, address), to_text(transport),
                     fmt::localtime(std::chrono::system_clock::to_time_t(when)), size);
}

json::object object_of(const Reply& reply) {
  json::object object{{"server", resolver::to_string(reply.server)},
                      {"transport", to_lower(to_text(reply.transport))},
                      {"duration_ms", exact_milliseconds_of(reply.duration)},
                      {"bytes", reply.wire.size()}};
  auto message = dns::to_json(reply.message);
  object.insert(message.begin(), message.end());
  return object;
}

}  // namespace

std::string to_text(const Reply& reply, const Shown& shown, std::string_view command,
                    std::chrono::system_clock::time_point when) {
  const auto& message = reply.message;
  std::string text;
  if (shown.data_alone) {
    for (const auto& record : message.answers) text += dns::to_text(record.data) + '\n';
    return text;
  }
  if (shown.command) text += command_text(command);
  text += dns::dig_text(message, shown, reply.trailing_bytes);
  if (shown.statistics) {
    text += statistics_text(reply.duration, reply.server, reply.transport, when,
                            fmt::format("MSG SIZE  rcvd: {}", reply.wire.size()));
  }
  return text;
}

std::string to_json(const Reply& reply) {
  return json::serialize(object_of(reply)) + '\n';
}

std::string to_text(const Transfer& transfer, const Shown& shown, std::string_view command,
                    std::chrono::system_clock::time_point when) {
  std::string text;
  if (shown.data_alone) {
    for (const auto& record : transfer.records) text += dns::to_text(record.data) + '\n';
    return text;
  }
  if (shown.command) text += command_text(command);
  if (shown.answer) {
    for (const auto& record : transfer.records) text += dns::dig_text(record, shown);
  }
  if (shown.statistics) {
    text += statistics_text(transfer.duration, transfer.server, Transport::tcp, when,
                            fmt::format("XFR size: {} records (messages {}, bytes {})", transfer.records.size(),
                                        transfer.messages, transfer.bytes));
  }
  return text;
}

std::string to_json(const Transfer& transfer) {
  const json::object object{{"server", resolver::to_string(transfer.server)},
                            {"transport", "tcp"},
                            {"duration_ms", exact_milliseconds_of(transfer.duration)},
                            {"messages", transfer.messages},
                            {"bytes", transfer.bytes},
                            {"records", dns::to_json(transfer.records)}};
  return json::serialize(object) + '\n';
}

std::string to_text(const TraceStep& step, const Shown& shown) {
  auto records_alone = shown;
  records_alone.command = false;
  const auto& reply = step.reply;
  return fmt::format("{};; Received {} bytes from {} in {} ms\n\n", to_text(reply, records_alone, {}, {}),
                     reply.wire.size(), server_text(reply.server, step.server_name), milliseconds_of(reply.duration));
}

std::string to_json(const std::vector<TraceStep>& steps, const TraceEnd& end) {
  json::array array;
  for (const auto& step : steps) {
    auto object = object_of(step.reply);
    object["server_name"] = step.server_name;
    array.push_back(std::move(object));
  }
  json::object object{{"steps", std::move(array)}};
  if (end.fault) object["fault"] = end.fault->message;
  return json::serialize(object) + '\n';
}

std::string command_text(std::string_view command) {
  return fmt::format("\n; <<>> labnet {} <<>> {}\n", program::version, command);
}

std::string_view to_text(Transport transport) {
  return transport == Transport::udp ? "UDP" : "TCP";
}

}  // namespace labnet::dns_client
