#include "common/control/runtime_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <thread>

namespace labnet::control {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view lock_extension = ".lock";

/// A folder that must belong to the user alone: in /tmp another user may have made one of that name.
Result<void> make_private_folder(const fs::path& path) {
  if (mkdir(path.c_str(), 0700) < 0 && errno != EEXIST) return system_error("cannot make the folder " + path.string());
  struct stat about {};
  if (lstat(path.c_str(), &about) < 0) return system_error("cannot look at " + path.string());
  if (!S_ISDIR(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 077) != 0) {
    return Error{
        fmt::format("{} must be a folder of your own that nobody else may enter (mode 0700); remove it, or set "
                    "XDG_RUNTIME_DIR to another folder",
                    path.string())};
  }
  return {};
}

/// A lock of the open file (fcntl(2), F_OFD_SETLK): processes that got the descriptor by fork hold it together.
struct flock whole_file_lock() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// Looks without taking the lock, so that two that look never get in each other's way.
bool is_locked(const fs::path& path) {
  const FileDescriptor file{open(path.c_str(), O_RDWR | O_CLOEXEC)};
  auto lock = whole_file_lock();
  return file && fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// A locked lock file that has its name still: a lab that ends may remove the file between opening and locking.
Result<FileDescriptor> take_lock(const LabPaths& paths, const std::string& lab_name) {
  for (;;) {
    FileDescriptor file{open(paths.lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file) return system_error("cannot make " + paths.lock.string());
    const auto lock = whole_file_lock();
    if (fcntl(file.get(), F_OFD_SETLK, &lock) < 0) {
      return Error{
          fmt::format("a lab named {0} is running already; stop it with \"labnet down --name {0}\", or start this one "
                      "under another "
                      "name with --name",
                      lab_name)};
    }
    struct stat locked {};
    struct stat named {};
    if (fstat(file.get(), &locked) == 0 && stat(paths.lock.c_str(), &named) == 0 && locked.st_ino == named.st_ino) {
      return file;
    }
  }
}

void remove_files(const LabPaths& paths) {
  std::error_code ignored;
  fs::remove(paths.control, ignored);
  fs::remove_all(paths.files, ignored);  // what services of a lab on the loopback network stored
  fs::remove(paths.folder, ignored);
}

}  // namespace

Result<fs::path> runtime_folder() {
  const auto* base = std::getenv("XDG_RUNTIME_DIR");
  auto folder = base != nullptr && *base == '/' && access(base, W_OK) == 0
                    ? fs::path{base} / "labnet"
                    : fs::path{fmt::format("/tmp/labnet-{}", geteuid())};
  if (const auto made = make_private_folder(folder); !made) return made.error();
  return folder;
}

Result<LabPaths> paths_of(const std::string& lab_name) {
  const auto base = runtime_folder();
  if (!base) return base.error();
  const auto folder = *base / lab_name;
  LabPaths paths{*base / (lab_name + std::string{lock_extension}), folder, folder / "control", folder / "files"};
  if (paths.control.native().size() >= sizeof sockaddr_un{}.sun_path) {
    return Error{fmt::format("the path {} is too long for a socket; set XDG_RUNTIME_DIR to a shorter folder",
                             paths.control.string())};
  }
  return paths;
}

Result<std::vector<std::string>> running_labs() {
  const auto base = runtime_folder();
  if (!base) return base.error();
  std::vector<std::string> names;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator{*base, fault}) {
    if (entry.path().extension() == lock_extension && is_locked(entry.path())) names.push_back(entry.path().stem());
  }
  if (fault) return Error{fmt::format("cannot read {}: {}", base->string(), fault.message())};
  std::ranges::sort(names);
  return names;
}

Result<LabFolder> LabFolder::claim(const std::string& lab_name) {
  const auto paths = paths_of(lab_name);
  if (!paths) return paths.error();
  auto lock = take_lock(*paths, lab_name);
  if (!lock) return lock.error();
  remove_files(*paths);
  LabFolder folder{*paths, std::move(*lock)};
  if (const auto made = make_private_folder(paths->folder); !made) return made.error();
  if (const auto made = make_private_folder(paths->files); !made) return made.error();
  return folder;
}

LabFolder::~LabFolder() {
  if (!lock_) return;
  remove_files(paths_);
  std::error_code ignored;
  fs::remove(paths_.lock, ignored);
}

Result<FileDescriptor> LabFolder::listen() const {
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  paths_.control.native().copy(address.sun_path, sizeof address.sun_path - 1);
  // The folder is the user's own, so that nobody can connect before the mode is set.
  if (!socket || bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      chmod(paths_.control.c_str(), 0600) < 0 || ::listen(socket.get(), SOMAXCONN) < 0) {
    return system_error("cannot listen at " + paths_.control.string());
  }
  return socket;
}

bool wait_until_gone(const LabPaths& paths, std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (is_locked(paths.lock)) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

}  // namespace labnet::control
