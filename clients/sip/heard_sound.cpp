#include "clients/sip/heard_sound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/audio/limits.hpp"
#include "common/audio/match.hpp"

namespace labnet::sip_client {
namespace {

constexpr double similarity_min = 0.8;
constexpr std::size_t piece_samples = 12'000;  // longer than any pause of a speaker
constexpr std::array<std::size_t, 6> piece_begins{0, 4'000, 8'000, 12'000, 16'000, 20'000};
constexpr std::size_t looked_for_samples = piece_begins.back() + piece_samples;
constexpr std::size_t early_samples = 8'000;  // what was heard may lack so much of the beginning

static_assert(piece_samples <= audio::matched_samples_max);

std::string text_of(const SourceName& name) {
  return name.speaker ? fmt::format("speech:{}", *name.speaker) : name.path;
}

/// As much of it as is looked for.
audio::SampleBuffer beginning_of(AudioSource& source) {
  constexpr std::size_t frame_samples = 160;
  audio::SampleBuffer samples(looked_for_samples);
  std::size_t said = 0;
  for (; said < samples.size() && !source.has_ended(); said += frame_samples) {
    source.fill(std::span{samples}.subspan(said, frame_samples));
  }
  samples.resize(said);
  return samples;
}

}  // namespace

Result<SoundHeard> find_sound(const SourceName& name, audio::Samples heard) {
  const auto source = make_source(name, 0);
  if (!source) return source.error();
  const auto said = beginning_of(**source);
  SoundHeard best{.name = text_of(name)};
  for (const auto begin : piece_begins) {
    if (begin >= said.size()) break;
    const auto from = begin - std::min(begin, early_samples);
    if (from >= heard.size()) break;
    const auto where = heard.subspan(from);
    const auto count = std::min({piece_samples, said.size() - begin, where.size()});
    const auto found = audio::find_match(audio::Samples{said}.subspan(begin, count), where, audio::match_delays_max);
    if (!found || found->similarity <= best.similarity) continue;
    const auto samples = static_cast<std::int64_t>(from + found->delay_samples) - static_cast<std::int64_t>(begin);
    best.similarity = found->similarity;
    best.begins_at = std::chrono::milliseconds{samples / static_cast<std::int64_t>(audio::samples_per_ms)};
    if (has_sound(best)) break;
  }
  return best;
}

bool has_sound(const SoundHeard& sound) {
  return sound.similarity >= similarity_min;
}

}  // namespace labnet::sip_client
