// Starts a lab and stays with it: the front of `labnet up`, in the real machine's namespaces.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace labnet::lab {

enum class NetworkChoice { automatic, namespaces, loopback };

struct UpOptions {
  std::filesystem::path lab_file;
  std::optional<std::string> name;  // of the running lab; nothing: as the file says
  NetworkChoice network = NetworkChoice::automatic;
  bool no_publish = false;  // no ports on the real machine's loopback, whatever the file says
  bool background = false;  // return once every service answers; else stay until Ctrl-C or `down`
  bool quiet = false;       // do not show the log
};

/// Returns the exit code of the program: 0 done, 1 failed, 2 wrong file. What went wrong is on standard error. When it
/// returns, or is killed, nothing is left of the lab, but for a background lab that was started well.
int up(const UpOptions& options);

}  // namespace labnet::lab
