// How much of what comes from outside is taken. What is above is refused or not kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace labnet::rtp {

/// Instants are arguments everywhere: whoever has a clock gives them.
using Time = std::chrono::steady_clock::time_point;

// Of a source's sequence numbers (RFC 3550, A.1)
inline constexpr int dropout_max = 3000;   // a step ahead of more is a jump, not loss
inline constexpr int misorder_max = 100;   // a step back of more is a jump, not a late packet
inline constexpr int duplicate_span = 64;  // among so many of the last packets a duplicate is known from a late one

// Of RTCP
inline constexpr std::size_t rtcp_packets_max = 32;        // in one compound packet
inline constexpr std::size_t report_blocks_max = 31;       // the count has five bits
inline constexpr std::size_t description_items_max = 16;   // of one source
inline constexpr std::size_t description_bytes_max = 255;  // of one item's text: its length has eight bits
inline constexpr std::size_t datagram_bytes_max = 65507;   // of UDP over IPv4

// Of a jitter buffer
inline constexpr std::size_t frame_bytes_max = 1480;  // payload of one packet; a longer one is not kept
inline constexpr int frames_max = 64;                 // packets that wait; a power of two

}  // namespace labnet::rtp
