#include "clients/scenario/kept_text.hpp"

#include <algorithm>

namespace labnet::scenario {

void KeptText::add(std::string_view more) {
  total_bytes_ += more.size();
  const auto to_first = std::min(more.size(), half_bytes_ - first_.size());
  first_ += more.substr(0, to_first);
  more.remove_prefix(to_first);
  rest_ += more.substr(more.size() - std::min(more.size(), half_bytes_));
  if (rest_.size() > 2 * half_bytes_) rest_.erase(0, rest_.size() - half_bytes_);
}

std::string_view KeptText::last() const {
  return std::string_view{rest_}.substr(rest_.size() - std::min(rest_.size(), half_bytes_));
}

std::string KeptText::text(const std::function<std::string(std::uint64_t bytes)>& mark) const {
  auto text = first_;
  if (left_out_bytes() > 0 && mark) {
    if (!text.ends_with('\n')) text += '\n';
    text += mark(left_out_bytes()) + '\n';
  }
  return text += last();
}

}  // namespace labnet::scenario
