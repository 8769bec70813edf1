// Protocol control and User Control messages (RTMP 1.0, sections 5.4, 6.2 and 7.1.7). They travel on chunk stream 2
// and message stream 0, and act as soon as they come.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/result.hpp"
#include "common/rtmp/message.hpp"

namespace labnet::rtmp {

/// How long the payload of a chunk may be from now on, that way.
struct SetChunkSize {
  std::uint32_t bytes = 0;
  bool operator==(const SetChunkSize&) const = default;
};
/// The message that has begun on that chunk stream will not go on.
struct Abort {
  std::uint32_t chunk_stream_id = 0;
  bool operator==(const Abort&) const = default;
};
/// So many bytes have come, modulo 2^32: see acknowledgement.hpp.
struct Acknowledgement {
  std::uint32_t sequence = 0;
  bool operator==(const Acknowledgement&) const = default;
};
/// Acknowledge what I send each time so many bytes have come.
struct WindowAcknowledgementSize {
  std::uint32_t bytes = 0;
  bool operator==(const WindowAcknowledgementSize&) const = default;
};
/// Send no more than so many bytes that I have not acknowledged. Who gets it answers with a Window Acknowledgement Size
/// of that many, unless that was what he had said last.
struct SetPeerBandwidth {
  enum class Limit : std::uint8_t { hard = 0, soft = 1, dynamic = 2 };
  std::uint32_t bytes = 0;
  Limit limit = Limit::dynamic;
  bool operator==(const SetPeerBandwidth&) const = default;
};

/// Any number may come; who does not know it skips it.
enum class UserEvent : std::uint16_t {
  stream_begin = 0,          // value: message stream id
  stream_eof = 1,            // message stream id
  stream_dry = 2,            // message stream id
  set_buffer_length = 3,     // message stream id, and buffer_ms
  stream_is_recorded = 4,    // message stream id
  ping_request = 6,          // the sender's clock in ms
  ping_response = 7,         // as it was in the request
  swf_verify_request = 26,   // no value; what Flash's own servers ask
  swf_verify_response = 27,  // 42 octets of its own, which are not kept
  buffer_empty = 31,         // message stream id; Flash Media Server
  buffer_ready = 32,         // message stream id
};
/// "Stream Begin"; "event 99"
std::string describe(UserEvent event);

struct UserControl {
  UserEvent event = UserEvent::stream_begin;
  std::uint32_t value = 0;      // a message stream id or a time; 0 where there is none, and of events not listed
  std::uint32_t buffer_ms = 0;  // of set_buffer_length alone
  bool operator==(const UserControl&) const = default;
};

using Control =
    std::variant<SetChunkSize, Abort, Acknowledgement, WindowAcknowledgementSize, SetPeerBandwidth, UserControl>;

enum class ControlFault : std::uint8_t {
  not_control,    // the message is of another type
  truncated,      // fewer octets than its type has
  unknown_limit,  // of Set Peer Bandwidth: not hard, soft or dynamic
};
std::string_view describe(ControlFault fault);

/// More octets than the type has are skipped, as some senders pad.
Result<Control, ControlFault> parse_control(MessageType type, Bytes payload);
inline Result<Control, ControlFault> parse_control(const Message& message) {
  return parse_control(message.header.type, message.bytes());
}

/// The message, for ChunkWriter.
Message to_message(const Control& control, std::uint32_t timestamp = 0);

/// For logs: "Set Peer Bandwidth 5000000, dynamic"
std::string describe(const Control& control);

}  // namespace labnet::rtmp
