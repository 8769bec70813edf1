// Lines of MLSD and MLST, and their times.
#include "common/ftp/facts.hpp"

#include <gtest/gtest.h>

#include "tests/common/ftp/moment.hpp"

namespace labnet::ftp {
namespace {

using namespace std::literals;

Entry picture() {
  Entry entry{.name = "1.png", .bytes = 3121, .modified = moment(2026, 2, 13, 10, 15), .mode = 0644};
  entry.owner = entry.group = "samurt123";
  entry.permissions = "adfrw";
  entry.unique = "8U2a";
  return entry;
}

FactSet facts(std::string_view names) {
  return parse_facts_wanted(names);
}

Entry entry_of(std::string_view line) {
  return *parse_fact_line(line);
}

TEST(FtpFactSet, IsWhatIsKnownOfWhatIsAskedFor) {
  EXPECT_EQ(names_of(facts("type;size;")), "type;size;");
  EXPECT_EQ(names_of(facts("Size;TYPE")), "type;size;") << "in any case, with or without the last semicolon";
  EXPECT_EQ(names_of(facts("type;perm;size;modify;unix.mode;unix.owner;unix.uid;media-type;")),
            "type;size;modify;perm;UNIX.mode;UNIX.owner;");
  EXPECT_EQ(names_of(facts("")), "");
  EXPECT_EQ(names_of(facts(";; type ;x")), "") << "a name has no spaces";
}

TEST(FtpFactSet, IsMarkedForFeat) {
  EXPECT_EQ(feature_text(facts("type;modify;")), "type*;size;modify*;perm;UNIX.mode;UNIX.owner;UNIX.group;unique;");
  EXPECT_EQ(feature_text(FactSet::all()), "type*;size*;modify*;perm*;UNIX.mode*;UNIX.owner*;UNIX.group*;unique*;");
  EXPECT_EQ(facts("type;size;modify;perm;unix.mode;unix.owner;unix.group;unique"), FactSet::all());
}

TEST(FtpFactLine, HasTheFactsThatAreWanted) {
  EXPECT_EQ(fact_line(picture(), FactSet::all()),
            "type=file;size=3121;modify=20260213101500;perm=adfrw;UNIX.mode=0644;UNIX.owner=samurt123;"
            "UNIX.group=samurt123;unique=8U2a; 1.png");
  EXPECT_EQ(fact_line(picture(), facts("size;type;")), "type=file;size=3121; 1.png");
  EXPECT_EQ(fact_line(picture(), FactSet{}), " 1.png") << "RFC 3659, section 7.2: the space stays";
}

TEST(FtpFactLine, LeavesOutWhatTheEntryDoesNotHave) {
  EXPECT_EQ(fact_line({.name = "x"}, FactSet::all()), "type=file; x");
}

TEST(FtpFactLine, NamesEveryKind) {
  const auto type_of = [](EntryKind kind, std::string target = "") {
    return fact_line({.name = "x", .kind = kind, .target = std::move(target)}, facts("type"));
  };
  EXPECT_EQ(type_of(EntryKind::folder), "type=dir; x");
  EXPECT_EQ(type_of(EntryKind::this_folder), "type=cdir; x");
  EXPECT_EQ(type_of(EntryKind::parent_folder), "type=pdir; x");
  EXPECT_EQ(type_of(EntryKind::link, "país"), "type=OS.unix=slink:país; x");
  EXPECT_EQ(type_of(EntryKind::link), "type=OS.unix=slink; x");
  EXPECT_EQ(type_of(EntryKind::other), "type=OS.unix=other; x");
}

TEST(FtpFactLine, LeavesOutValuesThatWouldEndIt) {
  EXPECT_EQ(fact_line({.name = "x", .kind = EntryKind::link, .target = "two words"}, FactSet::all()),
            "type=OS.unix=slink; x");
  for (const auto& owner : {"domain users"s, "a;b"s, "a\r\nb"s, "a\0b"s, "\x7f"s}) {
    EXPECT_EQ(fact_line({.name = "x", .owner = owner}, facts("unix.owner")), " x") << owner;
  }
}

TEST(FtpFactLine, IsOneLineWhateverTheFileIsCalled) {
  EXPECT_EQ(fact_line({.name = "a\r\ntype=dir; b"}, facts("type")), "type=file; a??type=dir; b");
}

TEST(FtpFactLine, ShowsThePermissionBitsAlone) {
  EXPECT_EQ(fact_line({.name = "x", .mode = 0104755}, facts("unix.mode")), "UNIX.mode=4755; x");
  EXPECT_EQ(fact_line({.name = "x", .mode = 0}, facts("unix.mode")), "UNIX.mode=0000; x");
}

TEST(FtpFactLine, ComesBackAsItWasWritten) {
  std::vector<Entry> entries{picture()};
  for (const auto* name : {"Adivinar el país.pptx", " begins with one", "a;b=c", "x ", " ", "\xff", "\"quotes\""}) {
    entries.push_back({.name = name});
  }
  for (const auto kind : {EntryKind::folder, EntryKind::this_folder, EntryKind::parent_folder, EntryKind::other}) {
    entries.push_back({.name = "x", .kind = kind});
  }
  entries.push_back({.name = "x", .kind = EntryKind::link, .target = "a:b=c"});
  entries.push_back({.name = "x", .bytes = UINT64_MAX, .modified = moment(9999, 12, 31, 23, 59, 59), .mode = 07777});
  for (const auto& entry : entries) EXPECT_EQ(entry_of(fact_line(entry, FactSet::all())), entry) << entry.name;
}

TEST(FtpParseFactLine, ReadsFactsInAnyCaseAndOrder) {
  const auto entry = entry_of("SIZE=3121;Modify=20260213101500.123;TYPE=Dir;unix.MODE=0755; music");
  EXPECT_EQ(entry.name, "music");
  EXPECT_EQ(entry.kind, EntryKind::folder);
  EXPECT_EQ(entry.bytes, 3121u);
  EXPECT_EQ(entry.modified, moment(2026, 2, 13, 10, 15));
  EXPECT_EQ(entry.mode, 0755u);
}

TEST(FtpParseFactLine, PassesOverFactsThatItDoesNotKnow) {
  EXPECT_EQ(entry_of("lang=es;charset=UTF-8;=;x=; 1.png"), (Entry{.name = "1.png"}));
}

TEST(FtpParseFactLine, TakesTheLastFactWithoutASemicolon) {
  EXPECT_EQ(entry_of("type=dir music").kind, EntryKind::folder);
}

TEST(FtpParseFactLine, TakesAllBehindTheFirstSpaceForTheName) {
  EXPECT_EQ(entry_of("type=file; Adivinar el país.pptx").name, "Adivinar el país.pptx");
  EXPECT_EQ(entry_of("type=file;  a").name, " a");
  EXPECT_EQ(entry_of(" a").name, "a");
  EXPECT_EQ(entry_of("type=file; /home/x").name, "/home/x") << "MLST tells the path";
}

TEST(FtpParseFactLine, KnowsTheLinksOfOtherServers) {
  EXPECT_EQ(entry_of("type=OS.unix=slink:/a; x").target, "/a");
  EXPECT_EQ(entry_of("type=os.UNIX=slink; x").kind, EntryKind::link);
  EXPECT_EQ(entry_of("type=OS.unix=symlink; x").kind, EntryKind::link);
  EXPECT_EQ(entry_of("type=OS.unix=chr-1/3; x").kind, EntryKind::other);
  EXPECT_EQ(entry_of("type=; x").kind, EntryKind::other);
}

TEST(FtpParseFactLine, CutsTheKindOfFileOffAMode) {
  EXPECT_EQ(entry_of("unix.mode=100644; x").mode, 0644u);
}

TEST(FtpParseFactLine, WantsAName) {
  for (const auto* line : {"", " ", "type=file;", "type=file; ", "music"}) {
    EXPECT_EQ(parse_fact_line(line).error(), FactFault::no_name) << line;
  }
}

TEST(FtpParseFactLine, RejectsFactsThatAreNone) {
  for (const auto* line :
       {"type; x", ";; x", ";type=file; x", "type=file;;size=1; x", "size=; x", "size=-1; x", "size=1x; x",
        "size=18446744073709551616; x", "modify=20260230000000; x", "modify=; x", "unix.mode=rw-r--r--; x",
        "unix.mode=8; x", "unix.mode=; x", "unix.mode=77777777777777; x", "-rw-r--r-- 1 a b 1 Jan 1 2020 x"}) {
    EXPECT_EQ(parse_fact_line(line).error(), FactFault::syntax) << line;
  }
  EXPECT_EQ(entry_of("size=18446744073709551615; x").bytes, UINT64_MAX);
}

TEST(FtpTimeValue, HasFourteenDigits) {
  EXPECT_EQ(time_value(moment(2026, 2, 13, 10, 15)), "20260213101500");
  EXPECT_EQ(time_value(moment(1, 1, 1)), "00010101000000");
  EXPECT_EQ(time_value(FileTime::max()), "99991231235959");
  EXPECT_EQ(time_value(FileTime::min()), "00010101000000");
}

TEST(FtpTimeValue, IsReadWithAndWithoutFractions) {
  EXPECT_EQ(parse_time_value("20260213101507"), moment(2026, 2, 13, 10, 15, 7));
  EXPECT_EQ(parse_time_value("20260213101507.999999"), moment(2026, 2, 13, 10, 15, 7));
  EXPECT_EQ(parse_time_value("20240229000000"), moment(2024, 2, 29));
  EXPECT_EQ(parse_time_value("20161231235960"), moment(2017, 1, 1));
  EXPECT_EQ(parse_time_value("19691231235959"), FileTime{std::chrono::seconds{-1}});
}

TEST(FtpTimeValue, OfADateThatDoesNotExistIsNone) {
  for (const auto* text : {"20250229000000", "20260230000000", "20261301000000", "20260001000000", "20260100000000",
                           "20260101240000", "20260101006000", "20260101000061", "00000101000000", "99991231235960"}) {
    EXPECT_EQ(parse_time_value(text), std::nullopt) << text;
  }
}

TEST(FtpTimeValue, OfOtherCharactersIsNone) {
  for (const auto text :
       {""sv, "2026021310150"sv, "202602131015000"sv, "20260213101500."sv, "20260213101500.x"sv, "20260213101500.1.2"sv,
        "20260213101500,5"sv, " 0260213101500"sv, "-2026021310150"sv, "+2026021310150"sv, "20260213 01500"sv,
        "20260213101500Z"sv, "20260213101500\0"sv, "20260213T10:15"sv}) {
    EXPECT_EQ(parse_time_value(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace labnet::ftp
