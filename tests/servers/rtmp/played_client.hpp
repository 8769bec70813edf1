// A client as a test writes it down: octets for a server, and what the server has answered.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/rtmp/chunk_reader.hpp"
#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/command.hpp"
#include "common/rtmp/control.hpp"
#include "common/rtmp/handshake.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "servers/rtmp/session.hpp"

namespace labnet::rtmp_server {

/// A client's half of the protocol.
class PlayedClient {
 public:
  explicit PlayedClient(rtmp::HandshakeKind kind = rtmp::HandshakeKind::simple) : handshake_{kind, 7, 0} {
    handshake_.start(output_);
  }

  /// What the server has sent; the messages in it that are whole now.
  std::vector<rtmp::Message> take(Bytes bytes);

  void say(const rtmp::Command& command, std::uint32_t stream_id = 0);
  void say(const rtmp::Control& control) { say(rtmp::to_message(control)); }
  void say(const rtmp::Message& message) { writer_.write(message, output_); }
  Buffer take_output() { return std::exchange(output_, {}); }
  /// Whether all that the server has sent could be read.
  bool understands() const { return understands_; }
  bool is_done_with_handshake() const { return handshake_.is_done(); }
  rtmp::HandshakeKind handshake_kind() const { return handshake_.kind(); }

 private:
  rtmp::ClientHandshake handshake_;
  rtmp::ChunkReader reader_;
  rtmp::ChunkWriter writer_;
  Buffer output_;
  bool understands_ = true;
};

/// "Window Acknowledgement Size 5000000", "_result(1, ...)", "1: onStatus NetStream.Publish.Start": the message stream
/// stands in front where it is not 0.
std::string told(const rtmp::Message& message);

rtmp::Command connect_command(const std::string& app = "live");
rtmp::Message video_message(std::uint32_t timestamp, bool is_key, std::size_t bytes = 100, std::uint32_t stream_id = 1);
rtmp::Message video_header(std::uint32_t timestamp = 0, std::uint32_t stream_id = 1);
rtmp::Message audio_message(std::uint32_t timestamp, std::size_t bytes = 50, std::uint32_t stream_id = 1);
rtmp::Message audio_header(std::uint32_t timestamp = 0, std::uint32_t stream_id = 1);
rtmp::Message metadata_message(std::uint32_t stream_id = 1);  // as a publisher sends it, "@setDataFrame"

/// A session and its client, without a socket between them. Everything that is asked is accepted.
class PlayedSession {
 public:
  explicit PlayedSession(SessionOptions options = {}, rtmp::HandshakeKind kind = rtmp::HandshakeKind::simple)
      : client{kind}, session{options, 3, 0} {}

  /// What the client has said goes to the server in pieces of that size, and the answers come back.
  void exchange(std::size_t piece_bytes = SIZE_MAX);
  /// Octets that no client of ours would send.
  void feed(Bytes bytes, std::size_t piece_bytes = SIZE_MAX);
  /// Through the handshake and connect; what was answered to that is forgotten.
  void connect();
  /// And with a stream of that number.
  void create_stream();
  std::vector<std::string> take_answers() { return std::exchange(answers, {}); }

  PlayedClient client;
  Session session;
  std::vector<std::string> answers;  // as `told` has them
  std::vector<std::string> events;   // "publish live/1234", "video 40", "publish ends"
  std::optional<SessionFault> fault;
  bool accepts = true;

 private:
  void take(SessionEvent& event);
};

}  // namespace labnet::rtmp_server
