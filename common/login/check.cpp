#include "common/login/check.hpp"

#include <functional>

#include "common/login/password.hpp"

namespace labnet::login {

void StandIns::add(const std::string& stored) {
  if (is_hash(stored)) hashes_.push_back(stored);
}

const std::string* StandIns::find(std::string_view name) const {
  if (hashes_.empty()) return nullptr;
  return &hashes_[std::hash<std::string_view>{}(name) % hashes_.size()];
}

net::Task<bool> is_right(net::Worker& worker, const std::string& name, const std::string& password,
                         const std::string* stored, const StandIns& stand_ins) {
  if (password.size() > password_bytes_max) co_return false;
  const bool has_hash = stored != nullptr && is_hash(*stored);
  const auto* const hash = has_hash ? stored : stand_ins.find(name);
  bool has_matched = false;
  if (hash != nullptr) has_matched = co_await worker.run_computing([&] { return matches(password, *hash); });
  if (has_hash) co_return has_matched;
  // A name that nobody has takes as long as one with a password in plain, too.
  const std::string nothing;
  const bool is_same = matches(password, stored != nullptr ? *stored : nothing);
  co_return stored != nullptr&& is_same;
}

}  // namespace labnet::login
