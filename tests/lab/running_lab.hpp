// A lab that a test starts with the program as a user would, as root or as an ordinary user, in a runtime folder of
// its own, so that tests side by side do not see each other.
#pragma once

#include <gtest/gtest.h>

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

  /// The processes that this test has started and what they have started.
  std::set<pid_t> processes() const;
  /// The namespace of a host, as processes name it: "net:[4026532281]".
  std::string namespace_of(const std::string& host) const;
  /// No process, no namespace, no mount, no file is left.
  void expect_nothing_is_left(const std::string& namespace_name = "") const;

  std::string lab_file_;

 private:
  TemporaryFolder folder_;
  std::vector<std::string> become_;  // the words in front of a command that make it the user's
  std::string program_;
};

}  // namespace labnet::test
