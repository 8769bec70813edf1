// The last lines that a lab's services logged, kept in memory for `labnet logs`.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/control/event.hpp"

namespace labnet::lab {

struct LogLine {
  std::uint64_t number;  // counts all lines ever written, from 0
  std::string host;      // empty: the lab itself
  std::string service;
  std::string text;
  std::chrono::system_clock::time_point heard{};
  std::string event{};  // as JSON; empty: it is no more than the text
};
/// What the line tells of: "note" of the lab itself and "output" of a service for what is no more than a text.
control::Event event_of(const LogLine& line);

class LogBook {
 public:
  static constexpr std::size_t bytes_max = 1024 * 1024;  // of all lines kept; the oldest go first
  static constexpr std::size_t line_bytes_max = 4096;    // a longer line is cut

  /// echo  where each line is written as well, for a lab in the foreground; none for nowhere. While it takes nothing (a
  ///       terminal stopped by Ctrl-S), lines are left out there; how many is told later
  LogBook(boost::asio::io_context& context, FileDescriptor echo);

  void write(const std::string& host, const std::string& service, std::string text);
  /// event  what the text says in words; its host and service are the line's, its time is now if it has none
  void write(const std::string& host, const std::string& service, std::string text, control::Event event);

  const std::deque<LogLine>& lines() const { return lines_; }
  /// Returns when a line has been written that has this number or a later one.
  boost::asio::awaitable<void> wait_for(std::uint64_t number);

 private:
  void add(LogLine line);
  void echo(const LogLine& line);
  /// False if it is not taken now.
  bool write_echo(std::string line);

  std::deque<LogLine> lines_;
  std::uint64_t next_number_ = 0;
  std::size_t bytes_ = 0;
  FileDescriptor echo_;
  std::size_t unwritten_ = 0;          // lines that echo_ did not take
  boost::asio::steady_timer written_;  // never expires; cancelled by each new line
};

/// "dns/dns: text", or "lab: text" for the lab itself.
std::string to_string(const LogLine& line);

}  // namespace labnet::lab
