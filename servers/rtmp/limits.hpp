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

// Of tunnelled sessions
inline constexpr std::size_t tunnel_id_octets = 12;              // of chance; 16 characters, as Wireshark wants an id
inline constexpr std::size_t tunnel_read_bytes = 16 * 1024;      // what an HTTP connection costs
inline constexpr std::size_t tunnel_idle_body_bytes_max = 1024;  // of requests that bring no octets of RTMP
inline constexpr std::size_t tunnel_bodies_max = 2;  // of a session, each as long as may be: one, and the same again

// Of recordings
inline constexpr std::size_t recording_piece_bytes = 256 * 1024;      // written at once
inline constexpr std::size_t recording_waiting_bytes_max = 32 << 20;  // for a disk that is slow; then it stops
inline constexpr std::chrono::milliseconds recording_delay{1'000};    // what a crash takes away at most
inline constexpr int recording_names_max = 1'000;                     // tried, if there are recordings of that second

// Of files that are played
inline constexpr std::size_t file_name_bytes_max = 255;         // of what stands behind the application, prefix and all
inline constexpr std::uint32_t file_tag_bytes_max = 8U << 20U;  // of one message
inline constexpr std::size_t file_places_max = 1'024;           // that are remembered, of each who plays
inline constexpr std::size_t file_search_tags_max = 4'096;      // that are passed in one go
inline constexpr std::chrono::milliseconds file_search_slice{20};  // of a thread, if another one waits for it
inline constexpr std::uint64_t file_walk_bytes = 1U << 20U;        // gone tag by tag; of a longer way only the end
inline constexpr std::size_t file_window_bytes = 64 * 1024;  // read at once, to look at what stands in front of tags
inline constexpr int file_candidates_max = 64;               // what looks like a tag, in the middle of a file
inline constexpr int file_tags_in_a_row = 3;                 // then it is one
inline constexpr std::size_t file_piece_bytes = 128 * 1024;  // read at once
inline constexpr std::size_t file_waiting_bytes_max = 256 * 1024;      // that wait for the player; then no more is read
inline constexpr std::chrono::milliseconds file_room_interval{20};     // until it is looked whether fewer wait
inline constexpr std::chrono::milliseconds file_pace_step{100};        // of what is due is sent together
inline constexpr std::chrono::milliseconds file_gap_max{10'000};       // between two messages: a longer one is cut
inline constexpr std::chrono::milliseconds file_growth_interval{500};  // until it is looked whether there is more
inline constexpr std::chrono::milliseconds file_growth_timeout{30'000};   // then nobody writes it any more
inline constexpr std::chrono::milliseconds buffer_length_default{3'000};  // of a player that says nothing of it
inline constexpr std::chrono::milliseconds buffer_length_min{1'000};      // of one that says less

}  // namespace labnet::rtmp_server
