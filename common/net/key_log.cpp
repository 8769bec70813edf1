#include "common/net/key_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "common/log/log.hpp"

namespace labnet::net {

Result<std::shared_ptr<const KeyLog>> KeyLog::open(const std::string& path, Callback callback) {
  FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600)};
  if (!file) return system_error("cannot append to the key log " + path, errno);
  return std::shared_ptr<const KeyLog>{new KeyLog{path, std::move(file), std::move(callback)}};
}

std::shared_ptr<const KeyLog> KeyLog::to(Callback callback) {
  return std::shared_ptr<const KeyLog>{new KeyLog{{}, {}, std::move(callback)}};
}

void KeyLog::add(std::string_view line) const {
  if (callback_) callback_(line);
  if (file_) write(line);
}

void KeyLog::write(std::string_view line) const {
  const bool follows_half_a_line = ends_with_half_a_line_.exchange(false);
  const auto whole = fmt::format("{}{}\n", follows_half_a_line ? "\n" : "", line);
  // One call with O_APPEND: the lines of several threads and processes stand one after the other without a lock.
  const auto count = ::write(file_.get(), whole.data(), whole.size());
  if (count == static_cast<ssize_t>(whole.size())) return;
  auto reason = system_error("write", errno).message;
  if (count >= 0) {
    reason = end_half_a_line();
  } else if (follows_half_a_line) {
    ends_with_half_a_line_ = true;
  }
  if (lines_lost_++ == 0) log::warning("the key log loses lines", {{"file", path_}, {"reason", reason}});
}

/// A write that takes less than it was given does not tell why; the next one does, and this one has its use.
std::string KeyLog::end_half_a_line() const {
  if (::write(file_.get(), "\n", 1) == 1) return "the system took half a line";
  auto reason = system_error("write", errno).message;
  ends_with_half_a_line_ = true;
  return reason;
}

}  // namespace labnet::net
