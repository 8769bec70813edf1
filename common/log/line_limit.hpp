// Lines of the log that strangers cause: they must not be able to fill it.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

namespace labnet::log {

/// So many lines in a time; behind it one line says how many there would have been more ("more were refused"). Any
/// thread may ask.
class LineLimit {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static constexpr std::size_t lines_max_default = 100;
  static constexpr std::chrono::seconds period_default{10};

  LineLimit() = default;
  LineLimit(std::size_t lines_max, std::chrono::seconds period) : lines_max_{lines_max}, period_{period} {}

  /// Whether one more may be written.
  bool lets_write(TimePoint now);

 private:
  const std::size_t lines_max_ = lines_max_default;
  const std::chrono::seconds period_ = period_default;
  std::mutex mutex_;
  TimePoint since_{};
  std::size_t lines_ = 0;     // since then
  std::size_t left_out_ = 0;  // the same
};

}  // namespace labnet::log
