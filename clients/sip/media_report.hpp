// What was measured of a call's media. What could not be measured is nothing, never a guess.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "clients/sip/heard_sound.hpp"
#include "common/audio/quality.hpp"

namespace labnet::sip_client {

struct ToneHeard {
  double frequency_hz = 0;
  std::size_t present_ms = 0;
  std::size_t heard_ms = 0;  // of all that was heard
};

struct MediaReport {
  std::string codec;  // "PCMA"; empty before there was one

  // Outward
  std::uint32_t packets_sent = 0;
  std::optional<double> remote_loss_ratio{};  // as the other side has reported it: 0 to 1
  std::optional<double> remote_jitter_ms{};

  // Inward
  std::uint64_t packets_received = 0;
  std::uint64_t strangers = 0;  // packets of others than the other side
  std::uint64_t late = 0;       // came after their turn to be played
  std::uint64_t duplicates = 0;
  std::uint64_t concealed = 0;         // made up
  std::optional<double> loss_ratio{};  // of the packets that were sent, those that never came: 0 to 1
  std::optional<double> jitter_ms{};
  std::string keys{};  // that were pressed on the other side

  std::optional<std::chrono::microseconds> round_trip{};
  std::optional<audio::Quality> quality{};  // of what was heard here
  std::optional<ToneHeard> tone{};          // if one was expected
  std::optional<SoundHeard> sound{};        // likewise
};

/// The expected tone was there in most of what was heard, and for half a second at least: another sound, or none, is
/// none.
bool has_tone(const ToneHeard& tone);

/// Lines for people: "received  498 packets of PCMA, loss 0.4 %, ...". "unknown" where nothing was measured.
std::string to_text(const MediaReport& report);
/// One JSON object. What was not measured is null; loss in percent, times in milliseconds.
std::string to_json(const MediaReport& report);

}  // namespace labnet::sip_client
