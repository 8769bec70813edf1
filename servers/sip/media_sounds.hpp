// What the server itself has to say, coded once and played to all who are to hear it.
#pragma once

#include <array>
#include <cstddef>

#include "common/audio/g711.hpp"
#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "servers/sip/media.hpp"
#include "servers/sip/media_config.hpp"

namespace labnet::sip_server {

/// Shared by all workers, and never changed.
class MediaSounds {
 public:
  /// faults  the file with the speech cannot be read, or is no WAV file of a kind that can be played
  static Result<MediaSounds> make(const MediaConfig& config);

  /// One round of it, played again and again: whole frames. Empty for none and echo.
  Bytes round(Announcement what, audio::Law law) const;

  static constexpr std::size_t frame_bytes = 20 * audio::samples_per_ms;

 private:
  struct Sound {
    std::array<Buffer, 2> of_law;
  };
  static Sound coded(audio::SampleBuffer samples);

  Sound tone_;
  Sound ringing_;
  Sound speech_;
};

}  // namespace labnet::sip_server
