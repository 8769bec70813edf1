// Types of messages in words.
#include "common/rtmp/message.hpp"

#include <fmt/format.h>

namespace labnet::rtmp {

std::string describe(MessageType type) {
  switch (type) {
    case MessageType::set_chunk_size:
      return "Set Chunk Size";
    case MessageType::abort:
      return "Abort Message";
    case MessageType::acknowledgement:
      return "Acknowledgement";
    case MessageType::user_control:
      return "User Control Message";
    case MessageType::window_acknowledgement_size:
      return "Window Acknowledgement Size";
    case MessageType::set_peer_bandwidth:
      return "Set Peer Bandwidth";
    case MessageType::audio:
      return "Audio Data";
    case MessageType::video:
      return "Video Data";
    case MessageType::data_amf3:
      return "AMF3 Data";
    case MessageType::shared_object_amf3:
      return "AMF3 Shared Object";
    case MessageType::command_amf3:
      return "AMF3 Command";
    case MessageType::data_amf0:
      return "AMF0 Data";
    case MessageType::shared_object_amf0:
      return "AMF0 Shared Object";
    case MessageType::command_amf0:
      return "AMF0 Command";
    case MessageType::aggregate:
      return "Aggregate Message";
  }
  return fmt::format("message of type {}", static_cast<unsigned>(type));
}

}  // namespace labnet::rtmp
