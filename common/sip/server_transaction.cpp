#include "common/sip/server_transaction.hpp"

#include <algorithm>
#include <utility>

namespace labnet::sip {

ServerTransaction::ServerTransaction(Kind kind, Delivery delivery, const Timers& timers)
    : kind_{kind},
      delivery_{delivery},
      timers_{&timers},
      state_{kind == Kind::invite ? State::proceeding : State::trying},
      interval_{timers.t1} {}

bool ServerTransaction::on_request_again() const {
  // A 2xx goes again by its own timer until the ACK comes: a copy of the INVITE tells nothing new (RFC 6026, 7.1).
  return has_responded_ && (state_ == State::proceeding || state_ == State::completed);
}

bool ServerTransaction::on_response(int status, TimePoint now) {
  if (state_ != State::trying && state_ != State::proceeding) return false;
  has_responded_ = true;
  if (status < 200) {
    state_ = State::proceeding;
  } else {
    on_final(status, now);
  }
  return true;
}

void ServerTransaction::on_final(int status, TimePoint now) {
  end_ = now + timers_->transaction_timeout();  // timers H, J and L
  if (kind_ == Kind::other) {
    state_ = State::completed;
    if (delivery_ == Delivery::reliable) end_ = now;
    return;
  }
  awaits_acknowledgement_ = true;
  state_ = status < 300 ? State::accepted : State::completed;
  // A 2xx goes from end to end: what is reliable may be its first hop alone.
  if (delivery_ == Delivery::unreliable || state_ == State::accepted) send_again_ = now + interval_;
  if (copies_left_ == 0) send_again_ = never;
}

bool ServerTransaction::on_acknowledgement(TimePoint now) {
  if (!std::exchange(awaits_acknowledgement_, false)) return false;
  send_again_ = never;
  if (state_ == State::completed) {
    state_ = State::confirmed;
    end_ = delivery_ == Delivery::reliable ? now : now + timers_->t4;  // timer I
  }
  return true;
}

TimerOutcome ServerTransaction::on_timer(TimePoint now) {
  if (state_ == State::terminated) return TimerOutcome::nothing;
  if (now >= end_) {
    const bool is_missed = awaits_acknowledgement_;
    terminate();
    return is_missed ? TimerOutcome::timed_out : TimerOutcome::ended;
  }
  if (now < send_again_) return TimerOutcome::nothing;
  interval_ = std::min(2 * interval_, timers_->t2);
  if (copies_left_ > 0) --copies_left_;
  send_again_ = copies_left_ == 0 ? never : now + interval_;
  return TimerOutcome::send_again;
}

void ServerTransaction::terminate() {
  state_ = State::terminated;
  awaits_acknowledgement_ = false;
  send_again_ = end_ = never;
}

TimePoint ServerTransaction::next() const {
  return std::min(send_again_, end_);
}

std::string_view to_string(ServerTransaction::State state) {
  switch (state) {
    case ServerTransaction::State::trying:
      return "trying";
    case ServerTransaction::State::proceeding:
      return "proceeding";
    case ServerTransaction::State::completed:
      return "completed";
    case ServerTransaction::State::confirmed:
      return "confirmed";
    case ServerTransaction::State::accepted:
      return "accepted";
    case ServerTransaction::State::terminated:
      return "terminated";
  }
  return "";
}

}  // namespace labnet::sip
