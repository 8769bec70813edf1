#include "servers/sip/media_sounds.hpp"

#include <fstream>
#include <utility>

#include "common/audio/limits.hpp"
#include "common/audio/speech.hpp"
#include "common/audio/tone.hpp"
#include "common/audio/wav.hpp"

namespace labnet::sip_server {
namespace {

constexpr std::size_t second_samples = audio::telephone_rate_hz;
constexpr std::size_t ringing_pause_s = 4;

audio::SampleBuffer second_of(double frequency_hz, double level_db) {
  audio::SampleBuffer samples(second_samples);
  audio::ToneGenerator{audio::Tone{.frequency_hz = frequency_hz, .level_db = level_db}}.fill(samples);
  return samples;
}

Result<Buffer> read_wav(const std::filesystem::path& path) {
  std::error_code ignored;
  // A pipe would be waited for.
  if (!std::filesystem::is_regular_file(path, ignored)) return Error{"there is no file ", path.string()};
  std::ifstream file{path, std::ios::binary | std::ios::ate};
  const auto bytes = file.tellg();
  if (!file || bytes < 0) return Error{"cannot read ", path.string()};
  if (static_cast<std::size_t>(bytes) > audio::wav_bytes_max) return Error{path.string(), " is too long to be played"};
  Buffer all(static_cast<std::size_t>(bytes));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(all.data()), bytes);
  if (!file) return Error{"cannot read ", path.string()};
  return all;
}

/// With a pause behind it, so that one hears where it begins again.
Result<audio::SampleBuffer> speech_of(const std::optional<std::filesystem::path>& path) {
  audio::SampleBuffer samples;
  if (path) {
    const auto file = read_wav(*path);
    if (!file) return file.error();
    const auto wav = audio::parse_wav(*file);
    if (!wav) return Error{"cannot play ", path->string(), ": ", audio::describe(wav.error())};
    samples = audio::telephone_audio_of(*wav);
  } else {
    samples.resize(second_samples * own_speech_time.count());
    audio::SpeechGenerator{own_speech_seed}.fill(samples);
  }
  samples.resize(samples.size() + second_samples);
  return samples;
}

}  // namespace

Result<MediaSounds> MediaSounds::make(const MediaConfig& config) {
  auto speech = speech_of(config.speech);
  if (!speech) return speech.error();
  MediaSounds sounds;
  sounds.speech_ = coded(*std::move(speech));
  auto ringing = second_of(config.ringing_hz, config.level_db);
  ringing.resize(second_samples * (1 + ringing_pause_s));
  sounds.ringing_ = coded(std::move(ringing));
  sounds.tone_.of_law = {audio::encoded(audio::Law::a, second_of(config.tone_a_law_hz, config.level_db)),
                         audio::encoded(audio::Law::mu, second_of(config.tone_mu_law_hz, config.level_db))};
  return sounds;
}

MediaSounds::Sound MediaSounds::coded(audio::SampleBuffer samples) {
  samples.resize((samples.size() + frame_bytes - 1) / frame_bytes * frame_bytes);
  return {{audio::encoded(audio::Law::a, samples), audio::encoded(audio::Law::mu, samples)}};
}

Bytes MediaSounds::round(Announcement what, audio::Law law) const {
  const auto index = static_cast<std::size_t>(law);
  switch (what) {
    case Announcement::tone:
      return tone_.of_law[index];
    case Announcement::ringing:
      return ringing_.of_law[index];
    case Announcement::speech:
      return speech_.of_law[index];
    case Announcement::none:
    case Announcement::echo:
      break;
  }
  return {};
}

}  // namespace labnet::sip_server
