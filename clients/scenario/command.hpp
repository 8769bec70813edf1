// The command of a step: as it is executed, and as a person would type it in the host.
#pragma once

#include <string>
#include <vector>

namespace labnet::scenario {

struct Command {
  std::vector<std::string> in_front{};  // words that only say where: labnet exec --name LAB HOST --
  bool is_labnet = false;               // what is done there is done by this same program: `words` are its arguments
  std::vector<std::string> words{};
  std::vector<std::string> behind{};  // words that only say where: --name LAB

  /// own_path  of this program
  std::vector<std::string> executed(const std::string& own_path) const;
  /// What is done, without where: `labnet ping 192.168.1.7`, quoted as a POSIX shell wants it.
  std::string shown() const;
};

}  // namespace labnet::scenario
