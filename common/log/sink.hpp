// Where log lines go: a file descriptor whose reader may be slow or gone.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

#include "common/log/log.hpp"

namespace labnet::log {

/// Writes each line with one write(2), so that lines of several programs do not mix. A descriptor that takes nothing
/// for `patience_ms` is given up until it takes something again; lines in between count as dropped.
class DescriptorSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  static constexpr int patience_ms = 200;

  explicit DescriptorSink(const Options& options)
      : descriptor_{options.descriptor}, name_{options.name}, format_{options.format} {}
  /// `overrun` says how many lines the queue in front of the sink has dropped so far.
  void set_overrun(std::function<std::size_t()> overrun) { overrun_ = std::move(overrun); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  bool write(const spdlog::details::log_msg& message);
  void report_dropped();

  int descriptor_;
  std::string name_;
  Format format_;
  std::function<std::size_t()> overrun_;
  std::size_t unwritten_ = 0;         // given up on
  std::size_t reported_dropped_ = 0;  // of overrun and unwritten
  bool stuck_ = false;
};

}  // namespace labnet::log
