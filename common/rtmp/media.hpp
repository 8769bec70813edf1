// What a server has to know of audio and video messages: codec, key frame, header, what may be dropped. All else in
// them goes through as it came (FLV 10.1, annex E.4; Enhanced RTMP 2).
//
//   audio   | SoundFormat 4 bits, rate, size, channels | AAC: packet type | data
//   audio   | 9, packet type 4 bits | FourCC 4 | data                            Enhanced RTMP
//   video   | frame type 4 bits, codec 4 bits | AVC: packet type, composition time 3 | data
//   video   | 1, frame type 3 bits, packet type 4 bits | FourCC 4 | data         Enhanced RTMP
#pragma once

#include <cstdint>
#include <string>

#include "common/rtmp/message.hpp"

namespace labnet::rtmp {

/// Four characters, the first in the highest octet: "avc1", "hvc1", "av01", "vp09", "Opus", "fLaC".
using FourCc = std::uint32_t;
constexpr FourCc four_cc(const char (&text)[5]) {
  return static_cast<FourCc>(static_cast<std::uint8_t>(text[0])) << 24 |
         static_cast<FourCc>(static_cast<std::uint8_t>(text[1])) << 16 |
         static_cast<FourCc>(static_cast<std::uint8_t>(text[2])) << 8 |
         static_cast<FourCc>(static_cast<std::uint8_t>(text[3]));
}

/// SoundFormat; any of 16 may come.
enum class AudioCodec : std::uint8_t {
  linear = 0,
  adpcm = 1,
  mp3 = 2,
  linear_little_endian = 3,
  nellymoser_16 = 4,
  nellymoser_8 = 5,
  nellymoser = 6,
  a_law = 7,
  mu_law = 8,
  enhanced = 9,
  aac = 10,
  speex = 11,
  mp3_8 = 14,
  device = 15
};
/// CodecID; any of 16 may come. 12 and 13 are what Chinese encoders chose before Enhanced RTMP.
enum class VideoCodec : std::uint8_t {
  none = 0,
  jpeg = 1,
  h263 = 2,
  screen = 3,
  vp6 = 4,
  vp6_alpha = 5,
  screen_2 = 6,
  avc = 7,
  hevc = 12,
  av1 = 13
};

enum class MediaPart : std::uint8_t {
  empty,            // no payload, or one that ends within its header: nothing to keep, nothing to drop
  sequence_header,  // how to decode what follows: a late player needs it first
  frames,
  sequence_end,
  metadata,  // of Enhanced RTMP: colours and the like; also a channel layout
  command,   // of a video info frame: seeking begins or ends
  unknown,   // a packet type that came later than this code: passed on
};

struct AudioTag {
  MediaPart part = MediaPart::empty;
  AudioCodec codec = AudioCodec::linear;
  FourCc four_cc = 0;          // of Enhanced RTMP, else 0
  bool is_multitrack = false;  // of Enhanced RTMP; codec and part are those of its first track
  bool operator==(const AudioTag&) const = default;
};
/// Any payload: nothing is a fault.
AudioTag audio_tag_of(Bytes payload);

struct VideoTag {
  MediaPart part = MediaPart::empty;
  VideoCodec codec = VideoCodec::none;
  FourCc four_cc = 0;
  bool is_enhanced = false;
  bool is_multitrack = false;
  bool is_key_frame = false;        // frames that can be decoded without any before them; not set for headers
  bool is_disposable = false;       // no other frame needs it: the first to be dropped
  std::int32_t composition_ms = 0;  // how much later than the timestamp it is shown; of AVC and HEVC
  bool operator==(const VideoTag&) const = default;
};
VideoTag video_tag_of(Bytes payload);

/// "AAC", "H.264", "Opus", "av01"
std::string codec_name(const AudioTag& tag);
std::string codec_name(const VideoTag& tag);

}  // namespace labnet::rtmp
