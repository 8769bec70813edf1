// What tests of `labnet ftp` share: a server with some files, a folder where downloads go, and what -v has shown.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/child.hpp"

namespace labnet::test {

using Words = std::vector<std::string>;

/// The verbs that were sent, of the dialogue that -v shows.
std::string verbs_of(const Outcome& outcome);
/// The codes that came, one for each reply.
std::string replies_of(const Outcome& outcome);

class FtpProgram : public testing::Test {
 protected:
  FtpProgram();

  /// options  of `labnet serve ftp`
  void serve(const Words& options = {});
  std::string url(const std::string& path = "") const;
  void write(const std::string& name, const std::string& text) const { folder_.write("root/" + name, text); }
  std::string served(const std::string& name) const { return read_file(root_ + "/" + name); }
  bool serves(const std::string& name) const;
  std::string here(const std::string& name) const { return here_ + "/" + name; }

  /// In the folder where downloads go.
  Words command(const std::string& verb, const Words& arguments) const;
  Outcome ftp(const std::string& verb, const Words& arguments) const;
  void expect_success(const std::string& verb, const Words& arguments) const;
  Words names_here() const;

  TemporaryFolder folder_;
  std::string root_ = folder_.path() + "/root", here_ = folder_.path() + "/here";
  std::unique_ptr<Child> server_;
  std::string place_, secure_place_;
};

}  // namespace labnet::test
