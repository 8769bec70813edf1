#include "common/store/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

namespace labnet::store {
namespace {

constexpr std::string_view file_begins_with{"SQLite format 3\0", 16};

constexpr int kind_mask = 0xff;  // of a code; what is above says where it was found

/// error_number  the system's, if it was the system that would not; else 0
FaultKind kind_of(int code, int error_number) {
  // SQLite counts only ENOSPC as a full disk.
  if (error_number == EDQUOT || error_number == EFBIG) return FaultKind::full;
  switch (code & kind_mask) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return FaultKind::busy;
    case SQLITE_FULL:
      return FaultKind::full;
    default:
      return FaultKind::other;
  }
}

Fault fault_of(const std::string& name, std::string_view what, FaultKind kind = FaultKind::other) {
  return Fault{Error{name, ": ", what}, kind};
}

/// Of the last call; the system's word where it was the system that would not. SQLite does not keep that of a COMMIT:
/// errno has it, which was 0 before the call.
Fault last_fault(sqlite3* database, const std::string& name) {
  if (database == nullptr) return fault_of(name, "out of memory");
  const auto code = sqlite3_extended_errcode(database);
  const auto is_of_system = (code & kind_mask) == SQLITE_CANTOPEN || (code & kind_mask) == SQLITE_IOERR;
  const auto last_error_number = errno;
  const auto kept_error_number = is_of_system ? sqlite3_system_errno(database) : 0;
  const auto error_number = is_of_system && kept_error_number == 0 ? last_error_number : kept_error_number;
  std::string text = sqlite3_errmsg(database);
  if (error_number != 0) text += fmt::format(" ({})", std::generic_category().message(error_number));
  return fault_of(name, text, kind_of(code, error_number));
}

class Binder {
 public:
  Binder(sqlite3_stmt* statement, int place) : statement_{statement}, place_{place} {}

  int operator()(std::monostate) const { return sqlite3_bind_null(statement_, place_); }
  int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement_, place_, number); }
  int operator()(double number) const { return sqlite3_bind_double(statement_, place_, number); }
  int operator()(std::string_view text) const {
    return sqlite3_bind_text64(statement_, place_, text.data() != nullptr ? text.data() : "", text.size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  int operator()(Bytes octets) const {
    if (octets.empty()) return sqlite3_bind_zeroblob(statement_, place_, 0);
    return sqlite3_bind_blob64(statement_, place_, octets.data(), octets.size(), SQLITE_TRANSIENT);
  }

 private:
  sqlite3_stmt* statement_;
  int place_;
};

}  // namespace

bool Row::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Row::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Row::text(int column) const {
  return as_text(octets(column));
}

Bytes Row::octets(int column) const {
  const auto* const data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

StoreResult<std::optional<Row>> Statement::next() {
  errno = 0;
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return std::optional{Row{statement_.get()}};
    case SQLITE_DONE:
      return std::optional<Row>{};
    default:
      return last_fault(sqlite3_db_handle(statement_.get()), name_);
  }
}

