#include "servers/lab/log_book.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/utf8.hpp"

namespace labnet::lab {

namespace asio = boost::asio;

namespace {

/// Of a line that is echoed: with each octet as \x1b and an end it still is what a pipe takes whole or not at all.
constexpr std::size_t echo_bytes_max = (PIPE_BUF - sizeof "...\n") / 4;

/// What a line takes in memory, so that empty ones are bounded as well.
std::size_t size_of(const LogLine& line) {
  return sizeof line + line.host.size() + line.service.size() + line.text.size() + line.event.size();
}

}  // namespace

LogBook::LogBook(asio::io_context& context, FileDescriptor echo)
    : echo_{std::move(echo)}, written_{context, asio::steady_timer::time_point::max()} {}

void LogBook::write(const std::string& host, const std::string& service, std::string text) {
  add({next_number_, host, service, std::move(text), std::chrono::system_clock::now()});
}

void LogBook::write(const std::string& host, const std::string& service, std::string text, control::Event event) {
  const auto now = std::chrono::system_clock::now();
  event.host = host;
  event.service = service;
  if (event.time.empty()) event.time = control::utc_text(now);
  add({next_number_, host, service, std::move(text), now, boost::json::serialize(control::to_json(event))});
}

void LogBook::add(LogLine line) {
  auto& text = line.text;
  if (text.size() > line_bytes_max) text.replace(line_bytes_max - 3, text.npos, "...");
  ++next_number_;
  lines_.push_back(std::move(line));
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

control::Event event_of(const LogLine& line) {
  if (!line.event.empty()) return control::event_of(control::parse_message(line.event).value());
  control::Event event;
  event.time = control::utc_text(line.heard);
  event.host = line.host;
  event.service = line.service;
  event.name = line.host.empty() ? "note" : "output";
  event.fields["text"] = as_utf8(line.text);
  return event;
}

std::string to_string(const LogLine& line) {
  if (line.host.empty()) return "lab: " + line.text;
  return fmt::format("{}/{}: {}", line.host, line.service, line.text);
}

}  // namespace labnet::lab
