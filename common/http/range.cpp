// Ranges resolved against a length, and written.
#include "common/http/range.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/http/list.hpp"

namespace labnet::http {
namespace {

constexpr std::string_view unit = "bytes";
constexpr std::size_t overlaps_max = 2;

/// A range as it is asked for; a suffix has no first position, an open range no last one.
struct Spec {
  std::optional<std::uint64_t> first, last;
};

/// A position that does not fit counts as the largest one: it is past every end.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  return parse_integer<std::uint64_t>(text).value_or(UINT64_MAX);
}

std::optional<Spec> parse_spec(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto before = text.substr(0, dash), behind = text.substr(dash + 1);
  const Spec spec{parse_position(before), parse_position(behind)};
  if ((!before.empty() && !spec.first) || (!behind.empty() && !spec.last)) return std::nullopt;
  if (!spec.first && !spec.last) return std::nullopt;
  if (spec.first && spec.last && *spec.first > *spec.last) return std::nullopt;
  return spec;
}

/// Nothing if it is not satisfiable.
std::optional<ByteRange> resolve(const Spec& spec, std::uint64_t length) {
  if (!spec.first) {
    const auto size = std::min(*spec.last, length);
    if (size == 0) return std::nullopt;
    return ByteRange{length - size, size};
  }
  if (*spec.first >= length) return std::nullopt;
  const auto last = std::min(spec.last.value_or(UINT64_MAX), length - 1);
  return ByteRange{*spec.first, last - *spec.first + 1};
}

bool overlap(const ByteRange& a, const ByteRange& b) {
  return a.first <= b.last() && b.first <= a.last();
}

/// Ranges that have octets in common with another one.
std::size_t overlapping(std::span<const ByteRange> ranges) {
  return static_cast<std::size_t>(std::ranges::count_if(ranges, [&](const ByteRange& range) {
    return std::ranges::any_of(ranges,
                               [&](const ByteRange& other) { return &range != &other && overlap(range, other); });
  }));
}

bool is_worth_parts(std::span<const ByteRange> ranges, std::uint64_t length) {
  if (overlapping(ranges) > overlaps_max) return false;
  std::uint64_t left = length;
  for (const auto& range : ranges) {
    if (range.size > left) return false;
    left -= range.size;
  }
  return true;
}

/// The text behind "bytes=", or behind "bytes " of Content-Range; nothing for another unit.
std::optional<std::string_view> behind_unit(std::string_view value, char separator) {
  if (value.size() <= unit.size() || value[unit.size()] != separator) return std::nullopt;
  if (!equals_ignoring_case(value.substr(0, unit.size()), unit)) return std::nullopt;
  return value.substr(unit.size() + 1);
}

}  // namespace

ResolvedRanges resolve_ranges(std::string_view value, std::uint64_t length) {
  const ResolvedRanges whole;
  const auto list = behind_unit(value, '=');
  if (!list) return whole;
  ResolvedRanges resolved;
  std::size_t specs = 0;
  ListReader elements{*list};
  while (const auto element = elements.next()) {
    const auto spec = parse_spec(*element);
    if (!spec || ++specs > ranges_max) return whole;
    const bool is_suffix_of_nothing = length == 0 && !spec->first && *spec->last != 0;
    if (is_suffix_of_nothing) return whole;  // satisfiable, but Content-Range cannot say so
    if (const auto range = resolve(*spec, length)) resolved.ranges_[resolved.size_++] = *range;
  }
  if (specs == 0) return whole;
  if (resolved.size_ == 0) {
    resolved.answer_ = RangeAnswer::not_satisfiable;
    return resolved;
  }
  if (resolved.size_ > 1 && !is_worth_parts(resolved.ranges(), length)) return whole;
  resolved.answer_ = RangeAnswer::partial;
  return resolved;
}

std::string range_from(std::uint64_t first) {
  return fmt::format("{}={}-", unit, first);
}

std::string to_text(const ContentRange& content_range) {
  const auto length = content_range.length ? fmt::to_string(*content_range.length) : "*";
  if (!content_range.range) return fmt::format("{} */{}", unit, length);
  return fmt::format("{} {}-{}/{}", unit, content_range.range->first, content_range.range->last(), length);
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
  const auto text = behind_unit(value, ' ');
  if (!text) return std::nullopt;
  const auto slash = text->find('/');
  if (slash == text->npos) return std::nullopt;
  const auto positions = text->substr(0, slash), length_text = text->substr(slash + 1);
  ContentRange result;
  if (length_text != "*") {
    result.length = parse_integer<std::uint64_t>(length_text);
    if (!result.length) return std::nullopt;
  }
  if (positions == "*") return result.length ? std::optional{result} : std::nullopt;
  const auto dash = positions.find('-');
  const auto first = parse_integer<std::uint64_t>(positions.substr(0, dash));
  const auto last = parse_integer<std::uint64_t>(dash == positions.npos ? "" : positions.substr(dash + 1));
  if (!first || !last || *first > *last || *last >= result.length.value_or(UINT64_MAX)) return std::nullopt;
  result.range = ByteRange{*first, *last - *first + 1};
  return result;
}

MultipartRanges::MultipartRanges(std::span<const ByteRange> ranges, std::uint64_t length, std::string_view media_type,
                                 std::string_view boundary)
    : ranges_{ranges.begin(), ranges.end()},
      content_type_{fmt::format("multipart/byteranges; boundary={}", boundary)},
      end_{fmt::format("\r\n--{}--\r\n", boundary)} {
  for (const auto& range : ranges_) {
    part_heads_.push_back(fmt::format("\r\n--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", boundary, media_type,
                                      to_text(ContentRange{range, length})));
  }
}

std::uint64_t MultipartRanges::total_bytes() const {
  std::uint64_t total = end_.size();
  for (const auto& range : ranges_) total += range.size;
  for (const auto& head : part_heads_) total += head.size();
  return total;
}

}  // namespace labnet::http
