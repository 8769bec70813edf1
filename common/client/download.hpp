// The file that a download becomes: under a temporary name, ".NAME.part" in its folder, until it is whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/files/upload.hpp"
#include "common/net/runtime.hpp"

namespace labnet::client {

/// One that breaks off leaves its partial file, so that it can go on from there; if nothing has come, nothing is left.
class Download {
 public:
  /// path    a symbolic link stays, and the file that it leads to is the one
  /// faults  there is no such folder; what is there under that name is no plain file
  static Result<Download> to(const std::filesystem::path& path);

  /// From where it can go on: how much of it is there, of a partial file, or else of the file itself.
  struct There {
    std::uint64_t bytes = 0;
    bool is_partial = false;
    std::optional<std::chrono::sys_seconds> modified{};
  };
  Result<There> there() const;

  /// The file, to be written from its position on, which is behind the first `offset` bytes.
  /// faults  also: another download of the same file is under way
  net::Task<Result<int>> begin(net::Worker& worker, std::uint64_t offset);
  /// Gives it its name. modified  its time; nothing: now
  Result<void> publish(std::optional<std::chrono::sys_seconds> modified);

  const std::filesystem::path& path() const { return path_; }

 private:
  Download(std::filesystem::path path, std::string file_name, files::Jail folder);
  Error fault(const boost::system::error_code& error) const;

  std::filesystem::path path_;
  std::string file_name_;  // of the file itself, where links have led
  std::string name_;       // the same, as a path of the jail
  files::Jail folder_;
  std::optional<files::Upload> file_;
};

}  // namespace labnet::client
