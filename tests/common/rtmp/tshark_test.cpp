// tshark, another reader of RTMP, agrees with what is written here.
#include "tests/support/tshark.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "common/packet/ethernet.hpp"
#include "common/packet/ipv4.hpp"
#include "common/packet/pcap.hpp"
#include "common/packet/tcp.hpp"
#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/control.hpp"
#include "common/rtmp/handshake.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "tests/common/rtmp/octets.hpp"

namespace labnet::rtmp {
namespace {

using test::buffer_of;
using test::counted;
using test::octets;

/// A connection to port 1935 as a capture has it, each piece in a segment of its own.
class CapturedConnection {
 public:
  CapturedConnection() {
    packet::append_pcap_header({}, file_);
    add(client_, server_, packet::Tcp::flag_syn, {});
    add(server_, client_, packet::Tcp::flag_syn | packet::Tcp::flag_ack, {});
  }

  void client_sends(Bytes bytes) { add(client_, server_, data_flags, bytes); }
  void server_sends(Bytes bytes) { add(server_, client_, data_flags, bytes); }

  /// One line for each frame with RTMP in it.
  std::vector<labnet::test::TsharkFrame> as_tshark_reads_it(const std::vector<std::string>& fields,
                                                            const std::string& profile = "") const {
    const auto path =
        testing::TempDir() + "labnet_rtmp_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ofstream{path, std::ios::binary} << as_text(file_);
    auto frames = labnet::test::tshark(path, fields, "rtmpt", profile);
    std::remove(path.c_str());
    return frames;
  }

 private:
  struct Side {
    Ipv4Address address;
    std::uint16_t port;
    std::uint32_t sequence;
  };
  static constexpr std::uint8_t data_flags = packet::Tcp::flag_ack | packet::Tcp::flag_psh;

  void add(Side& from, const Side& to, std::uint8_t flags, Bytes payload) {
    const packet::Tcp segment{.source_port = from.port,
                              .destination_port = to.port,
                              .sequence_number = from.sequence,
                              .acknowledgment_number = to.sequence,
                              .flags = flags,
                              .window = 65535,
                              .payload = payload};
    from.sequence += static_cast<std::uint32_t>(payload.size()) + (segment.has(packet::Tcp::flag_syn) ? 1U : 0U);
    Buffer segment_bytes, datagram, frame;
    ByteWriter segment_out{segment_bytes}, datagram_out{datagram}, frame_out{frame};
    write(segment, from.address, to.address, segment_out);
    write(packet::Ipv4{.protocol = packet::Ipv4::protocol_tcp,
                       .source = from.address,
                       .destination = to.address,
                       .payload = segment_bytes},
          datagram_out);
    write(packet::Ethernet{.type = packet::Ethernet::type_ipv4, .payload = datagram}, frame_out);
    packet::append_pcap_frame(
        {}, {time_ += std::chrono::milliseconds{1}, static_cast<std::uint32_t>(frame.size()), frame}, file_);
  }

