// How long SIP waits: the three values that all its timers are made of.
#pragma once

#include <chrono>

namespace labnet::sip {

/// No clock is read here: whoever calls says what time it is.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::milliseconds;

constexpr TimePoint never = TimePoint::max();

/// RFC 3261, section 17.1.1.1 and table 4 of annex A. A class that wants to see a time-out in three seconds sets T1 to
/// 50 ms; the others grow with it where the RFC reckons them from it.
struct Timers {
  Duration t1{500};   // the estimate of a round trip
  Duration t2{4000};  // the longest pause between two copies of a request that is no INVITE, or of a final response
  Duration t4{5000};  // how long a message may stay in the network

  /// Timers B, F, H, J, L and M, and D, which must be no shorter than the peer's H.
  Duration transaction_timeout() const { return 64 * t1; }
};

/// Whether the transport delivers by itself: nothing is sent twice then, and nobody waits for copies.
enum class Delivery { unreliable, reliable };

/// What the end of a wait means to whoever has a transaction.
enum class TimerOutcome {
  nothing,     // not yet time
  send_again,  // the last message of this end
  timed_out,   // the peer has not answered, or not acknowledged; the transaction has ended
  ended,       // no more copies are expected; the transaction has ended
};

}  // namespace labnet::sip
