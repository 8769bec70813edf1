// Which call a message is about: by the transaction that it belongs to, or by the tag of this end in its To. And which
// calls go by a connection.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/sip/transaction_user.hpp"

namespace labnet::sip_server {

class Call;

/// Each call puts in what is its own, and takes it out when it goes.
class CallIndex {
 public:
  template <class Id>  // ServerId or ClientId, which share their numbers
  void add(Id id, Call& call) {
    if (id != Id::none) transactions_[static_cast<std::uint64_t>(id)] = &call;
  }
  template <class Id>
  void remove(Id id) {
    transactions_.erase(static_cast<std::uint64_t>(id));
  }
  template <class Id>
  Call* find(Id id) const {
    const auto found = transactions_.find(static_cast<std::uint64_t>(id));
    return found == transactions_.end() ? nullptr : found->second;
  }

  void add_tag(const std::string& local_tag, Call& call) { tags_[local_tag] = &call; }
  void remove_tag(const std::string& local_tag) { tags_.erase(local_tag); }
  Call* find_tag(std::string_view local_tag) const {
    const auto found = tags_.find(std::string{local_tag});
    return found == tags_.end() ? nullptr : found->second;
  }

  /// Where a side of the call is, if that is by a connection.
  void add_hop(const sip::Hop& hop, Call& call) {
    if (sip::is_stream(hop.transport)) connections_.emplace(hop.connection, &call);
  }
  void remove_hop(const sip::Hop& hop, const Call& call) {
    if (!sip::is_stream(hop.transport)) return;
    const auto [begin, end] = connections_.equal_range(hop.connection);
    const auto own = std::find_if(begin, end, [&](const auto& entry) { return entry.second == &call; });
    if (own != end) connections_.erase(own);
  }
  /// Each once.
  std::vector<Call*> calls_at(const sip::Hop& hop) const {
    std::vector<Call*> calls;
    const auto [begin, end] = connections_.equal_range(hop.connection);
    for (auto one = begin; one != end; ++one) {
      if (std::ranges::find(calls, one->second) == calls.end()) calls.push_back(one->second);
    }
    return calls;
  }

  bool empty() const { return transactions_.empty() && tags_.empty() && connections_.empty(); }

 private:
  std::unordered_map<std::uint64_t, Call*> transactions_;
  std::unordered_map<std::string, Call*> tags_;
  std::unordered_multimap<std::uint64_t, Call*> connections_;
};

}  // namespace labnet::sip_server
