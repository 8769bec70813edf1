#include "servers/ftp/transfer_log.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/log/log.hpp"

namespace labnet::ftp_server {
namespace {

std::string field(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; }, '_');
  return text;
}

Error cannot_write(const std::filesystem::path& file) {
  return system_error(fmt::format("cannot write {}", file.string()));
}

/// Waits for nobody, as the open of a FIFO would. A terminal or /dev/null will do.
Result<FileDescriptor> open_to_write(const std::filesystem::path& file, int flags) {
  struct stat there {};
  if (::stat(file.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISCHR(there.st_mode)) {
    return Error{file.string(), " is no plain file"};
  }
  constexpr int always = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  FileDescriptor opened{::open(file.c_str(), always | flags, 0640)};
  if (!opened) return cannot_write(file);
  return opened;
}

}  // namespace

std::string to_line(const LoggedTransfer& transfer) {
  return fmt::format("{:%a %b %e %H:%M:%S %Y} {} {} {} {} {} _ {} {} {} ftp 0 * {}", fmt::gmtime(transfer.time),
                     std::max<std::int64_t>(1, transfer.duration.count()), transfer.client, transfer.bytes,
                     field(transfer.path), transfer.is_ascii ? 'a' : 'b', transfer.is_upload ? 'i' : 'o',
                     transfer.is_anonymous ? 'a' : 'r', field(transfer.user), transfer.is_complete ? 'c' : 'i');
}

Result<void> TransferLog::check(const std::filesystem::path& file) {
  const auto written = open_to_write(file, 0);
  if (written) return {};
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) return written.error();
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return cannot_write(file);
  return {};
}

Result<TransferLog> TransferLog::open(const std::filesystem::path& file) {
  auto opened = open_to_write(file, O_CREAT);
  if (!opened) return opened.error();
  return TransferLog{*std::move(opened)};
}

bool TransferLog::add(const LoggedTransfer& transfer) const {
  const auto line = to_line(transfer) + '\n';
  if (::write(file_.get(), line.data(), line.size()) >= 0) return true;
  log::error("the transfer log cannot be written", {{"reason", system_error("write").message}});
  return false;
}

}  // namespace labnet::ftp_server
