// Registrations and calls in a file, so that a new start finds them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/net/runtime.hpp"
#include "common/store/database.hpp"
#include "servers/sip/call_record.hpp"
#include "servers/sip/location.hpp"

namespace labnet::sip_server {

/// Of one worker, whose threads for what blocks do the work. What comes while a write is under way goes into the next
/// one as a whole, so that the disk is asked once for many.
class Store {
 public:
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
      : worker_{worker}, database_{std::move(database)}, has_file_{has_file} {}

  struct Batch {
    std::map<std::string, std::vector<Binding>> bindings;
    std::vector<std::pair<CallRecord, WallTime>> calls;
    std::vector<std::function<void()>> then;
    bool empty() const { return bindings.empty() && calls.empty(); }
  };
  void begin_writing();
  net::Task<void> write_all();
  store::StoreResult<void> write(const Batch& batch);

  net::Worker& worker_;
  store::Database database_;
  bool has_file_;
  Batch waiting_;
  bool is_writing_ = false;
};

}  // namespace labnet::sip_server
