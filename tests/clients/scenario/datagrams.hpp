// Frames with UDP datagrams, for the tests of the tables of a capture.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/address.hpp"
#include "common/base/bytes.hpp"
#include "common/packet/frame.hpp"
#include "common/rtp/packet.hpp"

namespace labnet::scenario {

struct DatagramEnds {
  Ipv4Address source{}, destination{};
  std::uint16_t source_port = 0, destination_port = 0;

  DatagramEnds turned() const { return {destination, source, destination_port, source_port}; }
};

/// The whole frame, with right checksums.
inline Buffer datagram_frame(const DatagramEnds& ends, Bytes payload) {
  Buffer datagram;
  ByteWriter udp{datagram};
  packet::Udp header{.payload = payload};
  header.source_port = ends.source_port;
  header.destination_port = ends.destination_port;
  packet::write(header, ends.source, ends.destination, udp);
  Buffer packet_bytes;
  ByteWriter ip{packet_bytes};
  packet::write(
      packet::Ipv4{
          .ttl = 64, .protocol = 17, .source = ends.source, .destination = ends.destination, .payload = datagram},
      ip);
  Buffer frame;
  ByteWriter ethernet{frame};
  packet::write(packet::Ethernet{.type = packet::Ethernet::type_ipv4, .payload = packet_bytes}, ethernet);
  return frame;
}
inline Buffer datagram_frame(const DatagramEnds& ends, std::string_view payload) {
  return datagram_frame(ends, as_bytes(payload));
}

/// A packet of RTP with so many bytes of payload.
inline Buffer rtp_packet(const rtp::Header& header, std::size_t payload_bytes = 160) {
  Buffer bytes;
  ByteWriter writer{bytes};
  rtp::write(header, writer);
  bytes.resize(bytes.size() + payload_bytes);
  return bytes;
}

}  // namespace labnet::scenario
