// A file that nobody sees before it is whole.
#include "common/files/part_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/write_all.hpp"

namespace labnet::files {
namespace {

Error cannot_write(const std::filesystem::path& path, int error_number) {
  return system_error(fmt::format("cannot write {}", path.string()), error_number);
}

}  // namespace

Result<PartFile> PartFile::create(const std::filesystem::path& path) {
  const auto folder_path = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  FileDescriptor folder{::open(folder_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!folder) return cannot_write(path, errno);
  return create_in(std::make_shared<const FileDescriptor>(std::move(folder)), path);
}

Result<PartFile> PartFile::create_successor() const {
  return create_in(folder_, path_);
}

Result<PartFile> PartFile::create_in(const Folder& folder, const std::filesystem::path& path) {
  static int number = 0;  // two files of one process may be meant to have the same name
  auto part = fmt::format(".{}.{}-{}.part", path.filename().string(), ::getpid(), ++number);
  FileDescriptor file{::openat(folder->get(), part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
  if (!file) return cannot_write(path, errno);
  return PartFile{path, std::move(part), folder, std::move(file)};
}

PartFile::PartFile(std::filesystem::path path, std::string part, Folder folder, FileDescriptor file)
    : path_{std::move(path)}, part_{std::move(part)}, folder_{std::move(folder)}, file_{std::move(file)} {}

PartFile::PartFile(PartFile&& other) noexcept
    : path_{std::move(other.path_)},
      part_{std::exchange(other.part_, {})},
      folder_{std::move(other.folder_)},
      file_{std::move(other.file_)} {}

PartFile::~PartFile() {
  if (!part_.empty()) ::unlinkat(folder_->get(), part_.c_str(), 0);
}

Result<void> PartFile::write(Bytes bytes) {
  const auto error_number = write_all(file_.get(), bytes);
  if (error_number != 0) return error(error_number);
  return {};
}

Result<void> PartFile::copy_from(const PartFile& other, std::size_t offset) {
  Buffer piece(1024 * 1024);
  while (true) {
    const auto read = ::pread(other.file_.get(), piece.data(), piece.size(), static_cast<off_t>(offset));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return other.error(errno);
    if (read == 0) return {};
    offset += static_cast<std::size_t>(read);
    if (const auto written = write(Bytes{piece}.first(static_cast<std::size_t>(read))); !written) return written;
  }
}

Result<void> PartFile::publish() {
  const auto folder = folder_->get();
  if (::renameat(folder, part_.c_str(), folder, path_.filename().c_str()) != 0) return error(errno);
  part_.clear();
  return {};
}

Error PartFile::error(int error_number) const {
  return cannot_write(path_, error_number);
}

Result<void> write_whole(const std::filesystem::path& path, std::string_view text) {
  auto file = PartFile::create(path);
  if (!file) return file.error();
  if (const auto written = file->write(as_bytes(text)); !written) return written;
  return file->publish();
}

}  // namespace labnet::files
