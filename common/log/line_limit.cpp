#include "common/log/line_limit.hpp"

#include "common/log/log.hpp"

namespace labnet::log {

bool LineLimit::lets_write(TimePoint now) {
  const std::lock_guard lock{mutex_};
  if (now - since_ >= period_) {
    if (left_out_ > 0) warning("more were refused", {{"count", left_out_}});
    since_ = now;
    lines_ = left_out_ = 0;
  }
  if (++lines_ <= lines_max_) return true;
  ++left_out_;
  return false;
}

}  // namespace labnet::log
