// The table of RTMP connections that a capture shows.
#include "clients/scenario/rtmp_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/control.hpp"
#include "common/rtmp/handshake.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "tests/clients/scenario/segments.hpp"

namespace labnet::scenario {
namespace {

using testing::ElementsAre;

/// Both sides of one connection, segment after segment.
class RtmpCapture {
 public:
  void open() {
    add(segments_.syn());
    add(segments_.syn_ack());
  }
  void shake_hands() {
    client(std::string(1 + rtmp::handshake_bytes, 'a'));
    server(std::string(1 + 2 * rtmp::handshake_bytes, 'b'));
    client(std::string(rtmp::handshake_bytes, 'c'));
  }
  void client(std::string_view bytes) { add(segments_.next(true, bytes)); }
  void server(std::string_view bytes) { add(segments_.next(false, bytes)); }
  void client(const rtmp::Message& message) { client(chunks(to_server_, message)); }
  void server(const rtmp::Message& message) { server(chunks(to_client_, message)); }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& one : connection().messages) names.push_back((one.is_from_client ? "-> " : "<- ") + one.name);
    return names;
  }
  const RtmpConnection& connection() const { return builder_.connections().front(); }
  const std::vector<RtmpConnection>& connections() const { return builder_.connections(); }

  static std::string chunks(rtmp::ChunkWriter& writer, const rtmp::Message& message) {
    Buffer out;
    writer.write(message, out);
    return std::string{as_text(Bytes{out})};
  }
  rtmp::ChunkWriter to_server_, to_client_;

 private:
  void add(const packet::Frame& frame) { builder_.add(++number_, frame); }

  RtmpTableBuilder builder_;
  Segments segments_{rtmp_port};
  std::uint64_t number_ = 0;
};

rtmp::Message media(rtmp::MessageType type, std::string_view payload) {
  rtmp::Message message;
  message.header.type = type;
  message.header.stream_id = 1;
  message.header.chunk_stream_id = type == rtmp::MessageType::audio ? 4 : 6;
  message.payload = rtmp::SharedBytes::copy_of(as_bytes(payload));
  return message;
}

constexpr std::string_view key_frame = "\x17\x01...frame", other_frame = "\x27\x01...frame", sound = "\xaf\x01sound";

TEST(RtmpTable, TellsTheHandshakeAndEachMessage) {
  RtmpCapture capture;
  capture.open();
  capture.shake_hands();
  rtmp::Connect connect;
  connect.app = "live";
  capture.client(rtmp::to_message(rtmp::Control{rtmp::SetChunkSize{4096}}));
  capture.client(rtmp::to_message(rtmp::to_command(connect)));
  capture.server(rtmp::to_message(rtmp::connect_result(1, {})));
  rtmp::Status status;
  status.code = "NetStream.Publish.Start";
  capture.server(
      rtmp::to_message(rtmp::Control{rtmp::UserControl{.event = rtmp::UserEvent::stream_begin, .value = 1}}));
  capture.server(rtmp::to_message(rtmp::on_status(status), 1));
  EXPECT_THAT(capture.names(), ElementsAre("-> C0+C1", "<- S0+S1+S2", "-> C2", "-> Set Chunk Size", "-> connect",
                                           "<- _result", "<- Stream Begin", "<- onStatus NetStream.Publish.Start"));
  const auto& connection = capture.connection();
  EXPECT_EQ(connection.client, Segments::client);
  EXPECT_EQ(connection.server, Segments::server);
  EXPECT_EQ(connection.client_port, Segments::client_port);
  EXPECT_EQ(connection.messages[0].number, 3u);
  EXPECT_EQ(connection.messages[3].text, "Set Chunk Size 4096");
  EXPECT_EQ(connection.messages[4].text, "connect(1, {app: \"live\", tcUrl: \"\"})");
  EXPECT_EQ(connection.messages[7].stream_id, 1u);
  EXPECT_EQ(connection.fault, "");
}

TEST(RtmpTable, CountsAudioAndVideoAndTellsTheFirstOfEach) {
  RtmpCapture capture;
  capture.open();
  capture.shake_hands();
  capture.client(media(rtmp::MessageType::video, key_frame));
  for (int i = 0; i < 3; ++i) capture.client(media(rtmp::MessageType::audio, sound));
  capture.client(media(rtmp::MessageType::video, other_frame));
  capture.server(media(rtmp::MessageType::audio, sound));
  EXPECT_THAT(capture.names(),
              ElementsAre("-> C0+C1", "<- S0+S1+S2", "-> C2", "-> Video Data", "-> Audio Data", "<- Audio Data"));
  const auto& connection = capture.connection();
  EXPECT_EQ(connection.from_client.video_messages, 2u);
  EXPECT_EQ(connection.from_client.key_frames, 1u);
  EXPECT_EQ(connection.from_client.audio_messages, 3u);
  EXPECT_EQ(connection.from_client.bytes, key_frame.size() + other_frame.size() + 3 * sound.size());
  EXPECT_EQ(connection.from_server.audio_messages, 1u);
}

TEST(RtmpTable, IsTheSameHoweverTheSegmentsAreCut) {
  RtmpCapture whole, cut;
  whole.open();
  cut.open();
  whole.shake_hands();
  cut.client(std::string(1, 'a'));
  cut.client(std::string(rtmp::handshake_bytes - 1, 'a'));
  cut.client(std::string(1, 'a'));
  cut.server(std::string(1 + 2 * rtmp::handshake_bytes, 'b'));
  rtmp::Connect connect;
  connect.app = "live";
  const auto chunks = RtmpCapture::chunks(whole.to_server_, rtmp::to_message(rtmp::to_command(connect)));
  whole.client(chunks);
  const auto bytes = std::string(rtmp::handshake_bytes, 'c') + chunks;  // the end of one thing and all of the next
  cut.client(bytes.substr(0, rtmp::handshake_bytes + 5));
  for (const char byte : bytes.substr(rtmp::handshake_bytes + 5)) cut.client(std::string(1, byte));
  EXPECT_EQ(whole.names(), cut.names());
}

TEST(RtmpTable, SaysWhyItCannotGoOn) {
  RtmpCapture capture;
  capture.open();
  capture.shake_hands();
  capture.client("\xff\xff\xff");
  capture.server(rtmp::to_message(rtmp::connect_result(1, {})));
  EXPECT_EQ(capture.connection().fault, "a chunk continues a message that has not begun");
  EXPECT_THAT(capture.names(), ElementsAre("-> C0+C1", "<- S0+S1+S2", "-> C2", "<- _result"));
}

TEST(RtmpTable, TellsConnectionsApart) {
  RtmpCapture capture;
  capture.open();
  capture.shake_hands();
  capture.open();  // the same ports once more
  EXPECT_EQ(capture.connections().size(), 2u);
  capture.shake_hands();
  EXPECT_EQ(capture.connections()[1].messages.size(), 3u);
  Segments web{80};
  RtmpTableBuilder builder;
  builder.add(1, web.syn());
  builder.add(2, web.next(true, "GET /"));
  EXPECT_TRUE(builder.connections().empty());
}

TEST(RtmpTable, KnowsWhatItsMessagesMayBeCalled) {
  EXPECT_TRUE(is_rtmp_message_name("onStatus NetStream.Play.Start"));
  EXPECT_TRUE(is_rtmp_message_name(std::string(100, 'x')));
  EXPECT_FALSE(is_rtmp_message_name(std::string(101, 'x')));
  EXPECT_FALSE(is_rtmp_message_name(""));
  EXPECT_FALSE(is_rtmp_message_name("two\nlines"));
}

}  // namespace
}  // namespace labnet::scenario
