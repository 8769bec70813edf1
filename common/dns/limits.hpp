// The limits of the DNS wire format, each with its name and its source.
#pragma once

#include <cstddef>

namespace labnet::dns {

inline constexpr std::size_t label_bytes_max = 63;              // RFC 1035, section 2.3.4
inline constexpr std::size_t name_bytes_max = 255;              // same; length octets and the root's 0 counted in
inline constexpr std::size_t labels_max = 127;                  // what 255 octets can hold, the root not counted
inline constexpr std::size_t compression_pointers_max = 127;    // in one name; more would only cost the reader time
inline constexpr std::size_t character_string_bytes_max = 255;  // RFC 1035, section 3.3
inline constexpr std::size_t header_bytes = 12;                 // RFC 1035, section 4.1.1
inline constexpr std::size_t message_bytes_max = 65535;         // RFC 1035, section 4.2.2: the length prefix over TCP
inline constexpr std::size_t plain_udp_bytes_max = 512;         // RFC 1035, section 2.3.4: without EDNS
inline constexpr std::size_t edns_udp_bytes_default = 1232;     // fits one IPv6 frame of 1280: no fragments
inline constexpr std::size_t opt_fixed_bytes = 11;           // an OPT record without options, RFC 6891, section 6.1.2
inline constexpr std::size_t compression_entries_max = 128;  // suffixes that a writer remembers in one message
inline constexpr unsigned ttl_max = 0x7fffffff;              // RFC 2181, section 8

}  // namespace labnet::dns
