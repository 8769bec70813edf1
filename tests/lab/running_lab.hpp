// A lab that a test starts with the program as a user would, as root or as an ordinary user, in a runtime folder of
// its own, so that tests side by side do not see each other.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/child.hpp"

namespace labnet::test {

/// Whose lab it is. Tests that run as an ordinary user already have only that one.
enum class User { as_the_test, ordinary };
std::string name_of(const testing::TestParamInfo<User>& info);

/// Two hosts on one network, nothing else: what most tests need.
extern const char* const small_lab;

class LabTest : public testing::TestWithParam<User> {
 protected:
  LabTest();
  ~LabTest() override;

  /// The words of `labnet ...`, complete with whose it is.
  std::vector<std::string> command(const std::vector<std::string>& arguments) const;
  Outcome labnet(const std::vector<std::string>& arguments, const How& how = {}) const;
  /// `labnet up`, in front; returned once it says that it is up.
  std::unique_ptr<Child> up(const std::vector<std::string>& arguments = {}) const;
  How environment(How how = {}) const;

  std::string write(const std::string& name, const std::string& text) const;
  const std::string& folder() const { return folder_.path(); }
  /// A folder that the user may write to, for what programs leave.
  std::string output_folder() const { return folder() + "/run"; }

  /// From now on `lab_file_` is a copy of the lab that comes with the program, published at port_ of this machine's
  /// loopback, which nobody else has.
  void use_shipped_lab();
  /// Puts words in front of every command after those that make it the user's: whatever they execute leads to it.
  void lead_commands_through(const std::vector<std::string>& words);
  /// Runs in every new process before its program does.
  void prepare_commands_by(std::function<void()> prepare) { prepare_ = std::move(prepare); }
  /// A command of the user's that is no labnet.
  std::vector<std::string> as_user(const std::vector<std::string>& words) const;

  /// The processes that this test has started and what they have started.
  std::set<pid_t> processes() const;
  /// The process that keeps the lab of a front; 0 if there is none yet.
  static pid_t supervisor_of(pid_t front);
  /// The same once it is there and works; 0 if it is not within `patience`.
  pid_t await_supervisor_of(pid_t front) const;
  /// The namespace of a host, as processes name it: "net:[4026532281]".
  std::string namespace_of(const std::string& host) const;
  /// The namespaces, of all kinds, in which the given processes are and this test is not.
  static std::set<std::string> namespaces_of(const std::set<pid_t>& processes);
  /// The files that labs have in the runtime folder.
  std::set<std::string> runtime_files() const;

  /// No process, no mount, no socket at port_, and nobody in any of these namespaces is left.
  void expect_nothing_is_left(const std::set<std::string>& namespaces) const;
  void expect_nothing_is_left(const std::string& namespace_name = "") const;

  std::string lab_file_;
  std::uint16_t port_ = 0;

 private:
  TemporaryFolder folder_;
  std::vector<std::string> become_;  // the words in front of a command that make it the user's
  std::string program_;
  std::function<void()> prepare_;
};

/// The local addresses of the sockets of this machine that listen or are bound at a port, from /proc/net: "udp
/// 127.0.0.1", "tcp 127.0.0.1".
std::set<std::string> sockets_at(std::uint16_t port);

}  // namespace labnet::test
