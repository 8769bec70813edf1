// The last lines that a lab's services logged, kept in memory for `labnet logs`.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace labnet::lab {

struct LogLine {
  std::uint64_t number;  // counts all lines ever written, from 0
  std::string host;      // empty: the lab itself
  std::string service;
  std::string text;
};

class LogBook {
 public:
  static constexpr std::size_t text_bytes_max = 1024 * 1024;  // of all lines kept; the oldest go first
  static constexpr std::size_t line_bytes_max = 4096;         // a longer line is cut

  /// echo_descriptor  where each line is written as well, for a lab in the foreground; -1 for nowhere
  LogBook(boost::asio::io_context& context, int echo_descriptor);

  void write(const std::string& host, const std::string& service, std::string text);

  const std::deque<LogLine>& lines() const { return lines_; }
  /// Returns when a line has been written that has this number or a later one.
  boost::asio::awaitable<void> wait_for(std::uint64_t number);

 private:
  std::deque<LogLine> lines_;
  std::uint64_t next_number_ = 0;
  std::size_t text_bytes_ = 0;
  int echo_descriptor_;
  boost::asio::steady_timer written_;  // never expires; cancelled by each new line
};

/// "dns/dns: text", or "lab: text" for the lab itself.
std::string to_string(const LogLine& line);

}  // namespace labnet::lab
