// Starts a lab and stays with it: the front of `labnet up`, in the real machine's namespaces.
#pragma once

#include <filesystem>
#include <string>

namespace labnet::lab {

enum class NetworkChoice { automatic, namespaces, loopback };

struct UpOptions {
  std::filesystem::path lab_file;
  std::string name;  // of the running lab; empty: as the file says
  NetworkChoice network = NetworkChoice::automatic;
  bool publish = true;      // ports on the real machine's loopback, as the file says
  bool background = false;  // return once every service answers; else stay until Ctrl-C or `down`
};

/// Returns the exit code of the program: 0 done, 1 failed, 2 wrong file. What went wrong is on standard error. When it
/// returns, or is killed, nothing is left of the lab, but for a background lab that was started well.
int up(const UpOptions& options);

}  // namespace labnet::lab
