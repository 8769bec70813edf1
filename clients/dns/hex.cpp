#include "clients/dns/hex.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "clients/dns/text.hpp"
#include "common/base/text.hpp"
#include "common/dns/annotate.hpp"

namespace labnet::dns_client {
namespace {

namespace json = boost::json;
using dns::AnnotatedRow;

constexpr std::size_t line_octets_max = 8;
constexpr std::size_t octets_columns = 3 * line_octets_max + 1;
constexpr std::size_t label_columns = 20;

/// "c0 0c"
std::string spaced_octets(Bytes octets) {
  std::string text;
  for (const auto octet : octets) {
    if (!text.empty()) text += ' ';
    text += hexadecimal(Bytes{&octet, 1});
  }
  return text;
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string meaning_of(const AnnotatedRow& row) {
  const std::string indentation(2 * row.depth, ' ');
  if (row.kind == AnnotatedRow::Kind::fault) return fmt::format("{}WRONG: {}", indentation, row.value);
  const auto columns = label_columns - indentation.size();
  // What is longer than its column keeps a distance of two.
  const auto label = row.label.size() < columns ? row.label : fmt::format("{}  ", row.label);
  return fmt::format("{}{:<{}}{}", indentation, label, columns, row.value);
}

std::string lines_of(const AnnotatedRow& row) {
  const auto first = row.octets.first(std::min(row.octets.size(), line_octets_max));
  const auto offset = first.empty() ? std::string{} : fmt::format("{:04x}", row.offset);
  const auto octets = row.kind == AnnotatedRow::Kind::bits ? row.bits : spaced_octets(first);
  auto text = without_trailing_blanks(fmt::format("{:<6}{:<{}}{}", offset, octets, octets_columns, meaning_of(row)));
  text += '\n';
  for (auto at = first.size(); at < row.octets.size(); at += line_octets_max) {
    const auto count = std::min(row.octets.size() - at, line_octets_max);
    text += fmt::format("{:04x}  {}\n", row.offset + at, spaced_octets(row.octets.subspan(at, count)));
  }
  return text;
}

}  // namespace

std::string to_hex_text(const Passage& message) {
  const auto is_sent = message.direction == Passage::Direction::sent;
  auto text = fmt::format(";; {} {}#{} ({}), {} bytes:\n", is_sent ? "Sent to" : "Received from",
                          to_string(message.server.address), message.server.port, to_text(message.transport),
                          message.octets.size());
  for (const auto& row : dns::annotate(message.octets)) text += lines_of(row);
  text += '\n';
  return text;
}

std::string to_hex_json(const Passage& message) {
  json::array rows;
  for (const auto& row : dns::annotate(message.octets)) {
    json::object one{{"offset", row.offset},
                     {"octets", hexadecimal(row.octets)},
                     {"depth", row.depth},
                     {"label", row.label},
                     {"value", row.value}};
    if (row.kind == AnnotatedRow::Kind::bits) one["bits"] = row.bits;
    if (row.kind == AnnotatedRow::Kind::fault) one["fault"] = true;
    rows.push_back(std::move(one));
  }
  const json::object object{{"direction", message.direction == Passage::Direction::sent ? "sent" : "received"},
                            {"server", resolver::to_string(message.server)},
                            {"transport", to_lower(to_text(message.transport))},
                            {"bytes", message.octets.size()},
                            {"rows", std::move(rows)}};
  return json::serialize(object);
}

}  // namespace labnet::dns_client
