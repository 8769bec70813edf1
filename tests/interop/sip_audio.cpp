#include "tests/interop/sip_audio.hpp"

#include "common/audio/limits.hpp"
#include "common/audio/match.hpp"
#include "common/audio/speech.hpp"
#include "common/audio/tone.hpp"
#include "common/audio/wav.hpp"
#include "common/base/bytes.hpp"

namespace labnet::sip_server {
namespace {

constexpr std::size_t second = audio::telephone_rate_hz;

}  // namespace

audio::SampleBuffer speech(std::uint32_t seed, unsigned seconds) {
  audio::SampleBuffer samples(seconds * second);
  audio::SpeechGenerator{seed}.fill(samples);
  return samples;
}

audio::SampleBuffer tone(double frequency_hz, unsigned seconds) {
  audio::SampleBuffer samples(seconds * second);
  audio::ToneGenerator{audio::Tone{.frequency_hz = frequency_hz}}.fill(samples);
  return samples;
}

std::string to_wav(audio::Samples samples) {
  const auto file = audio::wav_of(samples, audio::WavCoding::pcm16);
  return std::string{as_text(file)};
}

audio::SampleBuffer from_wav(const std::string& file) {
  const auto wav = audio::parse_wav(as_bytes(std::string_view{file}));
  return wav ? audio::telephone_audio_of(*wav) : audio::SampleBuffer{};
}

double likeness(audio::Samples said, audio::Samples heard, std::chrono::milliseconds of_it) {
  const auto samples = static_cast<std::size_t>(of_it.count()) * second / 1000;
  // What is said before the other side is ready may be lost.
  const auto match = audio::find_match(said.subspan(second, samples), heard, audio::match_delays_max);
  return match ? match->similarity : 0;
}

double tone_share(audio::Samples heard, double frequency_hz) {
  if (heard.size() < 2 * second) return 0;
  return audio::tone_level(heard.subspan((heard.size() - second) / 2, second), frequency_hz).share;
}

}  // namespace labnet::sip_server
