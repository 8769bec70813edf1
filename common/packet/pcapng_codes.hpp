// Numbers of the pcapng format that its reader and its writer share (draft-ietf-opsawg-pcapng).
#pragma once

#include <cstdint>

namespace labnet::packet::pcapng {

constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t simple_packet = 3;
constexpr std::uint32_t name_resolution = 4;
constexpr std::uint32_t interface_statistics = 5;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint32_t decryption_secrets = 10;

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint32_t block_frame_bytes = 12;  // type and both copies of the length

namespace option {
constexpr std::uint16_t end = 0;
constexpr std::uint16_t comment = 1;
// of a section header
constexpr std::uint16_t hardware = 2;
constexpr std::uint16_t operating_system = 3;
constexpr std::uint16_t application = 4;
// of an interface
constexpr std::uint16_t name = 2;
constexpr std::uint16_t description = 3;
constexpr std::uint16_t time_resolution = 9;
constexpr std::uint16_t filter = 11;  // its first byte tells the kind: 0 is text
constexpr std::uint16_t time_offset = 14;
// of interface statistics
constexpr std::uint16_t received = 4;
constexpr std::uint16_t dropped = 5;
constexpr std::uint16_t accepted = 6;
constexpr std::uint16_t dropped_by_system = 7;
constexpr std::uint16_t delivered = 8;
}  // namespace option

namespace name_record {
constexpr std::uint16_t end = 0;
constexpr std::uint16_t ipv4 = 1;
constexpr std::uint16_t ipv6 = 2;
}  // namespace name_record

}  // namespace labnet::packet::pcapng
