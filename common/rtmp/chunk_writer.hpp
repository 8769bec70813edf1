// Messages as chunks (RTMP 1.0, section 5.3): for one peer, with headers as short as they can be, and for many, as
// bytes that are right for each of them at any time.
#pragma once

#include <cstdint>
#include <vector>

#include "common/rtmp/limits.hpp"
#include "common/rtmp/message.hpp"

namespace labnet::rtmp {

/// The chunks of one message: fmt 0 with the absolute timestamp, then fmt 3. As nothing in them depends on what went
/// before, they are right for any peer at any moment between two other messages: build them once per chunk size,
/// message stream id and chunk stream id, and give them to all players.
///
/// chunk_bytes  what this side has announced by Set Chunk Size; 1 to chunk_bytes_max
/// payload      message_bytes_max at most
/// returns      one block of memory: to be gathered with others in one write
SharedBytes wire_image(const MessageHeader& header, Bytes payload, std::uint32_t chunk_bytes);
/// How long it is.
std::size_t wire_image_bytes(const MessageHeader& header, std::size_t payload_bytes, std::uint32_t chunk_bytes);

/// What one side of one connection sends, message after message: fmt 0 where a chunk stream begins, where the message
/// stream changes and where time goes back; fmt 1, 2 or 3 where they say the same.
///
/// A chunk stream must be written by it alone, or by wire_image alone: else the peer would take a delta for one to
/// another message. Hence chunk streams of media are a server's images', and those of commands its writer's.
class ChunkWriter {
 public:
  /// Appends the message. One that is a Set Chunk Size is obeyed from the next message on.
  /// payload  message_bytes_max at most
  void write(const MessageHeader& header, Bytes payload, Buffer& out);
  void write(const Message& message, Buffer& out) { write(message.header, message.bytes(), out); }

  /// As the peer knows it.
  std::uint32_t chunk_bytes() const { return chunk_bytes_; }

 private:
  struct ChunkStream {
    MessageHeader header;  // of the last message
    std::uint32_t length = 0;
    std::uint32_t delta = 0;
    bool has_delta = false;  // the last header was a fmt 1, 2 or 3
  };
  std::uint32_t chunk_bytes_ = chunk_bytes_default;
  std::vector<ChunkStream> streams_;  // chunk_stream_id_max at most, as many as the caller uses
};

}  // namespace labnet::rtmp
