// Headers of audio and video messages.
#include "common/rtmp/media.hpp"

#include <fmt/format.h>

#include "common/rtmp/limits.hpp"

namespace labnet::rtmp {
namespace {

// Packet types of Enhanced RTMP; the numbers of audio and video agree where both have them.
enum class PacketType : std::uint8_t {
  sequence_start = 0,
  coded_frames = 1,
  sequence_end = 2,
  coded_frames_x = 3,  // of video: without composition time
  metadata = 4,        // of audio: the channels' layout
  mpeg2_sequence_start = 5,
  multitrack = 6,  // of audio: 5
  mod_ex = 7,
};
constexpr PacketType audio_multitrack{5};

constexpr std::uint8_t command_frame = 5;  // of frame types

/// Behind the first octet of Enhanced RTMP: which packet it is after all, and whose.
struct EnhancedHeader {
  PacketType packet{};
  FourCc four_cc = 0;
  bool is_multitrack = false;
};

/// Modifiers stand in front of what they modify: their length, their octets, and what follows them.
std::optional<PacketType> skip_modifiers(ByteReader& in, PacketType packet) {
  for (std::size_t i = 0; packet == PacketType::mod_ex; ++i) {
    if (i == mod_ex_max) return std::nullopt;
    const auto short_length = in.u8();
    if (!short_length) return std::nullopt;
    std::size_t length = *short_length + 1U;
    if (length == 256) {
      const auto long_length = in.u16();
      if (!long_length) return std::nullopt;
      length = *long_length + 1U;
    }
    if (!in.take(length)) return std::nullopt;
    const auto next = in.u8();
    if (!next) return std::nullopt;
    packet = static_cast<PacketType>(*next & 0x0fU);
  }
  return packet;
}

std::optional<EnhancedHeader> parse_enhanced(ByteReader& in, PacketType packet, PacketType multitrack) {
  EnhancedHeader header{packet};
  if (packet == multitrack) {
    const auto octet = in.u8();  // how many tracks and codecs, and the packet's type
    if (!octet) return std::nullopt;
    header.is_multitrack = true;
    header.packet = static_cast<PacketType>(*octet & 0x0fU);
  }
  const auto code = in.u32();  // of all tracks, or of the first one
  if (!code) return std::nullopt;
  header.four_cc = *code;
  return header;
}

MediaPart part_of(PacketType packet) {
  switch (packet) {
    case PacketType::sequence_start:
    case PacketType::mpeg2_sequence_start:
      return MediaPart::sequence_header;
    case PacketType::coded_frames:
    case PacketType::coded_frames_x:
      return MediaPart::frames;
    case PacketType::sequence_end:
      return MediaPart::sequence_end;
    case PacketType::metadata:
      return MediaPart::metadata;
    default:
      return MediaPart::unknown;
  }
}

/// A header without a configuration is none, and frames without data are none.
bool needs_data(MediaPart part) {
  return part == MediaPart::sequence_header || part == MediaPart::frames;
}

std::string four_cc_text(FourCc code) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto c = static_cast<char>(code >> shift & 0xffU);
    text += c >= ' ' && c <= '~' ? c : '?';
  }
  return text;
}

std::optional<std::int32_t> composition_time(ByteReader& in) {
  const auto high = in.u8();
  const auto low = in.u16();
  if (!high || !low) return std::nullopt;
  const auto bits = std::uint32_t{*high} << 16U | *low;
  constexpr std::uint32_t sign = 0x800000;
  return static_cast<std::int32_t>((bits ^ sign)) - static_cast<std::int32_t>(sign);
}

AudioTag enhanced_audio_tag(ByteReader& in, std::uint8_t first) {
  AudioTag tag{.codec = AudioCodec::enhanced};
  const auto packet = skip_modifiers(in, static_cast<PacketType>(first & 0x0fU));
  if (!packet) return tag;
  const auto header = parse_enhanced(in, *packet, audio_multitrack);
  if (!header) return tag;
  tag.four_cc = header->four_cc;
  tag.is_multitrack = header->is_multitrack;
  const bool is_of_video = header->packet == PacketType::coded_frames_x || header->packet == audio_multitrack;
  tag.part = is_of_video ? MediaPart::unknown : part_of(header->packet);
  if (needs_data(tag.part) && in.at_end()) tag.part = MediaPart::empty;
  return tag;
}

void take_frame_type(VideoTag& tag, std::uint8_t frame_type) {
  constexpr std::uint8_t key = 1, disposable = 3, generated_key = 4;
  if (tag.part != MediaPart::frames) return;
  tag.is_key_frame = frame_type == key || frame_type == generated_key;
  tag.is_disposable = frame_type == disposable;
}

bool has_composition_time(FourCc code) {
  return code == four_cc("avc1") || code == four_cc("hvc1") || code == four_cc("vvc1");
}

