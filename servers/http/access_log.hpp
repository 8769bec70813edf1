// One line for each request, in the combined format that tools for web servers read; for TLS with version and name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/http/date.hpp"
#include "common/net/pause.hpp"
#include "common/net/runtime.hpp"

namespace labnet::http_server {

struct LoggedRequest {
  std::string_view client;  // its address
  std::string_view user{};  // who has logged in; empty: nobody
  http::Time time{};
  std::string_view first_line;  // as it was sent; empty if none was whole
  int status = 0;
  std::uint64_t body_bytes = 0;
  std::string_view referer{};
  std::string_view user_agent{};
  std::string_view tls{};  // "TLSv1.3 www.lab"; empty: in clear
};

/// "192.168.1.6 - - [13/Feb/2026:10:15:00 +0000] "GET / HTTP/1.1" 200 3121 "-" "curl/7.88.1"" LF, behind it for TLS
/// version and name. Quotation marks, backslashes and what is not visible are \xHH, as Apache has them.
void append_line(std::string& out, const LoggedRequest& request, std::string_view time_text);
/// "13/Feb/2026:10:15:00 +0000"
std::string log_time(http::Time time);

/// Why a file cannot be one: there is no such folder, or it is a folder itself. Empty: it can.
std::string objection_to_access_log(const std::filesystem::path& file);

/// A worker's lines, written together: every `interval`, or once there are many. A process that is killed loses those
/// of the last moment.
class AccessLog {
 public:
  static constexpr std::chrono::milliseconds interval{200};
  static constexpr std::size_t waiting_bytes_max = 64 * 1024;
  static constexpr std::size_t lost_from_bytes = 4 * 1024 * 1024;  // lines for a disk that is too slow

  /// In the place of a file's name.
  static constexpr std::string_view standard_output = "-";

  AccessLog(net::Worker& worker, std::filesystem::path file);
  ~AccessLog();

  /// Opens the file, anew if it is open: what was moved away is let go of.
  Result<void> open();
  void add(const LoggedRequest& request);

 private:
  net::Task<void> write_soon();
  void write_rest();

  net::Worker& worker_;
  std::filesystem::path path_;
  std::shared_ptr<const FileDescriptor> file_;
  std::string waiting_;
  http::Time second_{};  // that is written in `second_text_`
  std::string second_text_;
  std::uint64_t lost_ = 0;
  bool is_writing_ = false;
};

}  // namespace labnet::http_server
