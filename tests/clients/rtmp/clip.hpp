// A short stream for tests: metadata, headers, key frames a second apart and what lies between, none of which any
// decoder would take.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace labnet::test {

/// An AVC video payload: a key frame, or one that is not. Its body says which it is.
std::string video_frame(bool is_key_frame, int number);
std::string video_header();
std::string audio_frame(int number);
std::string audio_header();

/// The octets of an FLV file of so many frames, 40 ms apart, each with a frame of sound beside it.
std::string clip_of(int frames);

/// Of an FLV file the payloads of its frames of audio and video, in their order; of a broken one what is broken.
std::vector<std::string> frames_of(const std::string& flv);

}  // namespace labnet::test
