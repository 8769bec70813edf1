#include "clients/dns/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/text.hpp"
#include "common/program/version.hpp"

namespace labnet::dns_client {
namespace {

namespace json = boost::json;
using dns::Record;

constexpr std::size_t tab_columns = 8;

/// Where the parts of a record begin: what is left out takes no room.
struct Columns {
  explicit Columns(const Shown& shown)
      : dns_class{ttl + (shown.ttl && shown.dns_class ? tab_columns : 0)},
        type{dns_class + (shown.ttl || shown.dns_class ? tab_columns : 0)},
        data{type + tab_columns} {}
  static constexpr std::size_t ttl = 24;
  std::size_t dns_class, type, data;
};

/// A line whose columns are reached by tabulators; a text that is too long moves the next one by a single blank.
class Line {
 public:
  void text(std::string_view piece) {
    text_ += piece;
    column_ += piece.size();
  }
  void move_to(std::size_t column) {
    const auto target = std::max(column, column_ + 1);
    const auto tabs = target / tab_columns - column_ / tab_columns;
    text_.append(tabs, '\t');
    text_.append(tabs > 0 ? target % tab_columns : target - column_, ' ');
    column_ = target;
  }
  std::string finish() && {
    text_ += '\n';
    return std::move(text_);
  }

 private:
  std::string text_;
  std::size_t column_ = 0;
};

std::string line_of(const Record& record, const Shown& shown) {
  const Columns columns{shown};
  Line line;
  line.text(dns::to_text(record.name));
  if (shown.ttl) {
    line.move_to(Columns::ttl);
    line.text(std::to_string(record.ttl));
  }
  if (shown.dns_class) {
    line.move_to(columns.dns_class);
    line.text(dns::to_text(record.dns_class));
  }
  line.move_to(columns.type);
  line.text(dns::to_text(record.type()));
  line.move_to(columns.data);
  line.text(dns::to_text(record.data));
  return std::move(line).finish();
}

std::string line_of(const dns::Question& question, const Shown& shown) {
  const Columns columns{shown};
  Line line;
  line.text(dns::to_text(question.name));
  line.move_to(columns.dns_class);
  line.text(dns::to_text(question.dns_class));
  line.move_to(columns.type);
  line.text(dns::to_text(question.type));
  return fmt::format(";{}", std::move(line).finish());
}

std::vector<std::string> flags_of(const dns::Header& header) {
  std::vector<std::string> flags;
  const auto add = [&](bool is_set, const char* name) {
    if (is_set) flags.emplace_back(name);
  };
  add(header.response, "qr");
  add(header.authoritative, "aa");
  add(header.truncated, "tc");
  add(header.recursion_desired, "rd");
  add(header.recursion_available, "ra");
  add(header.authentic_data, "ad");
  add(header.checking_disabled, "cd");
  return flags;
}

std::string header_text(const dns::Message& message, std::size_t trailing_bytes) {
  const auto& header = message.header;
  std::string flags;
  for (const auto& flag : flags_of(header)) flags += " " + flag;
  auto text = fmt::format(
      ";; Got answer:\n;; ->>HEADER<<- opcode: {}, status: {}, id: {}\n"
      ";; flags:{}; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
      dns::to_text(header.opcode), dns::to_text(header.rcode), header.id, flags, message.question ? 1 : 0,
      message.answers.size(), message.authorities.size(), message.additionals.size() + (message.edns ? 1 : 0));
  if (header.recursion_desired && !header.recursion_available) {
    text += ";; WARNING: recursion requested but not available\n";
  }
  if (trailing_bytes > 0) text += fmt::format(";; WARNING: Message has {} extra bytes at end\n", trailing_bytes);
  return text + '\n';
}

std::string edns_text(const dns::Edns& edns) {
  auto text = fmt::format(";; OPT PSEUDOSECTION:\n; EDNS: version: {}, flags:{}; udp: {}\n", edns.version,
                          edns.dnssec_ok ? " do" : "", edns.udp_payload_bytes);
  for (const auto& option : edns.options) text += fmt::format("; OPT={}: {}\n", option.code, hexadecimal(option.data));
  return text;
}

std::string section_text(std::string_view heading, const std::vector<Record>& records, const Shown& shown) {
  if (records.empty()) return {};
  auto text = shown.comments ? fmt::format(";; {} SECTION:\n", heading) : std::string{};
  for (const auto& record : records) text += line_of(record, shown);
  return shown.comments ? text + '\n' : text;
}

/// As dig writes it: "127.0.0.1#53(127.0.0.1)".
std::string server_text(const resolver::Server& server, std::string_view name) {
  return fmt::format("{}#{}({})", resolver::to_string(server.address), server.port, name);
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
  const auto address = resolver::to_string(server.address);
  return fmt::format(";; Query time: {} msec\n;; SERVER: {} ({})\n;; WHEN: {:%a %b %d %H:%M:%S %Z %Y}\n;; {}\n\n",
                     milliseconds_of(duration), server_text(server, address), to_text(transport),
                     fmt::localtime(std::chrono::system_clock::to_time_t(when)), size);
}

json::array records_of(const std::vector<Record>& records) {
  json::array array;
  for (const auto& record : records) {
    array.push_back({{"name", dns::to_text(record.name)},
                     {"ttl", record.ttl},
                     {"class", dns::to_text(record.dns_class)},
                     {"type", dns::to_text(record.type())},
                     {"data", dns::to_text(record.data)}});
  }
  return array;
}

json::object object_of(const dns::Edns& edns) {
  json::array options;
  for (const auto& option : edns.options) {
    options.push_back({{"code", option.code}, {"data", hexadecimal(option.data)}});
  }
  return {{"version", edns.version},
          {"udp_payload_bytes", edns.udp_payload_bytes},
          {"dnssec_ok", edns.dnssec_ok},
          {"options", std::move(options)}};
}

json::object object_of(const Reply& reply) {
  const auto& message = reply.message;
  json::array flags;
  for (const auto& flag : flags_of(message.header)) flags.emplace_back(flag);
  json::object object{{"server", resolver::to_string(reply.server)},
                      {"transport", to_lower(to_text(reply.transport))},
                      {"duration_ms", exact_milliseconds_of(reply.duration)},
                      {"bytes", reply.wire.size()},
                      {"id", message.header.id},
                      {"opcode", dns::to_text(message.header.opcode)},
                      {"rcode", dns::to_text(message.header.rcode)},
                      {"flags", std::move(flags)}};
  if (message.question) {
    object["question"] = json::object{{"name", dns::to_text(message.question->name)},
                                      {"class", dns::to_text(message.question->dns_class)},
                                      {"type", dns::to_text(message.question->type)}};
  }
  object["answer"] = records_of(message.answers);
  object["authority"] = records_of(message.authorities);
  object["additional"] = records_of(message.additionals);
  if (message.edns) object["edns"] = object_of(*message.edns);
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
  if (shown.comments) text += header_text(message, reply.trailing_bytes);
  if (shown.comments && message.edns) text += edns_text(*message.edns);
  if (shown.question && message.question) {
    if (shown.comments) text += ";; QUESTION SECTION:\n";
    text += line_of(*message.question, shown);
    if (shown.comments) text += '\n';
  }
  if (shown.answer) text += section_text("ANSWER", message.answers, shown);
  if (shown.authority) text += section_text("AUTHORITY", message.authorities, shown);
  if (shown.additional) text += section_text("ADDITIONAL", message.additionals, shown);
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
    for (const auto& record : transfer.records) text += line_of(record, shown);
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
                            {"records", records_of(transfer.records)}};
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

std::string without_last_dot(const dns::Name& name) {
  auto text = dns::to_text(name);
  if (text.size() > 1) text.pop_back();
  return text;
}

}  // namespace labnet::dns_client
