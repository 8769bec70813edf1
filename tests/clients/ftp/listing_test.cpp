#include "clients/ftp/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/ftp/features.hpp"
#include "clients/ftp/limits.hpp"
#include "common/ftp/facts.hpp"
#include "common/ftp/listing.hpp"

namespace labnet::ftp_client {
namespace {

const auto now = ftp::parse_time_value("20260301120000").value();

Listing listing_of(ListingKind kind, const std::vector<std::string>& lines) {
  Listing listing{kind, now};
  for (const auto& line : lines) EXPECT_TRUE(listing.add_line(line)) << line;
  return listing;
}

TEST(Listing, IsReadFromFacts) {
  const auto listing = listing_of(
      ListingKind::facts, {"type=cdir; .", "type=pdir; ..", "type=dir;modify=20260213101500;UNIX.mode=0755; music",
                           "type=file;size=3121;modify=20260213101500;UNIX.mode=0644; Adivinar el país.pptx"});
  EXPECT_EQ(listing.entries().size(), 2u);
  EXPECT_EQ(to_text(listing.entries()),
            "-rw-r--r-- 3121 2026-02-13 10:15 Adivinar el país.pptx\n"
            "drwxr-xr-x    - 2026-02-13 10:15 music/\n");
}

TEST(Listing, IsReadFromLines) {
  const auto listing = listing_of(ListingKind::ls, {"total 8", "", "-rw-r--r--   1 ann ann     3121 Feb 13 10:15 1.png",
                                                    "lrwxrwxrwx   1 ann ann        5 Feb 13 10:15 l -> 1.png"});
  EXPECT_EQ(listing.lines_not_understood(), 0u);
  EXPECT_EQ(to_text(listing.entries()),
            "-rw-r--r-- 3121 2026-02-13 10:15 1.png\n"
            "lrwxrwxrwx    5 2026-02-13 10:15 l -> 1.png\n");
}

TEST(Listing, IsReadFromNames) {
  const auto listing = listing_of(ListingKind::name_only, {"b", "music/a", ".", ".."});
  EXPECT_EQ(to_names(listing.entries()), "a\nb\n");
}

TEST(Listing, CountsWhatItDoesNotUnderstand) {
  const auto facts = listing_of(ListingKind::facts, {"nonsense", "size=x; y", "type=file; z"});
  EXPECT_EQ(facts.lines_not_understood(), 2u);
  EXPECT_EQ(facts.entries().size(), 1u);
  EXPECT_EQ(listing_of(ListingKind::ls, {"nonsense", "\xff\xfe"}).lines_not_understood(), 2u);
}

TEST(Listing, HasALimit) {
  Listing listing{ListingKind::name_only, now};
  for (std::size_t i = 0; i < listing_entries_max; ++i) ASSERT_TRUE(listing.add_line("x"));
  const auto one_more = listing.add_line("x");
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().message, "the folder has more than 1000000 entries");
}

TEST(Listing, DoesNotConfuseATerminal) {
  const auto listing = listing_of(ListingKind::facts, {"type=file; \x1b[2Jx", "type=file; pa\xeds"});
  EXPECT_EQ(to_names(listing.entries()), "\\x1b[2Jx\npa\\xeds\n");
}

TEST(Listing, ShowsTheLettersThatLinesOfServersHave) {
  for (const auto kind : {ftp::EntryKind::file, ftp::EntryKind::folder, ftp::EntryKind::link, ftp::EntryKind::other}) {
    const ftp::Entry entry{.name = "x", .kind = kind};
    EXPECT_EQ(to_text({entry}).front(), ftp::list_line(entry, {}).front());
  }
}

TEST(Listing, GivesJson) {
  const auto listing =
      listing_of(ListingKind::facts,
                 {"type=file;size=3121;modify=20260213101500;perm=adfrw;UNIX.mode=0644;UNIX.owner=ann; \"1\".png",
                  "type=dir; pa\xeds"});
  EXPECT_EQ(to_json(listing.entries()),
            "[{\"name\":\"\\\"1\\\".png\",\"kind\":\"file\",\"bytes\":3121,\"modified\":\"2026-02-13T10:15:00Z\","
            "\"mode\":\"0644\",\"owner\":\"ann\",\"permissions\":\"adfrw\"},"
            "{\"name\":\"pa\\\\xeds\",\"kind\":\"folder\"}]\n");
  EXPECT_EQ(to_json({}), "[]\n");
}

TEST(Features, AreFoundByTheirFirstWord) {
  const Features features{ftp::Reply{211, {"Features:", "MDTM", "REST STREAM", "mlst type*;size*;", "End"}}};
  EXPECT_TRUE(features.has("MDTM"));
  EXPECT_TRUE(features.has("REST"));
  EXPECT_TRUE(features.has("MLST"));
  EXPECT_FALSE(features.has("End"));
  EXPECT_FALSE(features.has("Features:"));
  EXPECT_FALSE(features.has("STREAM"));
}

TEST(Features, AreNoneOfAServerThatTellsNone) {
  EXPECT_FALSE(Features{}.has("MDTM"));
  EXPECT_FALSE((Features{ftp::Reply{502, {"MDTM", "MDTM", "MDTM"}}}.has("MDTM")));
  EXPECT_FALSE((Features{ftp::Reply{211, "No features"}}.has("No")));
}

TEST(Features, NameTheFactsToAskFor) {
  const auto facts_of = [](const std::string& line) {
    return Features{ftp::Reply{211, {"Features:", line, "End"}}}.facts_to_ask_for();
  };
  EXPECT_EQ(facts_of("MLST type*;size*;modify*;"), std::nullopt);
  EXPECT_EQ(facts_of("MLST type*;size*;modify;perm;x.own;"), "type;size;modify;perm;");
  EXPECT_EQ(facts_of("MLST"), std::nullopt);
  EXPECT_EQ(facts_of("MLST x.own;"), std::nullopt);
  EXPECT_EQ(facts_of("SIZE"), std::nullopt);
}

}  // namespace
}  // namespace labnet::ftp_client
