// A file that nobody sees before it is whole.
#pragma once

#include <filesystem>
#include <memory>

#include "common/base/bytes.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

namespace labnet::files {

/// Written under a temporary name in the folder of the final one (".x.pcap.1234.part"), which `publish` replaces in one
/// step. A PartFile that is not published is removed; one whose process was killed keeps its temporary name.
///
/// The folder is found once, at `create`: from then on it does not matter where the process stands, even if it enters a
/// lab host, where paths mean something else.
class PartFile {
 public:
  static Result<PartFile> create(const std::filesystem::path& path);
  /// Another file that is to have the same name.
  Result<PartFile> create_successor() const;
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  Result<void> write(Bytes bytes);
  /// Appends what another has from byte `offset` on.
  Result<void> copy_from(const PartFile& other, std::size_t offset);
  Result<void> publish();

  const std::filesystem::path& path() const { return path_; }

 private:
  using Folder = std::shared_ptr<const FileDescriptor>;
  PartFile(std::filesystem::path path, std::string part, Folder folder, FileDescriptor file);
  static Result<PartFile> create_in(const Folder& folder, const std::filesystem::path& path);
  Error error(int error_number) const;

  std::filesystem::path path_;
  std::string part_;  // in the folder; empty once published
  Folder folder_;
  FileDescriptor file_;
};

/// A PartFile that holds this text and no more, published.
Result<void> write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace labnet::files
