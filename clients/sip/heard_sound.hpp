// Whether what was heard is what the other side has played: the proof that audio came through, and whose.
#pragma once

#include <chrono>
#include <string>

#include "clients/sip/audio_source.hpp"
#include "common/base/result.hpp"

namespace labnet::sip_client {

struct SoundHeard {
  std::string name;       // as a person names it: "speech:102"
  double similarity = 0;  // 1: the same but for its loudness; about 0: something else, or nothing
  /// From the beginning of what was heard to where the sound begins; less than zero if its beginning was not heard.
  std::chrono::milliseconds begins_at{0};
};

/// Looks for pieces of 1.5 s out of the first 4 s of the sound, and tells of the first that is like enough, else of the
/// one that is most like it: packets that were lost, or a jitter buffer that has moved, spoil some of them and not all.
///
/// faults  the file cannot be read
Result<SoundHeard> find_sound(const SourceName& name, audio::Samples heard);

/// Beyond what loss and coding do to it, and far beyond what two different voices have in common.
bool has_sound(const SoundHeard& sound);

}  // namespace labnet::sip_client
