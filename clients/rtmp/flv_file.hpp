// An FLV file that is read tag by tag, from its beginning as often as one likes.
#pragma once

#include <optional>
#include <string>

#include "common/base/file_descriptor.hpp"
#include "common/net/runtime.hpp"
#include "common/rtmp/flv.hpp"

namespace labnet::rtmp_client {

class FlvFile {
 public:
  /// path    "-" is standard input, which can be read once
  /// faults  it cannot be read, or does not begin as FLV
  static Result<FlvFile> open(const std::string& path);

  /// The next tag; nothing at the end. A file that is cut within a tag, as after a crash, ends before it.
  /// faults  it cannot be read; what stands there is no FLV
  net::Task<Result<std::optional<rtmp::FlvTag>>> next(net::Worker& worker);
  /// False if that cannot be: standard input, a pipe.
  bool rewind();

  const std::string& path() const { return path_; }

 private:
  FlvFile(std::string path, FileDescriptor file) : path_{std::move(path)}, file_{std::move(file)} {}
  Error fault(const rtmp::FlvFault& fault) const;
  Result<bool> read_block();

  std::string path_;
  FileDescriptor file_;
  rtmp::FlvReader reader_;
  Buffer block_;
  Bytes unread_;  // of it
};

}  // namespace labnet::rtmp_client
