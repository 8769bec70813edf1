// The server's half of a transaction: which copies of a request are answered by a copy, and when a final response is
// sent again because nobody has acknowledged it.
//
//   INVITE (RFC 3261, figure 7; RFC 6026, figure 7)       others (RFC 3261, figure 8)
//
//     proceeding --300-699--> completed --ACK--> confirmed     trying --1xx--> proceeding
//         |                       |                  |             |               |
//        2xx                      H                  I             +---200-699-----+
//         |                       |                  |                     |
//     accepted ---L---> terminated <-----------------+                 completed --J--> terminated
#pragma once

#include <string_view>

#include "common/sip/timers.hpp"

namespace labnet::sip {

class ServerTransaction {
 public:
  enum class Kind { invite, other };
  enum class State { trying, proceeding, completed, confirmed, accepted, terminated };

  /// The request has just arrived.
  ServerTransaction(Kind kind, Delivery delivery, const Timers& timers);

  /// True if the last response is to be sent again. A copy that comes before any response is dropped.
  bool on_request_again() const;
  /// A response of this status has been sent now. False, and the response must not be sent: a final one has gone out
  /// before.
  bool on_response(int status, TimePoint now);
  /// The final response has been acknowledged; for a 2xx, whose ACK is a transaction of its own, the user says so.
  /// True if that is news.
  bool on_acknowledgement(TimePoint now);
  /// To be called at `next` or later. For an INVITE, `timed_out` says that no ACK has come.
  TimerOutcome on_timer(TimePoint now);
  /// The final response goes again so often at most, where its timer would send it more often: for a client whose
  /// address may be forged. Its ACK is waited for as long as ever.
  void limit_copies(int copies_max) { copies_left_ = copies_max; }
  void terminate();

  State state() const { return state_; }
  Kind kind() const { return kind_; }
  /// A final response has gone out and nobody has acknowledged it.
  bool awaits_acknowledgement() const { return awaits_acknowledgement_; }
  /// When on_timer wants to be called; `never` while the user has not decided.
  TimePoint next() const;

 private:
  void on_final(int status, TimePoint now);

  Kind kind_;
  Delivery delivery_;
  const Timers* timers_;
  State state_;
  bool has_responded_ = false;
  bool awaits_acknowledgement_ = false;
  int copies_left_ = copies_unlimited;
  static constexpr int copies_unlimited = -1;
  Duration interval_;             // between the next two copies
  TimePoint send_again_ = never;  // timer G, and its like for a 2xx (RFC 3261, section 13.3.1.4)
  TimePoint end_ = never;         // timers H, I, J and L
};

std::string_view to_string(ServerTransaction::State state);

}  // namespace labnet::sip
