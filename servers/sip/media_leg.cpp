#include "servers/sip/media_leg.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "common/net/random.hpp"

namespace labnet::sip_server {
namespace {

constexpr std::uint8_t no_event_type = 0xff;

rtp::RelayRewriter new_stream(std::uint32_t clock_rate_hz) {
  return rtp::RelayRewriter{{.ssrc = net::random_number<std::uint32_t>(),
                             .sequence = net::random_number<std::uint16_t>(),
                             .timestamp = net::random_number<std::uint32_t>(),
                             .clock_rate_hz = clock_rate_hz}};
}

std::uint32_t clock_rate_of(const std::vector<sdp::Codec>& codecs) {
  return codecs.empty() ? audio_clock_rate_hz : codecs.front().clock_rate_hz;
}

/// One datagram, which does not fit if it is longer than any of a call.
struct MediaDatagram {
  std::array<std::byte, media_packet_bytes_max> room;  // not initialized: it is written before it is read
  MediaAddress from;
  std::span<std::byte> bytes;

  /// False if none is there, or what is there is to be thrown away.
  bool receive(int socket) {
    socklen_t from_bytes = MediaAddress::bytes_max;
    const auto count = ::recvfrom(socket, room.data(), room.size(), MSG_TRUNC, from.data(), &from_bytes);
    if (count < 0 || static_cast<std::size_t>(count) > room.size()) return false;
    bytes = std::span{room}.first(static_cast<std::size_t>(count));
    return true;
  }
};

}  // namespace

MediaLeg::MediaLeg(MediaPorts ports, const MediaConfig& config, std::string cname)
    : ports_{std::move(ports)},
      connects_when_locked_{config.connects_when_locked && config.latch.mode != rtp::LatchMode::never_locked},
      latch_{config.latch},
      reception_{audio_clock_rate_hz},
      rewriter_{new_stream(audio_clock_rate_hz)},
      reports_{std::move(cname), config.report_interval} {}

MediaCounts MediaLeg::counts() const {
  constexpr auto relaxed = std::memory_order_relaxed;
  MediaCounts all{.packets = counters_.packets.load(relaxed),
                  .lost = counters_.lost.load(relaxed),
                  .strangers = counters_.strangers.load(relaxed),
                  .jitter_ms = counters_.jitter_ms.load(relaxed)};
  if (const auto measured = reports_.round_trip()) {
    all.round_trip_ms = std::chrono::duration<double, std::milli>{*measured}.count();
  }
  return all;
}

bool MediaLeg::join(net::ReadySet& set, MediaTotals& totals) {
  if (!set.add(ports_.rtp(), *this)) return false;
  if (!set.add(ports_.rtcp(), rtcp_watcher_)) {
    set.remove(ports_.rtp(), *this);
    return false;
  }
  set_ = &set;
  totals_ = &totals;
  return true;
}

void MediaLeg::close(const MediaReports::Instant& now) {
  end(now);
  ports_.close();
}

void MediaLeg::end(const MediaReports::Instant& now) {
  if (set_ == nullptr) return;
  if (sent_packets_ > 0 || reports_.has_reported()) send_report(now, MediaReports::Ends::yes);
  set_->remove(ports_.rtp(), *this);
  set_->remove(ports_.rtcp(), rtcp_watcher_);
  set_ = nullptr;
}

void MediaLeg::agree(const sdp::Agreement& agreement) {
  if (set_ == nullptr) return;
  agreement_ = agreement;
  unconnect_socket();
  latch_.expect(rtp_address_of(agreement));
  rtcp_learnt_.reset();
  agreed_.reset();
  for (const auto& codec : agreement.receiving) agreed_.set(codec.payload_type & rtp::payload_type_max);
  const auto& events = agreement.receiving_events;
  if (events) agreed_.set(events->payload_type & rtp::payload_type_max);
  event_type_ = events ? events->payload_type : no_event_type;
  use_clocks(clock_rate_of(agreement.receiving), clock_rate_of(agreement.sending));

  const bool may_send = sdp::sends(agreement.direction) && agreement.remote.has_value();
  if (may_send && !may_send_) ++spell_;
  may_send_ = may_send;
}

void MediaLeg::use_clocks(std::uint32_t receiving_hz, std::uint32_t sending_hz) {
  if (std::exchange(receiving_clock_hz_, receiving_hz) != receiving_hz) reception_ = rtp::Reception{receiving_hz};
  if (std::exchange(sending_clock_hz_, sending_hz) != sending_hz) rewriter_ = new_stream(sending_hz);
}

// What comes from the side

void MediaLeg::on_ready() {
  MediaDatagram datagram;
  if (datagram.receive(ports_.rtp())) receive(datagram.bytes, datagram.from);
}

void MediaLeg::receive(std::span<std::byte> packet, const MediaAddress& from) {
  switch (rtp::kind_of(packet)) {
    case rtp::DatagramKind::rtp:
      break;
    case rtp::DatagramKind::rtcp:
      return receive_rtcp(packet, from);
    default:
      return;
  }
  if (rtp::fault_of(packet)) return;
  const bool is_agreed = agreed_[rtp::payload_type_of(packet)];
  const auto verdict = latch_.receive(from, rtp::ssrc_of(packet), is_agreed, set_->now());
  if (verdict == rtp::LatchVerdict::stranger || verdict == rtp::LatchVerdict::foreign_ssrc) {
    return counters_.strangers.store(latch_.strangers() + latch_.foreign_ssrcs(), std::memory_order_relaxed);
  }
  if (verdict == rtp::LatchVerdict::closed) return;
  if (latch_.is_locked() && !is_connected_) connect_socket();
  if (verdict != rtp::LatchVerdict::relay) return;
  ++totals_->received_packets;
  totals_->received_bytes += packet.size();
  note(packet);
  pass_on(packet);
}

void MediaLeg::note(Bytes packet) {
  const auto header = rtp::header_of(packet);
  if (header.payload_type == event_type_) {
    reception_.receive_untimed(header);
  } else {
    reception_.receive(header, set_->now());
  }
  constexpr auto relaxed = std::memory_order_relaxed;
  const auto total = reception_.total();
  counters_.packets.store(total.received, relaxed);
  counters_.lost.store(static_cast<std::uint64_t>(std::max<std::int64_t>(total.lost(), 0)), relaxed);
  counters_.jitter_ms.store(reception_.jitter_ms(), relaxed);
}

void MediaLeg::pass_on(std::span<std::byte> packet) {
  const auto type = rtp::payload_type_of(packet);
  if (back_.to != nullptr) {
    // What goes on to the other side, too, must not be changed by the way back.
    const auto header = rtp::header_of(packet);
    if (const auto own_type = back_.types[type]) back_.to->send(packet, *own_type, set_->now());
    rtp::set_header(packet, header);
  }
  if (onward_.to == nullptr) return;
  if (const auto their_type = onward_.types[type]) onward_.to->send(packet, *their_type, set_->now());
}

void MediaLeg::route(MediaLeg* onward, MediaLeg* back) {
  onward_ = route_to(onward);
  back_ = route_to(back);
}

MediaLeg::Route MediaLeg::route_to(MediaLeg* to) {
  if (to == nullptr || !agreement_ || !to->agreement_) return {};
  Route route{.to = to, .types = {}};
  const auto& there = *to->agreement_;
  for (const auto& codec : agreement_->receiving) {
    const auto same = std::ranges::find_if(
        there.sending, [&](const sdp::Codec& other) { return sdp::is_same_encoding(codec, other); });
    if (same != there.sending.end()) route.types.allow(codec.payload_type, same->payload_type);
  }
  if (agreement_->receiving_events && there.sending_events) {
    route.types.allow(agreement_->receiving_events->payload_type, there.sending_events->payload_type);
  }
  to->rewriter_.set_event_type(event_type_);
  return route;
}

// What goes to it

void MediaLeg::send(std::span<std::byte> packet, std::uint8_t payload_type, rtp::Time now) {
  if (!may_send_ || !latch_.peer()) return;
  if (spell_ > 1) mark_spell(packet);
  rewriter_.rewrite(packet, payload_type, now);
  if (!send_datagram(packet)) return;
  ++totals_->sent_packets;
  totals_->sent_bytes += packet.size();
  ++sent_packets_;
  sent_octets_ += packet.size() - rtp::header_bytes;
}

/// To the rewriter it is another source than before the pause, whose packets were not lost but not meant for the side.
void MediaLeg::mark_spell(std::span<std::byte> packet) const {
  auto header = rtp::header_of(packet);
  header.ssrc ^= spell_;
  rtp::set_header(packet, header);
}

bool MediaLeg::send_datagram(Bytes packet) {
  const auto& peer = *latch_.peer();
  if (!is_connected_) return ::sendto(ports_.rtp(), packet.data(), packet.size(), 0, peer.data(), peer.bytes()) >= 0;
  if (::send(ports_.rtp(), packet.data(), packet.size(), 0) >= 0) return true;
  // It may be the news that an earlier packet was refused: that says nothing about this one.
  return errno == ECONNREFUSED && ::send(ports_.rtp(), packet.data(), packet.size(), 0) >= 0;
}

void MediaLeg::connect_socket() {
  if (!connects_when_locked_) return;
  const auto& peer = *latch_.learnt();
  is_connected_ = ::connect(ports_.rtp(), peer.data(), peer.bytes()) == 0;
}

void MediaLeg::unconnect_socket() {
  if (!is_connected_) return;
  const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
  ::connect(ports_.rtp(), &nobody, sizeof nobody);
  is_connected_ = false;
}

// RTCP

void MediaLeg::on_rtcp_ready() {
  MediaDatagram datagram;
  if (datagram.receive(ports_.rtcp())) receive_rtcp(datagram.bytes, datagram.from);
}

void MediaLeg::receive_rtcp(Bytes datagram, const MediaAddress& from) {
  if (!latch_.peer() || !from.is_same_host(*latch_.peer())) return;
  rtcp_learnt_ = from;
  reports_.receive(datagram, rewriter_.ssrc(), {set_->now(), std::chrono::system_clock::now()});
}

std::optional<MediaAddress> MediaLeg::rtcp_peer() const {
  if (!agreement_ || !agreement_->remote || !latch_.peer()) return std::nullopt;
  if (rtcp_learnt_) return rtcp_learnt_;
  if (agreement_->rtcp_mux) return latch_.peer();
  if (!latch_.is_elsewhere()) return rtcp_address_of(*agreement_);
  // Behind a translator of addresses nothing better than the rule of old is known (RFC 3550, section 11).
  auto next = *latch_.peer();
  next.set_port(static_cast<std::uint16_t>(next.port() + 1));
  return next;
}

void MediaLeg::report(const MediaReports::Instant& now) {
  if (!agreement_ || set_ == nullptr) return;
  const bool is_due = reports_.is_due(now.time);
  if (is_due) send_report(now, MediaReports::Ends::no);
  if (is_due || !reports_.is_scheduled()) reports_.schedule(now.time, net::random_number<std::uint32_t>());
}

void MediaLeg::send_report(const MediaReports::Instant& now, MediaReports::Ends ends) {
  const auto peer = rtcp_peer();
  if (!peer) return;
  const auto datagram = reports_.make({.ssrc = rewriter_.ssrc(),
                                       .rtp_timestamp = rewriter_.timestamp_at(now.time),
                                       .packets = sent_packets_,
                                       .octets = sent_octets_},
                                      reception_, now, ends);
  const auto socket = agreement_->rtcp_mux ? ports_.rtp() : ports_.rtcp();
  ::sendto(socket, datagram.data(), datagram.size(), 0, peer->data(), peer->bytes());
}

}  // namespace labnet::sip_server
