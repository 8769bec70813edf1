// Lines whose columns begin where dig begins them.
#include "common/dns/dig_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace labnet::dns {
namespace {

constexpr std::size_t tab_columns = 8;

/// Where the parts of a record begin: what is left out takes no room.
struct Columns {
  explicit Columns(const ShownParts& shown)
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

std::string line_of(const Question& question, const ShownParts& shown) {
  const Columns columns{shown};
  Line line;
  line.text(to_text(question.name));
  line.move_to(columns.dns_class);
  line.text(to_text(question.dns_class));
  line.move_to(columns.type);
  line.text(to_text(question.type));
  return fmt::format(";{}", std::move(line).finish());
}

std::string header_text(const Message& message, std::size_t trailing_bytes) {
  const auto& header = message.header;
  std::string flags;
  for (const auto& flag : flag_names(header)) flags += " " + flag;
  auto text = fmt::format(
      ";; Got answer:\n;; ->>HEADER<<- opcode: {}, status: {}, id: {}\n"
      ";; flags:{}; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
      to_text(header.opcode), to_text(header.rcode), header.id, flags, message.question ? 1 : 0, message.answers.size(),
      message.authorities.size(), message.additionals.size() + (message.edns ? 1 : 0));
  if (header.recursion_desired && !header.recursion_available) {
    text += ";; WARNING: recursion requested but not available\n";
  }
  if (trailing_bytes > 0) text += fmt::format(";; WARNING: Message has {} extra bytes at end\n", trailing_bytes);
  return text + '\n';
}

std::string edns_text(const Edns& edns) {
  auto text = fmt::format(";; OPT PSEUDOSECTION:\n; EDNS: version: {}, flags:{}; udp: {}\n", edns.version,
                          edns.dnssec_ok ? " do" : "", edns.udp_payload_bytes);
  for (const auto& option : edns.options) text += fmt::format("; OPT={}: {}\n", option.code, hexadecimal(option.data));
  return text;
}

std::string section_text(std::string_view heading, const std::vector<Record>& records, const ShownParts& shown) {
  if (records.empty()) return {};
  auto text = shown.comments ? fmt::format(";; {} SECTION:\n", heading) : std::string{};
  for (const auto& record : records) text += dig_text(record, shown);
  return shown.comments ? text + '\n' : text;
}

}  // namespace

std::string dig_text(const Record& record, const ShownParts& shown) {
  const Columns columns{shown};
  Line line;
  line.text(to_text(record.name));
  if (shown.ttl) {
    line.move_to(Columns::ttl);
    line.text(std::to_string(record.ttl));
  }
  if (shown.dns_class) {
    line.move_to(columns.dns_class);
    line.text(to_text(record.dns_class));
  }
  line.move_to(columns.type);
  line.text(to_text(record.type()));
  line.move_to(columns.data);
  line.text(to_text(record.data));
  return std::move(line).finish();
}

std::string dig_text(const Message& message, const ShownParts& shown, std::size_t trailing_bytes) {
  std::string text;
  if (shown.comments) text += header_text(message, trailing_bytes);
  if (shown.comments && message.edns) text += edns_text(*message.edns);
  if (shown.question && message.question) {
    if (shown.comments) text += ";; QUESTION SECTION:\n";
    text += line_of(*message.question, shown);
    if (shown.comments) text += '\n';
  }
  if (shown.answer) text += section_text("ANSWER", message.answers, shown);
  if (shown.authority) text += section_text("AUTHORITY", message.authorities, shown);
  if (shown.additional) text += section_text("ADDITIONAL", message.additionals, shown);
  return text;
}

std::vector<std::string> flag_names(const Header& header) {
  auto flags = answer_flag_names(header);
  if (header.response) flags.insert(flags.begin(), "qr");
  if (header.authentic_data) flags.emplace_back("ad");
  if (header.checking_disabled) flags.emplace_back("cd");
  return flags;
}

std::vector<std::string> answer_flag_names(const Header& header) {
  std::vector<std::string> flags;
  if (header.authoritative) flags.emplace_back("aa");
  if (header.truncated) flags.emplace_back("tc");
  if (header.recursion_desired) flags.emplace_back("rd");
  if (header.recursion_available) flags.emplace_back("ra");
  return flags;
}

}  // namespace labnet::dns
