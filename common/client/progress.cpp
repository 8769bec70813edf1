#include "common/client/progress.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "common/base/utf8.hpp"
#include "common/program/console.hpp"

namespace labnet::client {

std::string size_text(double bytes) {
  constexpr std::array units{"bytes", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} {}", bytes, units[unit]) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string progress_text(const Moved& moved, std::uint64_t bytes_since, std::chrono::duration<double> time) {
  std::string text;
  if (moved.total && *moved.total > 0) {
    const auto percent = 100.0 * static_cast<double>(moved.bytes) / static_cast<double>(*moved.total);
    text = fmt::format("{:3.0f}% ", percent);
  }
  text += size_text(static_cast<double>(moved.bytes));
  if (moved.total) text += fmt::format(" of {}", size_text(static_cast<double>(*moved.total)));
  if (time.count() > 0) text += fmt::format(", {}/s", size_text(static_cast<double>(bytes_since) / time.count()));
  return text;
}

void ProgressLine::show(const Moved& moved) {
  if (name_.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  if (began_ == decltype(began_){}) {
    began_ = now;
    began_at_ = moved.bytes;
  }
  const auto figures = progress_text(moved, moved.bytes - began_at_, now - began_);
  const auto columns = program::terminal_columns();  // a longer line could not be cleared again
  const auto room = columns > figures.size() + 2 ? columns - figures.size() - 2 : 0;
  program::say(fmt::format("\r\x1b[K{} {}", printable(name_, room), figures));
  is_there_ = true;
}

void ProgressLine::clear() {
  if (std::exchange(is_there_, false)) program::say("\r\x1b[K");
}

}  // namespace labnet::client
