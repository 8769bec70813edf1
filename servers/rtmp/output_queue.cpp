#include "servers/rtmp/output_queue.hpp"

#include <algorithm>

namespace labnet::rtmp_server {
namespace {

/// From this part of the limits on, frames that nobody needs are left out; below it all is well again.
constexpr double half = 0.5;

}  // namespace

OutputQueue::Verdict OutputQueue::push_control(rtmp::SharedBytes bytes) {
  if (control_bytes_ + bytes.size() > control_waiting_bytes_max) return Verdict::too_slow;
  append({.bytes = std::move(bytes)});
  return Verdict::queued;
}

OutputQueue::Verdict OutputQueue::push(MediaRole role, std::uint32_t newest, rtmp::SharedBytes image, TimePoint now) {
  if (!is_behind(newest, half)) {
    is_slow_ = false;
  } else if (is_behind(newest, 1)) {
    if (!is_slow_) slow_since_ = now;
    is_slow_ = true;
    if (!waits_for_key_frame_) drop_frames();
    waits_for_key_frame_ = true;
  }
  if (is_slow_ && now - slow_since_ >= limits_.slow_timeout) return Verdict::too_slow;
  if (bytes_ + image.size() > 2 * limits_.bytes_max) return Verdict::too_slow;  // of sound and headers alone

  if (is_video_frame(role)) {
    if (role == MediaRole::key_frame && !is_behind(newest, 1)) waits_for_key_frame_ = false;
    const bool is_spared = role == MediaRole::disposable_frame && is_behind(newest, half);
    if (waits_for_key_frame_ || is_spared) {
      ++left_out_;
      return Verdict::left_out;
    }
  }
  append({std::move(image), newest, role, true});
  return Verdict::queued;
}

void OutputQueue::push_recorded(MediaRole role, std::uint32_t timestamp, rtmp::SharedBytes image) {
  if (role == MediaRole::key_frame) waits_for_key_frame_ = false;
  if (!is_video_frame(role) || !waits_for_key_frame_) append({std::move(image), timestamp, role, true});
}

/// Whether more waits than that part of the limits, or for longer.
bool OutputQueue::is_behind(std::uint32_t newest, double part) const {
  if (static_cast<double>(bytes_) > part * static_cast<double>(limits_.bytes_max)) return true;
  const auto oldest = std::ranges::find_if(entries_, [](const Entry& one) { return one.is_media; });
  if (oldest == entries_.end()) return false;
  // Timestamps begin anew at 2^32, and may go back a little.
  const auto waited = static_cast<std::int32_t>(newest - oldest->timestamp);
  return waited > part * static_cast<double>(limits_.time_max.count());
}

void OutputQueue::drop_frames() {
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(gathered_);
  const auto kept = std::stable_partition(first, entries_.end(),
                                          [](const Entry& one) { return !one.is_media || !is_video_frame(one.role); });
  for (auto entry = kept; entry != entries_.end(); ++entry) bytes_ -= entry->bytes.size();
  left_out_ += static_cast<std::uint64_t>(entries_.end() - kept);
  entries_.erase(kept, entries_.end());
}

void OutputQueue::drop_media() {
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(gathered_);
  const auto kept = std::stable_partition(first, entries_.end(), [](const Entry& one) { return !one.is_media; });
  for (auto entry = kept; entry != entries_.end(); ++entry) bytes_ -= entry->bytes.size();
  entries_.erase(kept, entries_.end());
}

void OutputQueue::append(Entry entry) {
  (entry.is_media ? bytes_ : control_bytes_) += entry.bytes.size();
  entries_.push_back(std::move(entry));
}

void OutputQueue::gather(Pieces& pieces) {
  pieces.clear();
  if (gathered_ == 0) {
    std::size_t bytes = 0;
    for (const auto& entry : entries_) {
      if (gathered_ == gathered_pieces_max || (gathered_ > 0 && bytes + entry.bytes.size() > gathered_bytes_max)) break;
      bytes += entry.bytes.size();
      ++gathered_;
    }
  }
  for (std::size_t i = 0; i < gathered_; ++i) pieces.push_back(entries_[i].bytes.bytes());
}

void OutputQueue::written() {
  for (; gathered_ > 0; --gathered_) {
    const auto& entry = entries_.front();
    (entry.is_media ? bytes_ : control_bytes_) -= entry.bytes.size();
    entries_.pop_front();
  }
}

}  // namespace labnet::rtmp_server
