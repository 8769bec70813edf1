// Integers of two, three and four octets at a place that is known to be there: what chunk headers and FLV tags are
// made of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace labnet::rtmp {

inline std::uint8_t octet_at(const std::byte* at) {
  return std::to_integer<std::uint8_t>(*at);
}
inline std::uint32_t u24_at(const std::byte* at) {
  return std::uint32_t{octet_at(at)} << 16 | std::uint32_t{octet_at(at + 1)} << 8 | octet_at(at + 2);
}
inline std::uint32_t u32_at(const std::byte* at) {
  return std::uint32_t{octet_at(at)} << 24 | u24_at(at + 1);
}
inline std::uint32_t u32_little_at(const std::byte* at) {
  return std::uint32_t{octet_at(at + 3)} << 24 | std::uint32_t{octet_at(at + 2)} << 16 |
         std::uint32_t{octet_at(at + 1)} << 8 | octet_at(at);
}

/// Each gives the place behind.
inline std::byte* put_u8(std::byte* at, std::uint32_t value) {
  *at = static_cast<std::byte>(value & 0xffU);
  return at + 1;
}
inline std::byte* put_u24(std::byte* at, std::uint32_t value) {
  return put_u8(put_u8(put_u8(at, value >> 16), value >> 8), value);
}
inline std::byte* put_u32(std::byte* at, std::uint32_t value) {
  return put_u24(put_u8(at, value >> 24), value);
}
inline std::byte* put_u32_little(std::byte* at, std::uint32_t value) {
  return put_u8(put_u8(put_u8(put_u8(at, value), value >> 8), value >> 16), value >> 24);
}

}  // namespace labnet::rtmp
