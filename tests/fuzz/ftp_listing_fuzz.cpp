// Any octets as lines of LIST, and as the name, the owner and the times of files that are listed: what is read is
// written and read back the same, as far as a line tells it, and a listed file is always one line that has its name.
#include <cstring>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/ftp/line.hpp"
#include "common/ftp/listing.hpp"
#include "common/ftp/permissions.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using ftp::Entry;
using ftp::EntryKind;
using ftp::FileTime;
using test::require;

const FileTime now = *time_of({2026, 3, 1, 12, 30, 15});

/// A line tells minutes or days.
void check_time(FileTime told, FileTime time) {
  require(told <= time && time - told < std::chrono::days{1}, "a time is told as exactly as a line can");
}

void check_written(const Entry& entry) {
  const auto line = list_line(entry, now);
  require(ftp::is_one_line(line), "a file is listed in one line");
  auto again = ftp::parse_list_line(line, now);
  require(again.has_value(), "what is listed can be read");
  require(again->name == ftp::one_line(entry.name), "a file is listed under its name");
  require(again->kind == entry.kind, "a file is listed as what it is");
  require(again->mode == entry.mode.value_or(0) && again->links == entry.links, "mode and links are told");
  require(again->bytes == entry.bytes.value_or(0), "the size is told");
  require(again->target == ftp::one_line(entry.target), "where a link leads is told");
  if (entry.modified) check_time(*again->modified, *entry.modified);
  again->modified = entry.modified;
  require(list_line(*again, now) == line, "listed again, a line is the same");
}

void check_line(std::string_view line) {
  const auto entry = ftp::parse_list_line(line, now);
  if (!entry) return;
  require(!entry->name.empty() && line.find(entry->name) != line.npos, "a name stands in the line");
  require(!entry->mode || *entry->mode <= ftp::permission_bits, "a mode has its bits alone");
  require(entry->modified.has_value(), "a line has a date");
  require(entry->target.empty() || entry->kind == EntryKind::link, "links alone lead somewhere");
  check_written(*entry);
}

/// A file with these octets in all that a file system would let be anything.
void check_file(std::string_view octets) {
  std::int64_t seconds = 0;
  if (octets.size() < sizeof seconds + 2) return;
  std::memcpy(&seconds, octets.data(), sizeof seconds);
  const auto text = octets.substr(sizeof seconds);
  Entry entry{.name = std::string{text}, .bytes = static_cast<std::uint64_t>(seconds), .mode = text[0] * 8u & 07777u};
  entry.owner = entry.group = text;
  entry.modified = time_of(calendar_time(FileTime{std::chrono::seconds{seconds}}));
  check_written(entry);
  entry.modified = now - std::chrono::seconds{seconds % 40'000'000};
  entry.kind = EntryKind::other;
  check_written(entry);
  if ((entry.name + " -> ").find(" -> ") != text.size()) return;  // a link of such a name can be read in two ways
  entry.kind = EntryKind::link;
  entry.target = text;
  check_written(entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  for (const auto line : split(text, '\n')) check_line(line);
  check_file(text);
  return 0;
}
