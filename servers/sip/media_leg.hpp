// One side of a call: its sockets, what may come from it, and the stream that goes to it.
#pragma once

#include <atomic>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/net/ready_set.hpp"
#include "common/rtp/payload_types.hpp"
#include "common/rtp/reception.hpp"
#include "common/rtp/relay.hpp"
#include "servers/sip/media.hpp"
#include "servers/sip/media_address.hpp"
#include "servers/sip/media_config.hpp"
#include "servers/sip/media_ports.hpp"
#include "servers/sip/media_reports.hpp"
#include "servers/sip/media_totals.hpp"

namespace labnet::sip_server {

inline constexpr std::uint32_t audio_clock_rate_hz = 8000;  // until something else is agreed on

/// Belongs to one worker. Made by another thread before that worker has it; `counts`, `address` and `port` are for any
/// thread.
///
/// A packet costs one call of the system to receive it and one to send it. In between no memory is allocated, nothing
/// locked, and of the packet its fixed header alone is written.
class MediaLeg final : private net::ReadySet::Watcher {
 public:
  MediaLeg(MediaPorts ports, const MediaConfig& config, std::string cname);
  MediaLeg(const MediaLeg&) = delete;
  MediaLeg& operator=(const MediaLeg&) = delete;

  const IpAddress& address() const { return ports_.address(); }
  std::uint16_t port() const { return ports_.port(); }
  MediaCounts counts() const;

  /// Begins to receive. False if the system refuses.
  /// totals  of its worker
  bool join(net::ReadySet& set, MediaTotals& totals);
  /// Ends it, with BYE: nothing is received or sent any more.
  void end(const MediaReports::Instant& now);
  /// The same if it has not ended; and the ports are given back.
  void close(const MediaReports::Instant& now);

  /// Learns anew where the side is: see SourceLatch.
  void agree(const sdp::Agreement& agreement);
  const std::optional<sdp::Agreement>& agreement() const { return agreement_; }

  /// Where what comes from this side goes: to the other one, back to itself, to both or nowhere.
  void route(MediaLeg* onward, MediaLeg* back);

  /// Sends one packet of whatever source: it becomes part of this leg's own stream. Not if the side does not want it.
  ///
  /// packet  at least a header; it is overwritten
  void send(std::span<std::byte> packet, std::uint8_t payload_type, rtp::Time now);

  /// Sends a report if one is due.
  void report(const MediaReports::Instant& now);

 private:
  /// Of the other port.
  struct RtcpWatcher final : net::ReadySet::Watcher {
    explicit RtcpWatcher(MediaLeg& owner) : leg{owner} {}
    void on_ready() override { leg.on_rtcp_ready(); }
    MediaLeg& leg;
  };
  struct Route {
    MediaLeg* to = nullptr;
    rtp::PayloadTypeMap types;
  };
  /// Written by the worker, read by signalling.
  struct Counters {
    std::atomic<std::uint64_t> packets = 0;
    std::atomic<std::uint64_t> lost = 0;
    std::atomic<std::uint64_t> strangers = 0;
    std::atomic<double> jitter_ms = 0;
  };

  void on_ready() override;
  void receive(std::span<std::byte> packet, const MediaAddress& from);
  void note(Bytes packet);
  void pass_on(std::span<std::byte> packet);
  Route route_to(MediaLeg* to);
  void mark_spell(std::span<std::byte> packet) const;
  bool send_datagram(Bytes packet);

  void on_rtcp_ready();
  void receive_rtcp(Bytes datagram, const MediaAddress& from);
  std::optional<MediaAddress> rtcp_peer() const;
  void send_report(const MediaReports::Instant& now, MediaReports::Ends ends);

  void connect_socket();
  void unconnect_socket();
  void use_clocks(std::uint32_t receiving_hz, std::uint32_t sending_hz);

  MediaPorts ports_;
  net::ReadySet* set_ = nullptr;
  MediaTotals* totals_ = nullptr;  // from `join` on
  bool connects_when_locked_;
  bool is_connected_ = false;
  bool may_send_ = false;
  std::uint32_t spell_ = 0;  // how often sending began again: the packets in between were not lost
  std::uint32_t receiving_clock_hz_ = audio_clock_rate_hz;
  std::uint32_t sending_clock_hz_ = audio_clock_rate_hz;
  rtp::SourceLatch<MediaAddress> latch_;
  rtp::Reception reception_;
  std::uint8_t event_type_ = 0xff;                 // telephone-event, as the side sends it; above 127: none
  std::bitset<rtp::payload_type_max + 1> agreed_;  // what the side may send
  Route onward_;
  Route back_;
  rtp::RelayRewriter rewriter_;
  std::uint64_t sent_packets_ = 0;
  std::uint64_t sent_octets_ = 0;
  Counters counters_;

  std::optional<sdp::Agreement> agreement_;
  RtcpWatcher rtcp_watcher_{*this};
  MediaReports reports_;
  std::optional<MediaAddress> rtcp_learnt_;
};

}  // namespace labnet::sip_server
