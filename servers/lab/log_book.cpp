#include "servers/lab/log_book.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace labnet::lab {

namespace asio = boost::asio;

LogBook::LogBook(asio::io_context& context, int echo_descriptor)
    : echo_descriptor_{echo_descriptor}, written_{context, asio::steady_timer::time_point::max()} {}

void LogBook::write(const std::string& host, const std::string& service, std::string text) {
  if (text.size() > line_bytes_max) text.replace(line_bytes_max - 3, text.npos, "...");
  text_bytes_ += text.size();
  lines_.push_back({next_number_++, host, service, std::move(text)});
  while (text_bytes_ > text_bytes_max) {
    text_bytes_ -= lines_.front().text.size();
    lines_.pop_front();
  }
  if (echo_descriptor_ >= 0) {
    const auto line = to_string(lines_.back()) + "\n";
    // A terminal that is gone is no reason to end the lab.
    if (::write(echo_descriptor_, line.data(), line.size()) < 0) echo_descriptor_ = -1;
  }
  written_.cancel();
}

asio::awaitable<void> LogBook::wait_for(std::uint64_t number) {
  while (next_number_ <= number) co_await written_.async_wait(asio::as_tuple(asio::use_awaitable));
}

std::string to_string(const LogLine& line) {
  if (line.host.empty()) return "lab: " + line.text;
  return fmt::format("{}/{}: {}", line.host, line.service, line.text);
}

}  // namespace labnet::lab
