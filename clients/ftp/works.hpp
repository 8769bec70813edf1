// What is done where a plan says `work`: a file fetched, a file brought.
#pragma once

#include <cstdint>

#include "clients/ftp/client.hpp"
#include "clients/ftp/limits.hpp"
#include "common/client/download.hpp"

namespace labnet::ftp_client {

using client::Download;

/// What the times say of a file of which something was there already: nothing unless both are known.
enum class Age { unknown, unchanged, changed };  // since that was written

/// What has come of it.
struct FileMoved {
  std::uint64_t bytes = 0;     // of the whole file; of text, as it travelled
  std::uint64_t start_at = 0;  // where it went on
  Age age = Age::unknown;      // of the source, if something was there
  bool was_there = false;      // nothing had to move
  std::uint64_t compared = 0;  // of what was there, the last bytes, which the server has, too
};

struct GetOptions {
  bool resumes = false;     // goes on behind what is there
  bool keeps_time = false;  // gives the file the time that it has at the server
  std::uint64_t bytes_max = download_bytes_max_default;
};

/// RETR to a file, which appears once it is whole. `download` lives until the task ends.
Task<Result<FileMoved>> get(Client& client, Download& download, GetOptions options);

/// RETR to a descriptor, as it comes.
Task<Result<FileMoved>> get_to(Client& client, int output, std::uint64_t bytes_max);

/// What is brought: a file, or a pipe whose end nobody knows.
struct Source {
  int descriptor = -1;
  std::optional<std::uint64_t> bytes;     // of a file
  std::optional<ftp::FileTime> modified;  // of a file
};

struct PutOptions {
  enum class Start { anew, resume, append };
  Start start = Start::anew;
  bool keeps_time = false;
};

/// STOR, or APPE.
Task<Result<FileMoved>> put(Client& client, Source source, PutOptions options);

}  // namespace labnet::ftp_client
