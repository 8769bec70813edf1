#include "servers/sip/store.hpp"

#include <chrono>

#include "common/base/text.hpp"
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
    // Of a call under way what a BYE needs, for each side (0 is the caller's)
    "CREATE TABLE side_under_way (number INTEGER NOT NULL, side INTEGER NOT NULL, began INTEGER NOT NULL,"
    "                             call_id TEXT NOT NULL, caller TEXT NOT NULL, callee TEXT NOT NULL,"
    "                             phone_user TEXT NOT NULL, phone_instance TEXT NOT NULL, dialog TEXT NOT NULL,"
    "                             local TEXT NOT NULL, remote TEXT NOT NULL, remote_target TEXT NOT NULL,"
    "                             routes TEXT NOT NULL, local_cseq INTEGER NOT NULL, transport TEXT NOT NULL,"
    "                             address TEXT NOT NULL, port INTEGER NOT NULL, connection INTEGER NOT NULL,"
    "                             PRIMARY KEY (number, side)) WITHOUT ROWID;",
};

/// Between two routes, which have none in them.
constexpr char route_end = '\n';

std::int64_t ms_between(sip::TimePoint from, sip::TimePoint to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

store::Value ms_until(const std::optional<sip::TimePoint>& to, sip::TimePoint from) {
  return to ? store::Value{ms_between(from, *to)} : store::Value{nullptr};
}

std::string_view cut(std::string_view text, std::size_t bytes_max = record_text_bytes_max) {
  return text.substr(0, bytes_max);
}

/// From four columns: transport, address, port, connection.
std::optional<sip::Hop> hop_of(const store::Row& row, int column) {
  const auto text = row.text(column + 1);  // of a link-local address with its interface
  const auto address = parse_ip(text.substr(0, text.find('%')));
  if (!address) return std::nullopt;
  const auto scope = text.find('%') == text.npos ? std::string_view{} : text.substr(text.find('%') + 1);
  return sip::Hop{.transport = sip::transport_of(row.text(column)),
                  .address = *address,
                  .port = static_cast<std::uint16_t>(row.integer(column + 2)),
                  .connection = static_cast<std::uint64_t>(row.integer(column + 3)),
                  .scope_id = parse_integer<std::uint32_t>(scope).value_or(0)};
}

std::string text_of_routes(const std::vector<std::string>& routes) {
  return join(routes, std::string_view{&route_end, 1});
}

std::vector<std::string> routes_of(std::string_view text) {
  std::vector<std::string> routes;
  if (text.empty()) return routes;
  for (const auto route : split(text, route_end)) routes.emplace_back(route);
  return routes;
}

std::optional<KeptSide> side_of(const store::Row& row) {
  const auto hop = hop_of(row, 14);
  if (!hop) return std::nullopt;
  return KeptSide{.dialog = {.call_id = std::string{row.text(8)},
                             .local = std::string{row.text(9)},
                             .remote = std::string{row.text(10)},
                             .remote_target = std::string{row.text(11)},
                             .routes = routes_of(row.text(12)),
                             .local_cseq = static_cast<std::uint32_t>(row.integer(13))},
                  .hop = *hop,
                  .phone = {std::string{row.text(6)}, std::string{row.text(7)}}};
}

std::optional<Binding> binding_of(const store::Row& row) {
  const auto hop = hop_of(row, 4);
  if (!hop) return std::nullopt;
  Binding binding;
  binding.contact = row.text(2);
  binding.instance = row.text(3);
  binding.hop = *hop;
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

Result<std::vector<KeptCall>> Store::load_calls_under_way() {
  std::vector<KeptCall> calls;
  auto rows = database_.prepare(
      "SELECT number, side, began, call_id, caller, callee, phone_user, phone_instance, dialog, local, remote,"
      " remote_target, routes, local_cseq, transport, address, port, connection FROM side_under_way"
      " ORDER BY number, side");
  if (!rows) return Error{rows.error().message};
  for (;;) {
    const auto next = rows->next();
    if (!next) return Error{next.error().message};
    if (!*next) return calls;
    const auto& row = **next;
    auto side = side_of(row);
    if (!side) continue;
    const auto number = static_cast<std::uint64_t>(row.integer(0));
    if (kept_.insert(number).second) {
      calls.push_back({.number = number,
                       .began = WallTime{std::chrono::seconds{row.integer(2)}},
                       .call_id = std::string{row.text(3)},
                       .caller = std::string{row.text(4)},
                       .callee = std::string{row.text(5)}});
    }
    calls.back().sides.push_back(*std::move(side));
  }
}

void Store::save(const KeptCall& call) {
  if (!has_file_) return;
  waiting_.under_way[call.number] = call;
  write_soon();
}

void Store::save(const std::string& user, std::vector<Binding> bindings, std::function<void()> then) {
  if (!has_file_) return then();
  waiting_.bindings[user] = std::move(bindings);
  waiting_.then.push_back(std::move(then));
  write_now();
}

void Store::save(const CallRecord& record, WallTime began) {
  waiting_.calls.emplace_back(record, began);
  waiting_.under_way.erase(record.number);
  if (kept_.erase(record.number) > 0) waiting_.ended.push_back(record.number);
  write_soon();
}

void Store::write_now() {
  if (!std::exchange(is_writing_, true)) worker_.spawn(write_all());
}

void Store::write_soon() {
  if (worker_.is_stopping()) return write_now();
  if (is_writing_ || std::exchange(is_timer_set_, true)) return;
  timer_.expires_after(calls_gather_time);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    is_timer_set_ = false;
    if (!waiting_.empty()) write_now();
  });
}

