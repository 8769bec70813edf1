#include "clients/rtmp/flv_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "clients/rtmp/limits.hpp"
#include "common/base/utf8.hpp"

namespace labnet::rtmp_client {

Result<FlvFile> FlvFile::open(const std::string& path) {
  const auto shown = path == "-" ? std::string{"standard input"} : printable(path);
  FileDescriptor file{path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                  : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return system_error(fmt::format("cannot read {}", shown));
  if (S_ISDIR(status.st_mode)) return Error{shown, " is a folder; expected an FLV file"};
  FlvFile made{shown, std::move(file)};
  // What is no FLV is told before anybody is connected to.
  if (const auto read = made.read_block(); !read) return read.error();
  rtmp::FlvReader trial;
  if (const auto step = trial.read(made.unread_); !step) return made.fault(step.error());
  if (made.unread_.size() < rtmp::flv_header_bytes) return Error{shown, " ends within its header"};
  return made;
}

Error FlvFile::fault(const rtmp::FlvFault& fault) const {
  const auto hint = fault.kind == rtmp::FlvFault::Kind::not_flv
                        ? "; ffmpeg -i FILE -c copy out.flv makes one of H.264 and AAC in another container"
                        : "";
  return Error{fmt::format("{}: {}{}", path_, rtmp::describe(fault), hint)};
}

/// False at the end.
Result<bool> FlvFile::read_block() {
  block_.resize(file_block_bytes);
  for (;;) {
    const auto count = ::read(file_.get(), block_.data(), block_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(fmt::format("cannot read {}", path_));
    unread_ = Bytes{block_}.first(static_cast<std::size_t>(count));
    return count > 0;
  }
}

net::Task<Result<std::optional<rtmp::FlvTag>>> FlvFile::next(net::Worker& worker) {
  for (;;) {
    while (!unread_.empty()) {
      auto step = reader_.read(unread_);
      if (!step) co_return fault(step.error());
      unread_ = unread_.subspan(step->used);
      if (step->tag) co_return std::move(step->tag);
    }
    const auto more = co_await worker.run_blocking([this] { return read_block(); });
    if (!more) co_return more.error();
    if (!*more) co_return std::optional<rtmp::FlvTag>{};
  }
}

bool FlvFile::rewind() {
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) return false;
  reader_ = rtmp::FlvReader{};
  unread_ = {};
  return true;
}

}  // namespace labnet::rtmp_client
