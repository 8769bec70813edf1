// What is kept of a text that may be longer than anybody wants to keep: its beginning and its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace labnet::scenario {

class KeptText {
 public:
  /// bytes_max  the half of it from the beginning, the other half from the end
  explicit KeptText(std::size_t bytes_max) : half_bytes_{bytes_max / 2} {}

  void add(std::string_view more);
  std::uint64_t left_out_bytes() const { return total_bytes_ - first_.size() - last().size(); }
  /// mark  a sentence of its own line for as many bytes as are left out, between the two; without it there is none
  std::string text(const std::function<std::string(std::uint64_t bytes)>& mark = {}) const;

 private:
  std::string_view last() const;

  std::size_t half_bytes_;
  std::uint64_t total_bytes_ = 0;
  std::string first_;
  std::string rest_;  // of what came behind it the last half, and no more than twice of that
};

}  // namespace labnet::scenario
