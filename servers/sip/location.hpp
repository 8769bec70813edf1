// Where users can be called: the bindings that phones have registered (RFC 3261, section 10).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
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

/// The bindings of all users, by their number.
class Location {
 public:
  /// Those that have not expired, the preferred first; of equals the newest.
  std::vector<Binding> bindings_of(std::string_view user, WallTime now) const;
  /// As they were registered, those too that have expired since; the oldest first.
  std::vector<Binding> all_of(std::string_view user) const;
  /// In place of all that the user had.
  void replace(const std::string& user, std::vector<Binding> bindings);
  /// Takes away what has expired. Returns the users that have lost something.
  std::vector<std::string> expire(WallTime now);

  /// Takes away what was registered from there. Returns the users that have lost something.
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
  std::vector<std::string> remove_if(const std::function<bool(const Binding&)>& is_to_go);

  std::map<std::string, std::vector<Binding>, std::less<>> users_;  // of each the oldest first
  std::size_t size_ = 0;
};

}  // namespace labnet::sip_server
