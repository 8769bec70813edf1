// Registrations and calls in a file, so that a new start finds them.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/asio/basic_waitable_timer.hpp>

#include "common/net/deadline.hpp"
#include "common/net/runtime.hpp"
#include "common/store/database.hpp"
#include "servers/sip/call_record.hpp"
#include "servers/sip/kept_call.hpp"
#include "servers/sip/location.hpp"

namespace labnet::sip_server {

/// Of one worker, whose threads for what blocks do the work. What comes while a write is under way goes into the next
/// one as a whole, so that the disk is asked once for many. A registration, which somebody waits for, is written at
/// once, and what has come of calls with it; they alone wait for calls_gather_time, for others to come.
class Store {
 public:
  static constexpr std::chrono::milliseconds calls_gather_time{50};

  /// file  made if it is not there; none: in memory
  static Result<std::unique_ptr<Store>> open(net::Worker& worker, const std::optional<std::filesystem::path>& file);
  /// Whether `open` would go well; makes nothing.
  static Result<void> check(const std::optional<std::filesystem::path>& file);

  /// Before the worker runs: the bindings of all users that have not expired.
  Result<std::map<std::string, std::vector<Binding>>> load(WallTime now);

  /// In place of what the user had. `then` is called on the worker once it is there, or once that has failed, which is
  /// logged: a registration is worth something without a disk, too. Without a file nobody will ever read it: then it is
  /// called at once.
  void save(const std::string& user, std::vector<Binding> bindings, std::function<void()> then);
  /// Before the worker runs: the calls that were under way when the last run ended.
  Result<std::vector<KeptCall>> load_calls_under_way();
  /// In a file, and not in memory.
  bool outlives_the_process() const { return has_file_; }

  /// Keeps it until its record is saved, in place of what was kept of it before. One that ends within the same write
  /// costs none.
  void save(const KeptCall& call);
  /// began  the record's beginning, by the clock on the wall
  void save(const CallRecord& record, WallTime began);

  /// Of the newest calls, the newest first: as they are told to a person.
  struct CallLine {
    WallTime began{};
    std::string caller, callee, cause;
    int status = 0;
    std::int64_t seconds = 0;  // from the answer to the end
  };
  Result<std::vector<CallLine>> calls(std::size_t count);

 private:
  Store(net::Worker& worker, store::Database database, bool has_file)
      : worker_{worker}, database_{std::move(database)}, has_file_{has_file}, timer_{worker.executor()} {}

  struct Batch {
    std::map<std::string, std::vector<Binding>> bindings;
    std::vector<std::pair<CallRecord, WallTime>> calls;
    std::map<std::uint64_t, KeptCall> under_way;  // by number
    std::vector<std::uint64_t> ended;             // of those that an earlier write has kept
    std::vector<std::function<void()>> then;
    bool empty() const { return bindings.empty() && calls.empty() && under_way.empty(); }
  };
  void write_now();
  void write_soon();
  net::Task<void> write_all();
  store::StoreResult<void> write(const Batch& batch);
  store::StoreResult<void> write_bindings(const Batch& batch);
  store::StoreResult<void> write_under_way(const Batch& batch);
  store::StoreResult<void> write_records(const Batch& batch);

  net::Worker& worker_;
  store::Database database_;
  bool has_file_;
  Batch waiting_;
  std::unordered_set<std::uint64_t> kept_;  // calls under way, by number, that are in the database or on their way
  bool is_writing_ = false;
  bool is_timer_set_ = false;
  net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor> timer_;
};

}  // namespace labnet::sip_server
