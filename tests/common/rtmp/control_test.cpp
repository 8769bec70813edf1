// Control messages and acknowledgements.
#include "common/rtmp/control.hpp"

#include <gtest/gtest.h>

#include "common/rtmp/acknowledgement.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::octets;

struct ControlRow {
  Control control;
  MessageType type;
  std::string_view payload;
  std::string_view text;
};
const std::vector<ControlRow> control_rows{
    {SetChunkSize{4096}, MessageType::set_chunk_size, "00001000", "Set Chunk Size 4096"},
    {Abort{5}, MessageType::abort, "00000005", "Abort Message on chunk stream 5"},
    {Acknowledgement{0xfffffff0}, MessageType::acknowledgement, "fffffff0", "Acknowledgement 4294967280"},
    {WindowAcknowledgementSize{5000000}, MessageType::window_acknowledgement_size, "004c4b40",
     "Window Acknowledgement Size 5000000"},
    {SetPeerBandwidth{5000000, SetPeerBandwidth::Limit::dynamic}, MessageType::set_peer_bandwidth, "004c4b40 02",
     "Set Peer Bandwidth 5000000, dynamic"},
    {SetPeerBandwidth{1, SetPeerBandwidth::Limit::hard}, MessageType::set_peer_bandwidth, "00000001 00",
     "Set Peer Bandwidth 1, hard"},
    {SetPeerBandwidth{1, SetPeerBandwidth::Limit::soft}, MessageType::set_peer_bandwidth, "00000001 01",
     "Set Peer Bandwidth 1, soft"},
    {UserControl{UserEvent::stream_begin, 1}, MessageType::user_control, "0000 00000001", "Stream Begin 1"},
    {UserControl{UserEvent::stream_eof, 1}, MessageType::user_control, "0001 00000001", "Stream EOF 1"},
    {UserControl{UserEvent::stream_dry, 1}, MessageType::user_control, "0002 00000001", "Stream Dry 1"},
    {UserControl{UserEvent::set_buffer_length, 1, 3000}, MessageType::user_control, "0003 00000001 00000bb8",
     "Set Buffer Length 1, 3000 ms"},
    {UserControl{UserEvent::stream_is_recorded, 1}, MessageType::user_control, "0004 00000001", "Stream Is Recorded 1"},
    {UserControl{UserEvent::ping_request, 77}, MessageType::user_control, "0006 0000004d", "Ping Request 77"},
    {UserControl{UserEvent::ping_response, 77}, MessageType::user_control, "0007 0000004d", "Ping Response 77"},
    {UserControl{UserEvent::swf_verify_request}, MessageType::user_control, "001a", "SWF Verify Request"},
    {UserControl{UserEvent::swf_verify_response}, MessageType::user_control, "001b", "SWF Verify Response"},
    {UserControl{UserEvent::buffer_empty, 1}, MessageType::user_control, "001f 00000001", "Buffer Empty 1"},
    {UserControl{UserEvent::buffer_ready, 1}, MessageType::user_control, "0020 00000001", "Buffer Ready 1"},
    {UserControl{UserEvent{99}}, MessageType::user_control, "0063", "event 99"},
};

TEST(RtmpControl, IsReadWrittenAndTold) {
  for (const auto& row : control_rows) {
    const auto parsed = parse_control(row.type, octets(row.payload));
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(*parsed, row.control) << row.text;
    EXPECT_EQ(describe(row.control), row.text);
    const auto message = to_message(row.control, 5);
    EXPECT_EQ(buffer_of(message.bytes()), octets(row.payload)) << row.text;
    EXPECT_EQ(message.header, (MessageHeader{.type = row.type, .timestamp = 5, .stream_id = 0, .chunk_stream_id = 2}));
  }
}

TEST(RtmpControl, IsTruncatedAtEveryOctetLess) {
  for (const auto& row : control_rows) {
    auto payload = octets(row.payload);
    for (payload.pop_back();; payload.pop_back()) {
      const auto parsed = parse_control(row.type, payload);
      ASSERT_TRUE(parsed.has_error()) << row.text << ", " << payload.size() << " octets";
      EXPECT_EQ(parsed.error(), ControlFault::truncated);
      if (payload.empty()) break;
    }
  }
}

TEST(RtmpControl, SkipsWhatStandsBehind) {
  for (const auto& row : control_rows) {
    auto payload = octets(row.payload);
    payload.resize(payload.size() + 9);
    EXPECT_EQ(*parse_control(row.type, payload), row.control) << row.text;
  }
}

TEST(RtmpControl, RefusesWhatIsNone) {
  EXPECT_EQ(parse_control(MessageType::audio, octets("00000001")).error(), ControlFault::not_control);
  EXPECT_EQ(parse_control(MessageType{0}, octets("00000001")).error(), ControlFault::not_control);
  EXPECT_EQ(parse_control(MessageType{7}, octets("00000001")).error(), ControlFault::not_control);
  EXPECT_EQ(parse_control(MessageType::set_peer_bandwidth, octets("00000001 03")).error(), ControlFault::unknown_limit);
  for (const auto fault : {ControlFault::not_control, ControlFault::truncated, ControlFault::unknown_limit})
    EXPECT_FALSE(describe(fault).empty());
}

TEST(RtmpMessageType, HasANameForPeople) {
  EXPECT_EQ(describe(MessageType::window_acknowledgement_size), "Window Acknowledgement Size");
  EXPECT_EQ(describe(MessageType::video), "Video Data");
  EXPECT_EQ(describe(MessageType{99}), "message of type 99");
}

TEST(RtmpAcknowledgement, IsDueWhenAWindowIsFull) {
  ReceivedBytes received;
  EXPECT_EQ(received.add(1000000), std::nullopt) << "no window is known";
  received.set_window(1000);
  EXPECT_EQ(received.add(0), Acknowledgement{1000000});
  EXPECT_EQ(received.add(999), std::nullopt);
  EXPECT_EQ(received.add(1), Acknowledgement{1001000});
  EXPECT_EQ(received.add(5000), Acknowledgement{1006000}) << "one for five windows";
  EXPECT_EQ(received.add(999), std::nullopt);
}

TEST(RtmpAcknowledgement, BeginsAnewBehind2To32) {
  ReceivedBytes received;
  received.set_window(0x80000000);
  EXPECT_EQ(received.add(0x80000000), Acknowledgement{0x80000000});
  EXPECT_EQ(received.add(0x80000010), Acknowledgement{0x10});
  EXPECT_EQ(received.total(), 0x100000010u);
}

TEST(RtmpAcknowledgement, SaysHowMuchIsOnItsWay) {
  SentBytes sent;
  sent.add(1000);
  EXPECT_EQ(sent.unacknowledged(), 1000u);
  EXPECT_TRUE(sent.acknowledge({600}));
  EXPECT_EQ(sent.unacknowledged(), 400u);
  EXPECT_FALSE(sent.acknowledge({1001})) << "more than was sent";
  EXPECT_FALSE(sent.acknowledge({599})) << "less than before";
  EXPECT_EQ(sent.unacknowledged(), 400u);
  sent.add(0xffffffff);
  EXPECT_TRUE(sent.acknowledge({100})) << "behind 2^32";
  EXPECT_EQ(sent.unacknowledged(), sent.total() - 0x100000064u);
}

}  // namespace
}  // namespace labnet::rtmp
