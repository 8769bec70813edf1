// Who may log in, and what each may do.
//
// The file of users has a line for each, "#" begins a comment:
//
//   samurt123:password:/home/samurt123:write
//   guest:$y$j9T$...:/pub:read
//
// The password is plain, a hash, or none, see common/login/password.hpp. `labnet ftp passwd` writes lines with a hash.
#pragma once

#include <bitset>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/kinds.hpp"
#include "common/base/result.hpp"

namespace labnet::ftp_server {

enum class Permission { list, read, write, append, remove, rename, make_folder, set_time, set_mode };
inline constexpr std::size_t permission_count = 9;

class Permissions {
 public:
  static Permissions reading() { return Permissions{}.with(Permission::list).with(Permission::read); }
  static Permissions all();

  bool has(Permission one) const { return bits_.test(static_cast<std::size_t>(one)); }
  Permissions with(Permission one) const {
    auto more = *this;
    more.bits_.set(static_cast<std::size_t>(one));
    return more;
  }
  bool operator==(const Permissions&) const = default;

 private:
  std::bitset<permission_count> bits_;
};

/// "read": list and read. "write": everything. Or single ones with "+" between: "list+read+append"; besides these
/// "store", "delete", "rename", "make-folder", "set-time" and "set-mode".
Kind<Permissions> permissions_kind();
/// As they are written.
std::string describe(const Permissions& permissions);

struct User {
  std::string name;
  std::string password;   // plain, or a hash of crypt(3); locked if it begins with "!" or "*"
  std::string home{"/"};  // where a session begins: an absolute path within the root
  Permissions permissions = Permissions::reading();

  bool operator==(const User&) const = default;
};

/// Why it cannot be a name, or a password in plain; empty if it can.
std::string objection_to_name(std::string_view name);
std::string objection_to_password(std::string_view password);

/// The text of such a file, at most users_file_bytes_max long. Waits for nobody: what is no plain file is a fault.
Result<std::string> read_users_file(const std::filesystem::path& path);

/// Faults are sentences that begin with file:line.
Result<std::vector<User>> load_users(const std::filesystem::path& file);

/// The same of a text. `name` of the file, for the faults.
Result<std::vector<User>> parse_users(std::string_view text, std::string_view name);

/// What is to be in the line of a user. What is not given stays as it is there.
struct UserLine {
  std::string name, password;
  std::optional<std::string> home, permissions;  // of somebody new: "/", "read"
};
/// Adds the line of a user to the text of a file, or changes the one that is there, and leaves all else as it is.
std::string with_user(std::string_view text, const UserLine& line);

}  // namespace labnet::ftp_server
