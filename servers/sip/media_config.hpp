// What the media of calls are told by whoever runs the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "common/rtp/latch.hpp"

namespace labnet::sip_server {

struct MediaConfig {
  /// Both ends included. Each side of a call takes an even port for RTP and the next one for RTCP.
  std::uint16_t port_min = 20000;
  std::uint16_t port_max = 23999;
  std::size_t ports() const { return port_max < port_min ? 0 : std::size_t{port_max} - port_min + 1; }
  /// For so long at least a port that was given back is not used again: what is still under way to it must not reach a
  /// stranger. Usually it rests much longer, as whichever has been free longest is taken first; but a longer rest would
  /// bound how many calls may begin in a second, which with 2 s and 4000 ports were 500.
  std::chrono::milliseconds port_rest{100};

  /// For so long after a call's end its ports stay open, and what is still under way to them vanishes there: the system
  /// would answer it by ICMP, "port unreachable". 0: they are closed at once, as they are when most ports are in use.
  std::chrono::milliseconds port_linger{500};

  rtp::LatchRules latch{};
  /// Once a side's address is settled, its socket is connected: the system then refuses what others send (they are told
  /// that nobody is there, and are not counted), and finds the way to the side without looking for it.
  bool connects_when_locked = true;

  /// From one RTCP report to the next, more or less by up to half; half of it to the first.
  std::chrono::milliseconds report_interval{5000};

  // Announcements
  double tone_a_law_hz = 400;  // whole numbers: a second of it is played again and again
  double tone_mu_law_hz = 1004;
  double ringing_hz = 425;                        // 1 s, and 4 s of silence
  double level_db = -12;                          // of tone and ringing
  std::optional<std::filesystem::path> speech{};  // a WAV file, played for Announcement::speech; none: own_speech_seed
};

/// What is said without a file: something like speech, which every program with this generator knows.
inline constexpr std::uint32_t own_speech_seed = 606;
inline constexpr std::chrono::seconds own_speech_time{10};

/// What is longer is no packet of a call, and is not relayed.
inline constexpr std::size_t media_packet_bytes_max = 2048;

}  // namespace labnet::sip_server
