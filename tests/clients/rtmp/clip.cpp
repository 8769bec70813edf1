#include "tests/clients/rtmp/clip.hpp"

#include <fmt/format.h>

#include "common/rtmp/flv.hpp"

namespace labnet::test {

namespace {

constexpr int frames_per_key_frame = 25;
constexpr std::uint32_t frame_ms = 40;

}  // namespace

std::string video_frame(bool is_key_frame, int number) {
  return std::string{is_key_frame ? '\x17' : '\x27'} + std::string{"\x01\x00\x00\x00", 4} +
         fmt::format("frame {}", number);
}

std::string video_header() {
  return std::string{"\x17\x00\x00\x00\x00", 5} + "how to decode";
}

std::string audio_frame(int number) {
  return fmt::format("\xaf\x01sound {}", number);
}

std::string audio_header() {
  return std::string{"\xaf\x00", 2} + "\x12\x10";
}

std::string clip_of(int frames) {
  Buffer out;
  const auto header = rtmp::flv_header(true, true);
  out.assign(header.begin(), header.end());
  rtmp::AmfObject properties;
  properties.with("width", 320).with("height", 180).with("framerate", 25);
  rtmp::write_flv_tag(rtmp::MessageType::data_amf0, 0, rtmp::flv_metadata(properties), out);
  rtmp::write_flv_tag(rtmp::MessageType::video, 0, as_bytes(video_header()), out);
  rtmp::write_flv_tag(rtmp::MessageType::audio, 0, as_bytes(audio_header()), out);
  for (int i = 0; i < frames; ++i) {
    const auto timestamp = static_cast<std::uint32_t>(i) * frame_ms;
    const auto video = video_frame(i % frames_per_key_frame == 0, i);
    rtmp::write_flv_tag(rtmp::MessageType::video, timestamp, as_bytes(video), out);
    rtmp::write_flv_tag(rtmp::MessageType::audio, timestamp, as_bytes(audio_frame(i)), out);
  }
  return std::string{as_text(Bytes{out})};
}

std::vector<std::string> frames_of(const std::string& flv) {
  std::vector<std::string> frames;
  rtmp::FlvReader reader;
  for (auto rest = as_bytes(flv); !rest.empty();) {
    const auto step = reader.read(rest);
    if (!step) return {rtmp::describe(step.error())};
    rest = rest.subspan(step->used);
    if (!step->tag || step->tag->type == rtmp::MessageType::data_amf0) continue;
    const auto payload = step->tag->payload.bytes();
    const bool is_header = payload.size() > 1 && payload[1] == std::byte{0};
    if (!is_header) frames.emplace_back(as_text(payload));
  }
  return frames;
}

}  // namespace labnet::test
