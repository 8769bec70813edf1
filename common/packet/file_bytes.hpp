// Integers of capture files: written little-endian, read in the order that the file announces.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"

namespace labnet::packet {

enum class ByteOrder { big, little };

constexpr std::uint16_t swap_bytes(std::uint16_t v) {
  return __builtin_bswap16(v);
}
constexpr std::uint32_t swap_bytes(std::uint32_t v) {
  return __builtin_bswap32(v);
}

/// A ByteReader for either order. A read past the end gives nothing and moves nothing.
class FileReader {
 public:
  FileReader(Bytes bytes, ByteOrder order) : reader_{bytes}, order_{order} {}

  std::size_t position() const { return reader_.position(); }
  std::size_t remaining() const { return reader_.remaining(); }
  std::optional<std::uint8_t> u8() { return reader_.u8(); }
  std::optional<std::uint16_t> u16() { return ordered(reader_.u16()); }
  std::optional<std::uint32_t> u32() { return ordered(reader_.u32()); }
  std::optional<Bytes> take(std::size_t count) { return reader_.take(count); }
  Bytes rest() { return *reader_.take(reader_.remaining()); }

  /// pcapng's way to write a 64-bit time or counter: the upper half first, whatever the order.
  std::optional<std::uint64_t> halves() {
    if (remaining() < 8) return std::nullopt;
    const std::uint64_t upper = *u32();
    return upper << 32 | *u32();
  }
  std::optional<std::uint64_t> u64() {
    if (remaining() < 8) return std::nullopt;
    const std::uint64_t first = *u32();
    const std::uint64_t second = *u32();
    return order_ == ByteOrder::big ? first << 32 | second : second << 32 | first;
  }

 private:
  template <class Integer>
  std::optional<Integer> ordered(std::optional<Integer> value) const {
    if (value && order_ == ByteOrder::little) return swap_bytes(*value);
    return value;
  }

  ByteReader reader_;
  ByteOrder order_;
};

/// Appends little-endian integers to a buffer of the caller's.
class FileWriter {
 public:
  explicit FileWriter(Buffer& out) : out_{out} {}

  void u16(std::uint16_t value) { integer(value); }
  void u32(std::uint32_t value) { integer(value); }
  void u64(std::uint64_t value) { integer(value); }
  void halves(std::uint64_t value) {
    u32(static_cast<std::uint32_t>(value >> 32));
    u32(static_cast<std::uint32_t>(value));
  }
  void bytes(Bytes data) { out_.insert(out_.end(), data.begin(), data.end()); }
  /// Zeros up to the next multiple of 4, counted from the buffer's byte `start`.
  void pad(std::size_t start) { out_.resize(start + (out_.size() - start + 3) / 4 * 4); }

 private:
  template <class Integer>
  void integer(Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i) out_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
  }

  Buffer& out_;
};

}  // namespace labnet::packet
