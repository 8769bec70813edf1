// The client's half of a transaction: when a request is sent again, and which of the responses are news.
//
//   INVITE (RFC 3261, figure 5; RFC 6026, figure 5)        others (RFC 3261, figure 6)
//
//     calling ----1xx----> proceeding                        trying ---1xx---> proceeding
//       |  |  \              |    |                            |                   |
//       |  |   2xx           2xx  300-699                      +---- 200-699 ------+
//       |  |     \___________|    |                                     |
//       |  300-699       |        |                                 completed
//       |        \_______|________|                                     |
//       B                |        |                                   F, K
//       |            accepted  completed                                |
//       |                M        D                                     |
//       +---------> terminated <--+                                terminated
#pragma once

#include <string_view>

#include "common/sip/timers.hpp"

namespace labnet::sip {

class ClientTransaction {
 public:
  enum class Kind { invite, other };
  enum class State { calling, proceeding, completed, accepted, terminated };  // `calling` is `trying` of the others

  /// What is to be done with a response.
  struct Outcome {
    bool is_news = false;          // the transaction user has to see it
    bool is_acknowledged = false;  // the transaction sends the ACK (RFC 3261, section 17.1.1.3), also for each copy

    bool operator==(const Outcome&) const = default;
  };

  /// The request has been sent now.
  ClientTransaction(Kind kind, Delivery delivery, const Timers& timers, TimePoint now);

  /// status  100 to 699, of a response that matches this transaction
  Outcome on_response(int status, TimePoint now);
  /// To be called at `next` or later.
  TimerOutcome on_timer(TimePoint now);
  /// An INVITE that is proceeding waits no longer than that for its final response.
  void wait_until(TimePoint end);
  /// The transport could not send (RFC 3261, section 17.1.4), or the user has no more interest.
  void terminate();

  State state() const { return state_; }
  Kind kind() const { return kind_; }
  /// When on_timer wants to be called; `never` if nothing is waited for: an INVITE that is proceeding may ring for
  /// ever.
  TimePoint next() const;

 private:
  Outcome on_final_of_invite(int status, TimePoint now);
  void linger(State state, Duration duration, TimePoint now);

  Kind kind_;
  Delivery delivery_;
  const Timers* timers_;
  State state_ = State::calling;
  Duration interval_;             // between the next two copies
  TimePoint send_again_ = never;  // timers A and E
  TimePoint end_;                 // timers B and F, later D, K and M
};

std::string_view to_string(ClientTransaction::State state);

}  // namespace labnet::sip
