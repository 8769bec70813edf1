// A file that nobody sees before it is whole.
#pragma once

#include <filesystem>

#include "common/base/bytes.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::capture {

/// Written under a temporary name in the folder of the final one (".x.pcap.1234.part"), which `publish` replaces in one
/// step. A PartFile that is not published is removed; one whose process was killed keeps its temporary name.
class PartFile {
 public:
  static Result<PartFile> create(const std::filesystem::path& path);
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  Result<void> write(Bytes bytes);
  /// Appends what another has from byte `offset` on.
  Result<void> copy_from(const PartFile& other, std::size_t offset);
  Result<void> publish();

  const std::filesystem::path& path() const { return path_; }

 private:
  PartFile(std::filesystem::path path, std::filesystem::path part, FileDescriptor file);
  Error error(int error_number) const;

  std::filesystem::path path_;
  std::filesystem::path part_;  // empty once published
  FileDescriptor file_;
};

}  // namespace labnet::capture
