// Where users can be called: the bindings that phones have registered (RFC 3261, section 10).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/sip/hop.hpp"

namespace labnet::sip_server {

/// A binding outlives the process, so that it ends by the clock on the wall.
using WallTime = std::chrono::sys_seconds;

struct Binding {
  std::string contact;  // the URI as it was sent: requests have it as their Request-URI
  std::string
      instance;  // "+sip.instance" and "reg-id" (RFC 5626), by which a phone that has moved is known; may be empty
  sip::Hop hop;  // where the REGISTER came from, and so where requests go: a phone may not know its address
  std::string call_id;
  std::uint32_t cseq = 0;
  WallTime expires_at{};
  int priority = 1000;  // "q" in thousandths
  std::string user_agent;

  bool operator==(const Binding&) const = default;
};

/// By what a phone is known again that registers on another connection.
struct PhoneName {
  std::string user{};      // empty: nobody who registers
  std::string instance{};  // of its binding; may be empty

  bool operator==(const PhoneName&) const = default;
};

/// The bindings of all users, by their number. What ends next, and what ends with a connection, is found without a look
/// at the others. What it returns by pointer or reference holds until the next change.
class Location {
 public:
  Location() = default;
  Location(const Location&) = delete;
  Location& operator=(const Location&) = delete;

  /// Those that have not expired, the preferred first; of equals the newest.
  std::vector<const Binding*> bindings_of(std::string_view user, WallTime now) const;
  /// As they were registered, those too that have expired since; the oldest first.
  const std::vector<Binding>& all_of(std::string_view user) const;
  /// Null: there is none.
  const Binding* find(std::string_view user, std::string_view contact, WallTime now) const;
  /// Whether one of the user's phones has registered from there.
  bool is_registered_at(std::string_view user, const sip::Hop& hop, WallTime now) const;
  /// Where that phone is registered now, the one with the same instance, or else with the same contact, or else the
  /// user's only one. Null: nowhere.
  const Binding* find(const PhoneName& phone, std::string_view contact, WallTime now) const;

  /// In place of all that the user had.
  void replace(const std::string& user, std::vector<Binding> bindings);
  /// Takes away what has expired. Returns the users that have lost something.
  std::vector<std::string> expire(WallTime now);
  /// Takes away what was registered on that connection. Returns the users that have lost something.
  std::vector<std::string> remove_all_at(const sip::Hop& hop);

  std::size_t size() const { return size_; }
  /// work(const std::string& user, const Binding&)
  template <class Work>
  void for_each(Work&& work) const {
    for (const auto& [user, bindings] : users_) {
      for (const auto& binding : bindings) work(user, binding);
    }
  }

 private:
  using Users = std::map<std::string, std::vector<Binding>, std::less<>>;

  void remove_from(std::string_view user, const std::function<bool(const Binding&)>& is_to_go);
  void enter(const Users::value_type& entry);
  void leave(const Users::value_type& entry);

  Users users_;  // of each the oldest first; none has no binding
  std::size_t size_ = 0;
  // Views of the keys of users_
  std::set<std::pair<WallTime, std::string_view>> expiry_;                     // when a user's first binding ends
  std::unordered_multimap<std::uint64_t, std::string_view> connection_users_;  // once for each binding
};

}  // namespace labnet::sip_server
