#include "servers/lab/log_book.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/utf8.hpp"

namespace labnet::lab {

namespace asio = boost::asio;

namespace {

/// Of a line that is echoed: with each octet as \x1b and an end it still is what a pipe takes whole or not at all.
constexpr std::size_t echo_bytes_max = (PIPE_BUF - sizeof "...\n") / 4;

/// What a line takes in memory, so that empty ones are bounded as well.
std::size_t size_of(const LogLine& line) {
  return sizeof line + line.host.size() + line.service.size() + line.text.size();
}

}  // namespace

LogBook::LogBook(asio::io_context& context, FileDescriptor echo)
    : echo_{std::move(echo)}, written_{context, asio::steady_timer::time_point::max()} {}

void LogBook::write(const std::string& host, const std::string& service, std::string text) {
  if (text.size() > line_bytes_max) text.replace(line_bytes_max - 3, text.npos, "...");
  lines_.push_back({next_number_++, host, service, std::move(text)});
  bytes_ += size_of(lines_.back());
  while (bytes_ > bytes_max) {
    bytes_ -= size_of(lines_.front());
    lines_.pop_front();
  }
  if (echo_) echo(lines_.back());
  written_.cancel();
}

void LogBook::echo(const LogLine& line) {
  if (unwritten_ > 0 && write_echo(fmt::format("lab: {} lines were not shown here", unwritten_))) unwritten_ = 0;
  if (!write_echo(printable(to_string(line), echo_bytes_max))) ++unwritten_;
}

/// The lab has one thread, which must not wait for whoever reads.
bool LogBook::write_echo(std::string line) {
  pollfd ready{echo_.get(), POLLOUT, 0};
  if (poll(&ready, 1, 0) != 1) return false;
  line += '\n';
  if (::write(echo_.get(), line.data(), line.size()) >= 0) return true;
  if (errno != EAGAIN) echo_.reset();  // a terminal that is gone is no reason to end the lab
  return false;
}

asio::awaitable<void> LogBook::wait_for(std::uint64_t number) {
  while (next_number_ <= number) co_await written_.async_wait(asio::as_tuple(asio::use_awaitable));
}

std::string to_string(const LogLine& line) {
  if (line.host.empty()) return "lab: " + line.text;
  return fmt::format("{}/{}: {}", line.host, line.service, line.text);
}

}  // namespace labnet::lab
