// An account at a registrar: tells it where the phone is, again before it forgets, and at the end that it is gone (RFC
// 3261, section 10.2).
//
//                  200                    50-90 % of the time granted
//   registering ----------> registered ------------------------------> registering
//       |  ^                     |
//       |  | 30 s * 2^n          | stop
//       v  |                     v
//      failed                unregistering ------> off
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "clients/sip/login.hpp"
#include "clients/sip/tools.hpp"

namespace labnet::sip_client {

class Account {
 public:
  enum class State { off, registering, registered, failed, unregistering };

  explicit Account(PhoneTools tools);

  /// Registers, and stays registered until `stop`.
  void start(sip::TimePoint now);
  /// Unregisters; on_unregistered is called when the registrar has said so, or does not answer. Of an account that was
  /// never registered nothing is sent.
  void stop(sip::TimePoint now);
  /// Tells it that all phones of this number are gone, whoever has registered them (section 10.2.2): on_unregistered,
  /// or on_registration_failed, which then has no time to try again at.
  void remove_all(sip::TimePoint now);

  State state() const { return state_; }
  /// Its request: on_response and on_no_response are for it.
  bool owns(sip::ClientId client) const { return client != sip::ClientId::none && client == client_; }
  void on_response(const sip::Message& response, sip::TimePoint now);
  void on_no_response(sip::NoResponse reason, sip::TimePoint now);

  /// There is no way to the registrar any more, until there is one again: by another connection, at which it is to know
  /// the phone from then on.
  void on_connection_lost();
  void on_connection(sip::TimePoint now);

  /// When on_timer wants to be called: for a refresh, or to try again.
  sip::TimePoint next() const { return next_; }
  void on_timer(sip::TimePoint now);

 private:
  static constexpr int attempts_max = 6;  // requests in a row, each because of the answer to the one before

  void send(sip::TimePoint now);
  void send_first(State state, sip::TimePoint now);
  void send_again(sip::TimePoint now, std::string_view why);
  void on_success(const sip::Message& response, bool has_moved, sip::TimePoint now);
  bool learn_address(const sip::Message& response);
  void on_challenge(const sip::Message& response, sip::TimePoint now);
  void on_too_brief(const sip::Message& response, sip::TimePoint now);
  void fail(std::string_view why, sip::TimePoint now, std::chrono::seconds at_least = {});
  void end();
  std::chrono::seconds granted_by(const sip::Message& response) const;
  std::string own_contact() const;
  std::string contacts() const;

  PhoneTools tools_;
  Login login_;
  State state_ = State::off;
  bool removes_all_ = false;
  bool is_to_stop_ = false;  // as soon as the request under way is answered
  std::string call_id_;      // the same for all requests of this phone to this registrar
  std::string from_tag_;
  std::uint32_t cseq_ = 0;
  std::string contact_;           // "<sip:101@192.168.1.6:5060>", of the last request
  std::string registered_;        // the one that the registrar has
  std::string instance_;          // what Zoiper adds to it
  std::chrono::seconds expires_;  // asked for; a 423 raises it
  sip::ClientId client_ = sip::ClientId::none;
  sip::TimePoint next_ = sip::never;
  int attempts_ = 0;
  int failures_ = 0;  // in a row
};

}  // namespace labnet::sip_client
