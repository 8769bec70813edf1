// A folder that a service serves, and that a test writes to and reads.
#pragma once

#include <string>

#include "tests/support/child.hpp"

namespace labnet::test {

class ServedFolder {
 public:
  /// Open to a server of another user.
  ServedFolder();

  const std::string& root() const { return root_; }
  /// With the folders that lead to it; returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  bool has(const std::string& name) const;

 private:
  TemporaryFolder folder_;
  std::string root_ = folder_.path() + "/root";
};

}  // namespace labnet::test
