// Which call a message is about: by the transaction that it belongs to, or by the tag of this end in its To.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

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

  bool empty() const { return transactions_.empty() && tags_.empty(); }

 private:
  std::unordered_map<std::uint64_t, Call*> transactions_;
  std::unordered_map<std::string, Call*> tags_;
};

}  // namespace labnet::sip_server
