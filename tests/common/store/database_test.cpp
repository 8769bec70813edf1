#include "common/store/database.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/support/child.hpp"

namespace labnet::store {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view steps[]{"CREATE TABLE fruit (name TEXT NOT NULL, count INTEGER)",
                                   "ALTER TABLE fruit ADD COLUMN weight REAL; CREATE INDEX by_name ON fruit (name)"};
constexpr auto all_steps = Steps{steps};

class StoreDatabase : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  std::string file = folder.path() + "/fruit.sqlite";

  Database open() {
    auto opened = Database::open(file, all_steps);
    EXPECT_TRUE(opened) << opened.error().message;
    return *std::move(opened);
  }
  static std::vector<std::string> names(Database& database) {
    std::vector<std::string> found;
    auto rows = database.prepare("SELECT name FROM fruit ORDER BY rowid");
    EXPECT_TRUE(rows) << rows.error().message;
    for (;;) {
      const auto row = rows->next();
      EXPECT_TRUE(row) << row.error().message;
      if (!row || !*row) return found;
      found.emplace_back((*row)->text(0));
    }
  }
};

TEST_F(StoreDatabase, KeepsWhatWasStored) {
  {
    auto database = open();
    EXPECT_TRUE(database.run("INSERT INTO fruit VALUES (?, ?, ?)", {"pera", 3, 0.5}));
    EXPECT_EQ(database.last_id(), 1);
    EXPECT_TRUE(database.run("INSERT INTO fruit VALUES (?, ?, ?)", {"uva", nullptr, nullptr}));
    EXPECT_EQ(database.last_id(), 2);
  }
  auto database = open();
  EXPECT_THAT(names(database), ElementsAre("pera", "uva"));
  EXPECT_EQ(*database.number("SELECT count FROM fruit WHERE name = ?", {"pera"}), 3);
  EXPECT_EQ(*database.number("SELECT count FROM fruit WHERE name = ?", {"none"}), 0);
  auto rows = database.prepare("SELECT weight, count FROM fruit ORDER BY rowid");
  const auto first = *rows->next();
  EXPECT_EQ(first->real(0), 0.5);
  EXPECT_FALSE(first->is_null(1));
  EXPECT_TRUE((*rows->next())->is_null(1));
  EXPECT_FALSE(*rows->next());
}

TEST_F(StoreDatabase, TakesValuesForWhatTheyAre) {
  auto database = open();
  const std::string odd[]{"'); DROP TABLE fruit; --", "", "a\0b"s, "ñ\xff", "?"};
  for (const auto& name : odd) EXPECT_TRUE(database.run("INSERT INTO fruit VALUES (?, 1, 1)", {name}));
  EXPECT_THAT(names(database), testing::ElementsAreArray(odd));
  for (const auto& name : odd) EXPECT_EQ(*database.number("SELECT COUNT(*) FROM fruit WHERE name = ?", {name}), 1);
  const auto octets = as_bytes("\x00\x01\xff"sv);
  EXPECT_TRUE(database.run("UPDATE fruit SET count = ?", {octets}));
  auto rows = database.prepare("SELECT count FROM fruit");
  EXPECT_EQ(as_text((**rows->next()).octets(0)), as_text(octets));
}

TEST_F(StoreDatabase, SaysWhatIsWrongWithAStatement) {
  auto database = open();
  EXPECT_THAT(database.run("INSERT INTO fruit VALUES (?, ?, ?)", {"pera"}).error().message,
              HasSubstr("wants 3 values and was given 1"));
  EXPECT_THAT(database.prepare("SELECT x FROM fruit").error().message, HasSubstr("fruit.sqlite: no such column: x"));
  const auto refused = database.run("INSERT INTO fruit VALUES (NULL, 1, 1)");
  EXPECT_THAT(refused.error().message, HasSubstr("NOT NULL"));
  EXPECT_EQ(refused.error().kind, FaultKind::other);
}

TEST_F(StoreDatabase, RunsAStatementAgainAsIfItWereNew) {
  auto database = open();
  const std::string insert = "INSERT INTO fruit VALUES (?, ?, 1)";
  EXPECT_TRUE(database.run(insert, {"pera", 1}));
  EXPECT_FALSE(database.run(insert, {nullptr, 2}));
  EXPECT_FALSE(database.run(insert, {"kiwi"}));
  EXPECT_TRUE(database.run(insert, {"uva", nullptr}));
  EXPECT_THAT(names(database), ElementsAre("pera", "uva"));
  EXPECT_EQ(*database.number("SELECT COUNT(*) FROM fruit WHERE count IS NULL"), 1);
  // One too many to be kept, and then the first one again.
  for (std::size_t i = 0; i <= Database::statements_kept_max; ++i) {
    EXPECT_TRUE(database.run("INSERT INTO fruit VALUES ('" + std::to_string(i) + "', 1, 1)"));
  }
  EXPECT_TRUE(database.run(insert, {"kiwi", 3}));
  EXPECT_EQ(*database.number("SELECT COUNT(*) FROM fruit"), 4 + static_cast<int>(Database::statements_kept_max));
  // Rows that nobody has read are not in the way of the end of a transaction.
  auto transaction = database.begin();
  EXPECT_TRUE(database.run("SELECT name FROM fruit"));
  EXPECT_TRUE(transaction->commit());
  auto moved = std::move(database);
  EXPECT_TRUE(moved.run(insert, {"mora", 4}));
}

