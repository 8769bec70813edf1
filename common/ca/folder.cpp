#include "common/ca/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "common/base/write_all.hpp"

namespace labnet::ca {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds lock_patience{10};  // a pair is made within milliseconds
constexpr std::chrono::milliseconds lock_pause{2};
constexpr mode_t key_mode = 0600;
constexpr mode_t certificate_mode = 0644;

fs::path next(const fs::path& file) {
  return fs::path{file} += ".new";
}
fs::path unfinished(const fs::path& file) {
  return fs::path{file} += ".tmp";
}

Error fault(std::string_view what, const fs::path& path, int error, std::string_view remedy) {
  return Error{fmt::format("cannot {} {}: {}; {}", what, path.string(), std::strerror(error), remedy)};
}

Error cannot_write(const Role& role, const fs::path& path, int error) {
  return fault("write", path, error,
               fmt::format("{} is kept there: let yourself write to that folder, or set {} to another one", role.name,
                           role.variable));
}

Error cannot_read(const Role& role, const fs::path& path, int error) {
  return fault(
      "read", path, error,
      fmt::format("it belongs to {}: let yourself read it, or set {} to another folder", role.name, role.variable));
}

/// A folder that is missing is made for its owner alone, as are those above it (XDG Base Directory Specification).
Result<void> make_folder(const Role& role, const fs::path& path) {
  fs::path part;
  for (const auto& name : path) {
    part /= name;
    if (::mkdir(part.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const auto error = errno;
    struct stat about {};
    if (::stat(part.c_str(), &about) == 0 && S_ISDIR(about.st_mode)) continue;  // EROFS and the like come first
    return cannot_write(role, path, error);
  }
  return {};
}

/// Waits until nobody holds a lock that excludes this one. flock(2), which the kernel releases when its owner is
/// killed; over NFS, too.
Result<void> lock(const Role& role, const FileDescriptor& file, int how, const fs::path& path) {
  const auto until = std::chrono::steady_clock::now() + lock_patience;
  while (::flock(file.get(), how | LOCK_NB) < 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return cannot_write(role, path, errno);
    if (std::chrono::steady_clock::now() > until) {
      return Error{fmt::format("another process has held {} for {} s; find and end it with \"fuser {}\"", path.string(),
                               lock_patience.count(), path.string())};
    }
    std::this_thread::sleep_for(lock_pause);
  }
  return {};
}

/// Nothing if there is no such file.
Result<std::optional<std::string>> read_file(const Role& role, const fs::path& path, bool is_secret) {
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
  if (!file && errno == ENOENT) return std::nullopt;
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) < 0) return cannot_read(role, path, errno);
  if (is_secret && (about.st_mode & 077) != 0) {
    return Error{fmt::format(
        "others may read the key of {}, {}; if nobody has, make it yours alone with \"chmod 600 {}\", else {}",
        role.name, path.string(), path.string(), role.remedy)};
  }
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0) return cannot_read(role, path, errno);
    if (count == 0) return std::optional{std::move(text)};
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > file_bytes_max) {
      return Error{
          fmt::format("{} is larger than {} bytes, which no part of a lab CA is; put the right file there, or {}",
                      path.string(), file_bytes_max, role.remedy)};
    }
  }
}

/// Of one that is for good until it is on the disk: else a power cut could leave the name without the text.
bool write_file(const Role& role, const fs::path& path, std::string_view text, mode_t mode) {
  // One that was left behind may have another mode.
  if (::unlink(path.c_str()) < 0 && errno != ENOENT) return false;
  const FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)};
  if (!file || ::fchmod(file.get(), mode) < 0) return false;
  return write_all(file.get(), as_bytes(text)) == 0 && (!role.is_for_good || ::fsync(file.get()) == 0);
}

