// Any octets as lines of MLSD, as times and as the facts that a client wants: what is read is written and read back the
// same, a time is one of the calendar, and a file of any name is one line.
#include <algorithm>
#include <cstring>

#include "common/base/text.hpp"
#include "common/ftp/facts.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/permissions.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using ftp::Entry;
using ftp::FactSet;
using ftp::FileTime;
using test::require;

void check_written(const Entry& entry) {
  const auto line = fact_line(entry, FactSet::all());
  require(ftp::is_one_line(line), "a file is told of in one line");
  const auto again = ftp::parse_fact_line(line);
  require(again.has_value() && again->name == ftp::one_line(entry.name), "a file is told of under its name");
  require(again->kind == entry.kind && again->bytes == entry.bytes, "kind and size are told");
  require(again->modified == entry.modified && again->mode == entry.mode, "time and mode are told");
  require(fact_line(*again, FactSet::all()) == line, "told again, a line is the same");
}

void check_line(std::string_view line) {
  const auto entry = ftp::parse_fact_line(line);
  if (!entry) return;
  require(!entry->name.empty() && line.ends_with(entry->name), "the name is the end of the line");
  require(!entry->mode || *entry->mode <= ftp::permission_bits, "a mode has its bits alone");
  check_written(*entry);
}

void check_time_text(std::string_view text) {
  const auto time = ftp::parse_time_value(text);
  if (!time) return;
  const auto value = ftp::time_value(*time);
  require(ftp::parse_time_value(value) == time, "a time is read back the same");
  require(text.starts_with(value) || text.substr(12, 2) == "60", "a time is that of the calendar");
}

void check_any_time(FileTime time) {
  const auto value = ftp::time_value(time);
  require(value.size() == 14 && std::ranges::all_of(value, is_digit), "a time has fourteen digits");
  require(ftp::parse_time_value(value).has_value(), "a time that is written can be read");
}

void check_wanted(std::string_view text) {
  const auto facts = ftp::parse_facts_wanted(text);
  const auto names = names_of(facts);
  require(ftp::parse_facts_wanted(names) == facts, "the names of facts are read back the same");
  const auto marks = static_cast<std::size_t>(std::ranges::count(feature_text(facts), '*'));
  require(marks == static_cast<std::size_t>(std::ranges::count(names, ';')), "those that are wanted have a mark");
}

/// A file with these octets in all that a file system or a table of users would let be anything.
void check_file(std::string_view octets) {
  std::int64_t seconds = 0;
  if (octets.size() < sizeof seconds + 1) return;
  std::memcpy(&seconds, octets.data(), sizeof seconds);
  check_any_time(FileTime{std::chrono::seconds{seconds}});
  const std::string text{octets.substr(sizeof seconds)};
  Entry entry{.name = text, .kind = ftp::EntryKind::link, .bytes = static_cast<std::uint64_t>(seconds)};
  entry.target = entry.owner = entry.group = entry.permissions = entry.unique = text;
  check_written(entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  for (const auto line : split(text, '\n')) {
    check_line(line);
    check_time_text(line);
    check_wanted(line);
  }
  check_file(text);
  return 0;
}
