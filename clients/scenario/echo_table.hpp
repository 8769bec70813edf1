// What a capture shows of pings: each echo request with its reply, and the ARP exchanges that made them possible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "common/base/address.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/frame.hpp"

namespace labnet::scenario {

/// One echo request or reply as it was on the wire.
struct EchoFrame {
  std::uint64_t number = 0;  // of the frame in the capture, from 1, as Wireshark counts
  packet::Timestamp time{};
  MacAddress source_mac{};
  MacAddress destination_mac{};
  Ipv4Address source{};
  Ipv4Address destination{};
  std::uint8_t ttl = 0;
  std::uint32_t frame_bytes = 0;
};

struct EchoExchange {
  std::uint16_t identifier = 0;
  std::uint16_t sequence_number = 0;
  EchoFrame request{};
  std::optional<EchoFrame> reply{};  // the first one
};

struct ArpExchange {
  std::uint64_t request_number = 0;
  packet::Timestamp time{};
  MacAddress asking_mac{};
  Ipv4Address asking{};
  Ipv4Address asked{};
  std::uint64_t reply_number = 0;            // 0 if there was none
  std::optional<MacAddress> answered_mac{};  // what the reply said
  /// None was seen, and none could be: another host has asked everybody, and the reply goes to that one alone.
  bool is_between_others = false;
};

struct EchoTable {
  static constexpr std::size_t exchanges_max = 100'000;  // of each kind

  std::vector<EchoExchange> echoes{};  // in the order of the requests
  std::vector<ArpExchange> arps{};     // likewise; announcements of a host's own address are not among them
  std::uint64_t frames = 0;            // all that were in the capture
  std::uint64_t left_out = 0;          // requests beyond exchanges_max
};

/// Takes the frames of a capture one by one:
///
///     EchoTableBuilder builder;
///     while (const auto frame = *reader.next()) builder.add(*frame);
///     builder.finish();
///     use(builder.table());
///
/// A reply belongs to the last request of the same identifier and sequence number between the same two hosts; a reply
/// without a request is left out. Frames that are neither ICMP echoes nor ARP only count.
class EchoTableBuilder {
 public:
  void add(const packet::CapturedFrame& frame);
  void finish();

  const EchoTable& table() const { return table_; }

 private:
  using EchoKey = std::tuple<Ipv4Address, Ipv4Address, std::uint16_t, std::uint16_t>;  // asking, asked, id, sequence
  using ArpKey = std::tuple<Ipv4Address, Ipv4Address>;                                 // asking, asked

  void add_echo(const packet::Frame& frame, const EchoFrame& echo);
  void add_arp(const packet::Arp& arp, packet::Timestamp time);
  bool has_room(std::size_t size);
  void note_hosts(const packet::Ethernet& ethernet);

  EchoTable table_;
  /// Those that take part in every frame so far that is for one host: in the end, the host where it was captured.
  std::optional<std::vector<MacAddress>> in_all_{};  // nothing: there was no such frame
  std::map<EchoKey, std::size_t> open_echoes_;       // requests without a reply: their place in the table
  std::map<ArpKey, std::size_t> open_arps_;
};

}  // namespace labnet::scenario