TEST_F(StoreDatabase, UndoesATransactionThatWasNotCommitted) {
  auto database = open();
  {
    auto transaction = database.begin();
    ASSERT_TRUE(transaction);
    EXPECT_TRUE(database.run("INSERT INTO fruit VALUES ('undone', 1, 1)"));
  }
  {
    auto transaction = database.begin();
    ASSERT_TRUE(transaction);
    EXPECT_TRUE(database.run("INSERT INTO fruit VALUES ('done', 1, 1)"));
    EXPECT_TRUE(transaction->commit());
  }
  EXPECT_THAT(names(database), ElementsAre("done"));
}

TEST_F(StoreDatabase, BringsTablesUpToTheLastStep) {
  {
    auto old = Database::open(file, all_steps.first(1));
    ASSERT_TRUE(old);
    EXPECT_TRUE(old->run("INSERT INTO fruit VALUES ('pera', 3)"));
  }
  auto database = open();
  EXPECT_EQ(*database.number("PRAGMA user_version"), 2);
  EXPECT_TRUE(database.run("UPDATE fruit SET weight = 0.5"));
  const auto refused = Database::open(file, all_steps.first(1));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("its tables have version 2, this program knows those up to 1"));
}

TEST_F(StoreDatabase, LeavesTablesAsTheyAreIfAStepFails) {
  constexpr std::string_view wrong[]{steps[0], "ALTER TABLE fruit ADD COLUMN weight REAL; SELECT nonsense"};
  EXPECT_TRUE(Database::open(file, all_steps.first(1)));
  EXPECT_THAT(Database::open(file, wrong).error().message, HasSubstr("nonsense"));
  open();
}

TEST_F(StoreDatabase, TouchesNothingOfAnotherProgram) {
  constexpr std::string_view of_others[]{"CREATE TABLE other (x)"};
  {
    auto other = Database::open(file, of_others);
    ASSERT_TRUE(other);
    EXPECT_TRUE(other->run_all("PRAGMA user_version = 0"));
  }
  EXPECT_THAT(Database::open(file, all_steps).error().message, HasSubstr("tables of another program"));
}

TEST_F(StoreDatabase, CannotBeWhatIsNone) {
  const auto none = folder.write("none.sqlite", std::string(5'000, 'x'));
  EXPECT_THAT(Database::open(none, all_steps).error().message, HasSubstr("none.sqlite: file is not a database"));
  EXPECT_THAT(Database::check(none).error().message, HasSubstr("is not a database"));
  const auto nowhere = folder.path() + "/no/such/folder.sqlite";
  EXPECT_THAT(Database::open(nowhere, all_steps).error().message,
              HasSubstr("unable to open database file (No such file or directory)"));
  EXPECT_THAT(Database::check(nowhere).error().message, HasSubstr("is no folder"));
  EXPECT_FALSE(Database::open(folder.path(), all_steps));
  EXPECT_THAT(Database::check(folder.path()).error().message, HasSubstr("is no plain file"));
}

TEST_F(StoreDatabase, IsCheckedWithoutBeingMade) {
  EXPECT_TRUE(Database::check(file));
  EXPECT_FALSE(std::filesystem::exists(file));
  open();
  EXPECT_TRUE(Database::check(file));
  EXPECT_TRUE(Database::check(folder.write("empty.sqlite", "")));
}

/// Names that SQLite itself would take for something else.
TEST_F(StoreDatabase, IsAFileWhateverItsName) {
  const auto folder_before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const auto* name : {":memory:", "file:x?mode=memory"}) {
    EXPECT_TRUE(Database::open(name, all_steps)) << name;
    EXPECT_TRUE(std::filesystem::exists(name)) << name;
  }
  std::filesystem::current_path(folder_before);
}

TEST_F(StoreDatabase, InMemoryIsGoneWithItsConnection) {
  for (int i = 0; i < 2; ++i) {
    auto database = Database::in_memory(all_steps);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_THAT(names(*database), IsEmpty());
    EXPECT_TRUE(database->run("INSERT INTO fruit VALUES ('pera', 1, 1)"));
  }
}

TEST_F(StoreDatabase, WaitsNoLongerThanToldForOthersThatWriteAndReadsMeanwhile) {
  auto first = open();
  EXPECT_TRUE(first.run("INSERT INTO fruit VALUES ('pera', 1, 1)"));
  auto second = Database::open(file, all_steps, 50ms);
  ASSERT_TRUE(second) << second.error().message;
  auto transaction = first.begin();
  ASSERT_TRUE(transaction);
  EXPECT_TRUE(first.run("INSERT INTO fruit VALUES ('uva', 1, 1)"));
  const auto refused = second->run("INSERT INTO fruit VALUES ('kiwi', 1, 1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::busy);
  EXPECT_THAT(names(*second), ElementsAre("pera"));
  EXPECT_TRUE(transaction->commit());
  EXPECT_TRUE(second->run("INSERT INTO fruit VALUES ('kiwi', 1, 1)"));
  EXPECT_THAT(names(first), ElementsAre("pera", "uva", "kiwi"));
}

TEST_F(StoreDatabase, ThatIsFullSaysSoAndKeepsWhatItHas) {
  auto database = open();
  EXPECT_TRUE(database.run("INSERT INTO fruit VALUES ('pera', 1, 1)"));
  EXPECT_TRUE(database.run_all("PRAGMA max_page_count = 1"));  // which it takes for those that there are
  const auto refused = database.run("INSERT INTO fruit VALUES (?, 1, 1)", {std::string(100'000, 'x')});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::full);
  EXPECT_THAT(refused.error().message, HasSubstr("disk is full"));
  EXPECT_THAT(names(database), ElementsAre("pera"));
}

}  // namespace
}  // namespace labnet::store
