#include "common/files/jail.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace labnet::files {
namespace {

constexpr int tries_max = 16;  // of an openat2 that a rename elsewhere has disturbed (EAGAIN)
constexpr std::size_t link_bytes_max = 4096;

FileResult<void> done_or_error(int result) {
  if (result == 0) return {};
  return last_error();
}

/// The path as the kernel is to see it: relative to the root.
std::string relative(std::string_view path) {
  const auto start = path.find_first_not_of('/');
  return start == path.npos ? "." : std::string{path.substr(start)};
}

FileStatus status_from(const struct statx& found) {
  FileStatus status;
  switch (found.stx_mode & S_IFMT) {
    case S_IFREG:
      status.kind = FileKind::file;
      break;
    case S_IFDIR:
      status.kind = FileKind::folder;
      break;
    case S_IFLNK:
      status.kind = FileKind::link;
      break;
    default:
      break;
  }
  status.bytes = found.stx_size;
  status.modified = std::chrono::sys_seconds{std::chrono::seconds{found.stx_mtime.tv_sec}};
  status.mode = found.stx_mode & 07777;
  status.owner = found.stx_uid;
  status.group = found.stx_gid;
  status.links = found.stx_nlink;
  status.device = static_cast<std::uint64_t>(found.stx_dev_major) << 32 | found.stx_dev_minor;
  status.inode = found.stx_ino;
  return status;
}

FileResult<FileStatus> status_at(int folder, const char* name, int flags) {
  struct statx found {};
  if (::statx(folder, name, flags | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &found) != 0) return last_error();
  return status_from(found);
}

/// Why a component was not opened. A link is no folder to the kernel; to whoever asks it is a link that was not
/// followed.
boost::system::error_code error_or_link(boost::system::error_code error, int folder, const std::string& name) {
  if (error.value() != ENOTDIR) return error;
  const auto status = status_at(folder, name.c_str(), AT_SYMLINK_NOFOLLOW);
  return status && status->kind == FileKind::link ? error_of(ELOOP) : error;
}

}  // namespace

void FolderReader::Close::operator()(void* folder) const {
  ::closedir(static_cast<DIR*>(folder));
}

FileResult<std::optional<FolderReader::Entry>> FolderReader::next() {
  auto* const folder = static_cast<DIR*>(folder_.get());
  for (;;) {
    errno = 0;
    const auto* const read = ::readdir(folder);
    if (read == nullptr && errno != 0) return last_error();
    if (read == nullptr) return std::optional<Entry>{};
    const std::string_view name{read->d_name};
    if (name == "." || name == "..") continue;
    const auto status = status_at(::dirfd(folder), read->d_name, AT_SYMLINK_NOFOLLOW);
    if (!status) continue;  // it has gone meanwhile
    Entry entry{std::string{name}, *status, {}};
    if (status->kind == FileKind::link) {
      std::array<char, link_bytes_max> target;
      const auto bytes = ::readlinkat(::dirfd(folder), read->d_name, target.data(), target.size());
      if (bytes > 0) entry.target.assign(target.data(), static_cast<std::size_t>(bytes));
    }
    return std::optional{std::move(entry)};
  }
}

Result<Jail> Jail::open(const std::filesystem::path& folder) {
  FileDescriptor root{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!root) return system_error(fmt::format("cannot open the folder {}", folder.string()));
  return Jail{std::move(root)};
}

Jail::Jail(FileDescriptor root) : root_{std::make_shared<const FileDescriptor>(std::move(root))} {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH;
  const FileDescriptor tried{static_cast<int>(::syscall(SYS_openat2, root_->get(), ".", &how, sizeof how))};
  has_openat2_ = static_cast<bool>(tried);
}

FileResult<FileDescriptor> Jail::open(std::string_view path, int flags, mode_t mode) const {
  if (path.find('\0') != path.npos) return error_of(EINVAL);
  flags |= O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  if ((flags & O_CREAT) != 0) flags |= O_NOFOLLOW;
  return has_openat2_ ? open_beneath(path, flags, mode) : open_step_by_step(path, flags, mode);
}

FileResult<FileDescriptor> Jail::open_beneath(std::string_view path, int flags, mode_t mode) const {
  const auto inside = relative(path);
  open_how how{};
  how.flags = static_cast<std::uint64_t>((flags & O_PATH) != 0 ? flags & ~(O_NONBLOCK | O_NOCTTY) : flags);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int i = 0; i < tries_max; ++i) {
    FileDescriptor opened{static_cast<int>(::syscall(SYS_openat2, root_->get(), inside.c_str(), &how, sizeof how))};
    if (opened) return opened;
    if (errno != EAGAIN && errno != EINTR) return last_error();
  }
  return error_of(EAGAIN);
}

