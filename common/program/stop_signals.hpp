// Ctrl-C and its like as a descriptor that becomes readable, so that a program ends in order.
#pragma once

#include <signal.h>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::program {

/// Holds SIGINT, SIGTERM and SIGHUP back while it lives. Make it before other threads begin.
class StopSignals {
 public:
  static Result<StopSignals> hold();
  StopSignals(StopSignals&&) = default;
  StopSignals& operator=(StopSignals&&) = delete;
  ~StopSignals();

  /// Becomes readable once a signal has come.
  int descriptor() const { return descriptor_.get(); }
  /// The signal that came, or 0. Each is taken once; the descriptor is silent then until the next one.
  int take();
  /// True once one has been taken.
  bool have_come() const { return have_come_; }
  /// As it was before, for a child process that is to execute something else.
  void restore() const;

 private:
  StopSignals(FileDescriptor descriptor, const sigset_t& before)
      : descriptor_{std::move(descriptor)}, before_{before} {}

  FileDescriptor descriptor_;
  sigset_t before_;
  bool have_come_ = false;
};

}  // namespace labnet::program
