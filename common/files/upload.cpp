#include "common/files/upload.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "common/base/fnv1a.hpp"
#include "common/base/write_all.hpp"

namespace labnet::files {
namespace {

constexpr std::size_t name_bytes_max = 255;
constexpr std::string_view ending = ".part";
constexpr int partial_tries_max = 16;  // of a partial file that is published just when it was opened
constexpr std::size_t copy_piece_bytes = 1 << 20;

/// Bytes `offset` and on of one file, to another at its position: at least one of them and at most `bytes`. The count.
FileResult<std::uint64_t> copy_some(int from, std::uint64_t offset, int to, std::uint64_t bytes) {
  auto at = static_cast<off_t>(offset);
  ssize_t count = -1;
  do {
    count = ::copy_file_range(from, &at, to, nullptr, bytes, 0);
  } while (count < 0 && errno == EINTR);
  if (count > 0) return static_cast<std::uint64_t>(count);
  if (count == 0) return error_of(ENODATA);  // it has become shorter
  if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return last_error();
  std::vector<std::byte> piece(std::min<std::uint64_t>(bytes, copy_piece_bytes));
  do {
    count = ::pread(from, piece.data(), piece.size(), static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return last_error();
  if (count == 0) return error_of(ENODATA);
  const auto error_number = write_all(to, Bytes{piece}.first(static_cast<std::size_t>(count)));
  if (error_number != 0) return error_of(error_number);
  return static_cast<std::uint64_t>(count);
}

/// The names in a folder, onto the disk, as far as that can be: a folder may be one that may be written and not read,
/// and some file systems have no such thing for folders (EINVAL).
FileResult<void> sync_folder(int folder) {
  const FileDescriptor readable{::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!readable && errno != EACCES) return last_error();
  if (readable && ::fsync(readable.get()) != 0 && errno != EINVAL) return last_error();
  return {};
}

/// Nothing if there is no such file or link. Faults: EISDIR; EEXIST for what is neither: a FIFO, a device, a socket.
FileResult<std::optional<struct stat>> find(const Jail::Place& place, const std::string& name) {
  struct stat found {};
  if (::fstatat(place.folder.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::optional<struct stat>{};
    return last_error();
  }
  if (S_ISDIR(found.st_mode)) return error_of(EISDIR);
  if (!S_ISREG(found.st_mode) && !S_ISLNK(found.st_mode)) return error_of(EEXIST);
  return std::optional{found};
}

bool leads_to(int folder, const std::string& name, int file) {
  struct stat named {};
  struct stat opened {};
  return ::fstatat(folder, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && ::fstat(file, &opened) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/// Gives a file the mode of the one that it replaces, and `besides`. Set-user-ID stays behind: it was given to what the
/// old one held.
FileResult<void> pass_mode(const std::optional<struct stat>& replaced, int file, mode_t besides) {
  if (!replaced || !S_ISREG(replaced->st_mode)) return {};
  struct stat there {};
  if (::fstat(file, &there) != 0) return last_error();
  const mode_t mode = (replaced->st_mode & 0777) | besides;
  if ((there.st_mode & 07777) == mode) return {};  // where files have no modes of their own, a change would fail
  if (::fchmod(file, mode) != 0) return last_error();
  return {};
}

/// The partial file, locked: nobody else writes it.
FileResult<FileDescriptor> open_partial(const Jail::Place& place, const std::string& name, mode_t mode) {
  for (int i = 0; i < partial_tries_max; ++i) {
    FileDescriptor file{::openat(place.folder.get(), name.c_str(),
                                 O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode)};
    if (!file) return last_error();
    struct stat opened {};
    if (::fstat(file.get(), &opened) != 0) return last_error();
    if (!S_ISREG(opened.st_mode) || opened.st_nlink > 1) return error_of(EEXIST);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? error_of(ETXTBSY) : last_error();
    // Whoever had the lock may have given it its final name meanwhile.
    if (leads_to(place.folder.get(), name, file.get())) return file;
  }
  return error_of(ETXTBSY);
}

}  // namespace

std::string partial_name(std::string_view name) {
  auto whole = fmt::format(".{}{}", name, ending);
  if (whole.size() <= name_bytes_max) return whole;
  const auto hash = fmt::format("~{:016x}", Fnv1a{}.add(name).value());
  auto bytes = name_bytes_max - 1 - ending.size() - hash.size();
  while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & 0xc0) == 0x80) --bytes;  // not within a character
  return fmt::format(".{}{}{}", name.substr(0, bytes), hash, ending);
}

bool is_partial_name(std::string_view name) {
  return name.size() > 1 + ending.size() && name.starts_with('.') && name.ends_with(ending);
}

FileResult<Upload> Upload::begin(const Jail& jail, std::string_view path, const Options& options) {
  auto place = jail.place_of(path);
  if (!place) return place.error().value() == EBUSY ? error_of(EISDIR) : place.error();
  if (place->name.size() > name_bytes_max) return error_of(ENAMETOOLONG);
  const auto look_up = [&](const Jail::Place& where) {
    auto found = find(where, where.name);
    if (found && *found && !options.may_replace) found = error_of(EEXIST);
    return found;
  };
  if (const auto found = look_up(*place); !found) return found.error();
  Upload upload;
  upload.place_ = *std::move(place);
  upload.may_replace_ = options.may_replace;
  upload.keeps_partial_ = options.keeps_partial;
  auto partial = partial_name(upload.place_.name);
  auto file = open_partial(upload.place_, partial, options.mode);
  if (!file) return file.error();
  upload.file_ = *std::move(file);
  upload.partial_ = std::move(partial);
  const auto final = look_up(upload.place_);  // whoever had the partial file before may have taken the name
  if (!final) return final.error();

  // Already now: who may not read the old file may not read the new one while it is coming in. Its owner must be able
  // to go on with it.
  const auto passed = pass_mode(*final, upload.file_.get(), S_IRUSR | S_IWUSR);
  if (!passed) return passed.error();
  struct stat there {};
  if (::fstat(upload.file_.get(), &there) != 0) return last_error();
  const auto partial_size = static_cast<std::uint64_t>(there.st_size);
  // What it may go on from; where a link leads to it, too: else all of that would be lost with the link.
  std::uint64_t final_size = 0;
  const bool is_behind_partial = options.start == UploadStart::at && partial_size < options.offset;
  if (*final && (is_behind_partial || options.start == UploadStart::append)) {
    auto opened = jail.open(path, O_RDONLY);
    if (!opened && opened.error().value() != ENOENT) return opened.error();  // a link may lead to nothing
    if (opened) {
      struct stat found {};
      if (::fstat(opened->get(), &found) != 0) return last_error();
      if (!S_ISREG(found.st_mode)) return error_of(EINVAL);
      final_size = static_cast<std::uint64_t>(found.st_size);
      upload.original_ = *std::move(opened);
    }
  }
  std::uint64_t kept = 0;  // of the partial file
  if (options.start == UploadStart::at) {
    if (partial_size >= options.offset) {
      kept = options.offset;
    } else if (final_size >= options.offset) {
      upload.to_copy_ = options.offset;
    } else {
      return error_of(EINVAL);
    }
  } else if (options.start == UploadStart::append) {
    (upload.original_ ? upload.to_copy_ : kept) = upload.original_ ? final_size : partial_size;
  }
  if (::ftruncate(upload.file_.get(), static_cast<off_t>(kept)) != 0) return last_error();
  if (::lseek(upload.file_.get(), static_cast<off_t>(kept), SEEK_SET) < 0) return last_error();
  upload.first_byte_ = kept + upload.to_copy_;
  return upload;
}

/// All of the original in one step, without a copy; false if the file system cannot.
bool Upload::share_original() {
  if (::ioctl(file_.get(), FICLONE, original_.get()) != 0) return false;
  struct stat there {};
  const auto end = static_cast<off_t>(to_copy_);
  const auto is_whole = ::fstat(file_.get(), &there) == 0 && there.st_size >= end &&
                        ::ftruncate(file_.get(), end) == 0 && ::lseek(file_.get(), end, SEEK_SET) == end;
  if (!is_whole) return false;  // it has become shorter
  copied_ = to_copy_;
  original_.reset();
  return true;
}

FileResult<void> Upload::copy_next() {
  if (is_ready() || (copied_ == 0 && share_original())) return {};
  const auto count = copy_some(original_.get(), copied_, file_.get(), std::min(to_copy_ - copied_, copy_step_bytes));
  if (!count) return count.error();
  copied_ += *count;
  if (is_ready()) original_.reset();
  return {};
}

Upload::Upload(Upload&& other) noexcept
    : place_{std::move(other.place_)},
      partial_{std::exchange(other.partial_, {})},
      file_{std::move(other.file_)},
      original_{std::move(other.original_)},
      to_copy_{other.to_copy_},
      copied_{other.copied_},
      first_byte_{other.first_byte_},
      may_replace_{other.may_replace_},
      keeps_partial_{other.keeps_partial_} {}

Upload::~Upload() {
  if (partial_.empty()) return;
  struct stat there {};
  // Empty, or nothing but a copy of what is there anyway.
  const auto has_nothing_new =
      !is_ready() || (::fstat(file_.get(), &there) == 0 && static_cast<std::uint64_t>(there.st_size) <= to_copy_);
  if ((!keeps_partial_ || has_nothing_new) && has_its_name()) ::unlinkat(place_.folder.get(), partial_.c_str(), 0);
}

bool Upload::has_its_name() const {
  return leads_to(place_.folder.get(), partial_, file_.get());
}

FileResult<void> Upload::publish(Durability durability) {
  const auto folder = place_.folder.get();
  const auto replaced = find(place_, place_.name);
  if (!replaced) return replaced.error();
  if (const auto passed = pass_mode(*replaced, file_.get(), 0); !passed) return passed;
  const auto is_for_the_disk = durability == Durability::of_the_disk;
  if (is_for_the_disk && ::fsync(file_.get()) != 0) return last_error();
  if (!has_its_name()) return error_of(ESTALE);
  const auto renamed =
      rename_at(folder, partial_, folder, place_.name, may_replace_ ? Replacing::all : Replacing::nothing);
  if (!renamed) return renamed;
  partial_.clear();
  return is_for_the_disk ? sync_folder(folder) : FileResult<void>{};
}

FileResult<std::optional<std::uint64_t>> partial_bytes(const Jail& jail, std::string_view path) {
  const auto place = jail.place_of(path);
  if (!place) return place.error();
  const auto found = find(*place, partial_name(place->name));
  if (!found) return found.error();
  if (!*found || !S_ISREG((*found)->st_mode)) return std::optional<std::uint64_t>{};
  return std::optional{static_cast<std::uint64_t>((*found)->st_size)};
}

}  // namespace labnet::files
