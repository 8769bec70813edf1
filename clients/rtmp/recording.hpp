// What a player gets, as an FLV file: under a temporary name until it is whole.
#pragma once

#include <optional>
#include <string>

#include "common/client/download.hpp"
#include "common/net/runtime.hpp"
#include "common/rtmp/flv.hpp"

namespace labnet::rtmp_client {

class Recording {
 public:
  /// path    "-" is standard output
  /// faults  there is no such folder; what is there under that name is no plain file; another one writes it
  static net::Task<Result<Recording>> begin(net::Worker& worker, const std::string& path);

  /// Its time counts from the first.
  /// faults  it cannot be written: no space is left, the reader of a pipe has gone
  net::Task<Result<void>> add(rtmp::MessageType type, std::uint32_t timestamp, Bytes payload);
  /// What is waiting is written, the header says what there was, the file gets its name. Without this the temporary
  /// file stays, and can be played.
  net::Task<Result<void>> finish();

  std::uint64_t bytes() const { return bytes_; }

 private:
  Recording(net::Worker& worker, std::string path, std::optional<client::Download> file, int descriptor);
  net::Task<Result<void>> write_waiting();

  net::Worker* worker_;
  std::string path_;
  std::optional<client::Download> file_;  // nothing: standard output
  int descriptor_;
  Buffer waiting_;
  std::uint64_t bytes_ = 0;
  std::optional<std::uint32_t> first_timestamp_;
  bool has_audio_ = false, has_video_ = false;
};

}  // namespace labnet::rtmp_client
