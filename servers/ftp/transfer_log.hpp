// One line for each file that was sent or received, as xferlog(5) has them: what tools for FTP servers read.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::ftp_server {

struct LoggedTransfer {
  std::chrono::sys_seconds time{};  // of its end
  std::chrono::seconds duration{};
  std::string client;  // its address
  std::uint64_t bytes = 0;
  std::string path;
  bool is_ascii = false;
  bool is_upload = false;
  bool is_anonymous = false;
  std::string user;
  bool is_complete = false;
};

/// "Fri Feb 13 10:15:00 2026 1 192.168.1.6 3121 /home/samurt123/1.png b _ o r samurt123 ftp 0 * c", in UTC, without LF.
/// What would end a field or the line is "_" in it.
std::string to_line(const LoggedTransfer& transfer);

/// A file that lines are added to; several processes may.
class TransferLog {
 public:
  static Result<TransferLog> open(const std::filesystem::path& file);
  /// Whether that would go well; makes nothing.
  static Result<void> check(const std::filesystem::path& file);
  /// As slow as the disk. False if it could not be written, which the service's log tells.
  bool add(const LoggedTransfer& transfer) const;

 private:
  explicit TransferLog(FileDescriptor file) : file_{std::move(file)} {}
  FileDescriptor file_;
};

}  // namespace labnet::ftp_server