VideoTag enhanced_video_tag(ByteReader& in, std::uint8_t first) {
  const std::uint8_t frame_type = first >> 4U & 7U;
  VideoTag tag{.is_enhanced = true};
  const auto packet = skip_modifiers(in, static_cast<PacketType>(first & 0x0fU));
  if (!packet) return tag;
  if (frame_type == command_frame && *packet != PacketType::metadata) {
    if (in.u8()) tag.part = MediaPart::command;
    return tag;
  }
  const auto header = parse_enhanced(in, *packet, PacketType::multitrack);
  if (!header) return tag;
  tag.four_cc = header->four_cc;
  tag.is_multitrack = header->is_multitrack;
  tag.part = part_of(header->packet);
  if (header->packet == PacketType::coded_frames && !tag.is_multitrack && has_composition_time(tag.four_cc)) {
    const auto time = composition_time(in);
    if (!time) return VideoTag{.four_cc = tag.four_cc, .is_enhanced = true};
    tag.composition_ms = *time;
  }
  if (needs_data(tag.part) && in.at_end()) tag.part = MediaPart::empty;
  take_frame_type(tag, frame_type);
  return tag;
}

bool is_avc_like(VideoCodec codec) {
  return codec == VideoCodec::avc || codec == VideoCodec::hevc || codec == VideoCodec::av1;
}

/// The part that AVC's packet type says, and its composition time.
void take_avc_header(VideoTag& tag, ByteReader& in) {
  constexpr std::uint8_t header = 0, frames = 1, end = 2;
  const auto packet = in.u8();
  const auto time = composition_time(in);
  if (!packet || !time) return;
  tag.part = *packet == header   ? MediaPart::sequence_header
             : *packet == frames ? MediaPart::frames
             : *packet == end    ? MediaPart::sequence_end
                                 : MediaPart::unknown;
  if (needs_data(tag.part) && in.at_end()) tag.part = MediaPart::empty;
  if (tag.part == MediaPart::frames) tag.composition_ms = *time;
}

}  // namespace

AudioTag audio_tag_of(Bytes payload) {
  ByteReader in{payload};
  const auto first = in.u8();
  if (!first) return {};
  AudioTag tag{.codec = static_cast<AudioCodec>(*first >> 4U)};
  if (tag.codec == AudioCodec::enhanced) return enhanced_audio_tag(in, *first);
  if (tag.codec != AudioCodec::aac) {
    if (!in.at_end()) tag.part = MediaPart::frames;
    return tag;
  }
  const auto packet = in.u8();
  if (!packet || in.at_end()) return tag;
  tag.part = *packet == 0 ? MediaPart::sequence_header : *packet == 1 ? MediaPart::frames : MediaPart::unknown;
  return tag;
}

VideoTag video_tag_of(Bytes payload) {
  constexpr std::uint8_t is_enhanced = 0x80;
  ByteReader in{payload};
  const auto first = in.u8();
  if (!first) return {};
  if ((*first & is_enhanced) != 0) return enhanced_video_tag(in, *first);
  const std::uint8_t frame_type = *first >> 4U;
  VideoTag tag{.codec = static_cast<VideoCodec>(*first & 0x0fU)};
  if (frame_type == command_frame) {
    if (!in.at_end()) tag.part = MediaPart::command;
    return tag;
  }
  if (is_avc_like(tag.codec)) {
    take_avc_header(tag, in);
  } else if (!in.at_end()) {
    tag.part = MediaPart::frames;
  }
  take_frame_type(tag, frame_type);
  return tag;
}

std::string codec_name(const AudioTag& tag) {
  switch (tag.codec) {
    case AudioCodec::linear:
    case AudioCodec::linear_little_endian:
      return "PCM";
    case AudioCodec::adpcm:
      return "ADPCM";
    case AudioCodec::mp3:
    case AudioCodec::mp3_8:
      return "MP3";
    case AudioCodec::nellymoser_16:
    case AudioCodec::nellymoser_8:
    case AudioCodec::nellymoser:
      return "Nellymoser";
    case AudioCodec::a_law:
      return "G.711 A-law";
    case AudioCodec::mu_law:
      return "G.711 mu-law";
    case AudioCodec::aac:
      return "AAC";
    case AudioCodec::speex:
      return "Speex";
    case AudioCodec::device:
      return "device-specific sound";
    case AudioCodec::enhanced:
      if (tag.four_cc == four_cc("mp4a")) return "AAC";
      return four_cc_text(tag.four_cc);
  }
  return fmt::format("audio codec {}", static_cast<unsigned>(tag.codec));
}

std::string codec_name(const VideoTag& tag) {
  if (tag.four_cc == four_cc("avc1")) return "H.264";
  if (tag.four_cc == four_cc("hvc1")) return "H.265";
  if (tag.four_cc == four_cc("av01")) return "AV1";
  if (tag.four_cc == four_cc("vp09")) return "VP9";
  if (tag.is_enhanced) return four_cc_text(tag.four_cc);
  switch (tag.codec) {
    case VideoCodec::jpeg:
      return "JPEG";
    case VideoCodec::h263:
      return "H.263";
    case VideoCodec::screen:
    case VideoCodec::screen_2:
      return "Screen Video";
    case VideoCodec::vp6:
    case VideoCodec::vp6_alpha:
      return "VP6";
    case VideoCodec::avc:
      return "H.264";
    case VideoCodec::hevc:
      return "H.265";
    case VideoCodec::av1:
      return "AV1";
    case VideoCodec::none:
      break;
  }
  return fmt::format("video codec {}", static_cast<unsigned>(tag.codec));
}

}  // namespace labnet::rtmp
