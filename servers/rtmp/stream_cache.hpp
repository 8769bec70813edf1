// What of a stream is kept for who comes late: metadata, headers, and all since the last key frame.
#pragma once

#include <cstdint>
#include <vector>

#include "servers/rtmp/config.hpp"
#include "servers/rtmp/media.hpp"

namespace labnet::rtmp_server {

class StreamCache {
 public:
  explicit StreamCache(GopCacheConfig config = {}) : config_{config} {}

  void add(const SharedMedia& media);
  /// "@clearDataFrame"
  void clear_metadata() { metadata_.reset(); }
  /// Another publisher: nothing of the one before holds any more.
  void clear();

  /// In the order in which a player needs it: metadata, audio header, video header; those that there are.
  std::vector<SharedMedia> headers() const;
  /// From the key frame on; empty if none is kept.
  const std::vector<SharedMedia>& group_of_pictures() const { return group_; }
  /// Whether there is video, so that a player has to wait for a key frame.
  bool has_video() const { return has_video_; }
  std::size_t group_bytes() const { return group_bytes_; }

 private:
  void drop_group();

  GopCacheConfig config_;
  SharedMedia metadata_, audio_header_, video_header_;  // null: there is none
  std::vector<SharedMedia> group_;
  std::size_t group_bytes_ = 0;
  bool has_video_ = false;
};

}  // namespace labnet::rtmp_server
