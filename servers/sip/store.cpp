#include "servers/sip/store.hpp"

#include <chrono>

#include "common/log/log.hpp"
#include "servers/sip/limits.hpp"

namespace labnet::sip_server {
namespace {

constexpr std::string_view steps[]{
    "CREATE TABLE binding (user TEXT NOT NULL, place INTEGER NOT NULL, contact TEXT NOT NULL, instance TEXT NOT NULL,"
    "                      transport TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL,"
    "                      connection INTEGER NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,"
    "                      expires_at INTEGER NOT NULL, priority INTEGER NOT NULL, user_agent TEXT NOT NULL,"
    "                      PRIMARY KEY (user, place)) WITHOUT ROWID;"
    "CREATE TABLE call (id INTEGER PRIMARY KEY, began INTEGER NOT NULL, call_id TEXT NOT NULL, caller TEXT NOT NULL,"
    "                   callee TEXT NOT NULL, status INTEGER NOT NULL, ring_ms INTEGER, talk_ms INTEGER,"
    "                   ender TEXT NOT NULL, cause TEXT NOT NULL, codec TEXT NOT NULL,"
    "                   caller_packets INTEGER NOT NULL, caller_lost INTEGER NOT NULL, callee_packets INTEGER NOT NULL,"
    "                   callee_lost INTEGER NOT NULL);",
};

std::int64_t ms_between(sip::TimePoint from, sip::TimePoint to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

store::Value ms_until(const std::optional<sip::TimePoint>& to, sip::TimePoint from) {
  return to ? store::Value{ms_between(from, *to)} : store::Value{nullptr};
}

std::string_view cut(std::string_view text, std::size_t bytes_max = record_text_bytes_max) {
  return text.substr(0, bytes_max);
}

std::optional<Binding> binding_of(const store::Row& row) {
  const auto address = parse_ip(row.text(5));
  if (!address) return std::nullopt;
  const auto transport = sip::transport_of(row.text(4));
  Binding binding;
  binding.contact = row.text(2);
  binding.instance = row.text(3);
  binding.hop = {transport, *address, static_cast<std::uint16_t>(row.integer(6)),
                 static_cast<std::uint64_t>(row.integer(7))};
  binding.call_id = row.text(8);
  binding.cseq = static_cast<std::uint32_t>(row.integer(9));
  binding.expires_at = WallTime{std::chrono::seconds{row.integer(10)}};
  binding.priority = static_cast<int>(row.integer(11));
  binding.user_agent = row.text(12);
  return binding;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(net::Worker& worker, const std::optional<std::filesystem::path>& file) {
  auto database = file ? store::Database::open(*file, steps) : store::Database::in_memory(steps);
  if (!database) return Error{database.error().message};
  return std::unique_ptr<Store>{new Store{worker, *std::move(database), file.has_value()}};
}

Result<void> Store::check(const std::optional<std::filesystem::path>& file) {
  return file ? store::Database::check(*file) : Result<void>{};
}

Result<std::map<std::string, std::vector<Binding>>> Store::load(WallTime now) {
  std::map<std::string, std::vector<Binding>> all;
  auto rows = database_.prepare(
      "SELECT user, place, contact, instance, transport, address, port, connection, call_id,"
      " cseq, expires_at, priority, user_agent FROM binding WHERE expires_at > ?"
      " ORDER BY user, place",
      {now.time_since_epoch().count()});
  if (!rows) return Error{rows.error().message};
  for (;;) {
    const auto row = rows->next();
    if (!row) return Error{row.error().message};
    if (!*row) return all;
    auto binding = binding_of(**row);
    // A connection has ended with the process that had it.
    if (binding && !sip::is_stream(binding->hop.transport)) {
      all[std::string{(*row)->text(0)}].push_back(*std::move(binding));
    }
  }
}

void Store::save(const std::string& user, std::vector<Binding> bindings, std::function<void()> then) {
  if (!has_file_) return then();
  waiting_.bindings[user] = std::move(bindings);
  waiting_.then.push_back(std::move(then));
  begin_writing();
}

void Store::save(const CallRecord& record, WallTime began) {
  waiting_.calls.emplace_back(record, began);
  begin_writing();
}

void Store::begin_writing() {
  if (!std::exchange(is_writing_, true)) worker_.spawn(write_all());
}

net::Task<void> Store::write_all() {
  while (!waiting_.empty()) {
    auto batch = std::exchange(waiting_, {});
    const auto written = co_await worker_.run_blocking([this, &batch] { return write(batch); });
    if (!written) log::error("registrations and calls are not stored", {{"fault", written.error().message}});
    for (const auto& then : batch.then) then();
  }
  is_writing_ = false;
}

store::StoreResult<void> Store::write(const Batch& batch) {
  auto transaction = database_.begin();
  if (!transaction) return transaction.error();
  for (const auto& [user, bindings] : batch.bindings) {
    if (auto done = database_.run("DELETE FROM binding WHERE user = ?", {user}); !done) return done.error();
    int place = 0;
    for (const auto& one : bindings) {
      const auto done =
          database_.run("INSERT INTO binding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        {user, place++, one.contact, one.instance, sip::uri_name(one.hop.transport),
                         to_string(one.hop.address), one.hop.port, one.hop.connection, one.call_id, one.cseq,
                         one.expires_at.time_since_epoch().count(), one.priority, one.user_agent});
      if (!done) return done.error();
    }
  }
  for (const auto& [record, began] : batch.calls) {
    const auto done = database_.run(
        "INSERT INTO call (began, call_id, caller, callee, status, ring_ms, talk_ms, ender, cause, codec,"
        " caller_packets, caller_lost, callee_packets, callee_lost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {began.time_since_epoch().count(), cut(record.call_id), cut(record.caller), cut(record.callee), record.status,
         ms_until(record.rang, record.began),
         record.answered ? store::Value{ms_between(*record.answered, record.ended)} : store::Value{nullptr},
         name_of(record.ender), cut(record.cause, record_cause_bytes_max), record.codec, record.media[0].packets,
         record.media[0].lost, record.media[1].packets, record.media[1].lost});
    if (!done) return done.error();
  }
  if (!batch.calls.empty()) {
    const auto done = database_.run("DELETE FROM call WHERE id <= (SELECT MAX(id) FROM call) - ?", {call_records_max});
    if (!done) return done.error();
  }
  return transaction->commit();
}

Result<std::vector<Store::CallLine>> Store::calls(std::size_t count) {
  std::vector<CallLine> lines;
  auto rows = database_.prepare(
      "SELECT began, caller, callee, cause, status, talk_ms FROM call ORDER BY id DESC LIMIT ?", {count});
  if (!rows) return Error{rows.error().message};
  for (;;) {
    const auto row = rows->next();
    if (!row) return Error{row.error().message};
    if (!*row) return lines;
    lines.push_back({.began = WallTime{std::chrono::seconds{(*row)->integer(0)}},
                     .caller = std::string{(*row)->text(1)},
                     .callee = std::string{(*row)->text(2)},
                     .cause = std::string{(*row)->text(3)},
                     .status = static_cast<int>((*row)->integer(4)),
                     .seconds = (*row)->integer(5) / 1000});
  }
}

}  // namespace labnet::sip_server
