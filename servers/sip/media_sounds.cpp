#include "servers/sip/media_sounds.hpp"

#include <fstream>
#include <utility>

#include "common/audio/limits.hpp"
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

Result<Buffer> read_recording(const std::string& path) {
  std::ifstream file{path, std::ios::binary | std::ios::ate};
  const auto bytes = file.tellg();
  if (!file || bytes < 0) return Error{"cannot read the recording ", path};
  if (static_cast<std::size_t>(bytes) > audio::wav_bytes_max) return Error{"the recording ", path, " is too long"};
  Buffer all(static_cast<std::size_t>(bytes));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(all.data()), bytes);
  if (!file) return Error{"cannot read the recording ", path};
  return all;
}

/// With a pause behind it, so that one hears where it begins again.
Result<audio::SampleBuffer> recording_samples(const std::string& path) {
  audio::SampleBuffer samples;
  if (!path.empty()) {
    const auto file = read_recording(path);
    if (!file) return file.error();
    const auto wav = audio::parse_wav(*file);
    if (!wav) return Error{"cannot play the recording ", path, ": ", audio::describe(wav.error())};
    samples = audio::telephone_audio_of(*wav);
  }
  samples.resize(samples.size() + second_samples);
  return samples;
}

}  // namespace

Result<MediaSounds> MediaSounds::make(const MediaConfig& config) {
  auto recording = recording_samples(config.recording);
  if (!recording) return recording.error();
  MediaSounds sounds;
  sounds.recording_ = coded(*std::move(recording));
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
    case Announcement::recording:
      return recording_.of_law[index];
    case Announcement::none:
    case Announcement::echo:
      break;
  }
  return {};
}

}  // namespace labnet::sip_server
