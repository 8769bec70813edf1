// Programs that tests run: started, listened to, killed, their exit codes looked at.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"

namespace labnet::test {

/// The Python that Debian's packages are for.
inline const std::string debian_python = "/usr/bin/python3";

/// No event of a test takes longer, however busy the machine is.
inline constexpr std::chrono::seconds patience{10};

struct Outcome {
  int exit_code = -1;  // 128 + n if signal n ended it
  std::string output, errors;
};

struct How {
  std::map<std::string, std::string> environment{};  // added to the test's own; an empty value removes a variable
  std::string folder{};                              // the working directory; empty: the test's
  std::chrono::seconds patience = test::patience;    // then it is killed, and the test fails
  std::function<void()> prepare{};                   // runs in the new process before the program does
};

/// A process in the background. Ended by SIGKILL if it still runs when the object goes.
class Child {
 public:
  explicit Child(const std::vector<std::string>& command, const How& how = {});
  ~Child();
  Child(Child&&) = delete;

  pid_t pid() const { return pid_; }
  /// The next line of its standard output without LF; nothing if it ends or stays silent for `patience`.
  std::optional<std::string> line();
  void signal(int number) const;
  /// Waits for its end, and for its outputs to be closed.
  Outcome wait();

 private:
  bool receive();  // false: both outputs are closed, or patience is over

  std::chrono::steady_clock::time_point until_;
  std::chrono::seconds patience_;
  pid_t pid_ = 0;
  FileDescriptor output_, errors_;
  Outcome outcome_;
  std::size_t lines_read_ = 0;  // bytes of outcome_.output that line() has given
};

/// Runs a program to its end.
Outcome run(const std::vector<std::string>& command, const How& how = {});

/// From now on a system call (SYS_...) fails with an errno in this process and in what it starts, for good: for
/// How::prepare, or behind a fork.
void let_system_call_fail(long call, int error_number);
/// fsync(2), with EIO.
void let_fsync_fail();

/// By a user for whom permissions hold, whoever runs the test.
How as_nobody();

/// The path of the labnet that belongs to this build.
std::string labnet();

/// A short rest between two looks at something that nobody reports.
void pause();

/// Asks again and again until the answer is yes; false if it is not within `patience`.
bool eventually(const auto& question) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!question()) {
    if (std::chrono::steady_clock::now() > until) return false;
    pause();
  }
  return true;
}

/// A folder of its own, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&&) = delete;
  const std::string& path() const { return path_; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

std::string read_file(const std::string& path);

}  // namespace labnet::test
