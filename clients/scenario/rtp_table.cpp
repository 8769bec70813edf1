#include "clients/scenario/rtp_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "common/rtp/payload_types.hpp"
#include "common/rtp/rtcp.hpp"

namespace labnet::scenario {
namespace {

constexpr std::uint16_t unprivileged_port_min = 1024;
constexpr std::uint32_t usual_clock_hz = 8000;  // of types that only the signalling explains

bool has_encoding(std::uint8_t type) {
  return type >= rtp::dynamic_type_min || rtp::static_encoding(type);
}

bool has_form_of_rtp(const packet::Udp& udp) {
  return udp.source_port >= unprivileged_port_min && udp.destination_port >= unprivileged_port_min &&
         rtp::kind_of(udp.payload) == rtp::DatagramKind::rtp && !rtp::fault_of(udp.payload);
}

rtp::Time time_of_arrival(packet::Timestamp time) {
  return rtp::Time{std::chrono::duration_cast<rtp::Time::duration>(time.time_since_epoch())};
}

}  // namespace

std::string payload_type_text(std::uint8_t type) {
  const auto encoding = rtp::static_encoding(type);
  return encoding ? fmt::format("{} ({})", encoding->name, type) : std::to_string(type);
}

bool RtpTableBuilder::add(std::uint64_t number, packet::Timestamp time, std::uint32_t wire_bytes,
                          const packet::Frame& frame) {
  if (!frame.udp || !frame.ipv4 || !has_form_of_rtp(*frame.udp)) return false;
  const auto header = rtp::header_of(frame.udp->payload);
  const Key key{frame.ipv4->source, frame.udp->source_port, frame.ipv4->destination, frame.udp->destination_port,
                header.ssrc};
  auto known = candidates_.find(key);
  if (known == candidates_.end()) {
    if (candidates_.size() == streams_max) return false;
    known = candidates_.emplace(key, Candidate{}).first;
    auto& stream = known->second.stream;
    std::tie(stream.source, stream.source_port, stream.destination, stream.destination_port, stream.ssrc) = key;
    known->second.frames.first = number;
  }
  auto& candidate = known->second;
  ++candidate.frames.count;
  const auto follows = candidate.sequence && header.sequence == static_cast<std::uint16_t>(*candidate.sequence + 1);
  candidate.is_stream = candidate.is_stream || follows;
  candidate.sequence = header.sequence;
  if (has_encoding(header.payload_type)) {
    add_media(candidate, number, time, wire_bytes, header);
  } else if (!candidate.stream.opening) {
    candidate.stream.opening = {number, header.payload_type, wire_bytes};
  }
  return true;
}

void RtpTableBuilder::add_media(Candidate& candidate, std::uint64_t number, packet::Timestamp time,
                                std::uint32_t wire_bytes, const rtp::Header& header) {
  auto& stream = candidate.stream;
  if (!candidate.reception) {
    const auto encoding = rtp::static_encoding(header.payload_type);
    candidate.reception.emplace(encoding ? encoding->clock_rate_hz : usual_clock_hz);
    stream.number = number;
    stream.time = time;
    stream.begins_with_marker = header.marker;
  }
  if (header.marker) ++stream.markers;
  auto payload = std::ranges::find(stream.payloads, header.payload_type, &RtpPayload::type);
  if (payload == stream.payloads.end()) {
    payload = stream.payloads.insert(payload, {header.payload_type, 0, wire_bytes, wire_bytes});
  }
  ++payload->packets;
  payload->frame_bytes_min = std::min(payload->frame_bytes_min, wire_bytes);
  payload->frame_bytes_max = std::max(payload->frame_bytes_max, wire_bytes);
  // Keys beside the audio stand still in time (RFC 4733, section 2.1).
  const bool is_timed = payload == stream.payloads.begin();
  if (is_timed) {
    candidate.reception->receive(header, time_of_arrival(time));
  } else {
    candidate.reception->receive_untimed(header);
  }
}

std::vector<RtpStream> RtpTableBuilder::streams() const {
  std::vector<RtpStream> streams;
  for (const auto& [key, candidate] : candidates_) {
    if (!candidate.is_stream || !candidate.reception) continue;
    auto& stream = streams.emplace_back(candidate.stream);
    const auto total = candidate.reception->total();
    stream.packets = total.received;
    stream.lost = static_cast<std::uint64_t>(std::max<std::int64_t>(total.lost(), 0));
    stream.duplicates = total.duplicates;
    stream.jitter_ms = candidate.reception->jitter_ms();
  }
  std::ranges::sort(streams, {}, &RtpStream::number);
  return streams;
}

RtpTableBuilder::Frames RtpTableBuilder::frames_of(bool streams) const {
  Frames all;
  for (const auto& [key, candidate] : candidates_) {
    if (candidate.is_stream != streams) continue;
    all.first = all.count == 0 ? candidate.frames.first : std::min(all.first, candidate.frames.first);
    all.count += candidate.frames.count;
  }
  return all;
}

bool RtpTableBuilder::is_rtcp(const packet::Frame& frame) {
  return frame.udp && rtp::kind_of(frame.udp->payload) == rtp::DatagramKind::rtcp &&
         rtp::parse_compound(frame.udp->payload);
}

}  // namespace labnet::scenario
