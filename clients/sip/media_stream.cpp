#include "clients/sip/media_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace labnet::sip_client {
namespace {

constexpr double ticks_per_ms = audio::telephone_rate_hz / 1000.0;

VoiceSender::Start start_of(const std::function<std::uint32_t()>& random) {
  // The upper half of the timestamps is left alone, so that they do not wrap within a call.
  return {.ssrc = random(), .sequence = static_cast<std::uint16_t>(random()), .timestamp = random() >> 1};
}

}  // namespace

MediaStream::MediaStream(std::unique_ptr<AudioSource> source, MediaOptions options,
                         std::function<std::uint32_t()> random)
    : options_{std::move(options)},
      random_{std::move(random)},
      sender_{std::move(source), start_of(random_), options_.suppresses_silence},
      receiver_{[this](audio::Samples samples) { listen(samples); }, options_.jitter},
      cname_{fmt::format("{:08x}{:08x}", random_(), random_())} {
  if (options_.expected_tone_hz) detector_.emplace(*options_.expected_tone_hz);
}

void MediaStream::agree(const sdp::Agreement& agreement) {
  has_agreed_ = true;
  sender_.agree(agreement);
  receiver_.agree(agreement);
  if (const auto* const codec = g711_of(agreement.sending)) codec_ = codec->name;
}

std::optional<Bytes> MediaStream::next(rtp::Time now) {
  receiver_.play(now);
  return sender_.next();
}

void MediaStream::receive(Bytes datagram, rtp::Time now) {
  const auto packet = rtp::parse_packet(datagram);
  if (packet) receiver_.receive(*packet, now);
}

void MediaStream::listen(audio::Samples samples) {
  // What is silence before the first packet is no part of what was heard.
  if (receiver_.reception().total().received == 0) return;
  if (detector_) detector_->hear(samples);
  if (!options_.records) return;
  const auto count = std::min(samples.size(), recorded_samples_max - recording_.size());
  recording_.insert(recording_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(count));
}

// RTCP

std::optional<Buffer> MediaStream::next_report(rtp::Time now, rtp::WallTime wall) {
  if (!has_agreed_) return std::nullopt;
  if (!report_at_) report_at_ = now + rtp::report_interval(random_(), true);
  if (now < *report_at_) return std::nullopt;
  report_at_ = now + rtp::report_interval(random_(), false);
  return write_report(now, wall, false);
}

Buffer MediaStream::last_report(rtp::Time now, rtp::WallTime wall) {
  return write_report(now, wall, true);
}

Buffer MediaStream::write_report(rtp::Time now, rtp::WallTime wall, bool is_last) {
  std::vector<rtp::ReportBlock> blocks;
  if (receiver_.reception().total().received > 0) {
    auto block = receiver_.reception().report();
    if (sender_of_report_ == block.ssrc) last_sender_report_.mention(block, now);
    blocks.push_back(block);
  }
  const auto ssrc = sender_.ssrc();
  std::vector<rtp::RtcpPacket> packets;
  if (std::exchange(packets_reported_, sender_.packets()) != sender_.packets()) {
    packets.emplace_back(rtp::SenderReport{.ssrc = ssrc,
                                           .ntp_time = rtp::to_ntp(wall),
                                           .rtp_timestamp = sender_.timestamp(),
                                           .packets = sender_.packets(),
                                           .octets = sender_.payload_bytes(),
                                           .blocks = std::move(blocks)});
  } else {
    packets.emplace_back(rtp::ReceiverReport{.ssrc = ssrc, .blocks = std::move(blocks)});
  }
  packets.emplace_back(
      rtp::SourceDescription{.sources = {{.ssrc = ssrc, .items = {{.type = rtp::cname_item, .text = cname_}}}}});
  if (is_last) packets.emplace_back(rtp::Bye{.ssrcs = {ssrc}});
  Buffer bytes;
  ByteWriter writer{bytes};
  rtp::write_compound(packets, writer);
  return bytes;
}

void MediaStream::receive_rtcp(Bytes datagram, rtp::Time now, rtp::WallTime wall) {
  const auto packets = rtp::parse_compound(datagram);
  if (!packets) return;
  for (const auto& packet : *packets) {
    if (const auto* const sender = std::get_if<rtp::SenderReport>(&packet)) {
      last_sender_report_.receive(*sender, now);
      sender_of_report_ = sender->ssrc;
      take_blocks(sender->blocks, wall);
    } else if (const auto* const receiver = std::get_if<rtp::ReceiverReport>(&packet)) {
      take_blocks(receiver->blocks, wall);
    } else if (std::holds_alternative<rtp::Bye>(packet)) {
      has_heard_bye_ = true;
    }
  }
}

void MediaStream::take_blocks(const std::vector<rtp::ReportBlock>& blocks, rtp::WallTime wall) {
  const auto about_us = std::ranges::find(blocks, sender_.ssrc(), &rtp::ReportBlock::ssrc);
  if (about_us == blocks.end()) return;
  if (const auto time = rtp::round_trip(*about_us, rtp::to_ntp(wall))) round_trip_ = time;
  remote_jitter_ms_ = about_us->jitter_ticks / ticks_per_ms;
  if (sender_.packets() > 0) {
    const auto lost = std::max(about_us->cumulative_lost, 0);
    remote_loss_ratio_ = std::min(1.0, static_cast<double>(lost) / sender_.packets());
  }
}

// What was measured

std::optional<audio::Quality> MediaStream::quality() const {
  const auto total = receiver_.reception().total();
  if (total.expected == 0) return std::nullopt;
  const auto late = static_cast<double>(receiver_.jitter().late) / static_cast<double>(total.expected);
  audio::CallMeasures measures{.loss_ratio = std::min(1.0, total.loss_ratio() + late)};
  if (round_trip_) {
    const auto packet_ms = static_cast<double>(receiver_.frame_samples()) / ticks_per_ms;
    const auto way_ms = static_cast<double>(round_trip_->count()) / 2000;
    measures.delay_ms = way_ms + packet_ms * (1 + receiver_.depth());
  }
  return audio::quality_of(measures);
}

MediaReport MediaStream::report() const {
  const auto total = receiver_.reception().total();
  const auto& played = receiver_.jitter();
  MediaReport report{.codec = codec_,
                     .packets_sent = sender_.packets(),
                     .remote_loss_ratio = remote_loss_ratio_,
                     .remote_jitter_ms = remote_jitter_ms_,
                     .packets_received = total.received,
                     .late = played.late,
                     .duplicates = total.duplicates,
                     .concealed = played.concealed,
                     .keys = receiver_.keys(),
                     .round_trip = round_trip_,
                     .quality = quality()};
  if (total.expected > 0) report.loss_ratio = total.loss_ratio();
  if (total.received > 1) report.jitter_ms = receiver_.reception().jitter_ms();
  if (detector_) {
    report.tone = ToneHeard{.frequency_hz = *options_.expected_tone_hz,
                            .present_ms = detector_->present_ms(),
                            .heard_ms = detector_->heard_ms()};
  }
  return report;
}

}  // namespace labnet::sip_client
