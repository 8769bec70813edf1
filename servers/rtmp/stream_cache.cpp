#include "servers/rtmp/stream_cache.hpp"

namespace labnet::rtmp_server {

void StreamCache::add(const SharedMedia& media) {
  switch (media->role) {
    case MediaRole::metadata:
      metadata_ = media;
      return;
    case MediaRole::audio_header:
      audio_header_ = media;
      return;
    case MediaRole::video_header:
      has_video_ = true;
      video_header_ = media;
      drop_group();  // its frames need the header before
      return;
    case MediaRole::key_frame:
      has_video_ = true;
      drop_group();
      break;
    case MediaRole::inter_frame:
    case MediaRole::disposable_frame:
      has_video_ = true;
      if (group_.empty()) return;
      break;
    case MediaRole::audio:
    case MediaRole::other:
      if (group_.empty()) return;
      break;
  }
  if (!config_.is_on) return;
  if (group_.size() == config_.frames_max || group_bytes_ + media->kept_bytes() > config_.bytes_max) {
    drop_group();
    return;
  }
  group_.push_back(media);
  group_bytes_ += media->kept_bytes();
}

void StreamCache::drop_group() {
  group_.clear();
  group_bytes_ = 0;
}

void StreamCache::clear() {
  drop_group();
  metadata_.reset();
  audio_header_.reset();
  video_header_.reset();
  has_video_ = false;
}

std::vector<SharedMedia> StreamCache::headers() const {
  std::vector<SharedMedia> found;
  for (const auto& one : {metadata_, audio_header_, video_header_}) {
    if (one) found.push_back(one);
  }
  return found;
}

}  // namespace labnet::rtmp_server
