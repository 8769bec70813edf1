// A service as a user runs it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/child.hpp"

namespace labnet::test {

/// `labnet serve PROTOCOL --listen 127.0.0.1:0 --workers 1 ...`, ended by SIGKILL when it goes.
class RunningService {
 public:
  /// options  further ones, as on the command line; those of a second --workers count
  RunningService(std::string protocol, std::vector<std::string> options, How how = {});

  /// Of the first place where it answers with that scheme at 127.0.0.1; 0: nowhere.
  std::uint16_t port(const std::string& scheme) const;

  pid_t pid() const { return child_->pid(); }
  /// How many descriptors its process has open.
  std::size_t descriptors() const;
  std::size_t resident_bytes() const;
  void signal(int number) const { child_->signal(number); }
  /// Waits for a line in the log that holds this text, and returns it; fails the test if there is none.
  std::string wait_for_log(const std::string& text);
  int terminate();
  /// By SIGKILL; then it is started anew with the same options at another port.
  void kill_and_restart();

 private:
  void start();

  std::string protocol_;
  std::vector<std::string> options_;
  How how_;
  std::unique_ptr<Child> child_;
  std::string ready_;                   // the line
  std::vector<std::string> early_log_;  // before it was ready
};

}  // namespace labnet::test
