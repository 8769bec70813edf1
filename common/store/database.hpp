// A file of tables, by SQLite.
//
//   constexpr std::string_view steps[]{"CREATE TABLE comment (topic TEXT NOT NULL, text TEXT NOT NULL)"};
//   auto database = store::Database::open("comments.sqlite", steps);
//   if (!database) return database.error();                          // "comments.sqlite: file is not a database"
//   auto done = database->run("INSERT INTO comment VALUES (?, ?)", {topic, text});
//   auto rows = database->prepare("SELECT text FROM comment WHERE topic = ?", {topic});
//   for (;;) {
//     auto row = rows->next();
//     if (!row) return row.error();
//     if (!*row) break;
//     list.emplace_back((*row)->text(0));
//   }
//
// Everything here waits for a disk, and for other processes that write to the same file: a server calls it by
// Worker::run_blocking, or before its workers begin. What a client has sent goes into a statement as a value for a "?",
// never as a part of its text.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

struct sqlite3;  // SQLite's, whose header stays in the .cpp file
struct sqlite3_stmt;

namespace labnet::store {

/// What a caller may want to answer in a way of its own.
enum class FaultKind {
  busy,   // another process writes, and has not come to its end within the time for that
  full,   // the disk
  other,  // the sentence says it
};

/// A sentence that begins with the file.
struct Fault : Error {
  FaultKind kind = FaultKind::other;
};
template <class T>
using StoreResult = Result<T, Fault>;

/// How tables came to be what they are: each step is SQL, the first one makes them, each further one changes what the
/// one before has left. A file says how many of them it has behind it (PRAGMA user_version). A step that a program has
/// been shipped with stays as it is: what changes is a new one.
using Steps = std::span<const std::string_view>;

/// For a "?" in a statement. Text and octets are not copied: they must live until the call returns.
struct Value {
  Value(std::nullptr_t) {}
  Value(std::integral auto number) : value{static_cast<std::int64_t>(number)} {}
  Value(double number) : value{number} {}
  Value(std::string_view text) : value{text} {}
  Value(const std::string& text) : value{std::string_view{text}} {}
  Value(const char* text) : value{std::string_view{text}} {}
  Value(Bytes octets) : value{octets} {}

  std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes> value;
};
using Values = std::initializer_list<Value>;

/// The row that a statement stands at. Views, until its statement goes on.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_{statement} {}

  bool is_null(int column) const;
  // Columns count from 0. Of another type, a value is changed into this one: "12" is 12, nothing is 0 or "".
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  Bytes octets(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// A statement that has its values. May outlive its Database.
class Statement {
 public:
  /// The first row, then the next ones; nothing at the end.
  StoreResult<std::optional<Row>> next();

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::string name) : statement_{statement}, name_{std::move(name)} {}
  void reset();  // to its beginning, without values

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string name_;  // of the file, for faults
};

/// What happens between its beginning and `commit` happens as a whole or not at all: without `commit` it is undone when
/// this goes, which must be before its Database does. From the beginning on nobody else writes; others read what was
/// there before.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept : database_{std::exchange(other.database_, nullptr)} {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  StoreResult<void> commit();

 private:
  friend class Database;
  explicit Transaction(class Database& database) : database_{&database} {}
  class Database* database_;  // null: it has ended
};

/// One connection to a file. Any thread may use it, but only one at a time.
class Database {
 public:
  static constexpr std::chrono::milliseconds busy_timeout_default{2'000};

  /// Opens the file, makes it if there is none, and brings its tables to what the last step makes of them.
  /// busy_timeout  how long a call waits for others that write
  /// faults        it cannot be opened or made, or is no database; it has tables of another program, or of a later
  ///               version of this one
  static StoreResult<Database> open(const std::filesystem::path& file, Steps steps,
                                    std::chrono::milliseconds busy_timeout = busy_timeout_default);
  /// One that is gone when this goes.
  static StoreResult<Database> in_memory(Steps steps);
  /// Whether `open` would go well, as far as that can be said without making anything.
  static Result<void> check(const std::filesystem::path& file);

  /// One statement, with a value for each "?".
  StoreResult<Statement> prepare(std::string_view sql, Values values = {});
  /// The same of one that has no rows, or whose rows nobody wants. It stays compiled for the next time, up to
  /// statements_kept_max of them.
  static constexpr std::size_t statements_kept_max = 16;
  StoreResult<void> run(std::string_view sql, Values values = {});
  /// The first column of its first row; 0 if there is none.
  StoreResult<std::int64_t> number(std::string_view sql, Values values = {});
  /// Several statements, without values.
  StoreResult<void> run_all(const std::string& script);
  StoreResult<Transaction> begin();

  /// Of the row that was inserted last.
  std::int64_t last_id() const;

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Database(std::unique_ptr<sqlite3, Close> database, std::string name)
      : database_{std::move(database)}, name_{std::move(name)} {}
  static StoreResult<Database> open(const std::string& path, std::string name, Steps steps,
                                    std::chrono::milliseconds busy_timeout);
  StoreResult<void> bring_up_to(Steps steps);
  StoreResult<Statement> compile(std::string_view sql, unsigned flags);
  StoreResult<void> bind(Statement& statement, Values values);
  StoreResult<Statement*> kept(std::string_view sql);

  std::unique_ptr<sqlite3, Close> database_;
  std::string name_;
  struct Kept {
    std::string sql;
    Statement statement;
  };
  std::vector<Kept> kept_;  // of `run`
};

}  // namespace labnet::store
