#include "common/packet/tcp_reassembly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace labnet::packet {
namespace {

constexpr std::uint32_t first = 0xfffffff0;  // so that numbers begin anew in the middle

Tcp segment(std::uint32_t offset, std::string_view text, std::uint8_t flags = Tcp::flag_ack) {
  Tcp made;
  made.sequence_number = first + 1 + offset;
  made.flags = flags;
  made.payload = as_bytes(text);
  return made;
}

Tcp syn() {
  Tcp made;
  made.sequence_number = first;
  made.flags = Tcp::flag_syn;
  return made;
}

std::string add(TcpReassembly& stream, const Tcp& one) {
  return std::string{as_text(stream.add(one))};
}

TEST(TcpReassembly, GivesBytesAsTheyComeInOrder) {
  TcpReassembly stream;
  EXPECT_EQ(add(stream, syn()), "");
  EXPECT_EQ(add(stream, segment(0, "USER samurt123\r\n")), "USER samurt123\r\n");
  EXPECT_EQ(add(stream, segment(16, "PASS password\r\n")), "PASS password\r\n");
  EXPECT_FALSE(stream.has_gap());
  EXPECT_FALSE(stream.has_ended());
  add(stream, segment(31, "", Tcp::flag_fin));
  EXPECT_TRUE(stream.has_ended());
}

TEST(TcpReassembly, WaitsForWhatIsMissing) {
  TcpReassembly stream;
  add(stream, syn());
  EXPECT_EQ(add(stream, segment(4, "5678")), "");
  EXPECT_TRUE(stream.has_gap());
  EXPECT_EQ(add(stream, segment(0, "1234")), "12345678");
  EXPECT_FALSE(stream.has_gap());
}

TEST(TcpReassembly, TakesNothingTwice) {
  TcpReassembly stream;
  add(stream, syn());
  EXPECT_EQ(add(stream, segment(0, "12345")), "12345");
  EXPECT_EQ(add(stream, segment(0, "12345")), "");
  EXPECT_EQ(add(stream, segment(3, "XX678")), "678");  // what came first counts
  EXPECT_EQ(add(stream, segment(2, "34")), "");
}

TEST(TcpReassembly, KeepsTheLongerOfTwoThatWaitAtTheSamePlace) {
  TcpReassembly stream;
  add(stream, syn());
  add(stream, segment(2, "3"));
  add(stream, segment(2, "345"));
  add(stream, segment(2, "34"));
  EXPECT_EQ(add(stream, segment(0, "12")), "12345");
}

TEST(TcpReassembly, EndsOnlyOnceAllInFrontOfTheFinHasCome) {
  TcpReassembly stream;
  add(stream, syn());
  add(stream, segment(3, "456", Tcp::flag_fin | Tcp::flag_ack));
  EXPECT_FALSE(stream.has_ended());
  EXPECT_EQ(add(stream, segment(0, "123")), "123456");
  EXPECT_TRUE(stream.has_ended());
}

TEST(TcpReassembly, BeginsInTheMiddleWhereTheCaptureDoes) {
  TcpReassembly stream;
  EXPECT_EQ(add(stream, segment(1000, "abc")), "abc");
  EXPECT_EQ(add(stream, segment(1003, "def")), "def");
  EXPECT_EQ(add(stream, segment(0, "before")), "");
}

TEST(TcpReassembly, LeavesOutWhatIsTooMuchBehindAGap) {
  TcpReassembly stream;
  add(stream, syn());
  const std::string half(TcpReassembly::waiting_bytes_max / 2, 'x');
  add(stream, segment(1, half));
  add(stream, segment(1 + static_cast<std::uint32_t>(half.size()), half));
  add(stream, segment(1 + static_cast<std::uint32_t>(2 * half.size()), "y"));  // one byte too much
  const auto whole = add(stream, segment(0, "0"));
  EXPECT_EQ(whole.size(), 1 + TcpReassembly::waiting_bytes_max);
}

TEST(TcpReassembly, PutsAnyOrderAndAnyCutsTogether) {
  std::string text(3000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 % 251);
  std::mt19937 random{71};
  for (int round = 0; round < 200; ++round) {
    std::vector<Tcp> segments;
    for (int copy = 0; copy < 2; ++copy) {
      for (std::size_t at = 0; at < text.size();) {
        const auto size = std::min<std::size_t>(1 + random() % 200, text.size() - at);
        segments.push_back(segment(static_cast<std::uint32_t>(at), std::string_view{text}.substr(at, size)));
        at += size;
      }
    }
    std::shuffle(segments.begin(), segments.end(), random);
    TcpReassembly stream;
    std::string whole = add(stream, syn());
    for (const auto& one : segments) whole += add(stream, one);
    ASSERT_EQ(whole, text) << "round " << round;
    ASSERT_FALSE(stream.has_gap());
  }
}

}  // namespace
}  // namespace labnet::packet
