#include "servers/rtmp/media.hpp"

#include "common/rtmp/command.hpp"

namespace labnet::rtmp_server {
namespace {

std::uint32_t chunk_stream_of(rtmp::MessageType type) {
  switch (type) {
    case rtmp::MessageType::audio:
      return rtmp::chunk_stream::audio;
    case rtmp::MessageType::video:
      return rtmp::chunk_stream::video;
    default:
      return rtmp::chunk_stream::data;
  }
}

MediaRole role_of_video(const rtmp::VideoTag& tag) {
  if (tag.part == rtmp::MediaPart::sequence_header) return MediaRole::video_header;
  if (tag.part != rtmp::MediaPart::frames) return MediaRole::other;
  if (tag.is_key_frame) return MediaRole::key_frame;
  return tag.is_disposable ? MediaRole::disposable_frame : MediaRole::inter_frame;
}

}  // namespace

MediaRole role_of(rtmp::MessageType type, Bytes payload) {
  if (type == rtmp::MessageType::video) return role_of_video(rtmp::video_tag_of(payload));
  if (type == rtmp::MessageType::audio) {
    const auto part = rtmp::audio_tag_of(payload).part;
    return part == rtmp::MediaPart::sequence_header ? MediaRole::audio_header : MediaRole::audio;
  }
  return rtmp::is_metadata(payload) ? MediaRole::metadata : MediaRole::other;
}

SharedMedia make_media(const rtmp::Message& message, std::uint32_t timestamp, std::uint64_t sequence,
                       std::uint32_t chunk_bytes) {
  auto media = std::make_shared<Media>();
  media->type = message.header.type;
  media->role = role_of(message);
  media->timestamp = timestamp;
  media->sequence = sequence;
  media->payload = message.payload;
  media->image = image_of(*media, usual_stream_id, timestamp, chunk_bytes);
  return media;
}

rtmp::SharedBytes image_of(rtmp::MessageType type, Bytes payload, std::uint32_t stream_id, std::uint32_t timestamp,
                           std::uint32_t chunk_bytes) {
  return rtmp::wire_image(
      {.type = type, .timestamp = timestamp, .stream_id = stream_id, .chunk_stream_id = chunk_stream_of(type)}, payload,
      chunk_bytes);
}

rtmp::SharedBytes image_of(const Media& media, std::uint32_t stream_id, std::uint32_t timestamp,
                           std::uint32_t chunk_bytes) {
  return image_of(media.type, media.payload.bytes(), stream_id, timestamp, chunk_bytes);
}

}  // namespace labnet::rtmp_server
