// The media of one call without sockets and clock: sender, receiver, RTCP, and what is made of what is heard.
//
//   MediaStream stream{source, start, options};
//   stream.agree(agreement);                 after each offer and answer
//   every 20 ms:  send(stream.next(now)), and stream.next_report(now, wall) if there is one
//   stream.receive(datagram, now), stream.receive_rtcp(datagram, now, wall)
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "clients/sip/audio_source.hpp"
#include "clients/sip/media_report.hpp"
#include "clients/sip/voice_receiver.hpp"
#include "clients/sip/voice_sender.hpp"
#include "common/audio/tone.hpp"
#include "common/rtp/rtcp.hpp"
#include "common/rtp/rtcp_timing.hpp"

namespace labnet::sip_client {

struct MediaOptions {
  bool suppresses_silence = false;
  bool records = false;                      // keeps what is heard: see `recording`
  std::optional<double> expected_tone_hz{};  // is looked for in what is heard
  std::optional<std::uint16_t> port{};       // to receive at, if it is free; an even one
  rtp::JitterRules jitter{};
};

/// Of a recording: an hour. What comes later is not kept.
inline constexpr std::size_t recorded_samples_max = std::size_t{3600} * audio::telephone_rate_hz;

class MediaStream {
 public:
  /// random  any number, each as likely as another
  MediaStream(std::unique_ptr<AudioSource> source, MediaOptions options, std::function<std::uint32_t()> random);

  void agree(const sdp::Agreement& agreement);
  bool has_agreed() const { return has_agreed_; }

  Buffer opening_packet() const { return sender_.opening_packet(); }
  /// Plays 20 ms of what has come, and gives what to send now, if anything. Valid until the next call.
  std::optional<Bytes> next(rtp::Time now);
  bool press(char key) { return sender_.press(key); }
  /// One of the other side that came by signalling.
  void take_key(char key) { receiver_.take_key(key); }
  bool has_keys() const { return sender_.has_keys(); }
  bool has_ended() const { return sender_.has_ended(); }

  /// Whether what a datagram carries was agreed on, so that it counts as the other side's (see rtp::SourceLatch).
  bool is_agreed(std::uint8_t payload_type) const { return receiver_.is_agreed(payload_type); }
  /// From the other side: whoever has the socket has looked at the address.
  void receive(Bytes datagram, rtp::Time now);
  void receive_rtcp(Bytes datagram, rtp::Time now, rtp::WallTime wall);

  /// A report, when one is due; the first some seconds after the first agreement.
  std::optional<Buffer> next_report(rtp::Time now, rtp::WallTime wall);
  /// The other side has said that it sends nothing more, by BYE of RTCP.
  bool has_heard_bye() const { return has_heard_bye_; }
  /// The last one, with BYE.
  Buffer last_report(rtp::Time now, rtp::WallTime wall);

  MediaReport report() const;
  audio::Samples recording() const { return recording_; }

 private:
  Buffer write_report(rtp::Time now, rtp::WallTime wall, bool is_last);
  void take_blocks(const std::vector<rtp::ReportBlock>& blocks, rtp::WallTime wall);
  void listen(audio::Samples samples);
  std::optional<audio::Quality> quality() const;

  MediaOptions options_;
  std::function<std::uint32_t()> random_;
  VoiceSender sender_;
  VoiceReceiver receiver_;
  std::string cname_;
  std::string codec_;
  bool has_agreed_ = false;
  bool has_heard_bye_ = false;
  std::optional<audio::ToneDetector> detector_;
  audio::SampleBuffer recording_;

  std::optional<rtp::Time> report_at_;
  std::uint32_t packets_reported_ = 0;
  rtp::LastSenderReport last_sender_report_;
  std::optional<std::uint32_t> sender_of_report_;
  std::optional<std::chrono::microseconds> round_trip_;
  std::optional<double> remote_loss_ratio_, remote_jitter_ms_;
};

}  // namespace labnet::sip_client
