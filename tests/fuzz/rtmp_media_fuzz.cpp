// Any octets as audio, as video and as an aggregate: nothing is a fault but an aggregate that is not whole, and key
// frames are frames.
#include "common/rtmp/aggregate.hpp"
#include "common/rtmp/media.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using test::require;

void check_media(Bytes payload) {
  const auto audio = rtmp::audio_tag_of(payload);
  require(!codec_name(audio).empty(), "a codec of audio has a name");
  require(!payload.empty() || audio == rtmp::AudioTag{}, "nothing is empty");
  const auto video = rtmp::video_tag_of(payload);
  require(!codec_name(video).empty(), "a codec of video has a name");
  const bool is_frame = video.part == rtmp::MediaPart::frames;
  require(is_frame || (!video.is_key_frame && !video.is_disposable), "key frames are frames");
  require(!video.is_key_frame || !video.is_disposable, "and are needed");
  require(video.composition_ms >= -0x800000 && video.composition_ms <= 0x7fffff, "a time has 24 bits");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span{data, size});
  check_media(input);
  const rtmp::Message aggregate{{.type = rtmp::MessageType::aggregate, .timestamp = 1000, .stream_id = 1},
                                rtmp::SharedBytes::copy_of(input)};
  rtmp::AggregateReader reader{aggregate};
  bool is_first = true;
  for (;;) {
    const auto message = reader.next();
    if (!message) {
      require(!describe(message.error()).empty(), "a fault has words");
      return 0;
    }
    if (!*message) return 0;
    const auto part = (*message)->bytes();
    require(part.size() < size && part.data() >= aggregate.bytes().data() &&
                part.data() + part.size() <= aggregate.bytes().data() + size,
            "a message is part of the aggregate");
    require(!is_first || (*message)->header.timestamp == 1000, "the first has its time");
    is_first = false;
    check_media(part);
  }
}