/// No link is followed, so that none leads out.
FileResult<FileDescriptor> Jail::open_step_by_step(std::string_view path, int flags, mode_t mode) const {
  auto rest = relative(path);
  FileDescriptor folder;
  const auto here = [&] { return folder ? folder.get() : root_->get(); };
  for (;;) {
    const auto end = rest.find('/');
    const auto name = rest.substr(0, end);
    if (name == "..") return error_of(EXDEV);
    if (end == rest.npos) {
      FileDescriptor opened{::openat(here(), name.empty() ? "." : name.c_str(), flags | O_NOFOLLOW, mode)};
      if (!opened) return error_or_link(last_error(), here(), name);
      if ((flags & O_PATH) == 0) return opened;
      // Such a descriptor may be that of a link itself.
      const auto status = status_at(opened.get(), "", AT_EMPTY_PATH);
      if (!status) return status.error();
      if (status->kind == FileKind::link) return error_of(ELOOP);
      return opened;
    }
    FileDescriptor next{::openat(here(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (!next) return error_or_link(last_error(), here(), name);
    folder = std::move(next);
    rest.erase(0, std::min(rest.find_first_not_of('/', end), rest.size()));
  }
}

FileResult<FileStatus> Jail::status(std::string_view path) const {
  const auto opened = open(path, O_PATH);
  if (!opened) return opened.error();
  return status_at(opened->get(), "", AT_EMPTY_PATH);
}

FileResult<FileStatus> Jail::link_status(std::string_view path) const {
  if (path == "/") return status(path);
  const auto place = place_of(path);
  if (!place) return place.error();
  return status_at(place->folder.get(), place->name.c_str(), AT_SYMLINK_NOFOLLOW);
}

FileResult<FolderReader> Jail::read_folder(std::string_view path) const {
  auto opened = open(path, O_RDONLY | O_DIRECTORY);
  if (!opened) return opened.error();
  auto* const folder = ::fdopendir(opened->get());
  if (folder == nullptr) return last_error();
  opened->release();
  return FolderReader{folder};
}

FileResult<Jail::Place> Jail::place_of(std::string_view path) const {
  const auto slash = path.rfind('/');
  const auto name = path.substr(slash + 1);
  if (name.empty()) return error_of(EBUSY);
  if (name == "." || name == "..") return error_of(EINVAL);  // of the root, ".." is outside
  if (path.find('\0') != path.npos) return error_of(EINVAL);
  auto folder = open(path.substr(0, slash + 1), O_PATH | O_DIRECTORY);
  if (!folder) return folder.error();
  return Place{*std::move(folder), std::string{name}};
}

FileResult<void> Jail::make_folder(std::string_view path, mode_t mode) const {
  const auto place = place_of(path);
  if (!place) return place.error().value() == EBUSY ? error_of(EEXIST) : place.error();
  return done_or_error(::mkdirat(place->folder.get(), place->name.c_str(), mode));
}

FileResult<void> Jail::remove_file(std::string_view path) const {
  const auto place = place_of(path);
  if (!place) return place.error();
  return done_or_error(::unlinkat(place->folder.get(), place->name.c_str(), 0));
}

FileResult<void> Jail::remove_folder(std::string_view path) const {
  const auto place = place_of(path);
  if (!place) return place.error();
  return done_or_error(::unlinkat(place->folder.get(), place->name.c_str(), AT_REMOVEDIR));
}

FileResult<void> Jail::rename(std::string_view from, std::string_view to) const {
  const auto source = place_of(from);
  if (!source) return source.error();
  const auto target = place_of(to);
  if (!target) return target.error();
  return done_or_error(
      ::renameat(source->folder.get(), source->name.c_str(), target->folder.get(), target->name.c_str()));
}

FileResult<void> Jail::set_modification_time(std::string_view path, std::chrono::sys_seconds time) const {
  const auto opened = open(path, O_PATH);
  if (!opened) return opened.error();
  const timespec times[2] = {{0, UTIME_OMIT}, {time.time_since_epoch().count(), 0}};
  return done_or_error(::utimensat(opened->get(), "", times, AT_EMPTY_PATH));
}

FileResult<void> Jail::set_mode(std::string_view path, mode_t mode) const {
  const auto opened = open(path, O_PATH);
  if (!opened) return opened.error();
  // A descriptor that was opened with O_PATH is changed by way of its own name.
  return done_or_error(::chmod(fmt::format("/proc/self/fd/{}", opened->get()).c_str(), mode));
}

}  // namespace labnet::files
