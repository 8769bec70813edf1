// From where a call's media may come, and so where it goes: symmetric RTP (RFC 4961) that does not follow strangers.
//
//                    expect                    a packet                N packets or 2 s, or the SDP's address
//   (closed) ------------------> waiting --------------> learning -----------------------------------------> locked
//                                   ^                                                                          |
//                                   +------------------------- expect: a re-INVITE ----------------------------+
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "common/rtp/limits.hpp"

namespace labnet::rtp {

enum class LatchMode {
  symmetric,     // learns the address at the beginning, then keeps to it
  sdp_only,      // none but the address in the SDP
  never_locked,  // follows whoever sends: the RTPbleed weakness, to be shown and never to be used
};

enum class LatchVerdict {
  relay,         // of the source
  opens_path,    // of the source, but of a payload type that was not agreed on: the address counts, the packet does not
  stranger,      // of another address
  foreign_ssrc,  // of the source's address, while the source's own SSRC still sends
  closed,        // nothing is expected
};

struct LatchRules {
  LatchMode mode = LatchMode::symmetric;
  std::uint32_t learning_packets = 10;              // of one address, and it is locked
  std::chrono::milliseconds learning_time{2000};    // from the first packet
  std::chrono::milliseconds takeover_silence{200};  // while learning, another address may follow one that is silent
  std::chrono::milliseconds ssrc_silence{60};       // so long no packet of the known SSRC, and another may follow
};

/// Of one port. `Endpoint` is an address with a port: copied and compared, nothing else.
template <class Endpoint>
class SourceLatch {
 public:
  explicit SourceLatch(const LatchRules& rules = {}) : rules_{rules} {}

  /// What the other side's SDP says; nothing if it says 0.0.0.0. Called again by a new offer or answer: learning begins
  /// anew, and until a packet comes media go where they went, or to the address in the SDP if that has changed. A
  /// stranger has no better chance then than while learning.
  void expect(std::optional<Endpoint> sdp_address);
  /// No packet is accepted any more.
  void close() { state_ = State::closed; }

  /// is_agreed  the payload type is one of the call's
  LatchVerdict receive(const Endpoint& from, std::uint32_t ssrc, bool is_agreed, Time now) {
    if (state_ == State::locked && from == *learnt_ && ssrc == ssrc_ && is_agreed) [[likely]] {
      ssrc_time_ = now;
      return LatchVerdict::relay;
    }
    return receive_unusual(from, ssrc, is_agreed, now);
  }

  /// Where to send: what was learnt, or else what the SDP says.
  const std::optional<Endpoint>& peer() const { return learnt_ ? learnt_ : sdp_address_; }
  const std::optional<Endpoint>& learnt() const { return learnt_; }
  bool is_locked() const { return state_ == State::locked; }
  /// What is learnt differs from what the SDP says: "Contact says A, packets come from B".
  bool is_elsewhere() const { return learnt_ && learnt_ != sdp_address_; }

  std::uint64_t strangers() const { return strangers_; }
  std::uint64_t foreign_ssrcs() const { return foreign_ssrcs_; }

 private:
  enum class State { closed, waiting, learning, locked };

  LatchVerdict receive_unusual(const Endpoint& from, std::uint32_t ssrc, bool is_agreed, Time now);
  bool accepts(const Endpoint& from, Time now);
  bool may_take_over(const Endpoint& from, Time now) const;
  void learn(const Endpoint& from, Time now);
  LatchVerdict judge_ssrc(std::uint32_t ssrc, Time now);

  LatchRules rules_;
  State state_ = State::closed;
  std::optional<Endpoint> sdp_address_;
  std::optional<Endpoint> last_sdp_address_;  // before it said 0.0.0.0
  std::optional<Endpoint> learnt_;
  std::optional<std::uint32_t> ssrc_;
  Time learning_since_{};
  Time address_time_{};  // the last packet of learnt_ before it was locked
  Time ssrc_time_{};     // the last packet of ssrc_, which is of learnt_ too
  std::uint32_t learning_packets_ = 0;
  std::uint64_t strangers_ = 0;
  std::uint64_t foreign_ssrcs_ = 0;
};

template <class Endpoint>
void SourceLatch<Endpoint>::expect(std::optional<Endpoint> sdp_address) {
  if (sdp_address && sdp_address != last_sdp_address_) learnt_.reset();
  if (sdp_address) last_sdp_address_ = sdp_address;
  sdp_address_ = std::move(sdp_address);
  state_ = State::waiting;
  ssrc_.reset();
}

template <class Endpoint>
LatchVerdict SourceLatch<Endpoint>::receive_unusual(const Endpoint& from, std::uint32_t ssrc, bool is_agreed,
                                                    Time now) {
  if (state_ == State::closed) return LatchVerdict::closed;
  if (!accepts(from, now)) {
    ++strangers_;
    return LatchVerdict::stranger;
  }
  // What opens the path may have any SSRC: the one to keep to is that of the first packet with media.
  return is_agreed ? judge_ssrc(ssrc, now) : LatchVerdict::opens_path;
}

template <class Endpoint>
bool SourceLatch<Endpoint>::accepts(const Endpoint& from, Time now) {
  if (state_ == State::learning && now - learning_since_ >= rules_.learning_time) state_ = State::locked;
  if (state_ == State::locked && rules_.mode != LatchMode::never_locked) return from == *learnt_;
  const bool is_known = learnt_ && from == *learnt_;
  if (!is_known && !may_take_over(from, now)) return false;
  if (!is_known || state_ == State::waiting) learn(from, now);
  address_time_ = now;
  ++learning_packets_;
  if (from == sdp_address_ || learning_packets_ >= rules_.learning_packets) state_ = State::locked;
  return true;
}

template <class Endpoint>
bool SourceLatch<Endpoint>::may_take_over(const Endpoint& from, Time now) const {
  if (rules_.mode == LatchMode::never_locked || from == sdp_address_) return true;
  if (rules_.mode == LatchMode::sdp_only) return false;
  return !learnt_ || now - std::max(address_time_, ssrc_time_) >= rules_.takeover_silence;
}

template <class Endpoint>
void SourceLatch<Endpoint>::learn(const Endpoint& from, Time now) {
  if (state_ == State::waiting) learning_since_ = now;
  state_ = State::learning;
  learnt_ = from;
  learning_packets_ = 0;
  ssrc_.reset();
}

template <class Endpoint>
LatchVerdict SourceLatch<Endpoint>::judge_ssrc(std::uint32_t ssrc, Time now) {
  const bool may_follow = !ssrc_ || now - ssrc_time_ >= rules_.ssrc_silence || rules_.mode == LatchMode::never_locked;
  if (ssrc_ != ssrc && !may_follow) {
    ++foreign_ssrcs_;
    return LatchVerdict::foreign_ssrc;
  }
  ssrc_ = ssrc;
  ssrc_time_ = now;
  return LatchVerdict::relay;
}

}  // namespace labnet::rtp
