// Messages out of the chunks of a connection (RTMP 1.0, section 5.3).
//
//   basic header  | fmt 2 bits | chunk stream id 6 bits, or 0 and one octet more, or 1 and two |
//   fmt 0         | timestamp 3 | length 3 | type 1 | message stream id 4, little-endian |
//   fmt 1         | delta 3     | length 3 | type 1 |            the same message stream
//   fmt 2         | delta 3     |                                and the same length and type
//   fmt 3         |                                              and the same delta; or the same message goes on
//   extended      | timestamp or delta 4 |                       if the 3 octets above are 0xffffff
//   payload       at most as much as Set Chunk Size said, 128 before it
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/rtmp/limits.hpp"
#include "common/rtmp/message.hpp"
#include "common/rtmp/payload_builder.hpp"

namespace labnet::rtmp {

/// After one of these nobody knows where the next chunk begins: close.
enum class ChunkFault : std::uint8_t {
  continues_nothing,      // fmt 3, the first of its chunk stream
  compares_with_nothing,  // fmt 1 or 2, the first of its chunk stream; but fmt 1 on chunk stream 2, which librtmp
                          // sends (a ping response, SetBuffer), is read as if a message with timestamp 0 went before
  message_not_finished,   // fmt 0, 1 or 2 where the message before it has more to come
  message_too_long,       // ChunkLimits::message_bytes
  partial_messages_too_long,  // ChunkLimits::partial_bytes
  too_many_chunk_streams,     // ChunkLimits::chunk_streams
  bad_chunk_size,             // Set Chunk Size of 0, of chunk_bytes_max + 1 or more, or without four octets
};
/// For people: "a chunk continues a message that has not begun"
std::string_view describe(ChunkFault fault);

/// What a peer may make us keep. The defaults are those of limits.hpp.
struct ChunkLimits {
  std::uint32_t message_bytes = received_message_bytes_max;  // message_bytes_max at most
  std::size_t partial_bytes = rtmp::partial_bytes_max;       // allocated for messages that are not whole
  std::size_t chunk_streams = chunk_streams_max;             // that have been used once
};

/// One direction of a connection, from behind the handshake on.
///
///   while (!input.empty()) {
///     const auto step = reader.read(input);
///     if (!step) return step.error();
///     input = input.subspan(step->used);
///     if (step->message) take(*std::move(step->message));
///   }
///
/// Obeys Set Chunk Size and Abort by itself, and gives these messages like all others. In fmt 3 an extended timestamp
/// may be repeated, as the specification asks, or left out, as OBS up to 29 does: four octets that are the same as the
/// last ones are one.
class ChunkReader {
 public:
  explicit ChunkReader(ChunkLimits limits = {}) : limits_{limits} {}

  struct Step {
    std::size_t used = 0;  // bytes of the input that are done with: nobody has to keep them
    std::optional<Message> message{};
  };
  /// input    what has come since the last step, in any cut
  /// returns  when a message is whole, or when all of the input is used; call again as long as something is left
  /// Each octet of a payload is copied once, into the message's own memory: see PayloadBuilder for long ones.
  Result<Step, ChunkFault> read(Bytes input);

  /// What the peer has said last.
  std::uint32_t chunk_bytes() const { return chunk_bytes_; }
  /// Allocated for messages that are not whole.
  std::size_t partial_bytes() const { return partial_bytes_; }

 private:
  struct ChunkStream {
    MessageHeader header;               // of the message that comes or came last; its id; timestamp is absolute
    std::uint32_t length = 0;           // of that message
    std::uint32_t timestamp_field = 0;  // as it was sent last: absolute in fmt 0, else a delta
    bool has_extended_timestamp = false;
    PayloadBuilder payload;  // of the message that comes
    bool is_under_way = false;
  };
  struct Header;  // of a chunk

  Result<Step, ChunkFault> read_behind_pending(Bytes input);
  Result<Step, ChunkFault> read_whole_headers(Bytes input);
  Step keep_rest(Bytes input, Step step);
  std::optional<Header> parse_header(Bytes input) const;
  Result<void, ChunkFault> begin_chunk(const Header& header);
  Result<void, ChunkFault> begin_message(ChunkStream& stream, const Header& header);
  Result<void, ChunkFault> append(ChunkStream& stream, Bytes payload);
  Result<Message, ChunkFault> finish_message(ChunkStream& stream);
  Result<void, ChunkFault> obey(const Message& message);
  void drop_message(ChunkStream& stream);
  std::size_t index_of(std::uint32_t chunk_stream_id) const;

  ChunkLimits limits_;
  std::uint32_t chunk_bytes_ = chunk_bytes_default;
  std::size_t partial_bytes_ = 0;
  std::vector<ChunkStream> streams_;
  std::size_t current_ = 0;       // the stream whose chunk is being read
  std::uint32_t chunk_left_ = 0;  // of that chunk's payload
  bool is_in_chunk_ = false;
  std::array<std::byte, chunk_header_bytes_max> pending_{};  // of a header that is not whole
  std::size_t pending_bytes_ = 0;
};

}  // namespace labnet::rtmp
