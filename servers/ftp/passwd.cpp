// labnet ftp passwd: a line of the file of users, with a hash in place of the password.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>

#include "common/base/utf8.hpp"
#include "common/base/write_all.hpp"
#include "common/files/upload.hpp"
#include "common/ftp/path.hpp"
#include "common/login/password.hpp"
#include "servers/ftp/program.hpp"
#include "servers/ftp/users.hpp"

namespace labnet::ftp_server {
namespace {

using program::Console;
using program::Exit;
using program::Group;
using program::Options;
using program::Run;

struct PasswordInput {
  std::string file, name;
  std::optional<std::string> home, permissions;
};

/// The owner and the group of the file that this one is to replace. 0, or errno: EPERM if that is not for this user to
/// do.
int pass_owner(const std::filesystem::path& from, int to) {
  struct stat there {};
  struct stat own {};
  if (::stat(from.c_str(), &there) != 0) return errno == ENOENT ? 0 : errno;
  if (::fstat(to, &own) != 0) return errno;
  if (own.st_uid == there.st_uid && own.st_gid == there.st_gid) return 0;
  return ::fchown(to, there.st_uid, there.st_gid) == 0 ? 0 : errno;
}

/// Nothing of the others is lost, whatever fails; nobody reads the file who could not before, and it stays its owner's.
/// Where a link leads to it, the link stays.
/// returns  the user as the file has it now
Result<User> write_user(const std::filesystem::path& file, const UserLine& line) {
  std::error_code error;
  const auto is_new = std::filesystem::symlink_status(file, error).type() == std::filesystem::file_type::not_found;
  const auto before = is_new ? Result<std::string>{std::string{}} : read_users_file(file);
  if (!before) return before.error();
  const auto after = with_user(*before, line);
  const auto users = parse_users(after, file.string());  // a server would refuse a file with a mistake in it
  if (!users) return users.error();
  const auto real = is_new ? std::filesystem::absolute(file, error) : std::filesystem::canonical(file, error);
  const auto jail = files::Jail::open(real.parent_path());
  if (!jail) return jail.error();
  const auto fault = [&](const boost::system::error_code& why) {
    return system_error(fmt::format("cannot write {}", file.string()), why.value());
  };
  auto upload =
      files::Upload::begin(*jail, fmt::format("/{}", real.filename().string()), {.keeps_partial = false, .mode = 0600});
  if (!upload) return fault(upload.error());
  if (const auto number = pass_owner(real, upload->descriptor()); number != 0) {
    return system_error(fmt::format("cannot leave {} with its owner", file.string()), number);
  }
  const auto error_number = write_all(upload->descriptor(), as_bytes(after));
  if (error_number != 0) return fault(files::error_of(error_number));
  // An empty file after a power cut would let nobody in.
  const auto published = upload->publish(files::Durability::of_the_disk);
  if (!published) return fault(published.error());
  return *std::ranges::find(*users, line.name, &User::name);
}

Exit set_password(Console& console, const PasswordInput& input) {
  if (const auto why = objection_to_name(input.name); !why.empty()) return console.wrong_usage(why);
  UserLine line{.name = input.name, .password = {}, .home = std::nullopt, .permissions = input.permissions};
  if (input.permissions && !permissions_kind().parse(*input.permissions)) {
    return console.wrong_usage(fmt::format("--permissions: expected {}", permissions_kind().expected));
  }
  if (input.home) {
    const auto home = ftp::resolve_path("/", *input.home);
    if (!home || home->find(':') != home->npos) return console.wrong_usage("--home: expected a path, without \":\"");
    line.home = *home;
  }
  const auto password = console.ask_new_secret(fmt::format("Password of {}: ", input.name));
  if (!password) return console.fail(password.error());
  if (const auto why = objection_to_password(*password); !why.empty()) return console.fail(Error{why});
  auto hash = login::hash_of(*password);
  if (!hash) return console.fail(hash.error());
  line.password = *std::move(hash);
  const auto user = write_user(input.file, line);
  if (!user) return console.fail(user.error());
  console.print("{}: the password of {} is set; home {}, {}\n", input.file, printable(user->name),
                printable(user->home), describe(user->permissions));
  return Exit::done;
}

Run define_passwd(Options& options) {
  auto input = std::make_shared<PasswordInput>();
  options.positional("FILE", input->file, "the file of users (users_file); made if it is not there");
  options.positional("NAME", input->name, "whose password is set");
  options.option("--home", "PATH", input->home, "where sessions begin, within the root; else as it was, or /");
  options.option("--permissions", "WORDS", input->permissions,
                 "read, write, or single ones: list+read; else as they were, or read");
  options.note("The password is asked for, or read from standard input if that is no terminal.", "");
  return [input](Console& console) { return set_password(console, *input); };
}

}  // namespace

const program::Program ftp_passwd_program{
    "ftp passwd", Group::servers, "Sets a password in an FTP server's file of users",
    "labnet ftp passwd users.txt samurt123 --home /home/samurt123", define_passwd};

}  // namespace labnet::ftp_server
