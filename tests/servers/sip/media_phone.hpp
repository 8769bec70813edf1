// A relay on a thread of its own, and phones around it: sockets of this host that send and hear RTP and RTCP.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/audio/g711.hpp"
#include "common/base/file_descriptor.hpp"
#include "common/net/runtime.hpp"
#include "common/rtp/packet.hpp"
#include "common/rtp/rtcp.hpp"
#include "servers/sip/media_address.hpp"
#include "servers/sip/media_relay.hpp"

namespace labnet::sip_server {

inline constexpr Ipv4Address phones_host{0x7f000001};

inline const sdp::Codec pcma_codec{.payload_type = 8, .name = "PCMA"};
inline const sdp::Codec pcmu_codec{.payload_type = 0, .name = "PCMU"};
inline sdp::Codec events_codec(std::uint8_t payload_type) {
  return {.payload_type = payload_type, .name = "telephone-event", .parameters = "0-15"};
}

/// How long something that must come is waited for, and something that must not.
inline constexpr std::chrono::milliseconds wait_for_it{5000};
inline constexpr std::chrono::milliseconds wait_for_nothing{60};

/// True once the condition holds; false if it does not within wait_for_it.
bool comes_true(const std::function<bool()>& condition);

/// Two ports, as a phone has them: RTP, and RTCP wherever the system puts it.
class MediaPhone {
 public:
  explicit MediaPhone(std::uint32_t ssrc, Ipv4Address host = phones_host);

  std::uint16_t port() const { return port_; }
  std::uint16_t rtcp_port() const { return rtcp_port_; }
  MediaAddress address() const { return {host_, port_}; }
  /// Where it sends to: the relay's port for it.
  void call(const MediaBridge& bridge, Side side);

  /// Sends the next packet: 160 bytes of PCMA, the number of the packet in each of them.
  rtp::Header send(std::uint8_t payload_type = rtp_pcma);
  void send(const rtp::Header& header, Bytes payload);
  void send_raw(Bytes datagram);
  void send_rtcp(const std::vector<rtp::RtcpPacket>& packets);

  /// The next packet that comes; nothing if none does in that time.
  std::optional<Buffer> hear(std::chrono::milliseconds time = wait_for_it);
  bool hears_nothing() { return !hear(wait_for_nothing); }
  /// The next compound packet.
  std::optional<std::vector<rtp::RtcpPacket>> hear_rtcp(std::chrono::milliseconds time = wait_for_it);
  /// The sound of so many packets, one after the other.
  audio::SampleBuffer hear_sound(std::size_t packets, audio::Law law);

  static constexpr std::uint8_t rtp_pcma = 8;
  rtp::Header next;  // that it sends

 private:
  Ipv4Address host_;
  std::uint16_t port_ = 0;
  std::uint16_t rtcp_port_ = 0;
  FileDescriptor rtp_;  // what the system has bound them to stands in front
  FileDescriptor rtcp_;
  MediaAddress relay_;
  MediaAddress relay_rtcp_;
};

/// What a phone and the relay have agreed on.
struct AgreedWith {
  sdp::Direction direction = sdp::Direction::sendrecv;
  std::vector<sdp::Codec> sending{pcma_codec};
  std::vector<sdp::Codec> receiving{pcma_codec};
  std::uint8_t sending_events = 0;  // payload types; 0: none
  std::uint8_t receiving_events = 0;
};
sdp::Agreement agreement_with(const MediaPhone& phone, const AgreedWith& agreed = {});

/// The test is signalling.
class RunningRelay {
 public:
  explicit RunningRelay(const MediaConfig& config = test_config(), unsigned workers = 1);
  ~RunningRelay() { stop(); }
  static MediaConfig test_config();

  /// As SIGTERM does; waits for the end.
  void stop();
  MediaRelay& relay() { return *relay_; }
  std::unique_ptr<MediaBridge> open() { return relay_->open(phones_host, phones_host); }
  /// Returns when every worker has done what it was told before.
  void settle();

 private:
  net::Runtime runtime_;
  std::unique_ptr<MediaRelay> relay_;
  std::jthread thread_;
};

/// A call between two phones that have agreed on the same with the relay.
class RelayedCall {
 public:
  explicit RelayedCall(RunningRelay& relay, const AgreedWith& caller_agreed = {}, const AgreedWith& callee_agreed = {});

  /// Both send one packet, which the other one hears: then the relay knows both.
  void open_paths();

  MediaPhone caller{0x1111};
  MediaPhone callee{0x2222};
  std::unique_ptr<MediaBridge> bridge;
};

}  // namespace labnet::sip_server
