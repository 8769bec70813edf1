// Lines of LIST: ours, those of other servers, and those of Windows.
#include "common/ftp/listing.hpp"

#include <gtest/gtest.h>

#include "tests/common/ftp/moment.hpp"

namespace labnet::ftp {
namespace {

using namespace std::literals;

const FileTime now = moment(2026, 3, 1, 12);

Entry listed_picture() {
  Entry entry{.name = "1.png", .bytes = 3121, .modified = moment(2026, 2, 13, 10, 15), .mode = 0644};
  entry.owner = entry.group = "samurt123";
  return entry;
}

std::string line_of_time(FileTime time, FileTime now_ = now) {
  const auto line = list_line({.name = "x", .modified = time}, now_);
  return line.substr(line.size() - 14);  // the date, a space and the name
}

Entry entry_of_line(std::string_view line) {
  const auto entry = parse_list_line(line, now);
  EXPECT_TRUE(entry) << line;
  return entry.value_or(Entry{});
}

FileTime time_of(std::string_view date, FileTime now_ = now) {
  const auto entry = parse_list_line("-rw-r--r-- 1 a b 1 " + std::string{date} + " x", now_);
  EXPECT_TRUE(entry) << date;
  return entry ? *entry->modified : FileTime{};
}

TEST(FtpListLine, LooksAsOfLs) {
  EXPECT_EQ(list_line(listed_picture(), now), "-rw-r--r--   1 samurt123 samurt123     3121 Feb 13 10:15 1.png");
  auto folder = listed_picture();
  folder.name = "music";
  folder.kind = EntryKind::folder;
  folder.mode = 0755;
  folder.bytes = 4096;
  folder.links = 2;
  folder.modified = moment(2025, 2, 13);
  EXPECT_EQ(list_line(folder, now), "drwxr-xr-x   2 samurt123 samurt123     4096 Feb 13  2025 music");
}

TEST(FtpListLine, ShowsTheClockForHalfAYearAndThenTheYear) {
  EXPECT_EQ(line_of_time(now), "Mar  1 12:00 x");
  EXPECT_EQ(line_of_time(now + std::chrono::seconds{1}), "Mar  1  2026 x") << "in the future, as ls does";
  EXPECT_EQ(line_of_time(now - std::chrono::days{182}), "Aug 31 12:00 x");
  EXPECT_EQ(line_of_time(now - std::chrono::days{183}), "Aug 30  2025 x");
  EXPECT_EQ(line_of_time(moment(2024, 2, 29)), "Feb 29  2024 x");
  EXPECT_EQ(line_of_time(moment(999, 1, 1)), "Jan  1   999 x");
}

TEST(FtpListLine, ShowsAnyTime) {
  EXPECT_EQ(line_of_time(FileTime::max()), "Dec 31  9999 x");
  EXPECT_EQ(line_of_time(FileTime::min()), "Jan  1     1 x");
}

TEST(FtpListLine, HasAllItsWordsWhenNothingIsKnown) {
  EXPECT_EQ(list_line({.name = "x"}, now), "----------   1 ?        ?               0 Jan  1  1970 x");
}

TEST(FtpListLine, NamesEveryKind) {
  const auto letter = [](EntryKind kind) { return list_line({.name = "x", .kind = kind}, now).front(); };
  EXPECT_EQ(letter(EntryKind::file), '-');
  EXPECT_EQ(letter(EntryKind::folder), 'd');
  EXPECT_EQ(letter(EntryKind::this_folder), 'd');
  EXPECT_EQ(letter(EntryKind::parent_folder), 'd');
  EXPECT_EQ(letter(EntryKind::link), 'l');
  EXPECT_EQ(letter(EntryKind::other), 'p');
}

TEST(FtpListLine, ShowsWhereALinkLeads) {
  const auto line = list_line({.name = "now", .kind = EntryKind::link, .target = "music/1 a.mp3"}, now);
  EXPECT_TRUE(line.ends_with(" now -> music/1 a.mp3")) << line;
  EXPECT_TRUE(list_line({.name = "x", .kind = EntryKind::link}, now).ends_with(" x")) << "where it leads is not known";
  EXPECT_TRUE(list_line({.name = "x", .target = "y"}, now).ends_with(" x")) << "no link";
}

TEST(FtpListLine, IsOneLineWithItsWordsWhateverStandsInThem) {
  auto entry = listed_picture();
  entry.name = "a\r\ndrwxr-xr-x b";
  entry.owner = "domain users";
  entry.group = "a\nb";
  EXPECT_EQ(list_line(entry, now), "-rw-r--r--   1 domain_users a_b          3121 Feb 13 10:15 a??drwxr-xr-x b");
  const auto link = list_line({.name = "x", .kind = EntryKind::link, .target = "a\nb"}, now);
  EXPECT_TRUE(link.ends_with(" x -> a?b")) << link;
}

TEST(FtpListLine, ComesBackAsItWasWritten) {
  std::vector<Entry> entries{listed_picture()};
  for (const auto* name : {"Adivinar el país.pptx", " begins with one", "ends with one ", " ", "a -> b", "\xff",
                           "total", "1 Jan 1 2020 x"}) {
    entries.push_back(listed_picture());
    entries.back().name = name;
  }
  for (const unsigned mode : {04755u, 02644u, 01777u, 07000u, 0u}) {
    entries.push_back(listed_picture());
    entries.back().mode = mode;
  }
  for (const auto kind : {EntryKind::folder, EntryKind::other}) {
    entries.push_back(listed_picture());
    entries.back().kind = kind;
  }
  entries.push_back(listed_picture());
  entries.back().kind = EntryKind::link;
  entries.back().target = "../a -> b";
  entries.push_back(listed_picture());
  entries.back().bytes = UINT64_MAX;
  entries.back().links = UINT64_MAX;
  for (const auto& time : {moment(2024, 2, 29), moment(1970, 1, 1), moment(9999, 12, 31), moment(2027, 1, 1), now}) {
    entries.push_back(listed_picture());
    entries.back().modified = time;
  }
  for (const auto& entry : entries) EXPECT_EQ(parse_list_line(list_line(entry, now), now), entry) << entry.name;
}

TEST(FtpParseListLine, ReadsALineOfLs) {
  const auto entry = entry_of_line("-rw-r--r--   1 samurt123 samurt123     3121 Feb 13 10:15 1.png");
  EXPECT_EQ(entry, listed_picture());
}

TEST(FtpParseListLine, TakesAllBehindTheDateForTheName) {
  EXPECT_EQ(entry_of_line("-rw-r--r-- 1 a b 38000000 Feb 13 10:15 Adivinar el país.pptx").name,
            "Adivinar el país.pptx");
  EXPECT_EQ(entry_of_line("-rw-r--r-- 1 a b 1 Feb 13 10:15  x").name, " x");
  EXPECT_EQ(entry_of_line("-rw-r--r-- 1 a b 1 Feb 13 10:15   ").name, "  ");
  EXPECT_EQ(entry_of_line("-rw-r--r-- 1 a b 1 Feb 13 10:15 1 Mar  1  2020 y").name, "1 Mar  1  2020 y");
}

TEST(FtpParseListLine, ReadsLinks) {
  const auto entry = entry_of_line("lrwxrwxrwx 1 a b 5 Feb 13 10:15 now -> 1.png");
  EXPECT_EQ(entry.kind, EntryKind::link);
  EXPECT_EQ(entry.name, "now");
  EXPECT_EQ(entry.target, "1.png");
  EXPECT_EQ(entry_of_line("lrwxrwxrwx 1 a b 5 Feb 13 10:15 now").target, "");
  EXPECT_EQ(entry_of_line("-rw-r--r-- 1 a b 5 Feb 13 10:15 a -> b").name, "a -> b") << "a file may be called that";
  EXPECT_EQ(parse_list_line("lrwxrwxrwx 1 a b 5 Feb 13 10:15  -> b", now), std::nullopt);
}

TEST(FtpParseListLine, ReadsTheBitsAboveThePermissions) {
  EXPECT_EQ(entry_of_line("-rwsr-xr-x 1 a b 1 Feb 13 10:15 x").mode, 04755u);
  EXPECT_EQ(entry_of_line("-rw-r-Sr-- 1 a b 1 Feb 13 10:15 x").mode, 02644u);
  EXPECT_EQ(entry_of_line("drwxrwxrwt 1 a b 1 Feb 13 10:15 x").mode, 01777u);
  EXPECT_EQ(entry_of_line("drwxrwxrwT 1 a b 1 Feb 13 10:15 x").mode, 01776u);
}

TEST(FtpParseListLine, TakesTheMarksOfAccessListsAndSelinux) {
  for (const auto* permissions : {"-rw-r--r--+", "-rw-r--r--.", "-rw-r--r--@"}) {
    EXPECT_EQ(entry_of_line(permissions + " 1 a b 1 Feb 13 10:15 x"s).mode, 0644u);
  }
}

TEST(FtpParseListLine, KnowsTheFolderItselfAndItsParent) {
  EXPECT_EQ(entry_of_line("drwxr-xr-x 2 a b 4096 Feb 13 10:15 .").kind, EntryKind::this_folder);
  EXPECT_EQ(entry_of_line("drwxr-xr-x 2 a b 4096 Feb 13 10:15 ..").kind, EntryKind::parent_folder);
  EXPECT_EQ(entry_of_line("drwxr-xr-x 2 a b 4096 Feb 13 10:15 ...").kind, EntryKind::folder);
}

TEST(FtpParseListLine, ReadsDevicesPipesAndSockets) {
  const auto device = entry_of_line("crw-rw-rw- 1 root wheel 1, 3 Feb 13 10:15 null");
  EXPECT_EQ(device.kind, EntryKind::other);
  EXPECT_EQ(device.bytes, std::nullopt);
  EXPECT_EQ(device.group, "wheel");
  EXPECT_EQ(entry_of_line("prw-r--r-- 1 a b 0 Feb 13 10:15 x").kind, EntryKind::other);
  EXPECT_EQ(entry_of_line("srw-r--r-- 1 a b 0 Feb 13 10:15 x").kind, EntryKind::other);
  EXPECT_EQ(entry_of_line("brw-r--r-- 1 a b 8, 1 Feb 13 10:15 x").kind, EntryKind::other);
}

TEST(FtpParseListLine, DoesWithoutGroupOwnerOrLinks) {
  const auto no_group = entry_of_line("-rw-r--r-- 1 a 7 Feb 13 10:15 x");
  EXPECT_EQ(no_group.owner, "a");
  EXPECT_EQ(no_group.group, "");
  EXPECT_EQ(no_group.bytes, 7u);
  const auto no_links = entry_of_line("-rw-r--r-- a b 7 Feb 13 10:15 x");
  EXPECT_EQ(no_links.owner, "a");
  EXPECT_EQ(no_links.links, 1u);
  EXPECT_EQ(entry_of_line("-rw-r--r-- 7 Feb 13 10:15 x").bytes, 7u);
  EXPECT_EQ(entry_of_line("-rw-r--r-- 1 LAB\\ana domain users 7 Feb 13 10:15 x").group, "domain users");
}

TEST(FtpParseListLine, AnOwnerMayBeCalledAsAMonth) {
  const auto entry = entry_of_line("-rw-r--r-- 1 jan 10 2048 Feb 13 10:15 x");
  EXPECT_EQ(entry.owner, "jan");
  EXPECT_EQ(entry.group, "10");
  EXPECT_EQ(entry.bytes, 2048u);
}

TEST(FtpParseListLine, ADateWithoutAYearIsTheLastOne) {
  EXPECT_EQ(time_of("Feb 13 10:15"), moment(2026, 2, 13, 10, 15));
  EXPECT_EQ(time_of("feb 3 00:00"), moment(2026, 2, 3));
  EXPECT_EQ(time_of("Dec 31 23:59"), moment(2025, 12, 31, 23, 59));
  EXPECT_EQ(time_of("Mar  2 11:00"), moment(2026, 3, 2, 11)) << "a day ahead: another time zone";
  EXPECT_EQ(time_of("Mar  2 12:01"), moment(2025, 3, 2, 12, 1));
  EXPECT_EQ(time_of("Jan  1 05:00", moment(2025, 12, 31, 20)), moment(2026, 1, 1, 5));
}

TEST(FtpParseListLine, ALeapDayWithoutAYearIsInTheLastLeapYear) {
  EXPECT_EQ(time_of("Feb 29 10:15"), moment(2024, 2, 29, 10, 15));
  EXPECT_EQ(time_of("Feb 29 10:15", moment(2103, 6, 1)), moment(2096, 2, 29, 10, 15)) << "2100 has none";
}

TEST(FtpParseListLine, ReadsTheYearOfOlderDates) {
  EXPECT_EQ(time_of("Feb 13  2025"), moment(2025, 2, 13));
  EXPECT_EQ(time_of("Jan 01 1970"), moment(1970, 1, 1));
  EXPECT_EQ(time_of("Feb 29  2024"), moment(2024, 2, 29));
}

TEST(FtpParseListLine, TellsOfNoEntryOnOtherLines) {
  for (const auto line : {""sv,
                          " "sv,
                          "total 12"sv,
                          "total 0"sv,
                          "x"sv,
                          "-rw-r--r--"sv,
                          "-rw-r--r-- 1 a b 1 Feb 13 10:15"sv,
                          "-rw-r--r-- 1 a b 1 Feb 13 10:15 "sv,
                          "-rw-r--r-- 1 a b 1 Feb 30 10:15 x"sv,
                          "-rw-r--r-- 1 a b 1 Feb 29  2025 x"sv,
                          "-rw-r--r-- 1 a b 1 Feb 13 24:00 x"sv,
                          "-rw-r--r-- 1 a b 1 Feb 13 10:60 x"sv,
                          "-rw-r--r-- 1 a b 1 Feb 13 10:15:00 x"sv,
                          "-rw-r--r-- 1 a b 1 Feb 13 0 x"sv,
                          "-rw-r--r-- 1 a b 1 Feb 13 10000 x"sv,
                          "-rw-r--r-- 1 a b 1 Feb x 10:15 x"sv,
                          "-rw-r--r-- 1 a b x Feb 13 10:15 x"sv,
                          "-rw-r--r-- 1 a b 18446744073709551616 Feb 13 10:15 x"sv,
                          "?rw-r--r-- 1 a b 1 Feb 13 10:15 x"sv,
                          "-rw-r--r 1 a b 1 Feb 13 10:15 x"sv,
                          "+ 1 a b 1 Feb 13 10:15 x"sv,
                          "-rw-r--r--++ 1 a b 1 Feb 13 10:15 x"sv,
                          "drwxr-xr-x 1 a b 1 13 Feb 10:15 x"sv,
                          "\0\0\0"sv,
                          "type=file;size=1; x"sv}) {
    EXPECT_EQ(parse_list_line(line, now), std::nullopt) << line;
  }
}

TEST(FtpParseListLine, SixteenWordsOfOwnersAreEnough) {
  const auto with_words = [](std::size_t count) {
    std::string line = "-rw-r--r--";
    while (count-- > 0) line += " a";
    return parse_list_line(line + " 1 Feb 13 10:15 x", now);
  };
  EXPECT_TRUE(with_words(16));
  EXPECT_EQ(with_words(17), std::nullopt);
  EXPECT_EQ(with_words(4096), std::nullopt);
}

TEST(FtpParseListLine, ReadsLinesOfWindows) {
  const auto folder = entry_of_line("02-13-26  10:15AM       <DIR>          my music");
  EXPECT_EQ(folder.kind, EntryKind::folder);
  EXPECT_EQ(folder.name, "my music");
  EXPECT_EQ(folder.bytes, std::nullopt);
  EXPECT_EQ(folder.modified, moment(2026, 2, 13, 10, 15));
  EXPECT_EQ(entry_of_line("02-13-26  10:15AM  <DIR>  music").name, "music");
  const auto file = entry_of_line("02-13-2026  10:15PM                 3121 Adivinar el país.pptx");
  EXPECT_EQ(file.kind, EntryKind::file);
  EXPECT_EQ(file.name, "Adivinar el país.pptx");
  EXPECT_EQ(file.bytes, 3121u);
  EXPECT_EQ(file.modified, moment(2026, 2, 13, 22, 15));
  EXPECT_EQ(entry_of_line("02-13-26  10:15AM 3121  x").name, " x");
}

TEST(FtpParseListLine, KnowsTheClockOfWindows) {
  const auto clock = [](std::string_view text) {
    return entry_of_line("02-13-26 " + std::string{text} + " 1 x").modified.value() - moment(2026, 2, 13);
  };
  EXPECT_EQ(clock("12:15AM"), 15min);
  EXPECT_EQ(clock("12:15PM"), 12h + 15min);
  EXPECT_EQ(clock("01:15pm"), 13h + 15min);
  EXPECT_EQ(clock("22:15"), 22h + 15min);
  EXPECT_EQ(clock("00:15"), 15min);
}

TEST(FtpParseListLine, TwoDigitsOfAYearAreFrom1969To2068) {
  EXPECT_EQ(entry_of_line("01-01-69 00:00 1 x").modified, moment(1969, 1, 1));
  EXPECT_EQ(entry_of_line("01-01-68 00:00 1 x").modified, moment(2068, 1, 1));
}

TEST(FtpParseListLine, TellsOfNoEntryOnBrokenLinesOfWindows) {
  for (const auto* line : {"0",
                           "02-13-26",
                           "02-13-26  10:15AM",
                           "02-13-26  10:15AM  <DIR>",
                           "02-13-26  10:15AM  <DIR>   ",
                           "02-13-26  10:15AM 3121",
                           "02-13-26  10:15AM 3121 ",
                           "02-13-26  10:15AM x y",
                           "02-13-26  00:15AM 1 x",
                           "02-13-26  13:15PM 1 x",
                           "02-13-26  24:15 1 x",
                           "02-13-26  10:60AM 1 x",
                           "02-13-26  AM 1 x",
                           "02-13-26  A 1 x",
                           "13-02-26  10:15AM 1 x",
                           "02-30-26  10:15AM 1 x",
                           "02-13  10:15AM 1 x",
                           "02-13-26-1  10:15AM 1 x",
                           "2-x-26 10:15AM 1 x",
                           "02-13-999999999999 10:15AM 1 x"}) {
    EXPECT_EQ(parse_list_line(line, now), std::nullopt) << line;
  }
}

}  // namespace
}  // namespace labnet::ftp
