// Captures the frames of one interface.
#include "clients/capture/capture.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace labnet::capture {
namespace {

using Steady = std::chrono::steady_clock;

/// Waits until there are frames, the stop or `end`. True if it is time to stop.
bool wait(int tap, int stop, Steady::time_point end) {
  using std::chrono::milliseconds;
  const auto left = end - Steady::now();
  const auto left_ms = std::clamp<std::int64_t>(std::chrono::ceil<milliseconds>(left).count(), 0, 60'000);
  std::array<pollfd, 2> descriptors{{{tap, POLLIN, 0}, {stop, POLLIN, 0}}};
  ::poll(descriptors.data(), descriptors.size(), static_cast<int>(left_ms));
  return descriptors[1].revents != 0 || Steady::now() >= end;
}

}  // namespace

Result<Capture> Capture::open(const Options& options) {
  if (options.file.empty()) return open(options, std::nullopt);
  auto files = CaptureFiles::create(options.file);
  if (!files) return files.error();
  return open(options, std::move(*files));
}

Result<Capture> Capture::open(const Options& options, std::optional<CaptureFiles> files) {
  auto tap = Tap::open(options.tap);
  if (!tap) return tap.error();
  if (files) files->begin(options, tap->link_type());
  return Capture{options, std::move(*tap), std::move(files)};
}

Capture::Capture(Options options, Tap tap, std::optional<CaptureFiles> files)
    : options_{std::move(options)}, tap_{std::move(tap)}, files_{std::move(files)} {
  if (options_.stream >= 0) stream_waiting_ = pcapng_head(options_, tap_.link_type());
}

Result<Report> Capture::run(const Stop& stop, const OnFrame& on_frame) {
  stop_ = stop;
  on_frame_ = &on_frame;
  const auto end = stop.after ? Steady::now() + *stop.after : Steady::time_point::max();
  if (const auto flushed = flush_stream(); !flushed) return flushed.error();  // so that its reader knows the interface
  while (frames_left() > 0 && !stream_has_gone_ && !wait(tap_.descriptor(), stop.descriptor, end)) {
    if (const auto read_some = read(frames_left()); !read_some) return read_some.error();
  }
  if (const auto drained = drain(); !drained) return drained.error();
  return report_;
}

/// The frames that the kernel has received, but nobody has read. Those that come meanwhile are left alone: on a busy
/// interface there would be no end.
Result<void> Capture::drain() {
  const auto captured = report_.captured;
  report_ = tap_.statistics();
  report_.captured = captured;
  while (!stream_has_gone_ && report_.captured + report_.dropped < report_.received && frames_left() > 0) {
    const auto before = report_.captured;
    const auto missing = report_.received - report_.dropped - report_.captured;
    if (const auto read_some = read(std::min(missing, frames_left())); !read_some) return read_some;
    if (report_.captured == before) break;
  }
  return {};
}

Result<void> Capture::read(std::uint64_t frames_max) {
  const auto count = tap_.read(frames_max, [this](const packet::CapturedFrame& frame) { take(frame); });
  if (!count) return count.error();
  if (fault_) return *fault_;
  return flush_stream();
}

void Capture::take(const packet::CapturedFrame& frame) {
  ++report_.captured;
  if (files_ && !fault_) {
    if (const auto added = files_->add(frame); !added) fault_ = added.error();
  }
  if (options_.stream >= 0) append_block(packet::Packet{0, frame, {}}, stream_waiting_);
  if (*on_frame_) (*on_frame_)(frame);
}

Result<void> Capture::flush_stream() {
  auto bytes = Bytes{stream_waiting_};
  while (!bytes.empty() && !stream_has_gone_) {
    const auto written = ::write(options_.stream, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EPIPE) return system_error("cannot write the captured frames");
    if (written < 0) stream_has_gone_ = true;
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  stream_waiting_.clear();
  return {};
}

std::uint64_t Capture::frames_left() const {
  return stop_.frames ? *stop_.frames - std::min(*stop_.frames, report_.captured)
                      : std::numeric_limits<std::uint64_t>::max();
}

Result<void> Capture::save(std::string_view secrets) {
  if (!files_) return {};
  return files_->save(report_, std::chrono::system_clock::now(), secrets);
}

std::vector<std::filesystem::path> Capture::paths() const {
  return files_ ? files_->paths() : std::vector<std::filesystem::path>{};
}

}  // namespace labnet::capture
