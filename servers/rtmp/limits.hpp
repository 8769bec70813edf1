// Limits of an RTMP service that no configuration changes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace labnet::rtmp_server {

inline constexpr std::size_t apps_max = 100;
inline constexpr std::size_t keys_max = 10'000;      // of one application
inline constexpr std::size_t key_bytes_max = 256;    // of a stream key, and of the name that stands for it
inline constexpr std::size_t streams_max = 100'000;  // that somebody publishes or plays

// Of what a connection holds
inline constexpr std::size_t message_streams_max = 16;             // that createStream has made
inline constexpr std::size_t read_bytes_first = 1024;              // what a player costs, who says next to nothing
inline constexpr std::size_t read_bytes_publisher = 64 * 1024;     // what is read at once of one who publishes
inline constexpr std::size_t gathered_pieces_max = 1024;           // of one write: IOV_MAX
inline constexpr std::size_t gathered_bytes_max = 1024 * 1024;     // the same
inline constexpr std::size_t control_waiting_bytes_max = 1 << 20;  // of answers to one who asks and does not read

// Of turns in which a worker sends to all players of a stream
inline constexpr int merge_share = 5;  // from one to the next: so many times what the last one took,
inline constexpr std::chrono::milliseconds merge_max{40};  // at most

// Of recordings
inline constexpr std::size_t recording_piece_bytes = 256 * 1024;      // written at once
inline constexpr std::size_t recording_waiting_bytes_max = 32 << 20;  // for a disk that is slow; then it stops
inline constexpr std::chrono::milliseconds recording_delay{1'000};    // what a crash takes away at most
inline constexpr int recording_names_max = 1'000;                     // tried, if there are recordings of that second

}  // namespace labnet::rtmp_server
