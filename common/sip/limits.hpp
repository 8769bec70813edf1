// How long things may be in a message, and how many of them there may be. What is above is refused.
#pragma once

#include <cstddef>
#include <cstdint>

namespace labnet::sip {

// Of a head
inline constexpr std::size_t first_line_bytes_max = 8192;  // without CR LF: 414
inline constexpr std::size_t head_bytes_max = 32768;       // first line, headers and the empty line: 513
inline constexpr std::size_t headers_max = 128;            // lines, a folded one counted once: 513

// Of a message
inline constexpr std::size_t datagram_bytes_max = 65535;  // what UDP can carry
inline constexpr std::size_t body_bytes_max = 65535;      // on a stream too, as it may have to go on by UDP: 513

// Of values
inline constexpr std::uint32_t cseq_max = 0x7fffffff;           // RFC 3261, section 8.1.1.5: less than 2**31
inline constexpr std::uint32_t max_forwards_max = 255;          // RFC 3261, section 20.22
inline constexpr std::uint32_t delta_seconds_max = UINT32_MAX;  // RFC 3261, section 25.1; a longer time is this one
inline constexpr std::size_t uri_bytes_max = 4096;              // RFC 3261 names none; more is no address of anybody
inline constexpr std::size_t parameters_max = 64;               // of one value or one URI
inline constexpr std::size_t elements_max = 128;                // of one header that is a list, over all its lines

}  // namespace labnet::sip
