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

constexpr int open_tries_max = 16;  // of an openat2 that a rename elsewhere has disturbed (EAGAIN)
constexpr std::size_t link_bytes_max = 4096;

// As fchmodat2(2) is numbered on every architecture; older headers do not name it (Linux 6.6).
#ifdef SYS_fchmodat2
constexpr long fchmodat2_number = SYS_fchmodat2;
#else
constexpr long fchmodat2_number = 452;
#endif

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

/// Of whatever is open, as the kernel knows it: from the root of this process on.
std::optional<std::string> path_of_open(int descriptor) {
  std::array<char, link_bytes_max> path;
  const auto bytes = ::readlink(fmt::format("/proc/self/fd/{}", descriptor).c_str(), path.data(), path.size());
  if (bytes <= 0 || static_cast<std::size_t>(bytes) == path.size()) return std::nullopt;
  return std::string{path.data(), static_cast<std::size_t>(bytes)};
}

/// Whether this kernel has openat2(2). A filter of system calls that does not know it may say EPERM. No other error is
/// a matter of the kernel's age: taken for one, it would leave a jail that follows no link any more.
enum class Openat2 { known, missing };
FileResult<Openat2> find_openat2(int root) {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH;
  for (int i = 0; i < open_tries_max; ++i) {
    const FileDescriptor tried{static_cast<int>(::syscall(SYS_openat2, root, ".", &how, sizeof how))};
    if (tried) return Openat2::known;
    if (errno == ENOSYS || errno == EPERM) return Openat2::missing;
    if (errno != EAGAIN && errno != EINTR) return last_error();
  }
  return error_of(EAGAIN);
}

/// Of what a descriptor with O_PATH stands for. ENOSYS if the kernel cannot (before Linux 6.6).
FileResult<void> set_mode_of_path(int opened, mode_t mode) {
  return done_or_error(static_cast<int>(::syscall(fchmodat2_number, opened, "", mode, AT_EMPTY_PATH)));
}

/// By way of the descriptor's own name: any file, but it takes a /proc.
FileResult<void> set_mode_by_proc(int opened, mode_t mode) {
  return done_or_error(::chmod(fmt::format("/proc/self/fd/{}", opened).c_str(), mode));
}

/// Why a component was not opened. A link is no folder to the kernel; to whoever asks it is a link that was not
/// followed.
boost::system::error_code error_or_link(boost::system::error_code error, int folder, const std::string& name) {
  if (error.value() != ENOTDIR) return error;
  const auto status = status_at(folder, name.c_str(), AT_SYMLINK_NOFOLLOW);
  return status && status->kind == FileKind::link ? error_of(ELOOP) : error;
}

}  // namespace

