// What a capture shows of RTMP in clear: the handshake and each message, but audio and video, which are counted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/base/address.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"
#include "common/packet/tcp_reassembly.hpp"
#include "common/rtmp/chunk_reader.hpp"

namespace labnet::scenario {

struct RtmpMessage {
  std::uint64_t number = 0;  // of the frame in which it ended, from 1
  bool is_from_client = false;
  /// How a scenario calls it: "C0+C1", "S0+S1+S2", "C2"; "connect", "_result"; "onStatus NetStream.Publish.Start";
  /// "@setDataFrame"; "Set Chunk Size", "Stream Begin"; "Audio Data" and "Video Data" for the first of each.
  std::string name{};
  std::string text{};  // the same with what is in it, in one line
  std::uint32_t stream_id = 0, chunk_stream_id = 0;
};

/// Of one direction.
struct RtmpMedia {
  std::uint64_t audio_messages = 0, video_messages = 0, key_frames = 0;
  std::uint64_t bytes = 0;
};

struct RtmpConnection {
  Ipv4Address client{}, server{};
  std::uint16_t client_port = 0, server_port = 0;
  std::vector<RtmpMessage> messages{};  // of both sides, in the order in which they ended
  RtmpMedia from_client{}, from_server{};
  std::string fault{};  // why one side could not be read on; empty: all of it was
};

/// What RtmpMessage::name may be.
bool is_rtmp_message_name(std::string_view text);

/// The port of RTMP servers without TLS.
inline constexpr std::uint16_t rtmp_port = 1935;

/// Takes frames that were taken apart one by one.
class RtmpTableBuilder {
 public:
  static constexpr std::size_t connections_max = 10'000;
  static constexpr std::size_t messages_max = 100'000;  // of all connections

  void add(std::uint64_t number, const packet::Frame& frame);
  const std::vector<RtmpConnection>& connections() const { return connections_; }

  /// True if what the frame carries is a part of such a connection.
  static bool is_rtmp(const packet::Frame& frame);

 private:
  struct Direction {
    packet::TcpReassembly stream;
    std::size_t handshake_bytes = 0;  // that have come
    rtmp::ChunkReader reader;
    bool is_lost = false;  // nobody knows where the next message begins
  };
  struct Connection {
    std::size_t index = 0;  // of connections_
    Direction from_client, from_server;
  };
  using Ends = std::tuple<Ipv4Address, std::uint16_t, Ipv4Address, std::uint16_t>;  // client, server

  void read(std::uint64_t number, Connection& connection, bool is_from_client, Bytes bytes);
  void take(std::uint64_t number, Connection& connection, bool is_from_client, const rtmp::Message& message);
  void note(Connection& connection, RtmpMessage message);

  std::vector<RtmpConnection> connections_;
  std::map<Ends, std::unique_ptr<Connection>> open_;
  std::size_t messages_ = 0;
};

}  // namespace labnet::scenario
