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
std::string server_text(const resolver::Server& server) {
  const auto address = resolver::to_string(server.address);
  return fmt::format("{}#{}({})", address, server.port, address);
}

std::string_view to_text(Transport transport) {
  return transport == Transport::udp ? "UDP" : "TCP";
}

std::string statistics_text(const Reply& reply, std::chrono::system_clock::time_point when) {
  return fmt::format(
      ";; Query time: {} msec\n;; SERVER: {} ({})\n;; WHEN: {:%a %b %d %H:%M:%S %Z %Y}\n;; MSG SIZE  rcvd: {}\n\n",
      std::chrono::duration_cast<std::chrono::milliseconds>(reply.duration).count(), server_text(reply.server),
      to_text(reply.transport), fmt::localtime(std::chrono::system_clock::to_time_t(when)), reply.wire.size());
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

}  // namespace

std::string to_text(const Reply& reply, const Shown& shown, std::string_view command,
                    std::chrono::system_clock::time_point when) {
  const auto& message = reply.message;
  std::string text;
  if (shown.data_alone) {
    for (const auto& record : message.answers) text += dns::to_text(record.data) + '\n';
    return text;
  }
  if (shown.command) text += fmt::format("\n; <<>> labnet {} <<>> {}\n", program::version, command);
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
  if (shown.statistics) text += statistics_text(reply, when);
  return text;
}

std::string to_json(const Reply& reply) {
  const auto& message = reply.message;
  json::array flags;
  for (const auto& flag : flags_of(message.header)) flags.emplace_back(flag);
  json::object object{{"server", resolver::to_string(reply.server)},
                      {"transport", to_lower(to_text(reply.transport))},
                      {"duration_ms", std::chrono::duration<double, std::milli>(reply.duration).count()},
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
  return json::serialize(object) + '\n';
}

}  // namespace labnet::dns_client