FileResult<void> rename_at(int from_folder, const std::string& from, int to_folder, const std::string& to,
                           Replacing replacing) {
  if (replacing == Replacing::nothing) {
    if (::renameat2(from_folder, from.c_str(), to_folder, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno != EINVAL && errno != ENOSYS) return last_error();
    // EINVAL is also said of a folder that would get into itself; then it is said once more below.
    if (::linkat(from_folder, from.c_str(), to_folder, to.c_str(), 0) == 0) {
      if (::unlinkat(from_folder, from.c_str(), 0) == 0) return {};
      const auto error = last_error();
      ::unlinkat(to_folder, to.c_str(), 0);
      return error;
    }
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return last_error();
    const auto there = status_at(to_folder, to.c_str(), AT_SYMLINK_NOFOLLOW);
    if (there) return error_of(EEXIST);
    if (there.error().value() != ENOENT) return there.error();
  }
  return done_or_error(::renameat(from_folder, from.c_str(), to_folder, to.c_str()));
}

void FolderReader::Close::operator()(void* folder) const {
  ::closedir(static_cast<DIR*>(folder));
}

FileResult<std::optional<std::string>> FolderReader::next_name() {
  for (;;) {
    errno = 0;
    const auto* const read = ::readdir(static_cast<DIR*>(folder_.get()));
    if (read == nullptr && errno != 0) return last_error();
    if (read == nullptr) return std::optional<std::string>{};
    const std::string_view name{read->d_name};
    if (name != "." && name != "..") return std::optional{std::string{name}};
  }
}

FileResult<std::optional<FolderReader::Entry>> FolderReader::next() {
  for (;;) {
    auto name = next_name();
    if (!name) return name.error();
    if (!*name) return std::optional<Entry>{};
    auto entry = look_up(std::move(**name));
    if (!entry || *entry) return entry;
  }
}

FileResult<std::optional<FolderReader::Entry>> FolderReader::look_up(std::string name) const {
  const auto folder = ::dirfd(static_cast<DIR*>(folder_.get()));
  const auto status = status_at(folder, name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!status && status.error().value() == ENOENT) return std::optional<Entry>{};
  if (!status) {
    // The folder may be readable and not to be entered; then nothing is to be told of anything in it.
    const auto own = status_at(folder, ".", 0);
    if (!own) return own.error();
  }
  Entry entry{std::move(name), status ? *status : FileStatus{}, {}};
  if (entry.status.kind == FileKind::link) {
    std::array<char, link_bytes_max> target;
    const auto bytes = ::readlinkat(folder, entry.name.c_str(), target.data(), target.size());
    if (bytes > 0) entry.target.assign(target.data(), static_cast<std::size_t>(bytes));
  }
  return std::optional{std::move(entry)};
}

Result<Jail> Jail::open(const std::filesystem::path& folder) {
  FileDescriptor root{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  const auto fault = fmt::format("cannot open the folder {}", folder.string());
  if (!root) return system_error(fault);
  const auto openat2 = find_openat2(root.get());
  if (!openat2) return system_error(fault, openat2.error().value());
  return Jail{std::move(root), *openat2 == Openat2::known};
}

Jail::Jail(FileDescriptor root, bool has_openat2)
    : root_{std::make_shared<const FileDescriptor>(std::move(root))}, has_openat2_{has_openat2} {}

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
  for (int i = 0; i < open_tries_max; ++i) {
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

std::optional<std::string> Jail::path_of(const FileDescriptor& opened) const {
  const auto root = path_of_open(root_->get());
  auto path = path_of_open(opened.get());
  if (!root || !path) return std::nullopt;
  if (*path == *root) return "/";
  const auto top = *root == "/" ? *root : *root + '/';
  if (!path->starts_with(top)) return std::nullopt;
  return path->substr(top.size() - 1);
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

FileResult<void> Jail::try_to_enter(std::string_view path) const {
  const auto entered = open(fmt::format("{}/.", path), O_PATH | O_DIRECTORY);
  if (!entered) return entered.error();
  return {};
}

FileResult<void> Jail::rename(std::string_view from, std::string_view to, Replacing replacing) const {
  const auto source = place_of(from);
  if (!source) return source.error();
  const auto target = place_of(to);
  if (!target) return target.error();
  return rename_at(source->folder.get(), source->name, target->folder.get(), target->name, replacing);
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
  if (has_openat2_) {  // which is older
    const auto set = set_mode_of_path(opened->get(), mode);
    const auto error = set ? 0 : set.error().value();
    if (error != ENOSYS && error != EPERM) return set;  // EPERM may be a filter's
  }
  const auto set = set_mode_by_proc(opened->get(), mode);
  if (set || set.error().value() != ENOENT) return set;
  // There is no /proc. What is open for reading can be changed nevertheless; but a device must not be opened for that.
  const auto status = status_at(opened->get(), "", AT_EMPTY_PATH);
  if (!status) return status.error();
  if (status->kind != FileKind::file && status->kind != FileKind::folder) return error_of(EOPNOTSUPP);
  const auto readable = open(path, O_RDONLY);
  if (!readable) return readable.error().value() == EACCES ? error_of(EOPNOTSUPP) : readable.error();
  return done_or_error(::fchmod(readable->get(), mode));
}

}  // namespace labnet::files
