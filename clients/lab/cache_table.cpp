#include "clients/lab/cache_table.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "common/control/message.hpp"

namespace labnet::lab_client {
namespace {

namespace json = boost::json;
using control::text_of;

std::int64_t number_of(const json::object& entry, std::string_view key) {
  const auto* value = entry.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

/// What the record is called in its last line: Windows spells it out for addresses and pointers.
std::string record_label(std::string_view type) {
  if (type == "A" || type == "AAAA") return fmt::format("{} (Host) Record", type);
  return fmt::format("{} Record", type);
}

/// "    Record Name . . . . . : www.bing.com": dots up to a fixed column.
std::string line(std::string_view label, std::string_view value) {
  constexpr std::size_t label_width = 22;
  std::string text{label};
  if (text.size() % 2 != 0) text += ' ';
  while (text.size() < label_width) text += " .";
  return fmt::format("    {} : {}\n", text, value);
}

std::string block(const json::object& entry) {
  const auto name = text_of(entry, "name");
  auto text = fmt::format("    {}\n    {:-<40}\n", name, "");
  const auto negative = text_of(entry, "negative");
  if (!negative.empty()) {
    text += negative == "NXDOMAIN" ? std::string{"    Name does not exist.\n"}
                                   : fmt::format("    No records of type {}\n", text_of(entry, "type"));
    return text;
  }
  text += line("Record Name", name);
  text += line("Record Type", std::to_string(number_of(entry, "type_number")));
  text += line("Time To Live", std::to_string(number_of(entry, "ttl")));
  text += line("Data Length", std::to_string(number_of(entry, "data_bytes")));
  text += line("Section", text_of(entry, "section"));
  text += line(record_label(text_of(entry, "type")), text_of(entry, "data"));
  return text;
}

}  // namespace

std::string cache_table(const json::array& entries) {
  if (entries.empty()) return "The DNS cache is empty.\n";
  std::string text;
  for (const auto& entry : entries) {
    if (!text.empty()) text += '\n';
    text += block(entry.as_object());
  }
  return text;
}

}  // namespace labnet::lab_client
