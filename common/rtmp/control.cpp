// Control messages read, written and told.
#include "common/rtmp/control.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace labnet::rtmp {
namespace {

Result<Control, ControlFault> parse_set_peer_bandwidth(ByteReader& in) {
  const auto bytes = in.u32();
  const auto limit = in.u8();
  if (!bytes || !limit) return ControlFault::truncated;
  if (*limit > static_cast<std::uint8_t>(SetPeerBandwidth::Limit::dynamic)) return ControlFault::unknown_limit;
  return SetPeerBandwidth{*bytes, static_cast<SetPeerBandwidth::Limit>(*limit)};
}

bool has_value(UserEvent event) {
  switch (event) {
    case UserEvent::stream_begin:
    case UserEvent::stream_eof:
    case UserEvent::stream_dry:
    case UserEvent::set_buffer_length:
    case UserEvent::stream_is_recorded:
    case UserEvent::ping_request:
    case UserEvent::ping_response:
    case UserEvent::buffer_empty:
    case UserEvent::buffer_ready:
      return true;
    default:
      return false;
  }
}

Result<Control, ControlFault> parse_user_control(ByteReader& in) {
  const auto event = in.u16();
  if (!event) return ControlFault::truncated;
  UserControl control{static_cast<UserEvent>(*event)};
  if (!has_value(control.event)) return control;
  const auto value = in.u32();
  if (!value) return ControlFault::truncated;
  control.value = *value;
  if (control.event == UserEvent::set_buffer_length) {
    const auto buffer_ms = in.u32();
    if (!buffer_ms) return ControlFault::truncated;
    control.buffer_ms = *buffer_ms;
  }
  return control;
}

/// Each kind writes its payload and says its type.
struct Writer {
  ByteWriter& out;

  MessageType operator()(const SetChunkSize& control) const {
    out.u32(control.bytes);
    return MessageType::set_chunk_size;
  }
  MessageType operator()(const Abort& control) const {
    out.u32(control.chunk_stream_id);
    return MessageType::abort;
  }
  MessageType operator()(const Acknowledgement& control) const {
    out.u32(control.sequence);
    return MessageType::acknowledgement;
  }
  MessageType operator()(const WindowAcknowledgementSize& control) const {
    out.u32(control.bytes);
    return MessageType::window_acknowledgement_size;
  }
  MessageType operator()(const SetPeerBandwidth& control) const {
    out.u32(control.bytes);
    out.u8(static_cast<std::uint8_t>(control.limit));
    return MessageType::set_peer_bandwidth;
  }
  MessageType operator()(const UserControl& control) const {
    out.u16(static_cast<std::uint16_t>(control.event));
    if (has_value(control.event)) out.u32(control.value);
    if (control.event == UserEvent::set_buffer_length) out.u32(control.buffer_ms);
    return MessageType::user_control;
  }
};

struct Teller {
  std::string operator()(const SetChunkSize& control) const { return fmt::format("Set Chunk Size {}", control.bytes); }
  std::string operator()(const Abort& control) const {
    return fmt::format("Abort Message on chunk stream {}", control.chunk_stream_id);
  }
  std::string operator()(const Acknowledgement& control) const {
    return fmt::format("Acknowledgement {}", control.sequence);
  }
  std::string operator()(const WindowAcknowledgementSize& control) const {
    return fmt::format("Window Acknowledgement Size {}", control.bytes);
  }
  std::string operator()(const SetPeerBandwidth& control) const {
    constexpr std::array<std::string_view, 3> names{"hard", "soft", "dynamic"};
    return fmt::format("Set Peer Bandwidth {}, {}", control.bytes, names[static_cast<std::size_t>(control.limit)]);
  }
  std::string operator()(const UserControl& control) const {
    auto text = describe(control.event);
    if (has_value(control.event)) text += fmt::format(" {}", control.value);
    if (control.event == UserEvent::set_buffer_length) text += fmt::format(", {} ms", control.buffer_ms);
    return text;
  }
};

}  // namespace

std::string describe(UserEvent event) {
  switch (event) {
    case UserEvent::stream_begin:
      return "Stream Begin";
    case UserEvent::stream_eof:
      return "Stream EOF";
    case UserEvent::stream_dry:
      return "Stream Dry";
    case UserEvent::set_buffer_length:
      return "Set Buffer Length";
    case UserEvent::stream_is_recorded:
      return "Stream Is Recorded";
    case UserEvent::ping_request:
      return "Ping Request";
    case UserEvent::ping_response:
      return "Ping Response";
    case UserEvent::swf_verify_request:
      return "SWF Verify Request";
    case UserEvent::swf_verify_response:
      return "SWF Verify Response";
    case UserEvent::buffer_empty:
      return "Buffer Empty";
    case UserEvent::buffer_ready:
      return "Buffer Ready";
  }
  return fmt::format("event {}", static_cast<unsigned>(event));
}

std::string_view describe(ControlFault fault) {
  switch (fault) {
    case ControlFault::not_control:
      return "it is not a control message";
    case ControlFault::truncated:
      return "a control message is too short";
    case ControlFault::unknown_limit:
      return "the limit of Set Peer Bandwidth is not hard, soft or dynamic";
  }
  return "";
}

Result<Control, ControlFault> parse_control(MessageType type, Bytes payload) {
  ByteReader in{payload};
  if (type == MessageType::user_control) return parse_user_control(in);
  if (type == MessageType::set_peer_bandwidth) return parse_set_peer_bandwidth(in);
  if (!is_control(type)) return ControlFault::not_control;
  const auto value = in.u32();
  if (!value) return ControlFault::truncated;
  switch (type) {
    case MessageType::set_chunk_size:
      return SetChunkSize{*value};
    case MessageType::abort:
      return Abort{*value};
    case MessageType::acknowledgement:
      return Acknowledgement{*value};
    default:
      return WindowAcknowledgementSize{*value};
  }
}

Message to_message(const Control& control, std::uint32_t timestamp) {
  Buffer payload;
  ByteWriter out{payload};
  const auto type = std::visit(Writer{out}, control);
  return {{.type = type, .timestamp = timestamp, .stream_id = 0, .chunk_stream_id = chunk_stream::control},
          SharedBytes::copy_of(payload)};
}

std::string describe(const Control& control) {
  return std::visit(Teller{}, control);
}

}  // namespace labnet::rtmp