Transaction::~Transaction() {
  // Some faults have undone it already.
  if (database_ == nullptr || sqlite3_get_autocommit(database_->database_.get()) != 0) return;
  sqlite3_exec(database_->database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

StoreResult<void> Transaction::commit() {
  auto done = database_->run("COMMIT");
  if (done) database_ = nullptr;
  return done;
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);  // at the latest when its last statement goes
}

StoreResult<Database> Database::open(const std::filesystem::path& file, Steps steps,
                                     std::chrono::milliseconds busy_timeout) {
  // An absolute path is never taken for a URI or for SQLite's own ":memory:".
  std::error_code error;
  const auto path = std::filesystem::absolute(file, error);
  if (error) return fault_of(file.string(), error.message());
  return open(path.string(), file.string(), steps, busy_timeout);
}

StoreResult<Database> Database::in_memory(Steps steps) {
  return open(":memory:", "a database in memory", steps, busy_timeout_default);
}

StoreResult<Database> Database::open(const std::string& path, std::string name, Steps steps,
                                     std::chrono::milliseconds busy_timeout) {
  sqlite3* opened = nullptr;
  const auto code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database{std::unique_ptr<sqlite3, Close>{opened}, std::move(name)};
  if (code != SQLITE_OK) return last_fault(opened, database.name_);
  sqlite3_busy_timeout(opened, static_cast<int>(busy_timeout.count()));
  // Whoever can write the file has no say in what this program does beyond its tables.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // With a write-ahead log nobody who reads waits for one who writes, and a power cut may take the last moment, but
  // never leaves half of anything. Where that cannot be (a file system without shared memory) the file does without.
  sqlite3_exec(opened, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr);
  if (auto done = database.bring_up_to(steps); !done) return done.error();
  return database;
}

Result<void> Database::check(const std::filesystem::path& file) {
  std::error_code error;
  const auto folder = std::filesystem::absolute(file, error).parent_path();
  if (!std::filesystem::is_directory(folder, error))
    return Error{file.string(), ": ", folder.string(), " is no folder"};
  if (!std::filesystem::exists(file, error)) return {};
  if (!std::filesystem::is_regular_file(file, error)) return Error{file.string(), " is no plain file"};
  std::ifstream in{file, std::ios::binary};
  std::array<char, file_begins_with.size()> begin{};
  in.read(begin.data(), begin.size());
  const std::string_view read{begin.data(), static_cast<std::size_t>(in.gcount())};
  if (in.bad() || !in.is_open()) return Error{file.string(), " cannot be read"};
  // One of no size is what SQLite leaves where nothing was stored.
  return read.empty() || read == file_begins_with ? Result<void>{} : Error{file.string(), " is not a database"};
}

StoreResult<void> Database::bring_up_to(Steps steps) {
  const auto wanted = static_cast<std::int64_t>(steps.size());
  auto version = number("PRAGMA user_version");
  if (!version) return version.error();
  if (*version == wanted) return {};
  auto transaction = begin();
  if (!transaction) return transaction.error();
  version = number("PRAGMA user_version");  // another process may have been faster
  if (!version) return version.error();
  if (*version < 0 || *version > wanted) {
    return fault_of(name_,
                    fmt::format("its tables have version {}, this program knows those up to {}", *version, wanted));
  }
  const auto tables = number("SELECT COUNT(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*version == 0 && *tables > 0) return fault_of(name_, "it has tables of another program");
  for (const auto step : steps.subspan(static_cast<std::size_t>(*version))) {
    if (auto done = run_all(std::string{step}); !done) return done;
  }
  if (auto done = run_all(fmt::format("PRAGMA user_version = {}", wanted)); !done) return done;
  return transaction->commit();
}

StoreResult<Statement> Database::compile(std::string_view sql, unsigned flags) {
  sqlite3_stmt* prepared = nullptr;
  const auto code =
      sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()), flags, &prepared, nullptr);
  Statement statement{prepared, name_};
  if (code != SQLITE_OK) return last_fault(database_.get(), name_);
  return statement;
}

StoreResult<void> Database::bind(Statement& statement, Values values) {
  auto* const prepared = statement.statement_.get();
  const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(prepared));
  if (values.size() != wanted) {
    return fault_of(name_, fmt::format("a statement wants {} values and was given {}", wanted, values.size()));
  }
  int place = 0;
  for (const auto& one : values) {
    if (std::visit(Binder{prepared, ++place}, one.value) != SQLITE_OK) return last_fault(database_.get(), name_);
  }
  return {};
}

StoreResult<Statement> Database::prepare(std::string_view sql, Values values) {
  auto statement = compile(sql, 0);
  if (!statement) return statement;
  if (auto bound = bind(*statement, values); !bound) return bound.error();
  return statement;
}

StoreResult<Statement*> Database::kept(std::string_view sql) {
  const auto known = std::ranges::find(kept_, sql, &Kept::sql);
  if (known != kept_.end()) return &known->statement;
  auto statement = compile(sql, SQLITE_PREPARE_PERSISTENT);
  if (!statement) return statement.error();
  if (kept_.size() == statements_kept_max) kept_.erase(kept_.begin());
  return &kept_.emplace_back(Kept{std::string{sql}, *std::move(statement)}).statement;
}

StoreResult<void> Database::run(std::string_view sql, Values values) {
  const auto found = kept(sql);
  if (!found) return found.error();
  auto& statement = **found;
  auto done = bind(statement, values);
  while (done) {
    const auto row = statement.next();
    if (!row) done = row.error();
    if (!row || !*row) break;
  }
  statement.reset();
  return done;
}

StoreResult<std::int64_t> Database::number(std::string_view sql, Values values) {
  auto statement = prepare(sql, values);
  if (!statement) return statement.error();
  const auto row = statement->next();
  if (!row) return row.error();
  return *row ? (*row)->integer(0) : 0;
}

StoreResult<void> Database::run_all(const std::string& script) {
  errno = 0;
  if (sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return last_fault(database_.get(), name_);
}

StoreResult<Transaction> Database::begin() {
  if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun.error();
  return Transaction{*this};
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(database_.get());
}

}  // namespace labnet::store
