// Clients that others wrote, run in a folder of their own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/child.hpp"

namespace labnet::test {

/// Every test of it is skipped where its program is missing.
class Clients : public testing::Test {
 protected:
  /// program   what is tried to see whether it is there: {"lftp", "--version"}
  /// package   which has it, for who wants the test to run
  Clients(std::vector<std::string> program, std::string package);
  void SetUp() override;

  /// Runs a client to its end, in the folder of its files; the test fails if its exit code is another one.
  /// returns  what it has printed, errors behind it
  std::string output_of(const std::vector<std::string>& command, int exit_code = 0) const;
  /// Of a client that reads from its standard input.
  std::string output_of(const std::vector<std::string>& command, const std::string& input) const;

  /// A file on the client's side; its path.
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  std::string path(const std::string& name = "") const { return folder_.path() + "/files/" + name; }
  /// With what is not theirs, too.
  const TemporaryFolder& folder() const { return folder_; }

 private:
  std::vector<std::string> program_;
  std::string package_;
  TemporaryFolder folder_;
};

}  // namespace labnet::test
