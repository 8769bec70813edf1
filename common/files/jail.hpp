// A folder that nobody gets out of: files below it by paths that strangers write.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::files {

/// With the number of the system call (errno), as it decides what a protocol answers.
template <class T>
using FileResult = Result<T, boost::system::error_code>;

/// The fault of such a result, from a number of the system's; the second one reads errno.
inline boost::system::error_code error_of(int number) {
  return {number, boost::system::system_category()};
}
inline boost::system::error_code last_error() {
  return error_of(errno);
}

enum class FileKind { file, folder, link, other };

struct FileStatus {
  FileKind kind = FileKind::other;
  std::uint64_t bytes = 0;
  std::chrono::sys_seconds modified{};
  mode_t mode = 0;  // permission bits, 0 to 07777
  uid_t owner = 0;
  gid_t group = 0;
  std::uint64_t links = 1;
  std::uint64_t device = 0, inode = 0;  // both alike: the same file
};

/// What a new name may take away.
enum class Replacing { all, nothing };

/// rename(2), of names in two open folders. With Replacing::nothing it is EEXIST if anything has the new name, in one
/// step with the renaming. Where the file system cannot do that (NFS), a file has both names for a moment; and where it
/// knows no second names either (VirtualBox's folders), or for a folder, it is looked at first: somebody who makes the
/// name just then loses it.
FileResult<void> rename_at(int from_folder, const std::string& from, int to_folder, const std::string& to,
                           Replacing replacing);

/// Reads the names in a folder. "." and ".." are left out.
class FolderReader {
 public:
  struct Entry {
    std::string name;
    FileStatus status;   // of the link itself, not of where it leads; its defaults if the system tells nothing
    std::string target;  // of a link
  };

  /// The next one in the order of the file system; nothing at the end. One that has gone meanwhile is passed over.
  /// faults  EACCES: the folder may be read but not entered, so that there are names and no more
  FileResult<std::optional<Entry>> next();
  /// Its name alone, which nothing but the right to read the folder is needed for.
  FileResult<std::optional<std::string>> next_name();
  /// What `next` tells, of such a name; nothing if it has gone meanwhile.
  FileResult<std::optional<Entry>> look_up(std::string name) const;

 private:
  friend class Jail;
  struct Close {
    void operator()(void* folder) const;
  };
  explicit FolderReader(void* folder) : folder_{folder} {}
  std::unique_ptr<void, Close> folder_;  // a DIR
};

/// A path is absolute, and "/" is the jail's folder; "." and ".." are taken out of it before it comes here. Every
/// component is looked up by the kernel with openat2(2) and RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS: symbolic links are
/// followed as long as they stay within, one that leads out is EXDEV, in whichever component and however fast somebody
/// exchanges folders for links meanwhile. Where the kernel has no openat2 (ENOSYS, EPERM by a filter) each component is
/// opened by itself and no link is followed at all (ELOOP).
///
/// An immutable value; several threads may use it.
class Jail {
 public:
  /// faults  it is no folder, or cannot be read; the system is out of descriptors or memory
  static Result<Jail> open(const std::filesystem::path& folder);

  /// As open(2), always with O_CLOEXEC and O_NOCTTY; never waits for the other end of a FIFO (O_NONBLOCK). O_CREAT
  /// never follows a link in the last component.
  FileResult<FileDescriptor> open(std::string_view path, int flags, mode_t mode = 0666) const;
  /// Of where a link leads.
  FileResult<FileStatus> status(std::string_view path) const;
  /// Of a link itself.
  FileResult<FileStatus> link_status(std::string_view path) const;
  FileResult<FolderReader> read_folder(std::string_view path) const;
  /// Whether it is a folder that may be entered, which it need not be readable for. EACCES, ENOTDIR.
  FileResult<void> try_to_enter(std::string_view path) const;

  FileResult<void> make_folder(std::string_view path, mode_t mode = 0777) const;
  /// The link itself, if it is one. EISDIR for a folder.
  FileResult<void> remove_file(std::string_view path) const;
  FileResult<void> remove_folder(std::string_view path) const;
  /// Replaces a file that is there, or a folder with nothing in it; or with Replacing::nothing says EEXIST.
  FileResult<void> rename(std::string_view from, std::string_view to, Replacing replacing = Replacing::all) const;
  FileResult<void> set_modification_time(std::string_view path, std::chrono::sys_seconds time) const;
  /// EOPNOTSUPP where the system offers no way: without fchmodat2(2) and /proc, of what cannot be read.
  FileResult<void> set_mode(std::string_view path, mode_t mode) const;

  /// The folder that a path stands in, open (O_PATH), and the last component, for what has to name both more than once.
  /// EBUSY for "/"; EINVAL if that component is "." or "..".
  struct Place {
    FileDescriptor folder;
    std::string name;
  };
  FileResult<Place> place_of(std::string_view path) const;

  /// The path of what was opened here as it is without links; nothing where the system does not tell (no /proc), or if
  /// it has been moved out.
  std::optional<std::string> path_of(const FileDescriptor& opened) const;

  /// For tests: how it is where the kernel has no openat2.
  void do_without_openat2() { has_openat2_ = false; }

 private:
  Jail(FileDescriptor root, bool has_openat2);
  FileResult<FileDescriptor> open_beneath(std::string_view path, int flags, mode_t mode) const;
  FileResult<FileDescriptor> open_step_by_step(std::string_view path, int flags, mode_t mode) const;

  std::shared_ptr<const FileDescriptor> root_;
  bool has_openat2_;
};

}  // namespace labnet::files
