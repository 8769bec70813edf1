// How much of what comes from outside is taken. Those of lines and replies stand in common/ftp/limits.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace labnet::ftp_client {

inline constexpr std::size_t url_bytes_max = 8192;
inline constexpr int preliminary_replies_max = 10;  // 1yz in front of the one that counts
inline constexpr std::size_t listing_entries_max = 1'000'000;
inline constexpr std::uint64_t listing_bytes_max = 200'000'000;
inline constexpr std::uint64_t download_bytes_max_default = std::uint64_t{1} << 40;
/// Of what is there of a download, the last bytes, which come once more and must be the same.
inline constexpr std::uint64_t compared_bytes_max = 64 * 1024;
inline constexpr std::size_t quoted_commands_max = 100;

}  // namespace labnet::ftp_client
