#include "clients/ftp/listing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "clients/ftp/limits.hpp"
#include "clients/ftp/url.hpp"
#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/ftp/facts.hpp"
#include "common/ftp/listing.hpp"
#include "common/ftp/permissions.hpp"

namespace labnet::ftp_client {

using ftp::Entry;
using ftp::EntryKind;

namespace {

namespace json = boost::json;

bool is_total(std::string_view line) {
  return trim(line).empty() || line.starts_with("total ");
}

std::string_view text_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::file:
      return "file";
    case EntryKind::folder:
    case EntryKind::this_folder:
    case EntryKind::parent_folder:
      return "folder";
    case EntryKind::link:
      return "link";
    case EntryKind::other:
      break;
  }
  return "other";
}

std::string mode_text(const Entry& entry) {
  return entry.mode ? ftp::permission_text(*entry.mode) : std::string(9, ' ');
}

std::vector<Entry> by_name(std::vector<Entry> entries) {
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

json::object to_object(const Entry& entry) {
  json::object object{{"name", as_utf8(entry.name)}, {"kind", text_of(entry.kind)}};
  if (entry.bytes) object["bytes"] = *entry.bytes;
  if (entry.modified) object["modified"] = time_text(*entry.modified, 'T') + 'Z';
  if (entry.mode) object["mode"] = fmt::format("{:04o}", *entry.mode);
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) object[key] = as_utf8(value);
  };
  add("owner", entry.owner);
  add("group", entry.group);
  add("target", entry.target);
  add("permissions", entry.permissions);
  return object;
}

}  // namespace

Result<void> Listing::add_line(std::string_view line) {
  std::optional<Entry> entry;
  if (kind_ == ListingKind::facts) {
    if (auto read = ftp::parse_fact_line(line)) entry = *std::move(read);
  } else if (kind_ == ListingKind::ls) {
    entry = ftp::parse_list_line(line, now_);
    if (!entry && is_total(line)) return {};
  } else if (!line.empty()) {
    entry.emplace().name = ftp_client::name_of(line);  // some servers put the folder in front
  }
  if (!entry) {
    ++lines_not_understood_;
    return {};
  }
  const auto is_above = entry->kind == EntryKind::this_folder || entry->kind == EntryKind::parent_folder ||
                        entry->name == "." || entry->name == "..";
  if (is_above) return {};
  if (entries_.size() == listing_entries_max) {
    return Error{fmt::format("the folder has more than {} entries", listing_entries_max)};
  }
  entries_.push_back(*std::move(entry));
  return {};
}

std::string to_text(const std::vector<Entry>& entries) {
  std::size_t width = 1;
  for (const auto& entry : entries) width = std::max(width, fmt::formatted_size("{}", entry.bytes.value_or(0)));
  std::string text;
  for (const auto& entry : by_name(entries)) {
    const auto size = entry.bytes ? std::to_string(*entry.bytes) : std::string{"-"};
    const auto time = entry.modified ? time_text(*entry.modified).substr(0, 16) : std::string(16, ' ');
    text += fmt::format("{}{} {:>{}} {} {}", ftp::letter_of(entry.kind), mode_text(entry), size, width, time,
                        printable(entry.name));
    if (entry.kind == EntryKind::folder) text += '/';
    if (!entry.target.empty()) text += fmt::format(" -> {}", printable(entry.target));
    text += '\n';
  }
  return text;
}

std::string to_names(const std::vector<Entry>& entries) {
  std::string text;
  for (const auto& entry : by_name(entries)) text += fmt::format("{}\n", printable(entry.name));
  return text;
}

std::string to_json(const std::vector<Entry>& entries) {
  json::array array;
  for (const auto& entry : by_name(entries)) array.push_back(to_object(entry));
  return json::serialize(array) + '\n';
}

}  // namespace labnet::ftp_client
