// Lines of LIST, written as `ls -l` does and read as it and Windows do.
#include "common/ftp/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/permissions.hpp"

namespace labnet::ftp {
namespace {

constexpr std::string_view arrow = " -> ";

// Kinds of files.

std::optional<EntryKind> kind_of(char letter) {
  switch (letter) {
    case '-':
      return EntryKind::file;
    case 'd':
      return EntryKind::folder;
    case 'l':
      return EntryKind::link;
    case 'b':  // block and character devices
    case 'c':
    case 'p':
    case 's':
      return EntryKind::other;
    default:
      return std::nullopt;
  }
}

// Words.

/// The next one, without the spaces before it; the space behind it stays in `rest`.
std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

/// A text that is to be one word; a comma behind it would make it the number of a device.
std::string as_word(std::string_view text) {
  std::string word{text};
  std::ranges::replace_if(
      word, [](char c) { return (c >= 0 && c <= ' ') || c == ','; }, '_');
  return word.empty() ? "?" : word;
}

/// Both sides of a separator that has to be there once.
struct Halves {
  std::string_view left, right;
};
std::optional<Halves> halves(std::string_view text, char separator) {
  const auto parts = split(text, separator);
  if (parts.size() != 2) return std::nullopt;
  return Halves{parts[0], parts[1]};
}

// Dates of `ls -l`: "Feb 13 10:15" or "Feb 13  2025".

/// As ls does: half of a year of the calendar's mean length.
constexpr std::chrono::seconds half_year{31'556'952 / 2};

std::string date_text(FileTime time, FileTime now) {
  const auto told = calendar_time(time);
  const auto day = fmt::format("{} {:>2}", month_names[told.month - 1], told.day);
  if (time <= now && now - half_year < time) return fmt::format("{} {:02}:{:02}", day, told.hour, told.minute);
  return fmt::format("{} {:>5}", day, told.year);
}

std::optional<unsigned> parse_month(std::string_view word) {
  const auto place = std::ranges::find_if(month_names, [&](auto month) { return equals_ignoring_case(month, word); });
  if (place == month_names.end()) return std::nullopt;
  return static_cast<unsigned>(place - month_names.begin()) + 1;
}

/// `date` in the last year that puts it no more than a day ahead of `now`; of the 29th of February there is one every
/// eight years at least (1896, 1904).
std::optional<FileTime> in_latest_year(CalendarTime date, FileTime now) {
  const auto latest = now + std::chrono::days{1};
  const auto last_year = calendar_time(latest).year;
  for (date.year = last_year; date.year >= last_year - 8; --date.year) {
    if (const auto time = time_of(date); time && *time <= latest) return time;
  }
  return std::nullopt;
}

std::optional<FileTime> take_date(std::string_view& rest, FileTime now) {
  const auto month = parse_month(take_word(rest));
  const auto day = parse_integer<unsigned>(take_word(rest));
  const auto clock_or_year = take_word(rest);
  if (!month || !day) return std::nullopt;
  CalendarTime date{.month = *month, .day = *day};
  if (const auto clock = halves(clock_or_year, ':')) {
    const auto hour = parse_integer<unsigned>(clock->left);
    const auto minute = parse_integer<unsigned>(clock->right);
    if (!hour || !minute) return std::nullopt;
    date.hour = *hour;
    date.minute = *minute;
    return in_latest_year(date, now);
  }
  const auto year = parse_integer<int>(clock_or_year);
  if (!year) return std::nullopt;
  date.year = *year;
  return time_of(date);
}

// Lines of `ls -l`.

/// Number of links, owner and group.
constexpr std::size_t usual_owner_words = 3;
constexpr std::size_t owner_words_max = 16;

/// Some servers leave out one of the three or two; a name of a group may have spaces in it.
void read_owners(std::vector<std::string_view> words, Entry& entry) {
  if (!words.empty() && words.back().ends_with(',')) {  // "8, 1" instead of a size: the numbers of a device
    words.pop_back();
    entry.bytes.reset();
  }
  if (words.empty()) return;
  if (const auto links = parse_integer<std::uint64_t>(words.front())) {
    entry.links = *links;
    words.erase(words.begin());
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto& name = i == 0 ? entry.owner : entry.group;
    if (!name.empty()) name += ' ';
    name += words[i];
  }
}

/// "music", "now -> 1.png"; "." and ".." are folders of their own kinds.
bool read_name(std::string_view name, Entry& entry) {
  if (entry.kind == EntryKind::link) {
    if (const auto place = name.find(arrow); place != name.npos) {
      entry.target = name.substr(place + arrow.size());
      name = name.substr(0, place);
    }
  }
  if (entry.kind == EntryKind::folder && name == ".") entry.kind = EntryKind::this_folder;
  if (entry.kind == EntryKind::folder && name == "..") entry.kind = EntryKind::parent_folder;
  entry.name = name;
  return !name.empty();
}

/// "drwxr-xr-x"; behind it a mark for what is beyond the permissions: "+" access control lists, "." SELinux, "@" macOS.
bool read_kind_and_permissions(std::string_view word, Entry& entry) {
  constexpr std::string_view marks = "+.@";
  if (!word.empty() && marks.find(word.back()) != marks.npos) word.remove_suffix(1);
  if (word.empty()) return false;
  const auto kind = kind_of(word.front());
  entry.mode = parse_permissions(word.substr(1));
  if (!kind || !entry.mode) return false;
  entry.kind = *kind;
  return true;
}

/// `rest` of a line if so many words stand between the permissions and the size.
std::optional<Entry> read_rest(Entry entry, std::string_view rest, std::size_t owner_words, FileTime now) {
  std::vector<std::string_view> owners;
  while (owners.size() < owner_words) owners.push_back(take_word(rest));
  entry.bytes = parse_integer<std::uint64_t>(take_word(rest));
  if (!entry.bytes) return std::nullopt;
  entry.modified = take_date(rest, now);
  if (!entry.modified || rest.empty()) return std::nullopt;
  read_owners(std::move(owners), entry);
  if (!read_name(rest.substr(1), entry)) return std::nullopt;
  return entry;
}

/// What stands before the size differs from server to server: it is the word in front of the first date. But if there
/// is one in the usual place, it is that one: "1 jan 10 2048 Feb 13 10:15" is a file of a man called jan.
std::optional<Entry> parse_unix_line(std::string_view line, FileTime now) {
  Entry entry;
  if (!read_kind_and_permissions(take_word(line), entry)) return std::nullopt;
  if (auto usual = read_rest(entry, line, usual_owner_words, now)) return usual;
  for (std::size_t owner_words = 0; owner_words <= owner_words_max; ++owner_words) {
    if (auto other = read_rest(entry, line, owner_words, now)) return other;
  }
  return std::nullopt;
}

// Lines of Windows.

/// "02-13-26" or "02-13-2026". Of two digits POSIX takes 69 to 99 for the last century's.
bool read_windows_date(std::string_view word, CalendarTime& date) {
  const auto parts = split(word, '-');
  if (parts.size() != 3) return false;
  const auto month = parse_integer<unsigned>(parts[0]);
  const auto day = parse_integer<unsigned>(parts[1]);
  const auto year = parse_integer<int>(parts[2]);
  if (!month || !day || !year) return false;
  date.month = *month;
  date.day = *day;
  date.year = *year;
  if (parts[2].size() == 2) date.year += *year >= 69 ? 1900 : 2000;
  return true;
}

/// "10:15AM" or "22:15"
bool read_windows_clock(std::string_view word, CalendarTime& date) {
  const auto mark = to_lower(word.substr(word.size() - std::min<std::size_t>(word.size(), 2)));
  const bool has_mark = mark == "am" || mark == "pm";
  if (has_mark) word.remove_suffix(2);
  const auto parts = halves(word, ':');
  if (!parts) return false;
  const auto hour = parse_integer<unsigned>(parts->left);
  const auto minute = parse_integer<unsigned>(parts->right);
  if (!hour || !minute) return false;
  if (has_mark && (*hour < 1 || *hour > 12)) return false;
  date.hour = has_mark ? *hour % 12 + (mark == "pm" ? 12 : 0) : *hour;
  date.minute = *minute;
  return true;
}

std::optional<Entry> parse_windows_line(std::string_view line) {
  CalendarTime date;
  if (!read_windows_date(take_word(line), date) || !read_windows_clock(take_word(line), date)) return std::nullopt;
  Entry entry;
  entry.modified = time_of(date);
  const auto size_or_folder = take_word(line);
  if (size_or_folder == "<DIR>") {
    entry.kind = EntryKind::folder;
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));  // columns are filled up behind it
  } else {
    entry.bytes = parse_integer<std::uint64_t>(size_or_folder);
    if (!entry.bytes) return std::nullopt;
    line.remove_prefix(std::min<std::size_t>(1, line.size()));
  }
  if (!entry.modified || !read_name(line, entry)) return std::nullopt;
  return entry;
}

}  // namespace

char letter_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::file:
      return '-';
    case EntryKind::link:
      return 'l';
    case EntryKind::other:
      return 'p';
    case EntryKind::folder:
    case EntryKind::this_folder:
    case EntryKind::parent_folder:
      break;
  }
  return 'd';
}

std::string list_line(const Entry& entry, FileTime now) {
  auto line =
      fmt::format("{}{} {:>3} {:<8} {:<8} {:>8} {} {}", letter_of(entry.kind), permission_text(entry.mode.value_or(0)),
                  entry.links, as_word(entry.owner), as_word(entry.group), entry.bytes.value_or(0),
                  date_text(entry.modified.value_or(FileTime{}), now), one_line(entry.name));
  if (entry.kind == EntryKind::link && !entry.target.empty())
    line += fmt::format("{}{}", arrow, one_line(entry.target));
  return line;
}

std::optional<Entry> parse_list_line(std::string_view line, FileTime now) {
  if (line.empty()) return std::nullopt;
  return is_digit(line.front()) ? parse_windows_line(line) : parse_unix_line(line, now);
}

}  // namespace labnet::ftp
