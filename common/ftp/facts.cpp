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

std::string_view word_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::file:
      return "file";
    case EntryKind::folder:
      return "dir";
    case EntryKind::this_folder:
      return "cdir";
    case EntryKind::parent_folder:
      return "pdir";
    case EntryKind::link:
      return link_type;
    case EntryKind::other:
      break;
  }
  return "OS.unix=other";
}

/// With zeros in front of it.
template <std::size_t digit_count>
void append_digits(std::string& text, unsigned number, unsigned base = 10) {
  std::array<char, digit_count> digits;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = static_cast<char>('0' + number % base);
    number /= base;
  }
  text.append(digits.data(), digits.size());
}

void append_time(std::string& text, FileTime time) {
  const auto told = calendar_time(time);
  append_digits<4>(text, static_cast<unsigned>(told.year));
  for (const auto part : {told.month, told.day, told.hour, told.minute, told.second}) append_digits<2>(text, part);
}

void append_text(std::string& text, std::string_view value) {
  if (is_value(value)) text += value;
}

/// Nothing if the entry does not have it, or if it cannot be told.
void append_value(std::string& text, const Entry& entry, Fact fact) {
  switch (fact) {
    case Fact::type:
      text += word_of(entry.kind);
      if (entry.kind == EntryKind::link && is_value(entry.target)) text.append(1, ':').append(entry.target);
      return;
    case Fact::size:
      if (entry.bytes) text += fmt::format_int{*entry.bytes}.c_str();
      return;
    case Fact::modify:
      if (entry.modified) append_time(text, *entry.modified);
      return;
    case Fact::perm:
      return append_text(text, entry.permissions);
    case Fact::unix_mode:
      if (entry.mode) append_digits<4>(text, *entry.mode & permission_bits, 8);
      return;
    case Fact::unix_owner:
      return append_text(text, entry.owner);
    case Fact::unix_group:
      return append_text(text, entry.group);
    case Fact::unique:
      return append_text(text, entry.unique);
  }
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

void append_fact_line(std::string& text, const Entry& entry, const FactSet& facts) {
  for (const auto fact : all_facts()) {
    if (!facts.has(fact)) continue;
    const auto before = text.size();
    text.append(name_of(fact)).append(1, '=');
    const auto without_value = text.size();
    append_value(text, entry, fact);
    if (text.size() == without_value) {
      text.resize(before);
    } else {
      text += ';';
    }
  }
  text += ' ';
  append_one_line(text, entry.name);
}

std::string fact_line(const Entry& entry, const FactSet& facts) {
  std::string line;
  append_fact_line(line, entry, facts);
  return line;
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
  std::string text;
  append_time(text, time);
  return text;
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
