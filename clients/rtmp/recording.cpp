#include "clients/rtmp/recording.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "clients/rtmp/limits.hpp"
#include "common/base/utf8.hpp"

namespace labnet::rtmp_client {

namespace {

constexpr off_t flags_offset = 4;  // in the header: whether there is audio and video

/// errno, or 0.
int write_whole(int descriptor, Bytes bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

Recording::Recording(net::Worker& worker, std::string path, std::optional<client::Download> file, int descriptor)
    : worker_{&worker}, path_{std::move(path)}, file_{std::move(file)}, descriptor_{descriptor} {
  const auto header = rtmp::flv_header(true, true);
  waiting_.assign(header.begin(), header.end());
}

net::Task<Result<Recording>> Recording::begin(net::Worker& worker, const std::string& path) {
  if (path == "-") co_return Recording{worker, "standard output", std::nullopt, STDOUT_FILENO};
  auto file = client::Download::to(path);
  if (!file) co_return file.error();
  const auto descriptor = co_await file->begin(worker, 0);
  if (!descriptor) co_return descriptor.error();
  co_return Recording{worker, printable(path), *std::move(file), *descriptor};
}

net::Task<Result<void>> Recording::add(rtmp::MessageType type, std::uint32_t timestamp, Bytes payload) {
  if (type == rtmp::MessageType::audio) has_audio_ = true;
  if (type == rtmp::MessageType::video) has_video_ = true;
  const bool is_media = rtmp::is_media(type);
  if (is_media && !first_timestamp_) first_timestamp_ = timestamp;
  // What is older than the first (another track's) stands beside it.
  const auto ahead = first_timestamp_ ? static_cast<std::int32_t>(timestamp - *first_timestamp_) : 0;
  rtmp::write_flv_tag(type, ahead > 0 ? static_cast<std::uint32_t>(ahead) : 0, payload, waiting_);
  if (waiting_.size() < file_block_bytes) co_return Result<void>{};
  co_return co_await write_waiting();
}

net::Task<Result<void>> Recording::write_waiting() {
  if (bytes_ + waiting_.size() > recording_bytes_max) {
    co_return Error{fmt::format("{}: more than {} bytes", path_, recording_bytes_max)};
  }
  bytes_ += waiting_.size();
  const auto bytes = std::exchange(waiting_, {});
  const auto error = co_await worker_->run_blocking([this, &bytes] { return write_whole(descriptor_, bytes); });
  if (error != 0) co_return Error{fmt::format("cannot write {}: {}", path_, std::generic_category().message(error))};
  co_return Result<void>{};
}

net::Task<Result<void>> Recording::finish() {
  if (const auto written = co_await write_waiting(); !written) co_return written.error();
  if (!file_) co_return Result<void>{};
  const auto header = rtmp::flv_header(has_audio_, has_video_);
  if (::pwrite(descriptor_, &header[flags_offset], 1, flags_offset) != 1) {
    co_return system_error(fmt::format("cannot write {}", path_));
  }
  co_return file_->publish(std::nullopt);
}

}  // namespace labnet::rtmp_client
