// What a phone says: a file, a tone, something like speech, or nothing; frame by frame.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/audio/samples.hpp"
#include "common/base/result.hpp"

namespace labnet::sip_client {

class AudioSource {
 public:
  virtual ~AudioSource() = default;
  /// Fills a frame at 8000 Hz. False: it is a pause, and the frame is silent.
  virtual bool fill(std::span<audio::Sample> frame) = 0;
  /// All of a file has been said; silence follows.
  virtual bool has_ended() const { return false; }
};

/// How a person names one: "speech", "speech:7", "silence", "tone:440", or the path of a WAV file.
struct SourceName {
  enum class Kind { speech, silence, tone, file };
  Kind kind = Kind::speech;
  double frequency_hz = 0;
  std::optional<std::uint32_t> speaker{};  // of speech: the same number says the same; nothing: anybody
  std::string path{};

  bool operator==(const SourceName&) const = default;
};
/// faults  a tone that a telephone line does not carry: less than 50 or more than 3800 Hz; a speaker that is no number
Result<SourceName> parse_source_name(std::string_view text);

/// seed    of speech without a speaker: another number is another one
/// faults  the file cannot be read, or is no WAV that is known here
Result<std::unique_ptr<AudioSource>> make_source(const SourceName& name, std::uint32_t seed);
/// Samples at 8000 Hz, once.
std::unique_ptr<AudioSource> source_of(audio::SampleBuffer samples);

}  // namespace labnet::sip_client
