// Any text as Range, against lengths of all sizes, and as Content-Range: ranges are within the length, and what is
// written is read back the same.
#include <algorithm>
#include <cstring>

#include "common/base/bytes.hpp"
#include "common/http/range.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_parts(const http::ResolvedRanges& resolved, std::uint64_t length) {
  std::uint64_t total = 0;
  for (const auto& range : resolved.ranges()) {
    require(range.size > 0 && range.first < length && range.size <= length - range.first, "a range is within");
    require(range.size <= length - total, "all ranges together are no longer than the whole");
    total += range.size;
    const http::ContentRange told{range, length};
    require(http::parse_content_range(to_text(told)) == told, "Content-Range is read back");
  }
  const http::MultipartRanges parts{resolved.ranges(), length, "text/plain", "b"};
  require(parts.size() == resolved.ranges().size(), "each range is a part");
}

void check_range(std::string_view value, std::uint64_t length) {
  const auto resolved = http::resolve_ranges(value, length);
  const bool is_partial = resolved.answer() == http::RangeAnswer::partial;
  require(resolved.ranges().size() <= http::ranges_max, "there are no more ranges than may be");
  if (!is_partial) return;
  require(!resolved.ranges().empty(), "a partial answer has a range");
  check_parts(resolved, length);
}

void check_content_range(std::string_view value) {
  const auto range = http::parse_content_range(value);
  if (!range) return;
  require(range->range || range->length, "Content-Range says something");
  require(http::parse_content_range(to_text(*range)) == range, "Content-Range is read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::uint64_t length = 0;
  if (size < sizeof length) return 0;
  std::memcpy(&length, data, sizeof length);
  const auto text = as_text(std::as_bytes(std::span{data, size}).subspan(sizeof length));
  for (const auto of : {length, length % 1000, std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) check_range(text, of);
  check_content_range(text);
  return 0;
}
