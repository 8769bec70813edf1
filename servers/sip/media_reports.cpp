#include "servers/sip/media_reports.hpp"

#include <vector>

namespace labnet::sip_server {

void MediaReports::schedule(rtp::Time now, std::uint32_t random) {
  constexpr std::chrono::milliseconds usual{5000};  // what report_interval is about
  next_ = now + rtp::report_interval(random, is_first_) * interval_.count() / usual.count();
  is_first_ = false;
}

Buffer MediaReports::make(const Sent& sent, rtp::Reception& reception, const Instant& now, Ends ends) {
  std::vector<rtp::ReportBlock> blocks;
  if (reception.total().received > 0) {
    blocks.push_back(reception.report());
    last_sender_report_.mention(blocks.back(), now.time);
  }
  const bool is_sender = sent.packets > packets_reported_before_;
  packets_reported_before_ = std::exchange(packets_reported_, sent.packets);

  std::vector<rtp::RtcpPacket> packets;
  if (is_sender) {
    packets.emplace_back(rtp::SenderReport{.ssrc = sent.ssrc,
                                           .ntp_time = rtp::to_ntp(now.wall),
                                           .rtp_timestamp = sent.rtp_timestamp,
                                           .packets = static_cast<std::uint32_t>(sent.packets),
                                           .octets = static_cast<std::uint32_t>(sent.octets),
                                           .blocks = std::move(blocks)});
  } else {
    packets.emplace_back(rtp::ReceiverReport{.ssrc = sent.ssrc, .blocks = std::move(blocks)});
  }
  packets.emplace_back(rtp::SourceDescription{{{.ssrc = sent.ssrc, .items = {{rtp::cname_item, cname_}}}}});
  if (ends == Ends::yes) packets.emplace_back(rtp::Bye{.ssrcs = {sent.ssrc}});
  Buffer datagram;
  ByteWriter out{datagram};
  rtp::write_compound(packets, out);
  has_reported_ = true;
  return datagram;
}

void MediaReports::receive(Bytes datagram, std::uint32_t own_ssrc, const Instant& now) {
  const auto packets = rtp::parse_compound(datagram);
  if (!packets) return;
  for (const auto& packet : *packets) {
    if (const auto* const sender = std::get_if<rtp::SenderReport>(&packet)) {
      last_sender_report_.receive(*sender, now.time);
      note_blocks(sender->blocks, own_ssrc, now.wall);
    } else if (const auto* const receiver = std::get_if<rtp::ReceiverReport>(&packet)) {
      note_blocks(receiver->blocks, own_ssrc, now.wall);
    }
  }
}

void MediaReports::note_blocks(const std::vector<rtp::ReportBlock>& blocks, std::uint32_t own_ssrc,
                               rtp::WallTime wall) {
  for (const auto& block : blocks) {
    if (block.ssrc != own_ssrc) continue;
    const auto measured = rtp::round_trip(block, rtp::to_ntp(wall));
    if (measured) round_trip_us_.store(measured->count(), std::memory_order_relaxed);
  }
}

std::optional<std::chrono::microseconds> MediaReports::round_trip() const {
  const auto measured = round_trip_us_.load(std::memory_order_relaxed);
  if (measured == unknown) return std::nullopt;
  return std::chrono::microseconds{measured};
}

}  // namespace labnet::sip_server
