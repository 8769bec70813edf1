// A message: what chunks are put together to, and what controls, commands, audio and video travel as (RTMP 1.0, section
// 6.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/rtmp/shared_bytes.hpp"

namespace labnet::rtmp {

/// Any octet may come: what is not here is passed on or skipped by whoever reads it.
enum class MessageType : std::uint8_t {
  set_chunk_size = 1,
  abort = 2,
  acknowledgement = 3,
  user_control = 4,
  window_acknowledgement_size = 5,
  set_peer_bandwidth = 6,
  audio = 8,
  video = 9,
  data_amf3 = 15,
  shared_object_amf3 = 16,
  command_amf3 = 17,
  data_amf0 = 18,
  shared_object_amf0 = 19,
  command_amf0 = 20,
  aggregate = 22,
};
/// "Set Chunk Size", "Video Data"; "message of type 99"
std::string describe(MessageType type);

inline bool is_control(MessageType type) {
  return type >= MessageType::set_chunk_size && type <= MessageType::set_peer_bandwidth;
}
inline bool is_command(MessageType type) {
  return type == MessageType::command_amf0 || type == MessageType::command_amf3;
}
inline bool is_data(MessageType type) {
  return type == MessageType::data_amf0 || type == MessageType::data_amf3;
}
inline bool is_media(MessageType type) {
  return type == MessageType::audio || type == MessageType::video;
}

/// Which chunk streams we use. Any would do, but people know these from captures. Those of media are the same for all
/// players, so that all of them can be given the same bytes.
namespace chunk_stream {
inline constexpr std::uint32_t control = 2;  // must be (section 5.4)
inline constexpr std::uint32_t command = 3;
inline constexpr std::uint32_t status = 5;  // commands that belong to a stream: publish, play, onStatus
inline constexpr std::uint32_t audio = 4;
inline constexpr std::uint32_t video = 6;
inline constexpr std::uint32_t data = 7;
}  // namespace chunk_stream

struct MessageHeader {
  MessageType type = MessageType::data_amf0;
  std::uint32_t timestamp = 0;  // ms; begins anew at 2^32
  std::uint32_t stream_id = 0;  // message stream: 0 is the connection, others createStream has named
  std::uint32_t chunk_stream_id = chunk_stream::command;

  bool operator==(const MessageHeader&) const = default;
};

struct Message {
  MessageHeader header;
  SharedBytes payload;

  Bytes bytes() const { return payload.bytes(); }
};

}  // namespace labnet::rtmp
