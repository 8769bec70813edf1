// How long things may be and how many of them there may be. What is above is a fault with a name of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace labnet::rtmp {

// Of a chunk stream
inline constexpr std::uint32_t chunk_bytes_default = 128;      // until Set Chunk Size (RTMP 1.0, section 5.4.1)
inline constexpr std::uint32_t chunk_bytes_max = 0x7fffffff;   // the first bit must be zero
inline constexpr std::uint32_t chunk_stream_id_min = 2;        // 0 and 1 say that the id has one or two octets more
inline constexpr std::uint32_t chunk_stream_id_max = 65599;    // 64 + 65535
inline constexpr std::size_t chunk_header_bytes_max = 18;      // 3 of the basic header, 11, 4 of the timestamp
inline constexpr std::uint32_t extended_timestamp = 0xffffff;  // from here on a timestamp has four octets of its own
inline constexpr std::uint32_t message_bytes_max = 0xffffff;   // what the length's 24 bits can say

// Of what a peer may make us keep: see ChunkLimits
inline constexpr std::uint32_t received_message_bytes_max = 8U << 20U;  // of one message
inline constexpr std::size_t partial_bytes_max = 16U << 20U;            // of all messages that are not whole yet
inline constexpr std::size_t chunk_streams_max = 64;
inline constexpr std::size_t first_reservation_bytes = 64U << 10U;  // what a length alone makes us allocate

// Of AMF 0
inline constexpr std::size_t amf_depth_max = 32;              // objects and arrays, one in the other
inline constexpr std::size_t amf_values_max = 4096;           // of one message, those within others included
inline constexpr std::size_t amf_script_values_max = 262144;  // of a file's metadata, which may index its key frames
inline constexpr std::size_t amf_string_bytes_max = 1U << 20U;
inline constexpr std::size_t amf_text_bytes_max = 2048;  // of a line for people; what is longer ends with "..."

// Of a stream's name
inline constexpr std::size_t stream_name_bytes_max = 1024;
inline constexpr std::size_t stream_arguments_max = 32;

// Of an address
inline constexpr std::size_t url_bytes_max = 4096;

// Of RTMP within HTTP
inline constexpr std::size_t tunnel_id_bytes_max = 62;  // FFmpeg takes no more than 63 with the LF behind it

// Of an FLV file
inline constexpr std::uint32_t flv_header_bytes_max = 4096;  // it says itself how long it is; 9 in version 1

// Of a video or audio message (Enhanced RTMP)
inline constexpr std::size_t mod_ex_max = 16;  // modifiers in front of one payload

}  // namespace labnet::rtmp
