// Limits of an FTP service that no configuration changes.
#pragma once

#include <chrono>
#include <cstddef>

namespace labnet::ftp_server {

inline constexpr std::size_t commands_waiting_max = 32;               // that come while a transfer is under way
inline constexpr std::size_t replies_waiting_bytes_max = 256 * 1024;  // behind one that the client does not read
inline constexpr std::size_t doubts_max = 10;  // about a configuration, told when a service starts
inline constexpr std::size_t users_max = 10'000;
inline constexpr std::size_t user_name_bytes_max = 64;
inline constexpr std::size_t users_file_bytes_max = 4 << 20;
inline constexpr std::size_t greeting_bytes_max = 500;
inline constexpr std::size_t listing_names_bytes_max = 1 << 20;  // in memory; what a larger folder has comes behind
inline constexpr std::size_t stat_entries_max = 500;             // that STAT tells over the control connection
inline constexpr std::size_t listing_piece_bytes = 64 * 1024;    // of a listing, sent at once
inline constexpr std::size_t unique_name_tries_max = 1'000;      // STOU
/// Once the service ends a transfer may go on for so long; then it is 426, and there is time left to say so.
inline constexpr std::chrono::milliseconds transfer_time_at_stop{250};
inline constexpr int passive_port_tries_max = 64;  // ports tried for one PASV

}  // namespace labnet::ftp_server
