#include "common/log/sink.hpp"

#include <poll.h>
#include <unistd.h>

#include "common/log/line.hpp"

namespace labnet::log {

void DescriptorSink::sink_it_(const spdlog::details::log_msg& message) {
  report_dropped();
  if (!write(message)) ++unwritten_;
}

bool DescriptorSink::write(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  pollfd ready{descriptor_, POLLOUT, 0};
  stuck_ = ::poll(&ready, 1, stuck_ ? 0 : patience_ms) != 1;
  return !stuck_ && ::write(descriptor_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

void DescriptorSink::report_dropped() {
  const auto dropped = unwritten_ + (overrun_ ? overrun_() : 0);
  if (dropped == reported_dropped_) return;
  constexpr std::string_view message = "lines of this log were dropped";
  const Fields fields{{"count", dropped - reported_dropped_}};
  const auto body = format_ == Format::json ? json_line(message, fields) : text_line(message, fields);
  if (write({name_, spdlog::level::warn, body})) reported_dropped_ = dropped;
}

}  // namespace labnet::log
