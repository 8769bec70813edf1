#include "clients/sip/audio_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

#include "common/audio/limits.hpp"
#include "common/audio/speech.hpp"
#include "common/audio/tone.hpp"
#include "common/audio/wav.hpp"
#include "common/base/text.hpp"

namespace labnet::sip_client {
namespace {

constexpr double tone_hz_min = 50;
constexpr double tone_hz_max = 3800;
constexpr std::string_view tone_prefix = "tone:";
constexpr std::string_view speech_prefix = "speech:";

class SilenceSource final : public AudioSource {
 public:
  bool fill(std::span<audio::Sample> frame) override {
    std::ranges::fill(frame, audio::Sample{0});
    return false;
  }
};

class ToneSource final : public AudioSource {
 public:
  explicit ToneSource(double frequency_hz) : tone_{audio::Tone{frequency_hz}} {}
  bool fill(std::span<audio::Sample> frame) override {
    tone_.fill(frame);
    return true;
  }

 private:
  audio::ToneGenerator tone_;
};

class SpeechSource final : public AudioSource {
 public:
  explicit SpeechSource(std::uint32_t seed) : speech_{seed} {}
  bool fill(std::span<audio::Sample> frame) override {
    speech_.fill(frame);
    // Of a frame in which a talk spurt ends, the beginning is still heard.
    return speech_.is_talking() || std::ranges::any_of(frame, [](audio::Sample sample) { return sample != 0; });
  }

 private:
  audio::SpeechGenerator speech_;
};

class SamplesSource final : public AudioSource {
 public:
  explicit SamplesSource(audio::SampleBuffer samples) : samples_{std::move(samples)} {}
  bool fill(std::span<audio::Sample> frame) override {
    const auto count = std::min(frame.size(), samples_.size() - position_);
    const auto begin = samples_.begin() + static_cast<std::ptrdiff_t>(position_);
    const auto behind = std::copy_n(begin, count, frame.begin());
    std::fill(behind, frame.end(), audio::Sample{0});
    position_ += count;
    return count > 0;
  }
  bool has_ended() const override { return position_ == samples_.size(); }

 private:
  audio::SampleBuffer samples_;
  std::size_t position_ = 0;
};

Result<audio::SampleBuffer> read_wav(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return Error{"cannot open ", path};
  std::string bytes(audio::wav_bytes_max + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) return Error{"cannot read ", path};
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  const auto wav = audio::parse_wav(as_bytes(std::string_view{bytes}));
  if (!wav) return Error{path, ": ", audio::describe(wav.error())};
  return audio::telephone_audio_of(*wav);
}

}  // namespace

Result<SourceName> parse_source_name(std::string_view text) {
  if (text == "speech") return SourceName{.kind = SourceName::Kind::speech};
  if (text == "silence") return SourceName{.kind = SourceName::Kind::silence};
  if (text.starts_with(speech_prefix)) {
    const auto speaker = parse_integer<std::uint32_t>(text.substr(speech_prefix.size()));
    if (!speaker) return Error{fmt::format("expected speech:NUMBER; found \"{}\"", text)};
    return SourceName{.kind = SourceName::Kind::speech, .speaker = *speaker};
  }
  if (!text.starts_with(tone_prefix)) return SourceName{.kind = SourceName::Kind::file, .path = std::string{text}};
  const auto number = text.substr(tone_prefix.size());
  double frequency_hz = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), frequency_hz);
  const bool is_number = error == std::errc{} && end == number.data() + number.size();
  if (!is_number || !(frequency_hz >= tone_hz_min && frequency_hz <= tone_hz_max)) {
    return Error{fmt::format("expected tone:HZ with {} to {} Hz; found \"{}\"", tone_hz_min, tone_hz_max, text)};
  }
  return SourceName{.kind = SourceName::Kind::tone, .frequency_hz = frequency_hz};
}

Result<std::unique_ptr<AudioSource>> make_source(const SourceName& name, std::uint32_t seed) {
  std::unique_ptr<AudioSource> source;
  switch (name.kind) {
    case SourceName::Kind::speech:
      source = std::make_unique<SpeechSource>(name.speaker.value_or(seed));
      break;
    case SourceName::Kind::silence:
      source = std::make_unique<SilenceSource>();
      break;
    case SourceName::Kind::tone:
      source = std::make_unique<ToneSource>(name.frequency_hz);
      break;
    case SourceName::Kind::file: {
      auto samples = read_wav(name.path);
      if (!samples) return samples.error();
      source = source_of(*std::move(samples));
      break;
    }
  }
  return source;
}

std::unique_ptr<AudioSource> source_of(audio::SampleBuffer samples) {
  return std::make_unique<SamplesSource>(std::move(samples));
}

}  // namespace labnet::sip_client
