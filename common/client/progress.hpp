// How far something has come, for people: on the terminal's last line while it moves, and in words.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace labnet::client {

struct Moved {
  std::uint64_t bytes = 0;             // of the file, those included that were there before
  std::optional<std::uint64_t> total;  // nothing if nobody says
};

/// One line of standard error that is written over and over.
class ProgressLine {
 public:
  /// name  of what moves; empty: nothing is shown
  explicit ProgressLine(std::string name) : name_{std::move(name)} {}

  void show(const Moved& moved);
  /// Takes it away, if it stands there.
  void clear();

 private:
  std::string name_;
  bool is_there_ = false;
  std::chrono::steady_clock::time_point began_{};
  std::uint64_t began_at_ = 0;
};

/// "37% 14.1 of 38.0 MB, 10.2 MB/s"
std::string progress_text(const Moved& moved, std::uint64_t bytes_since, std::chrono::duration<double> time);
/// "38.0 MB", in thousands as transfer rates are told
std::string size_text(double bytes);

}  // namespace labnet::client
