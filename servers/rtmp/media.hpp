// One message of a stream, as all who play it share it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/media.hpp"
#include "common/rtmp/message.hpp"

namespace labnet::rtmp_server {

/// What becomes of a message where there is not room for all.
enum class MediaRole : std::uint8_t {
  metadata,          // onMetaData: never left out
  audio_header,      // how to decode what follows: never left out
  video_header,      // the same
  audio,             // left out last
  key_frame,         // of video: from here on a player who missed frames sees again
  inter_frame,       // useless without those before it
  disposable_frame,  // nobody needs it: left out first
  other,             // data, ends of sequences: as audio
};
/// payload  may be cut behind what stands in front of the frame itself
MediaRole role_of(rtmp::MessageType type, Bytes payload);
inline MediaRole role_of(const rtmp::Message& message) {
  return role_of(message.header.type, message.bytes());
}

inline bool is_header(MediaRole role) {
  return role == MediaRole::metadata || role == MediaRole::audio_header || role == MediaRole::video_header;
}
inline bool is_video_frame(MediaRole role) {
  return role == MediaRole::key_frame || role == MediaRole::inter_frame || role == MediaRole::disposable_frame;
}

/// The message stream that createStream gives first, and next to every player plays on.
inline constexpr std::uint32_t usual_stream_id = 1;

/// Never changed once it is made; any thread may read it.
struct Media {
  rtmp::MessageType type = rtmp::MessageType::audio;
  MediaRole role = MediaRole::other;
  std::uint32_t timestamp = 0;  // ms
  std::uint64_t sequence = 0;   // of the stream, from one publisher to the next
  rtmp::SharedBytes payload{};
  rtmp::SharedBytes image{};  // the chunks for players on usual_stream_id

  std::size_t kept_bytes() const { return payload.size() + image.size(); }
};
using SharedMedia = std::shared_ptr<const Media>;

/// chunk_bytes  what all players of the service are sent
SharedMedia make_media(const rtmp::Message& message, std::uint32_t timestamp, std::uint64_t sequence,
                       std::uint32_t chunk_bytes);

/// The chunks of a message of audio, video or data.
rtmp::SharedBytes image_of(rtmp::MessageType type, Bytes payload, std::uint32_t stream_id, std::uint32_t timestamp,
                           std::uint32_t chunk_bytes);
/// For another message stream or at another time: the chunks are made anew.
rtmp::SharedBytes image_of(const Media& media, std::uint32_t stream_id, std::uint32_t timestamp,
                           std::uint32_t chunk_bytes);

}  // namespace labnet::rtmp_server