  Side client_{{0x7f000001}, 40000, 1000};
  Side server_{{0x7f000002}, 1935, 2000};
  decltype(packet::CapturedFrame::time) time_{};
  Buffer file_;
};

/// What stands in front of the chunks.
void shake_hands(CapturedConnection& connection) {
  ClientHandshake client{HandshakeKind::digest_schema_1, 1, 2};
  ServerHandshake server{3, 4};
  Buffer hello, answer, end;
  client.start(hello);
  ASSERT_TRUE(server.read(hello, answer));
  ASSERT_TRUE(client.read(answer, end));
  connection.client_sends(hello);
  connection.server_sends(answer);
  connection.client_sends(end);
}

TEST(RtmpTshark, ReadsTheDialogueOfAPublisher) {
  CapturedConnection connection;
  shake_hands(connection);
  ChunkWriter client, server;
  const auto client_says = [&](const Message& message) {
    Buffer out;
    client.write(message, out);
    connection.client_sends(out);
  };
  const auto server_says = [&](const Message& message) {
    Buffer out;
    server.write(message, out);
    connection.server_sends(out);
  };
  client_says(to_message(SetChunkSize{4096}));
  client_says(
      to_message(to_command(Connect{.app = "live", .tc_url = "rtmp://172.20.10.6/live", .type = "nonprivate"})));
  server_says(to_message(WindowAcknowledgementSize{5000000}));
  server_says(to_message(SetPeerBandwidth{5000000}));
  server_says(to_message(SetChunkSize{4096}));
  server_says(to_message(connect_result(1, {})));
  client_says(to_message(stream_command(command_name::create_stream, 4)));
  server_says(to_message(create_stream_result(4, 1)));
  client_says(to_message(to_command(Publish{"1234"}, 5), 1));
  server_says(to_message(UserControl{UserEvent::stream_begin, 1}));
  server_says(to_message(on_status({"status", std::string{status_code::publish_start}, "it begins", ""}), 1));
  client_says(
      to_message(Data{"@setDataFrame", {"onMetaData", AmfObject{AmfObject::Kind::ecma_array}.with("width", 96)}}, 1));

  std::vector<std::string> types, calls;
  for (const auto& frame : connection.as_tshark_reads_it({"rtmpt.header.typeid", "_ws.col.Info"})) {
    types.push_back(frame.at("rtmpt.header.typeid"));
    calls.push_back(frame.at("_ws.col.Info"));
  }
  EXPECT_EQ(types, (std::vector<std::string>{"", "", "", "0x01", "0x14", "0x05", "0x06", "0x01", "0x14", "0x14", "0x14",
                                             "0x14", "0x04", "0x14", "0x12"}));
  EXPECT_EQ(calls, (std::vector<std::string>{
                       "Handshake C0+C1", "Handshake S0+S1+S2", "Handshake C2", "Set Chunk Size 4096",
                       "connect('live')", "Window Acknowledgement Size 5000000", "Set Peer Bandwidth 5000000,Dynamic",
                       "Set Chunk Size 4096", "_result('NetConnection.Connect.Success')", "createStream()", "_result()",
                       "publish('1234')", "Stream Begin 1", "onStatus('NetStream.Publish.Start')", "@setDataFrame()"}));
}

TEST(RtmpTshark, ReadsImagesAndShortHeaders) {
  CapturedConnection connection;
  shake_hands(connection);
  MessageHeader header{
      .type = MessageType::video, .timestamp = 0, .stream_id = 1, .chunk_stream_id = chunk_stream::video};
  const auto payload = octets("27 01 000000");
  std::vector<std::string> expected;
  for (const std::uint32_t timestamp : {0U, 40U, 0xfffffeU, 0xffffffU, 0x1000028U, 0x1000050U, 20U}) {
    header.timestamp = timestamp;
    const auto image = wire_image(header, test::operator+(payload, counted(500)), chunk_bytes_default);
    connection.server_sends(image.bytes());
    expected.push_back(std::to_string(timestamp));
  }
  ChunkWriter client;
  header.chunk_stream_id = 400;  // three octets
  for (const std::uint32_t timestamp : {100U, 140U, 180U, 220U, 240U, 0x2000000U, 30U}) {
    header.timestamp = timestamp;
    Buffer out;
    client.write(header, test::operator+(payload, counted(timestamp == 240 ? 200 : 300)), out);
    connection.client_sends(out);
    expected.push_back(std::to_string(timestamp));
  }
  std::vector<std::string> timestamps;
  for (const auto& frame :
       connection.as_tshark_reads_it({"_ws.col.Info", "rtmpt.header.timestamp", "rtmpt.header.ets"})) {
    if (frame.at("_ws.col.Info").starts_with("Handshake")) continue;
    EXPECT_EQ(frame.at("_ws.col.Info"), "Video Data");
    const auto& extended = frame.at("rtmpt.header.ets");
    timestamps.push_back(extended.empty() ? frame.at("rtmpt.header.timestamp") : extended);
  }
  EXPECT_EQ(timestamps, expected);
}

TEST(RtmpTshark, ReadsLargeChunksByTheShippedProfile) {
  CapturedConnection connection;
  shake_hands(connection);
  ChunkWriter server;
  const auto server_says = [&](const Message& message) {
    Buffer out;
    server.write(message, out);
    connection.server_sends(out);
  };
  server_says(to_message(SetChunkSize{65536}));
  const MessageHeader header{.type = MessageType::video, .stream_id = 1, .chunk_stream_id = chunk_stream::video};
  const auto frame = wire_image(header, test::operator+(octets("17 01 000000"), counted(60'000)), 65536);
  for (std::size_t at = 0; at < frame.bytes().size(); at += 30'000) {  // no segment has more than 64 KiB
    connection.server_sends(frame.bytes().subspan(at, std::min<std::size_t>(30'000, frame.bytes().size() - at)));
  }
  const auto last = [&](const std::string& profile) {
    return connection.as_tshark_reads_it({"_ws.col.Info"}, profile).back().at("_ws.col.Info");
  };
  EXPECT_NE(last(""), "Video Data");
  EXPECT_EQ(last(LABNET_CONFIG_DIR "/wireshark/labnet"), "Video Data");
}

}  // namespace
}  // namespace labnet::rtmp
