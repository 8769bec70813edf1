// The check of a password, whose time tells nobody which names there are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/net/runtime.hpp"

namespace labnet::login {

/// The hashes of a service's users. One of them is computed for a name that has none.
class StandIns {
 public:
  /// Passed over if it is no hash.
  void add(const std::string& stored);
  /// Always the same for a name, as users may have hashes of different cost. Null if nobody has a hash.
  const std::string* find(std::string_view name) const;

 private:
  std::vector<std::string> hashes_;
};

/// Computes a hash, if any of the users has one, where that holds up neither worker nor disk.
/// stored  of the user of that name; null: nobody has it. Must stay until the task ends, as the rest
net::Task<bool> is_right(net::Worker& worker, const std::string& name, const std::string& password,
                         const std::string* stored, const StandIns& stand_ins);

}  // namespace labnet::login