net::Task<void> Store::write_all() {
  do {
    auto batch = std::exchange(waiting_, {});
    for (const auto& [number, call] : batch.under_way) kept_.insert(number);
    const auto written = co_await worker_.run_blocking([this, &batch] { return write(batch); });
    if (!written) log::error("registrations and calls are not stored", {{"fault", written.error().message}});
    for (const auto& then : batch.then) then();
  } while (!waiting_.then.empty() || (worker_.is_stopping() && !waiting_.empty()));
  is_writing_ = false;
  if (!waiting_.empty()) write_soon();
}

store::StoreResult<void> Store::write(const Batch& batch) {
  auto transaction = database_.begin();
  if (!transaction) return transaction.error();
  if (auto done = write_bindings(batch); !done) return done;
  if (auto done = write_under_way(batch); !done) return done;
  if (auto done = write_records(batch); !done) return done;
  return transaction->commit();
}

store::StoreResult<void> Store::write_bindings(const Batch& batch) {
  for (const auto& [user, bindings] : batch.bindings) {
    if (auto done = database_.run("DELETE FROM binding WHERE user = ?", {user}); !done) return done.error();
    int place = 0;
    for (const auto& one : bindings) {
      const auto done =
          database_.run("INSERT INTO binding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        {user, place++, one.contact, one.instance, sip::uri_name(one.hop.transport),
                         sip::scoped_address_text(one.hop), one.hop.port, one.hop.connection, one.call_id, one.cseq,
                         one.expires_at.time_since_epoch().count(), one.priority, one.user_agent});
      if (!done) return done.error();
    }
  }
  return {};
}

store::StoreResult<void> Store::write_under_way(const Batch& batch) {
  for (const auto& [number, call] : batch.under_way) {
    int place = 0;
    for (const auto& [dialog, hop, phone] : call.sides) {
      const auto done = database_.run(
          "INSERT OR REPLACE INTO side_under_way VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {number, place++, call.began.time_since_epoch().count(), cut(call.call_id), cut(call.caller),
           cut(call.callee), phone.user, phone.instance, dialog.call_id, dialog.local, dialog.remote,
           dialog.remote_target, text_of_routes(dialog.routes), dialog.local_cseq, sip::uri_name(hop.transport),
           sip::scoped_address_text(hop), hop.port, hop.connection});
      if (!done) return done.error();
    }
  }
  for (const auto number : batch.ended) {
    if (auto done = database_.run("DELETE FROM side_under_way WHERE number = ?", {number}); !done) return done.error();
  }
  return {};
}

store::StoreResult<void> Store::write_records(const Batch& batch) {
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
  return {};
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
