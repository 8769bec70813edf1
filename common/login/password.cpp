#include "common/login/password.hpp"

#include <crypt.h>
#include <fmt/format.h>

#include <array>
#include <memory>

#include "common/base/text.hpp"

namespace labnet::login {

bool is_hash(std::string_view stored) {
  return stored.starts_with('$');
}

bool is_locked(std::string_view stored) {
  return stored.starts_with('!') || stored.starts_with('*');
}

bool matches(const std::string& password, const std::string& stored) {
  if (is_locked(stored) || password.size() > password_bytes_max) return false;
  if (!is_hash(stored)) return equals_in_constant_time(password, stored);
  if (password.find('\0') != password.npos) return false;  // crypt would end there
  const auto data = std::make_unique<crypt_data>();        // of 32 KiB
  const auto* const hash = crypt_r(password.c_str(), stored.c_str(), data.get());
  return hash != nullptr && *hash != '*' && equals_in_constant_time(hash, stored);
}

Result<std::string> hash_of(const std::string& password) {
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt;
  if (crypt_gensalt_rn(nullptr, 0, nullptr, 0, salt.data(), salt.size()) == nullptr) {
    return system_error("cannot make a salt for the password");
  }
  const auto data = std::make_unique<crypt_data>();
  const auto* const hash = crypt_r(password.c_str(), salt.data(), data.get());
  if (hash == nullptr || *hash == '*') return system_error("cannot make a hash of the password");
  return std::string{hash};
}

std::string objection_to_stored_password(std::string_view stored) {
  if (stored.empty()) return "expected a password, or a hash of one";
  if (stored.size() > password_bytes_max) return fmt::format("a password has at most {} bytes", password_bytes_max);
  if (stored.find_first_of(std::string_view{"\r\n\0", 3}) != stored.npos) return "a password has no line end in it";
  return {};
}

}  // namespace labnet::login
