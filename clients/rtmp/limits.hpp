// Limits of the client that no option changes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace labnet::rtmp_client {

inline constexpr std::size_t replies_waiting_max = 256;           // messages kept while a reply is waited for
inline constexpr std::uint64_t recording_bytes_max = 1ULL << 40;  // of one file
inline constexpr std::size_t file_block_bytes = 64 * 1024;        // read or written at once
inline constexpr int players_max = 10'000;                        // of one program
inline constexpr std::chrono::seconds clock_interval{1};          // between two words of what time it is
inline constexpr std::uint32_t loop_gap_ms = 40;                  // between the last message of a file and its first

// Within HTTP
inline constexpr std::size_t post_read_bytes = 16 * 1024;            // of answers, read at once
inline constexpr std::size_t tunnel_answer_bytes_max = 16 << 20;     // of RTMP in one answer
inline constexpr std::size_t tunnel_waiting_bytes_max = 256 * 1024;  // either way; then the one or the other waits

}  // namespace labnet::rtmp_client
