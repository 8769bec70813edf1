#include "servers/http/access_log.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "common/base/write_all.hpp"
#include "common/log/log.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view nothing = "-";

constexpr bool is_harmless(char c) {
  return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
}

/// By octet, as that is asked of every character of every line.
constexpr auto harm = [] {
  std::array<bool, 256> table{};
  for (std::size_t octet = 0; octet < table.size(); ++octet) table[octet] = !is_harmless(static_cast<char>(octet));
  return table;
}();

/// What a client wrote must not end a field or a line, nor do anything to a terminal.
void append_safely(std::string& out, std::string_view text) {
  bool does_harm = false;
  for (const char c : text) does_harm |= harm[static_cast<unsigned char>(c)];
  if (!does_harm) {
    out += text;
    return;
  }
  for (const char c : text) {
    if (is_harmless(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += " \"";
  append_safely(out, text.empty() ? nothing : text);
  out += '"';
}

void append_number(std::string& out, std::uint64_t number) {
  const fmt::format_int digits{number};
  out.append(digits.data(), digits.size());
}

}  // namespace

std::string log_time(http::Time time) {
  return fmt::format("{:%d/%b/%Y:%H:%M:%S} +0000", fmt::gmtime(time));
}

void append_line(std::string& out, const LoggedRequest& request, std::string_view time_text) {
  out += request.client;
  out += " - ";
  append_safely(out, request.user.empty() ? nothing : request.user);
  out += " [";
  out += time_text;
  out += ']';
  append_quoted(out, request.first_line);
  out += ' ';
  append_number(out, static_cast<std::uint64_t>(request.status));
  out += ' ';
  append_number(out, request.body_bytes);
  append_quoted(out, request.referer);
  append_quoted(out, request.user_agent);
  if (!request.tls.empty()) {
    out += ' ';
    append_safely(out, request.tls);
  }
  out += '\n';
}

std::string objection_to_access_log(const std::filesystem::path& file) {
  std::error_code error;
  if (file == AccessLog::standard_output) return {};
  if (std::filesystem::is_directory(file, error)) return fmt::format("{} is a folder", file.string());
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  if (std::filesystem::is_directory(folder, error)) return {};
  return fmt::format("there is no folder {}", folder.string());
}

AccessLog::AccessLog(net::Worker& worker, std::filesystem::path file) : worker_{worker}, path_{std::move(file)} {}

AccessLog::~AccessLog() {
  write_rest();
}

Result<void> AccessLog::open() {
  if (path_ == standard_output) {
    FileDescriptor output{::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)};
    if (!output) return system_error("cannot write to standard output");
    file_ = std::make_shared<const FileDescriptor>(std::move(output));
    return {};
  }
  FileDescriptor opened{::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640)};
  if (!opened) return system_error(fmt::format("cannot write {}", path_.string()));
  file_ = std::make_shared<const FileDescriptor>(std::move(opened));
  return {};
}

void AccessLog::add(const LoggedRequest& request) {
  if (waiting_.size() >= lost_from_bytes) {
    ++lost_;
    return;
  }
  if (request.time != second_ || second_text_.empty()) {
    second_ = request.time;
    second_text_ = log_time(second_);
  }
  append_line(waiting_, request, second_text_);
  if (is_writing_) return;
  is_writing_ = true;
  worker_.spawn(write_soon());
}

net::Task<void> AccessLog::write_soon() {
  while (!waiting_.empty()) {
    if (waiting_.size() < waiting_bytes_max && !worker_.is_stopping()) {
      co_await net::pause(worker_.executor(), interval);
    }
    const auto lines = std::exchange(waiting_, {});
    const auto file = file_;
    const auto error_number =
        co_await worker_.run_blocking([&] { return write_all(file->get(), as_bytes(std::string_view{lines})); });
    const auto lost = std::exchange(lost_, 0);
    if (error_number == 0 && lost == 0) continue;
    const auto reason =
        error_number == 0 ? std::string{"the disk is too slow"} : std::generic_category().message(error_number);
    log::warning("lines of the access log are lost", {{"file", path_.string()}, {"reason", reason}});
  }
  is_writing_ = false;
}

void AccessLog::write_rest() {
  if (file_ && !waiting_.empty()) write_all(file_->get(), as_bytes(std::string_view{waiting_}));
}

}  // namespace labnet::http_server
