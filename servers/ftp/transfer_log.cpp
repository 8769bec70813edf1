#include "servers/ftp/transfer_log.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "common/log/log.hpp"

namespace labnet::ftp_server {
namespace {

std::string field(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; }, '_');
  return text;
}

}  // namespace

std::string to_line(const LoggedTransfer& transfer) {
  return fmt::format("{:%a %b %e %H:%M:%S %Y} {} {} {} {} {} _ {} {} {} ftp 0 * {}", fmt::gmtime(transfer.time),
                     std::max<std::int64_t>(1, transfer.duration.count()), transfer.client, transfer.bytes,
                     field(transfer.path), transfer.is_ascii ? 'a' : 'b', transfer.is_upload ? 'i' : 'o',
                     transfer.is_anonymous ? 'a' : 'r', field(transfer.user), transfer.is_complete ? 'c' : 'i');
}

Result<TransferLog> TransferLog::open(const std::filesystem::path& file) {
  FileDescriptor opened{::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)};
  if (!opened) return system_error(fmt::format("cannot write {}", file.string()));
  return TransferLog{std::move(opened)};
}

void TransferLog::add(const LoggedTransfer& transfer) const {
  const auto line = to_line(transfer) + '\n';
  if (::write(file_.get(), line.data(), line.size()) < 0) {
    log::error("the transfer log cannot be written", {{"reason", system_error("write").message}});
  }
}

}  // namespace labnet::ftp_server