bool is_there(const fs::path& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

Result<fs::path> usual_folder() {
  const auto value_of = [](const char* variable) {
    const auto* const value = std::getenv(variable);
    return std::string{value == nullptr ? "" : value};
  };
  if (const auto own = value_of("LABNET_CA_DIR"); !own.empty()) return fs::absolute(own);
  if (const auto data = value_of("XDG_DATA_HOME"); data.starts_with('/')) return fs::path{data} / "labnet/ca";
  if (const auto home = value_of("HOME"); home.starts_with('/')) return fs::path{home} / ".local/share/labnet/ca";
  return Error{"there is no place for the lab CA, because HOME is not set; set LABNET_CA_DIR to a folder of your own"};
}

Result<fs::path> outside_folder() {
  const auto* const path = std::getenv("LABNET_OUTSIDE_CA_DIR");
  if (path != nullptr && *path != '\0') return fs::absolute(path);
  return Error{
      "there is no outside CA: it is a lab's, and its services alone are told of it; let \"labnet up\" start this one, "
      "or set LABNET_OUTSIDE_CA_DIR to a folder with a CA (ca.crt, ca.key)"};
}

Result<std::optional<Pair>> Folder::read() const {
  const auto lock_file = path_ / "lock";
  const auto open_lock = [&] { return FileDescriptor{::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC)}; };
  auto shared = open_lock();
  if (!shared) {
    // Nobody has ever written here; what else stops this process from opening it is told by the files.
    auto found = read_files();
    shared = open_lock();
    if (!shared) return found;
    // Somebody has begun to while they were read.
  }
  if (const auto locked = lock(role_, shared, LOCK_SH, lock_file); !locked) return locked.error();
  if (!is_there(next(certificate()))) return read_files();
  shared.reset();
  const auto alone = lock_alone();
  if (!alone) return alone.error();
  if (const auto put = put_in_place(); !put) return put.error();
  return read_files();
}

std::optional<std::string> Folder::certificate_text() const {
  auto text = read_file(role_, certificate(), false);
  return text ? *std::move(text) : std::nullopt;
}

Result<Pair> Folder::read_or_make(const Make& make) const {
  auto found = read();
  if (!found) return found.error();
  if (*found) return **std::move(found);
  const auto alone = lock_alone();
  if (!alone) return alone.error();
  if (const auto put = put_in_place(); !put) return put.error();
  found = read_files();  // another process may have been quicker
  if (!found) return found.error();
  if (*found) return **std::move(found);
  auto made = make();
  if (!made) return made.error();
  if (const auto written = write(*made); !written) return written.error();
  return made;
}

Result<void> Folder::replace(const Pair& pair) const {
  const auto alone = lock_alone();
  if (!alone) return alone.error();
  // Were this broken off, what is half in place would never be whole.
  if (const auto put = put_in_place(); !put) return put.error();
  return write(pair);
}

Result<FileDescriptor> Folder::lock_alone() const {
  if (const auto made = make_folder(role_, path_); !made) return made.error();
  const auto lock_file = path_ / "lock";
  FileDescriptor file{::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, key_mode)};
  if (!file) return cannot_write(role_, lock_file, errno);
  if (const auto locked = lock(role_, file, LOCK_EX, lock_file); !locked) return locked.error();
  return file;
}

Result<void> Folder::write(const Pair& pair) const {
  const auto last = unfinished(certificate());
  if (!write_file(role_, next(key()), pair.key, key_mode) ||
      !write_file(role_, last, pair.certificate, certificate_mode) ||
      ::rename(last.c_str(), next(certificate()).c_str()) < 0) {
    return cannot_write(role_, path_, errno);
  }
  return put_in_place();
}

/// May be broken off after each step, and is then done again.
Result<void> Folder::put_in_place() const {
  if (!is_there(next(certificate()))) return {};
  if (::rename(next(key()).c_str(), key().c_str()) < 0 && errno != ENOENT) return cannot_write(role_, path_, errno);
  if (::rename(next(certificate()).c_str(), certificate().c_str()) < 0) return cannot_write(role_, path_, errno);
  return {};
}

Result<std::optional<Pair>> Folder::read_files() const {
  auto certificate_text = read_file(role_, certificate(), false);
  if (!certificate_text) return certificate_text.error();
  auto key_text = read_file(role_, key(), true);
  if (!key_text) return key_text.error();
  if (!*certificate_text && !*key_text) return std::nullopt;
  if (*certificate_text && *key_text) {
    return std::optional<Pair>{Pair{**std::move(certificate_text), **std::move(key_text)}};
  }
  const auto missing = *certificate_text ? key() : certificate();
  return Error{
      fmt::format("{} is not whole: {} is missing; put it back, or {}", role_.name, missing.string(), role_.remedy)};
}

}  // namespace labnet::ca
