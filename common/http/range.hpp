// Parts of a file: Range, Content-Range and multipart/byteranges (RFC 9110, section 14).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/limits.hpp"

namespace labnet::http {

/// Octets of a representation, counted from 0. Never empty.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t size = 1;

  std::uint64_t last() const { return first + (size - 1); }
  bool operator==(const ByteRange&) const = default;
};

enum class RangeAnswer {
  whole,            // 200: another unit, no range, or ranges that are not worth an answer in parts
  partial,          // 206 with `ranges`
  not_satisfiable,  // 416 with "Content-Range: bytes */length"
};

/// What a Range field comes to for something of a known length.
class ResolvedRanges {
 public:
  RangeAnswer answer() const { return answer_; }
  /// Of a partial answer: one at least, in the order asked for. More than one: multipart/byteranges.
  std::span<const ByteRange> ranges() const { return {ranges_.data(), size_}; }

 private:
  friend ResolvedRanges resolve_ranges(std::string_view, std::uint64_t);
  RangeAnswer answer_ = RangeAnswer::whole;
  std::array<ByteRange, ranges_max> ranges_;
  std::size_t size_ = 0;
};

/// value   of Range: "bytes=0-499", "bytes=500-", "bytes=-500", "bytes=0-0,-1"
/// length  of the representation, in bytes
///
/// A malformed value is ignored: whole. So are more than ranges_max ranges, more than two that overlap, and ranges that
/// together are longer than the whole: what section 14.2 lets a server ignore, since a small request would cost much.
ResolvedRanges resolve_ranges(std::string_view value, std::uint64_t length);

/// "bytes=500-": what a client asks for that has the first 500 bytes.
std::string range_from(std::uint64_t first);

struct ContentRange {
  std::optional<ByteRange> range;       // nothing: "*", of 416
  std::optional<std::uint64_t> length;  // nothing: "*", not known. One of both is there

  bool operator==(const ContentRange&) const = default;
};
/// "bytes 0-499/1234", "bytes */1234"
std::string to_text(const ContentRange& content_range);
/// Nothing for another unit, and for ranges that run backwards or past the length.
std::optional<ContentRange> parse_content_range(std::string_view value);

/// The body of a 206 with several ranges: for each of them a head and the octets, then the end.
class MultipartRanges {
 public:
  /// boundary  of boundary_bytes_max at most, from random numbers of the caller's, so that it is in none of the octets
  /// media_type  of the representation
  MultipartRanges(std::span<const ByteRange> ranges, std::uint64_t length, std::string_view media_type,
                  std::string_view boundary);

  /// "multipart/byteranges; boundary=..."
  const std::string& content_type() const { return content_type_; }
  std::size_t size() const { return ranges_.size(); }
  const ByteRange& range(std::size_t i) const { return ranges_[i]; }
  /// What stands in front of the octets of that range: CR LF, the boundary, Content-Type and Content-Range.
  const std::string& part_head(std::size_t i) const { return part_heads_[i]; }
  /// What stands behind the last ones.
  const std::string& end() const { return end_; }
  /// The whole body's length in bytes, for Content-Length.
  std::uint64_t total_bytes() const;

 private:
  std::vector<ByteRange> ranges_;
  std::string content_type_;
  std::vector<std::string> part_heads_;
  std::string end_;
};

}  // namespace labnet::http
