// A program that a scenario runs: its output read as it comes, its end waited for, never longer than allowed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/scenario/kept_text.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"
#include "common/program/stop_signals.hpp"

namespace labnet::scenario {

inline constexpr std::size_t output_bytes_max = 4 * 1024 * 1024;  // what is kept of a program's output
inline constexpr std::size_t line_bytes_max = 1024 * 1024;        // of a line that is waited for

/// What a program is given to end in order before it is killed.
inline constexpr std::chrono::milliseconds end_grace{2'000};

/// How a wait for a program ended.
enum class Ending { exited, deadline, interrupted };

struct Ended {
  Ending ending = Ending::exited;
  int exit_code = 0;  // 128 + n if signal n ended it
};

class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// Starts words[0], looked up in PATH. Its standard error goes where its output goes if `together`, else it is kept
  /// apart. It dies with this process. It has a process group of its own: Ctrl-C is for this process, which ends its
  /// programs in order, and a program that signals its group does not mean this process.
  /// stop  signals that end a wait; the program itself gets them unblocked
  static Result<ChildProcess> start(const std::vector<std::string>& words, program::StopSignals& stop, bool together);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Kills it if it still runs.
  ~ChildProcess();

  /// The next line of its output, without LF. Nothing if it ends, if the time is over, or on a signal to stop, which
  /// is taken: see StopSignals::have_come.
  std::optional<std::string> line(std::chrono::milliseconds time);
  /// What it prints from now on is read by a thread of its own, while this process does other things; until one of the
  /// functions below is called. It gives no lines any more.
  void leave_alone();
  void signal(int number) const;
  /// Waits for its end; after any other ending it has been made to end, within `end_grace`.
  Ended wait(std::chrono::milliseconds time);
  /// Tells it to end in order (SIGTERM) and waits for that. The first signal to stop that ever comes is only taken, for
  /// its end is what is waited for anyhow; another one kills it.
  Ended end(std::chrono::milliseconds time);

  const KeptText& output();
  const KeptText& errors();

 private:
  ChildProcess(pid_t pid, FileDescriptor watch, FileDescriptor output, FileDescriptor errors,
               program::StopSignals& stop);

  /// Reads what there is, waiting for it; nothing if there is something new, else why the wait is over.
  std::optional<Ending> read_some(Clock::time_point until);
  Ended reap(Ending ending);
  /// Ends the thread, if there is one: what it has read is this one's again.
  void come_back();

  struct Said;
  pid_t pid_;
  FileDescriptor watch_;  // readable once the process has ended (pidfd_open(2))
  std::unique_ptr<Said> said_;
  program::StopSignals* stop_;
};

}  // namespace labnet::scenario
