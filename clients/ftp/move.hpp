// What travels over a data connection: files, text, and the lines of listings, each in one direction.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "clients/ftp/limits.hpp"
#include "common/base/result.hpp"
#include "common/ftp/parameters.hpp"
#include "common/net/stream.hpp"

namespace labnet::ftp_client {

using net::StreamFault;
using net::Task;
using net::Timeout;

/// Either the connection has failed, or this side.
struct MoveFault {
  std::optional<StreamFault> stream;
  Error own;  // if it was this side
};

/// Where it travels, and who counts it.
struct Way {
  net::Worker& worker;
  net::Stream& data;
  Timeout stall_timeout;  // how long nothing may move
  net::Progress& moved;
};

class Move {
 public:
  enum class Direction { download, upload };
  virtual ~Move() = default;
  virtual Direction direction() const = 0;
  /// Until the peer's end of the data, or all of it is on its way.
  virtual Task<Result<void, MoveFault>> run(Way way) = 0;
};

/// To a file at its position, as it comes: by splice(2) where that can be.
class FileDownload final : public Move {
 public:
  FileDownload(int file, std::uint64_t bytes_max) : file_{file}, bytes_max_{bytes_max} {}
  Direction direction() const override { return Direction::download; }
  Task<Result<void, MoveFault>> run(Way way) override;

 private:
  int file_;
  std::uint64_t bytes_max_;
};

/// What is said of a download that cannot go on from what is there.
inline constexpr std::string_view differs =
    "what is there of the file is not what the server has: it is another file; without --resume it is fetched anew";

/// To a file that has its first `start_at` bytes already. What comes begins `compared_bytes` before that and must be
/// the same so far: then it goes on as a FileDownload. Nothing is written before. That fewer bytes come than are
/// compared is for the caller to judge, who knows the reply.
class ResumedDownload final : public Move {
 public:
  ResumedDownload(int file, std::uint64_t start_at, std::uint64_t compared_bytes, std::uint64_t bytes_max)
      : file_{file}, start_at_{start_at}, compared_bytes_{compared_bytes}, rest_{file, bytes_max} {}
  Direction direction() const override { return Direction::download; }
  Task<Result<void, MoveFault>> run(Way way) override;

 private:
  int file_;
  std::uint64_t start_at_, compared_bytes_;
  FileDownload rest_;
};

/// To whatever can be written to, piece by piece; as text with LF in place of CR LF.
class CopyDownload final : public Move {
 public:
  CopyDownload(int file, ftp::Representation representation, std::uint64_t bytes_max)
      : file_{file}, representation_{representation}, bytes_max_{bytes_max} {}
  Direction direction() const override { return Direction::download; }
  Task<Result<void, MoveFault>> run(Way way) override;

 private:
  int file_;
  ftp::Representation representation_;
  std::uint64_t bytes_max_;
};

/// Of a file as it is: by sendfile(2) where that can be.
class FileUpload final : public Move {
 public:
  FileUpload(int file, std::uint64_t offset, std::uint64_t bytes) : file_{file}, offset_{offset}, bytes_{bytes} {}
  Direction direction() const override { return Direction::upload; }
  Task<Result<void, MoveFault>> run(Way way) override;

 private:
  int file_;
  std::uint64_t offset_, bytes_;
};

/// From whatever can be read, a pipe or a terminal too, until its end; as text with CR LF in place of LF. How long a
/// pipe stays silent is the server's to judge: it gives up when nothing moves.
class CopyUpload final : public Move {
 public:
  CopyUpload(int file, ftp::Representation representation) : file_{file}, representation_{representation} {}
  Direction direction() const override { return Direction::upload; }
  Task<Result<void, MoveFault>> run(Way way) override;

 private:
  int file_;
  ftp::Representation representation_;
};

/// Line by line, without their ends; the last one needs none.
class LinesDownload final : public Move {
 public:
  using Take = std::function<Result<void>(std::string_view line)>;
  explicit LinesDownload(Take take, std::uint64_t bytes_max = listing_bytes_max)
      : take_{std::move(take)}, bytes_max_{bytes_max} {}
  Direction direction() const override { return Direction::download; }
  Task<Result<void, MoveFault>> run(Way way) override;

 private:
  Take take_;
  std::uint64_t bytes_max_;
};

}  // namespace labnet::ftp_client
