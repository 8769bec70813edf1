#include "servers/ftp/users.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "common/base/file_descriptor.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/ftp/path.hpp"
#include "common/login/password.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {
namespace {

constexpr std::array<std::pair<std::string_view, Permission>, permission_count> names{{
    {"list", Permission::list},
    {"read", Permission::read},
    {"store", Permission::write},
    {"append", Permission::append},
    {"delete", Permission::remove},
    {"rename", Permission::rename},
    {"make-folder", Permission::make_folder},
    {"set-time", Permission::set_time},
    {"set-mode", Permission::set_mode},
}};

std::optional<Permissions> parse_permissions(std::string_view text) {
  if (text == "write") return Permissions::all();
  if (text == "read") return Permissions::reading();
  Permissions found;
  for (const auto word : split(text, '+')) {
    const auto name = std::ranges::find(names, word, &std::pair<std::string_view, Permission>::first);
    if (name == names.end()) return std::nullopt;
    found = found.with(name->second);
  }
  return found;
}

/// A line of the file. The Error is what is wrong with it.
Result<User> parse_user(std::string_view line) {
  const auto fields = split(line, ':');
  if (fields.size() != 4) return Error{"expected NAME:PASSWORD:HOME:PERMISSIONS"};
  User user;
  user.name = fields[0];
  user.password = fields[1];
  if (const auto why = objection_to_name(user.name); !why.empty()) return Error{why};
  if (const auto why = login::objection_to_stored_password(user.password); !why.empty()) return Error{why};
  const auto home = ftp::resolve_path("/", fields[2]);
  if (!home || !fields[2].starts_with('/')) return Error{"expected an absolute path as home"};
  user.home = *home;
  const auto permissions = parse_permissions(fields[3]);
  if (!permissions) return Error{"expected permissions as ", permissions_kind().expected};
  user.permissions = *permissions;
  return user;
}

/// What some editors put in front of UTF-8.
std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

bool is_comment(std::string_view line) {
  return line.empty() || line.starts_with('#');
}

}  // namespace

Permissions Permissions::all() {
  Permissions every;
  every.bits_.set();
  return every;
}

Kind<Permissions> permissions_kind() {
  return {"\"read\", \"write\", or single ones such as list+read+append", parse_permissions};
}

std::string describe(const Permissions& permissions) {
  if (permissions == Permissions::all()) return "write";
  if (permissions == Permissions::reading()) return "read";
  std::string words;
  for (const auto& [name, one] : names) {
    if (permissions.has(one)) words += fmt::format("{}{}", words.empty() ? "" : "+", name);
  }
  return words;
}

std::string objection_to_name(std::string_view name) {
  if (name.empty()) return "expected a name";
  if (name.size() > user_name_bytes_max) return fmt::format("a name has at most {} bytes", user_name_bytes_max);
  const auto is_odd = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f' || c == ':' || c == '#'; };
  if (std::ranges::any_of(name, is_odd)) return "a name has neither \":\" nor \"#\" nor control characters in it";
  return {};
}

std::string objection_to_password(std::string_view password) {
  if (const auto why = login::objection_to_stored_password(password); !why.empty()) return why;
  if (password.find(':') != password.npos) return "a password in plain has no \":\" in it";
  return {};
}

Result<std::string> read_users_file(const std::filesystem::path& path) {
  const auto cannot_read = [&] { return system_error(fmt::format("cannot read {}", path.string())); };
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
  if (!file) return cannot_read();
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return cannot_read();
  if (!S_ISREG(status.st_mode)) return Error{path.string(), " is no plain file"};
  std::string text;
  std::array<char, 64 * 1024> piece;
  while (text.size() <= users_file_bytes_max) {
    const auto count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read();
    if (count == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  return Error{fmt::format("{} has more than {} bytes", path.string(), users_file_bytes_max)};
}

Result<std::vector<User>> load_users(const std::filesystem::path& file) {
  const auto text = read_users_file(file);
  if (!text) return text.error();
  return parse_users(*text, file.string());
}

Result<std::vector<User>> parse_users(std::string_view text, std::string_view name) {
  std::vector<User> users;
  std::size_t number = 0;
  for (auto line : split(without_byte_order_mark(text), '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_comment(line)) continue;
    const auto place = fmt::format("{}:{}: ", name, number);
    auto user = parse_user(line);
    if (!user) return Error{place, user.error().message};
    if (std::ranges::find(users, user->name, &User::name) != users.end()) {
      return Error{place, printable(user->name), " is here twice"};
    }
    if (users.size() == users_max) return Error{place, fmt::format("more than {} users", users_max)};
    users.push_back(*std::move(user));
  }
  return users;
}

std::string with_user(std::string_view text, const UserLine& user) {
  const auto changed = [&](std::string_view home, std::string_view permissions) {
    return fmt::format("{}:{}:{}:{}\n", user.name, user.password, user.home.value_or(std::string{home}),
                       user.permissions.value_or(std::string{permissions}));
  };
  text = without_byte_order_mark(text);
  std::string out;
  bool is_in = false;
  for (const auto line : split(text, '\n')) {
    if (line.empty() && line.data() + line.size() == text.data() + text.size()) break;  // behind the last LF
    const auto fields = split(line, ':');
    if (is_comment(line) || fields.size() != 4 || fields.front() != user.name) {
      out += fmt::format("{}\n", line);
      continue;
    }
    is_in = true;
    out += changed(fields[2], fields[3].substr(0, fields[3].find('\r')));
  }
  if (!is_in) out += changed("/", "read");
  return out;
}

}  // namespace labnet::ftp_server
