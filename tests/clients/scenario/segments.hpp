// The segments of one TCP connection, as frames that were taken apart, for the tests of the tables of a capture.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/packet/frame.hpp"

namespace labnet::scenario {

class Segments {
 public:
  static constexpr Ipv4Address client{0xc0a80106}, server{0xc0a8010a};
  static constexpr std::uint16_t client_port = 50'000;

  explicit Segments(std::uint16_t server_port) : server_port_{server_port} {}

  /// The next one of that side. Its bytes stay here.
  packet::Frame next(bool is_from_client, Bytes bytes, std::uint8_t flags = packet::Tcp::flag_ack) {
    auto& number = is_from_client ? next_of_client_ : next_of_server_;
    sent_.emplace_back(bytes.begin(), bytes.end());
    packet::Frame frame;
    auto& tcp = frame.tcp.emplace();
    tcp.source_port = is_from_client ? client_port : server_port_;
    tcp.destination_port = is_from_client ? server_port_ : client_port;
    tcp.sequence_number = number;
    tcp.flags = flags;
    tcp.payload = sent_.back();
    number += static_cast<std::uint32_t>(bytes.size()) + (tcp.has(packet::Tcp::flag_syn) ? 1 : 0);
    auto& ip = frame.ipv4.emplace();
    ip.source = is_from_client ? client : server;
    ip.destination = is_from_client ? server : client;
    return frame;
  }
  packet::Frame next(bool is_from_client, std::string_view text) { return next(is_from_client, as_bytes(text)); }
  packet::Frame syn() { return next(true, Bytes{}, packet::Tcp::flag_syn); }
  packet::Frame syn_ack() { return next(false, Bytes{}, packet::Tcp::flag_syn | packet::Tcp::flag_ack); }

 private:
  std::uint16_t server_port_;
  std::deque<Buffer> sent_;
  std::uint32_t next_of_client_ = 1'000, next_of_server_ = 0xfffffff0;
};

}  // namespace labnet::scenario
