#include "common/program/stop_signals.hpp"

#include <sys/signalfd.h>

namespace labnet::program {

Result<StopSignals> StopSignals::hold() {
  sigset_t set;
  sigset_t before;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  FileDescriptor descriptor{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!descriptor) return system_error("cannot wait for signals");
  return StopSignals{std::move(descriptor), before};
}

StopSignals::~StopSignals() {
  if (!descriptor_) return;  // moved from
  while (take() != 0) {
  }
  restore();
}

int StopSignals::take() {
  signalfd_siginfo info{};
  if (read(descriptor_.get(), &info, sizeof info) != sizeof info) return 0;
  have_come_ = true;
  return static_cast<int>(info.ssi_signo);
}

void StopSignals::restore() const {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace labnet::program
