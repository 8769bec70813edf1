// The table of pings that a capture shows.
#include "clients/scenario/echo_table.hpp"

#include <gtest/gtest.h>

#include "tests/common/packet/frames.hpp"

namespace labnet::scenario {
namespace {

using namespace std::chrono_literals;
using packet::from_hex;

constexpr packet::Timestamp start{1'795'486'919s};

EchoTable table_of(const std::vector<Buffer>& frames) {
  EchoTableBuilder builder;
  auto time = start;
  for (const auto& frame : frames) {
    builder.add({time, static_cast<std::uint32_t>(frame.size()), frame});
    time += 1ms;
  }
  builder.finish();
  return builder.table();
}

/// The real frame with another sequence number: its checksum is wrong then, which the table does not mind.
Buffer with_sequence_number(std::string_view digits, std::uint8_t number) {
  auto frame = from_hex(digits);
  frame[41] = std::byte{number};
  return frame;
}

TEST(EchoTable, PairsARequestWithItsReply) {
  const auto table = table_of({from_hex(packet::echo_request), from_hex(packet::echo_reply)});
  ASSERT_EQ(table.echoes.size(), 1u);
  const auto& echo = table.echoes[0];
  EXPECT_EQ(echo.identifier, 0x1815);
  EXPECT_EQ(echo.sequence_number, 1);
  EXPECT_EQ(echo.request.number, 1u);
  EXPECT_EQ(echo.request.time, start);
  EXPECT_EQ(to_string(echo.request.source), "192.168.1.6");
  EXPECT_EQ(to_string(echo.request.destination), "192.168.1.7");
  EXPECT_EQ(to_string(echo.request.source_mac), "14:85:7f:9d:ab:5c");
  EXPECT_EQ(to_string(echo.request.destination_mac), "00:0c:29:8d:07:ce");
  EXPECT_EQ(echo.request.ttl, 128);
  EXPECT_EQ(echo.request.frame_bytes, 74u);
  ASSERT_TRUE(echo.reply);
  EXPECT_EQ(echo.reply->number, 2u);
  EXPECT_EQ(to_string(echo.reply->source), "192.168.1.7");
  EXPECT_EQ(to_string(echo.reply->source_mac), "00:0c:29:8d:07:ce");
  EXPECT_EQ(echo.reply->ttl, 64);
  EXPECT_EQ(echo.reply->frame_bytes, 74u);
}

TEST(EchoTable, KeepsTheOrderOfTheRequestsWhateverThatOfTheReplies) {
  const auto table =
      table_of({with_sequence_number(packet::echo_request, 1), with_sequence_number(packet::echo_request, 2),
                with_sequence_number(packet::echo_reply, 2), with_sequence_number(packet::echo_reply, 1)});
  ASSERT_EQ(table.echoes.size(), 2u);
  EXPECT_EQ(table.echoes[0].reply->number, 4u);
  EXPECT_EQ(table.echoes[1].reply->number, 3u);
}

TEST(EchoTable, LeavesARequestWithoutReplyOpenAndAReplyWithoutRequestOut) {
  const auto table =
      table_of({with_sequence_number(packet::echo_reply, 1), with_sequence_number(packet::echo_request, 2)});
  ASSERT_EQ(table.echoes.size(), 1u);
  EXPECT_FALSE(table.echoes[0].reply);
}

TEST(EchoTable, KeepsTheFirstOfTwoReplies) {
  const auto reply = from_hex(packet::echo_reply);
  EXPECT_EQ(table_of({from_hex(packet::echo_request), reply, reply}).echoes.at(0).reply->number, 2u);
}

TEST(EchoTable, GivesAReplyToTheLastRequestOfThatNumber) {
  const auto request = from_hex(packet::echo_request);
  const auto table = table_of({request, request, from_hex(packet::echo_reply)});
  EXPECT_FALSE(table.echoes.at(0).reply);
  EXPECT_TRUE(table.echoes.at(1).reply);
}

TEST(EchoTable, DoesNotPairAcrossHosts) {
  auto other = from_hex(packet::echo_reply);
  other[29] = std::byte{9};  // from 192.168.1.9
  EXPECT_FALSE(table_of({from_hex(packet::echo_request), other}).echoes.at(0).reply);
}

TEST(EchoTable, PairsArpRequestAndReply) {
  const auto table = table_of({from_hex(packet::arp_request), from_hex(packet::arp_reply)});
  ASSERT_EQ(table.arps.size(), 1u);
  const auto& arp = table.arps[0];
  EXPECT_EQ(arp.request_number, 1u);
  EXPECT_EQ(arp.reply_number, 2u);
  EXPECT_EQ(to_string(arp.asking), "192.168.1.6");
  EXPECT_EQ(to_string(arp.asking_mac), "14:85:7f:9d:ab:5c");
  EXPECT_EQ(to_string(arp.asked), "192.168.1.7");
  ASSERT_TRUE(arp.answered_mac);
  EXPECT_EQ(to_string(*arp.answered_mac), "00:0c:29:8d:07:ce");
  EXPECT_TRUE(table.echoes.empty());
}

TEST(EchoTable, LeavesOutAnnouncementsAndWhatNobodyAskedFor) {
  auto announcement = from_hex(packet::arp_request);
  announcement[41] = std::byte{6};  // who has 192.168.1.6? tell 192.168.1.6
  EXPECT_TRUE(table_of({announcement, from_hex(packet::arp_reply)}).arps.empty());
  EXPECT_FALSE(table_of({from_hex(packet::arp_request)}).arps.at(0).answered_mac);
}

TEST(EchoTable, CountsOtherFramesAndLeavesThemOut) {
  const auto table = table_of({from_hex(packet::dns_query), from_hex(packet::port_unreachable),
                               from_hex(packet::tcp_syn), Buffer{}, from_hex(packet::echo_request)});
  EXPECT_EQ(table.frames, 5u);
  ASSERT_EQ(table.echoes.size(), 1u);
  EXPECT_EQ(table.echoes[0].request.number, 5u);
}

TEST(EchoTable, HoldsSoManyExchangesAndNotOneMore) {
  EchoTableBuilder builder;
  const auto request = from_hex(packet::echo_request);
  for (std::size_t i = 0; i < EchoTable::exchanges_max; ++i) builder.add({start, 74, request});
  EXPECT_EQ(builder.table().left_out, 0u);
  builder.add({start, 74, request});
  EXPECT_EQ(builder.table().echoes.size(), EchoTable::exchanges_max);
  EXPECT_EQ(builder.table().left_out, 1u);
}

/// All hosts hear a question; the answer is for the one that has asked.
TEST(EchoTable, KnowsWhoseAnswersItCannotSee) {
  const auto own = from_hex(packet::arp_request), pings = from_hex(packet::echo_request);
  auto of_another = own;
  for (const std::size_t last_of_mac : {11u, 27u}) of_another[last_of_mac] ^= std::byte{1};
  const auto table = table_of({of_another, pings, own});
  ASSERT_EQ(table.arps.size(), 2u);
  EXPECT_TRUE(table.arps[0].is_between_others);
  EXPECT_FALSE(table.arps[1].is_between_others) << "it should have been answered";
  EXPECT_FALSE(table_of({of_another}).arps.at(0).is_between_others) << "who knows whose capture that is";
}

}  // namespace
}  // namespace labnet::scenario
