// Holds packets back until their turn, so that a player gets one every 20 ms in order, however they came.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/rtp/limits.hpp"
#include "common/rtp/packet.hpp"

namespace labnet::rtp {

/// How deep: the number of packets that wait. It starts in the middle, grows by what comes too late, and shrinks by
/// one packet at a time while it was deeper than needed for long.
struct JitterRules {
  int depth_min = 1;
  int depth_start = 3;
  int depth_max = 10;
  int conceal_max = 5;   // packets in a row that are made up; then there is silence
  int calm_pulls = 250;  // so many turns without a need of its depth, and it shrinks; 5 s of 20 ms
};

/// What a player does in its turn.
enum class Turn {
  play,     // the payload
  conceal,  // make up a packet: one is missing
  silence,  // nothing is due: the source has not begun, pauses, or sends no audio
};

struct Pulled {
  Turn turn = Turn::silence;
  Bytes payload{};  // until the next call of any kind
  std::uint8_t payload_type = 0;
};

struct JitterCounts {
  std::uint64_t played = 0;
  std::uint64_t concealed = 0;
  std::uint64_t late = 0;  // came after their turn
  std::uint64_t duplicates = 0;
  std::uint64_t skipped = 0;  // left out, so that the delay shrinks
  std::uint64_t flushes = 0;  // SSRC changed, or sequence numbers jumped
};

/// Packets are of one length in time, and `pull` is called that often: that is the clock.
class JitterBuffer {
 public:
  explicit JitterBuffer(const JitterRules& rules = {});

  /// Packets of other things than audio, telephone-events say, are given with an empty payload: they take their turn
  /// and are silent. Longer payloads than frame_bytes_max count as empty.
  void push(const Header& header, Bytes payload);
  Pulled pull();

  int waiting() const { return waiting_; }      // packets
  int depth_target() const { return target_; }  // packets
  const JitterCounts& counts() const { return counts_; }

 private:
  struct Slot {
    bool is_used = false;
    std::uint8_t payload_type = 0;
    std::optional<std::uint16_t> done;  // whose turn is over: it comes again, it is a duplicate
    Buffer payload;
  };
  Slot& slot(std::uint16_t sequence) { return slots_[sequence % frames_max]; }

  void flush_to(const Header& header);
  bool make_place(const Header& header);
  void deepen();
  void watch_depth();
  void skip_one();
  bool is_filled();
  Pulled pull_missing();
  Pulled pull_present(Slot& slot);
  /// How many turns there are up to the last packet that has come.
  int span() const { return waiting_ == 0 ? 0 : static_cast<std::int16_t>(highest_ - next_) + 1; }

  JitterRules rules_;
  JitterCounts counts_;
  std::array<Slot, frames_max> slots_;
  Buffer pulled_;
  bool has_begun_ = false;
  bool is_filling_ = true;  // waits until it is as deep as it should be
  std::uint32_t ssrc_ = 0;
  std::uint16_t next_ = 0;     // whose turn it is
  std::uint16_t highest_ = 0;  // that has come
  int waiting_ = 0;
  int target_;
  bool has_played_ = false;  // since it began or was flushed
  int concealed_in_a_row_ = 0;
  int filling_turns_ = 0;  // in which packets waited
  int watched_turns_ = 0;  // of those in which the depth is watched
  int calm_turns_;         // so many of them
  int lowest_span_ = frames_max;
};

}  // namespace labnet::rtp
