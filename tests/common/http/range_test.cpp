// Ranges against lengths, Content-Range, and bodies of several parts.
#include "common/http/range.hpp"

#include <gtest/gtest.h>

namespace labnet::http {
namespace {

using namespace std::literals;

constexpr std::uint64_t length = 1000;

std::vector<ByteRange> ranges(std::string_view value, std::uint64_t of = length) {
  const auto resolved = resolve_ranges(value, of);
  EXPECT_EQ(resolved.answer(), RangeAnswer::partial) << value;
  return {resolved.ranges().begin(), resolved.ranges().end()};
}

TEST(HttpRange, IsResolvedAgainstALength) {
  EXPECT_EQ(ranges("bytes=0-499"), (std::vector<ByteRange>{{0, 500}}));
  EXPECT_EQ(ranges("bytes=500-"), (std::vector<ByteRange>{{500, 500}}));
  EXPECT_EQ(ranges("bytes=-300"), (std::vector<ByteRange>{{700, 300}}));
  EXPECT_EQ(ranges("bytes=-3000"), (std::vector<ByteRange>{{0, 1000}}));
  EXPECT_EQ(ranges("bytes=999-5000"), (std::vector<ByteRange>{{999, 1}}));
  EXPECT_EQ(ranges("Bytes=0-0, -1"), (std::vector<ByteRange>{{0, 1}, {999, 1}}));
  EXPECT_EQ(ranges("bytes=0-0,,5000-,2-3"), (std::vector<ByteRange>{{0, 1}, {2, 2}})) << "others are left out";
  EXPECT_EQ(ranges("bytes=5-6,0-1"), (std::vector<ByteRange>{{5, 2}, {0, 2}})) << "as they are asked for";
  EXPECT_EQ(ranges("bytes=0-99999999999999999999999"), (std::vector<ByteRange>{{0, 1000}}));
  EXPECT_EQ(ranges("bytes=0-", UINT64_MAX), (std::vector<ByteRange>{{0, UINT64_MAX}}));
}

TEST(HttpRange, IsNotSatisfiablePastTheEnd) {
  for (const auto value :
       {"bytes=1000-"sv, "bytes=1000-2000"sv, "bytes=-0"sv, "bytes=5000-,-0"sv, "bytes=99999999999999999999999-"sv}) {
    EXPECT_EQ(resolve_ranges(value, length).answer(), RangeAnswer::not_satisfiable) << value;
  }
  EXPECT_EQ(resolve_ranges("bytes=0-", 0).answer(), RangeAnswer::not_satisfiable);
  EXPECT_EQ(resolve_ranges("bytes=-5", 0).answer(), RangeAnswer::whole);
}

TEST(HttpRange, IsIgnoredWhenItIsNone) {
  for (const auto value : {""sv, "bytes"sv, "bytes="sv, "bytes=,"sv, "items=0-5"sv, "bytes 0-5"sv, "bytes=5-4"sv,
                           "bytes=a-5"sv, "bytes=5"sv, "bytes=-"sv, "bytes=+1-5"sv, "bytes=1--5"sv, "bytes=0-5,x"sv,
                           "bytes=0 - 5"sv, "bytes=0-5;6-7"sv, "bytes=0x0-5"sv, " bytes=0-5"sv}) {
    EXPECT_EQ(resolve_ranges(value, length).answer(), RangeAnswer::whole) << value;
  }
}

TEST(HttpRange, IsIgnoredWhenItCostsMoreThanTheWhole) {
  EXPECT_EQ(ranges("bytes=0-10,5-15").size(), 2u) << "two may overlap";
  EXPECT_EQ(resolve_ranges("bytes=0-10,5-15,10-20", length).answer(), RangeAnswer::whole);
  EXPECT_EQ(resolve_ranges("bytes=0-,0-", length).answer(), RangeAnswer::whole);
  EXPECT_EQ(ranges("bytes=0-499,500-").size(), 2u);
  std::string many = "bytes=0-0";
  for (std::size_t i = 1; i < ranges_max; ++i) many += "," + std::to_string(2 * i) + "-" + std::to_string(2 * i);
  EXPECT_EQ(ranges(many).size(), ranges_max);
  EXPECT_EQ(resolve_ranges(many + ",900-900", length).answer(), RangeAnswer::whole);
}

TEST(HttpContentRange, IsWrittenAndRead) {
  const ContentRange part{ByteRange{0, 500}, 1234}, unknown{ByteRange{7, 1}, std::nullopt}, none{std::nullopt, 1234};
  EXPECT_EQ(to_text(part), "bytes 0-499/1234");
  EXPECT_EQ(to_text(unknown), "bytes 7-7/*");
  EXPECT_EQ(to_text(none), "bytes */1234");
  for (const auto& range : {part, unknown, none}) EXPECT_EQ(parse_content_range(to_text(range)), range);
  for (const auto text : {""sv, "bytes"sv, "bytes */*"sv, "bytes 0-499"sv, "bytes 5-4/10"sv, "bytes 0-10/10"sv,
                          "items 0-1/2"sv, "bytes=0-1/2"sv, "bytes 0/2"sv, "bytes -1/2"sv, "bytes 0-/2"sv,
                          "bytes 0-1/"sv, "bytes 0-1/x"sv, "bytes 0-18446744073709551615/*"sv}) {
    EXPECT_EQ(parse_content_range(text), std::nullopt) << text;
  }
}

TEST(HttpMultipartRanges, AreAsLongAsTheySay) {
  const std::string content(length, 'x');
  const auto resolved = resolve_ranges("bytes=0-1,-3", length);
  const MultipartRanges parts{resolved.ranges(), length, "text/plain", "b0undary"};
  std::string body;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    body += parts.part_head(i);
    body += content.substr(parts.range(i).first, parts.range(i).size);
  }
  body += parts.end();
  EXPECT_EQ(body.size(), parts.total_bytes());
  EXPECT_EQ(parts.content_type(), "multipart/byteranges; boundary=b0undary");
  EXPECT_EQ(body,
            "\r\n--b0undary\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/1000\r\n\r\nxx"
            "\r\n--b0undary\r\nContent-Type: text/plain\r\nContent-Range: bytes 997-999/1000\r\n\r\nxxx"
            "\r\n--b0undary--\r\n");
}

TEST(HttpRange, FromAPositionOnIsWhatAResumeAsksFor) {
  EXPECT_EQ(ranges(range_from(400)), (std::vector<ByteRange>{{400, 600}}));
}

}  // namespace
}  // namespace labnet::http
