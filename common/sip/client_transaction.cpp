#include "common/sip/client_transaction.hpp"

#include <algorithm>
#include <utility>

namespace labnet::sip {

ClientTransaction::ClientTransaction(Kind kind, Delivery delivery, const Timers& timers, TimePoint now)
    : kind_{kind},
      delivery_{delivery},
      timers_{&timers},
      interval_{timers.t1},
      end_{now + timers.transaction_timeout()} {
  if (delivery == Delivery::unreliable) send_again_ = now + interval_;
}

ClientTransaction::Outcome ClientTransaction::on_response(int status, TimePoint now) {
  const bool is_waiting = state_ == State::calling || state_ == State::proceeding;
  if (status >= 200) {
    if (kind_ == Kind::invite) return on_final_of_invite(status, now);
    if (!is_waiting) return {};
    linger(State::completed, timers_->t4, now);  // timer K
    return {.is_news = true};
  }
  if (!is_waiting) return {};
  const bool is_first = std::exchange(state_, State::proceeding) == State::calling;
  if (kind_ == Kind::invite) {
    // The request has arrived, and how long a person may take to answer is for the user to say.
    if (is_first) send_again_ = end_ = never;
  } else if (delivery_ == Delivery::unreliable) {
    interval_ = timers_->t2;
    send_again_ = now + interval_;
  }
  return {.is_news = true};
}

ClientTransaction::Outcome ClientTransaction::on_final_of_invite(int status, TimePoint now) {
  const bool is_waiting = state_ == State::calling || state_ == State::proceeding;
  const bool is_success = status < 300;
  if (is_success) {
    // Each copy, and the answer of each phone that the request was forked to, has an ACK of its own, which is the
    // user's (RFC 6026, section 7.2).
    if (is_waiting) linger(State::accepted, timers_->transaction_timeout(), now);  // timer M
    return {.is_news = state_ == State::accepted};
  }
  if (state_ == State::completed) return {.is_acknowledged = true};
  if (!is_waiting) return {};
  const auto stays = delivery_ == Delivery::reliable ? Duration{0} : timers_->transaction_timeout();
  linger(State::completed, stays, now);  // timer D
  return {.is_news = true, .is_acknowledged = true};
}

void ClientTransaction::linger(State state, Duration duration, TimePoint now) {
  state_ = state;
  send_again_ = never;
  const bool awaits_copies = delivery_ == Delivery::unreliable || state == State::accepted;
  end_ = awaits_copies ? now + duration : now;
}

TimerOutcome ClientTransaction::on_timer(TimePoint now) {
  if (state_ == State::terminated) return TimerOutcome::nothing;
  if (now >= end_) {
    const bool had_answer = state_ == State::completed || state_ == State::accepted;
    terminate();
    return had_answer ? TimerOutcome::ended : TimerOutcome::timed_out;
  }
  if (now < send_again_) return TimerOutcome::nothing;
  interval_ *= 2;
  if (kind_ == Kind::other) interval_ = std::min(interval_, timers_->t2);
  send_again_ = now + interval_;
  return TimerOutcome::send_again;
}

void ClientTransaction::wait_until(TimePoint end) {
  if (state_ == State::proceeding) end_ = std::min(end_, end);
}

void ClientTransaction::terminate() {
  state_ = State::terminated;
  send_again_ = end_ = never;
}

TimePoint ClientTransaction::next() const {
  return std::min(send_again_, end_);
}

std::string_view to_string(ClientTransaction::State state) {
  switch (state) {
    case ClientTransaction::State::calling:
      return "calling";
    case ClientTransaction::State::proceeding:
      return "proceeding";
    case ClientTransaction::State::completed:
      return "completed";
    case ClientTransaction::State::accepted:
      return "accepted";
    case ClientTransaction::State::terminated:
      return "terminated";
  }
  return "";
}

}  // namespace labnet::sip
