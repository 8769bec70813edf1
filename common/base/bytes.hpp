// Bytes as they stand on a wire or in a file: views, and a reader and a writer in network byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace labnet {

using Bytes = std::span<const std::byte>;
using Buffer = std::vector<std::byte>;

/// The same memory, seen as text or as bytes. The view lives as long as what it was made from.
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

/// Reads integers and runs of bytes one after the other. A read past the end gives nothing and moves nothing.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_{bytes} {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  bool at_end() const { return remaining() == 0; }
  Bytes whole() const { return bytes_; }

  std::optional<std::uint8_t> u8() { return integer<std::uint8_t>(); }
  std::optional<std::uint16_t> u16() { return integer<std::uint16_t>(); }
  std::optional<std::uint32_t> u32() { return integer<std::uint32_t>(); }
  std::optional<std::uint64_t> u64() { return integer<std::uint64_t>(); }

  /// The next `count` bytes as a view of the input.
  std::optional<Bytes> take(std::size_t count) {
    if (count > remaining()) return std::nullopt;
    const auto taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  /// Moves to an absolute position; false, and no move, if that is past the end.
  bool seek(std::size_t position) {
    if (position > bytes_.size()) return false;
    position_ = position;
    return true;
  }

 private:
  template <class Integer>
  std::optional<Integer> integer() {
    if (remaining() < sizeof(Integer)) return std::nullopt;
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      value = static_cast<Integer>((std::uint64_t{value} << 8) | std::to_integer<std::uint8_t>(bytes_[position_ + i]));
    }
    position_ += sizeof(Integer);
    return value;
  }

  Bytes bytes_;
  std::size_t position_ = 0;
};

/// Appends integers in network byte order, and bytes, to a buffer of the caller's, which keeps its capacity
/// between messages. With a limit, a write past it is left out whole and `overflowed()` stays true until `rewind`.
class ByteWriter {
 public:
  explicit ByteWriter(Buffer& out, std::size_t limit_bytes = SIZE_MAX)
      : out_{out}, start_{out.size()}, limit_bytes_{limit_bytes} {}

  /// How many bytes this writer has appended.
  std::size_t size() const { return out_.size() - start_; }
  bool overflowed() const { return overflowed_; }
  std::size_t limit_bytes() const { return limit_bytes_; }
  Bytes written() const { return Bytes{out_}.subspan(start_); }

  void u8(std::uint8_t value) { integer(value); }
  void u16(std::uint16_t value) { integer(value); }
  void u32(std::uint32_t value) { integer(value); }
  void u64(std::uint64_t value) { integer(value); }
  void bytes(Bytes data) {
    if (make_room(data.size())) out_.insert(out_.end(), data.begin(), data.end());
  }
  void text(std::string_view data) { bytes(as_bytes(data)); }

  /// Overwrites two bytes written earlier, counted from this writer's first byte: a length or a count known late.
  void patch_u16(std::size_t position, std::uint16_t value) {
    out_[start_ + position] = static_cast<std::byte>(value >> 8);
    out_[start_ + position + 1] = static_cast<std::byte>(value & 0xff);
  }

  /// Takes back everything after the first `size` bytes, an overflow included.
  void rewind(std::size_t size) {
    out_.resize(start_ + size);
    overflowed_ = false;
  }

 private:
  bool make_room(std::size_t count) {
    if (overflowed_ || count > limit_bytes_ - size()) overflowed_ = true;
    return !overflowed_;
  }
  template <class Integer>
  void integer(Integer value) {
    if (!make_room(sizeof value)) return;
    for (std::size_t i = sizeof value; i-- > 0;) out_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }

  Buffer& out_;
  std::size_t start_;
  std::size_t limit_bytes_;
  bool overflowed_ = false;
};

}  // namespace labnet
