// Lines of facts, written and read.
#include "common/ftp/facts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/permissions.hpp"

namespace labnet::ftp {
namespace {

constexpr std::string_view link_type = "OS.unix=slink";  // RFC 3659, section 7.5.1.5

std::optional<Fact> fact_named(std::string_view name) {
  const auto place = std::ranges::find_if(fact_names, [&](auto known) { return equals_ignoring_case(known, name); });
  if (place == fact_names.end()) return std::nullopt;
  return static_cast<Fact>(place - fact_names.begin());
}

auto all_facts() {
  std::array<Fact, fact_count> facts;
  for (std::size_t i = 0; i < fact_count; ++i) facts[i] = static_cast<Fact>(i);
  return facts;
}

std::string_view name_of(Fact fact) {
  return fact_names[static_cast<std::size_t>(fact)];
}

/// ";" ends a value and a space all facts; control characters have no place in them (RFC 3659, section 7.2). Letters
/// beyond ASCII, as a link's target may have them, do no harm.
bool is_value(std::string_view text) {
  return !text.empty() &&
         std::ranges::none_of(text, [](char c) { return (c >= 0 && c <= ' ') || c == ';' || c == 0x7f; });
}

std::string type_value(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::file:
      return "file";
    case EntryKind::folder:
      return "dir";
    case EntryKind::this_folder:
      return "cdir";
    case EntryKind::parent_folder:
      return "pdir";
    case EntryKind::link:
      return is_value(entry.target) ? fmt::format("{}:{}", link_type, entry.target) : std::string{link_type};
    case EntryKind::other:
      break;
  }
  return "OS.unix=other";
}

/// Empty if the entry does not have it.
std::string value_of(const Entry& entry, Fact fact) {
  switch (fact) {
    case Fact::type:
      return type_value(entry);
    case Fact::size:
      return entry.bytes ? fmt::to_string(*entry.bytes) : "";
    case Fact::modify:
      return entry.modified ? time_value(*entry.modified) : "";
    case Fact::perm:
      return entry.permissions;
    case Fact::unix_mode:
      return entry.mode ? fmt::format("{:04o}", *entry.mode & permission_bits) : "";
    case Fact::unix_owner:
      return entry.owner;
    case Fact::unix_group:
      return entry.group;
    case Fact::unique:
      return entry.unique;
  }
  return "";
}

/// Kinds of file that some system has and RFC 3659 does not are `other`.
void read_type(std::string_view value, Entry& entry) {
  const auto word = to_lower(value.substr(0, value.find(':')));
  if (word == "file") {
    entry.kind = EntryKind::file;
  } else if (word == "dir") {
    entry.kind = EntryKind::folder;
  } else if (word == "cdir") {
    entry.kind = EntryKind::this_folder;
  } else if (word == "pdir") {
    entry.kind = EntryKind::parent_folder;
  } else if (word == to_lower(link_type) || word == "os.unix=symlink") {
    entry.kind = EntryKind::link;
    entry.target = value.substr(std::min(word.size() + 1, value.size()));
  } else {
    entry.kind = EntryKind::other;
  }
}

/// False if the value is none of that fact.
bool read_value(Fact fact, std::string_view value, Entry& entry) {
  switch (fact) {
    case Fact::type:
      read_type(value, entry);
      return true;
    case Fact::size:
      entry.bytes = parse_integer<std::uint64_t>(value);
      return entry.bytes.has_value();
    case Fact::modify:
      entry.modified = parse_time_value(value);
      return entry.modified.has_value();
    case Fact::perm:
      entry.permissions = value;
      return true;
    case Fact::unix_mode:
      entry.mode = parse_integer<unsigned>(value, 8);
      if (entry.mode) *entry.mode &= permission_bits;
      return entry.mode.has_value();
    case Fact::unix_owner:
      entry.owner = value;
      return true;
    case Fact::unix_group:
      entry.group = value;
      return true;
    case Fact::unique:
      entry.unique = value;
      return true;
  }
  return true;
}

/// "size=3121"
bool read_fact(std::string_view text, Entry& entry) {
  const auto equals = text.find('=');
  if (equals == text.npos) return false;
  const auto fact = fact_named(text.substr(0, equals));
  return !fact || read_value(*fact, text.substr(equals + 1), entry);
}

}  // namespace

FactSet FactSet::all() {
  FactSet set;
  for (const auto fact : all_facts()) set.add(fact);
  return set;
}

FactSet parse_facts_wanted(std::string_view text) {
  FactSet set;
  for (const auto name : split(text, ';')) {
    if (const auto fact = fact_named(name)) set.add(*fact);
  }
  return set;
}

std::string names_of(const FactSet& facts) {
  std::string names;
  for (const auto fact : all_facts()) {
    if (facts.has(fact)) names += fmt::format("{};", name_of(fact));
  }
  return names;
}

std::string feature_text(const FactSet& facts) {
  std::string text;
  for (const auto fact : all_facts()) text += fmt::format("{}{};", name_of(fact), facts.has(fact) ? "*" : "");
  return text;
}

std::string fact_line(const Entry& entry, const FactSet& facts) {
  std::string line;
  for (const auto fact : all_facts()) {
    if (!facts.has(fact)) continue;
    const auto value = value_of(entry, fact);
    if (is_value(value)) line += fmt::format("{}={};", name_of(fact), value);
  }
  return line + ' ' + one_line(entry.name);
}

Result<Entry, FactFault> parse_fact_line(std::string_view line) {
  const auto space = line.find(' ');
  if (space == line.npos || space + 1 == line.size()) return FactFault::no_name;
  Entry entry{.name = std::string{line.substr(space + 1)}};
  auto facts = line.substr(0, space);
  if (facts.ends_with(';')) facts.remove_suffix(1);  // some servers leave it out
  if (facts.empty()) return entry;
  for (const auto fact : split(facts, ';')) {
    if (!read_fact(fact, entry)) return FactFault::syntax;
  }
  return entry;
}

std::string time_value(FileTime time) {
  const auto told = calendar_time(time);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", told.year, told.month, told.day, told.hour, told.minute,
                     told.second);
}

std::optional<FileTime> parse_time_value(std::string_view text) {
  constexpr std::size_t digits = 14;
  const auto is_number = [](std::string_view part) { return !part.empty() && std::ranges::all_of(part, is_digit); };
  const auto whole = text.substr(0, digits);
  const auto fraction = text.substr(whole.size());
  if (whole.size() != digits || !is_number(whole)) return std::nullopt;
  if (!fraction.empty() && (fraction.front() != '.' || !is_number(fraction.substr(1)))) return std::nullopt;
  const auto two_digits = [&](std::size_t at) { return *parse_integer<unsigned>(whole.substr(at, 2)); };
  return time_of({.year = *parse_integer<int>(whole.substr(0, 4)),
                  .month = two_digits(4),
                  .day = two_digits(6),
                  .hour = two_digits(8),
                  .minute = two_digits(10),
                  .second = two_digits(12)});
}

}  // namespace labnet::ftp
