// Where running labs leave their control sockets: a folder of the user's own, one subfolder for each lab.
//
//   $XDG_RUNTIME_DIR/labnet/       or /tmp/labnet-UID/, mode 0700
//     NAME.lock                    locked by the lab's processes for as long as one lives
//     NAME/control                 the control socket
//     NAME/files/                  empty; inside the lab a tmpfs with its hosts' files covers it
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::control {

/// The paths of one lab.
struct LabPaths {
  std::filesystem::path lock, folder, control, files;
};

/// The folder of all labs of this user; made if need be. A fault if it is not the user's own or open to others.
Result<std::filesystem::path> runtime_folder();

Result<LabPaths> paths_of(const std::string& lab_name);

/// The names of the labs that run, judged by their locks, in alphabetical order.
Result<std::vector<std::string>> running_labs();

/// The folder of a lab that is being started: held by a lock, removed when this object ends.
class LabFolder {
 public:
  /// Removes what a killed lab of that name left. A fault if one of that name runs.
  static Result<LabFolder> claim(const std::string& lab_name);

  LabFolder(LabFolder&&) = default;
  LabFolder& operator=(LabFolder&&) = delete;
  ~LabFolder();

  const LabPaths& paths() const { return paths_; }
  /// For a process that got a copy by fork: closes the lock and leaves the files to the other.
  void forget() { lock_.reset(); }

  /// A socket that listens at paths().control and that only the user may connect to.
  Result<FileDescriptor> listen() const;

 private:
  LabFolder(LabPaths paths, FileDescriptor lock) : paths_{std::move(paths)}, lock_{std::move(lock)} {}

  LabPaths paths_;
  FileDescriptor lock_;
};

/// Waits until no process of the lab holds its lock any more.
bool wait_until_gone(const LabPaths& paths, std::chrono::milliseconds deadline);

}  // namespace labnet::control
