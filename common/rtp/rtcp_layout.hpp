// How RTCP packets are laid out, for those who read and write them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace labnet::rtp::rtcp_layout {

enum Type : std::uint8_t { sender_report = 200, receiver_report, source_description, goodbye };

inline constexpr std::uint8_t padding_bit = 0x20, count_mask = 0x1f;  // of the first octet
inline constexpr std::size_t word_bytes = 4;
inline constexpr std::size_t block_bytes = 24;  // of a report block

}  // namespace labnet::rtp::rtcp_layout
