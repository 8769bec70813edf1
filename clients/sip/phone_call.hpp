// One call of a phone, begun by it or by the other side (RFC 3261, sections 13 to 15).
//
//   outgoing   calling --180--> ringing --200--> talking --BYE--> over
//                 |                |                  ^  |
//                 +--- hang_up ----+--> cancelling    +--+ re-INVITE: hold, resume, of either side
//                                          |
//                                          +--487--> over
//   incoming   ringing --answer--> answered --ACK--> talking --BYE--> over
//
// No clock and no socket here: whatever arrives comes from the Softphone, and so does the time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clients/sip/login.hpp"
#include "clients/sip/tools.hpp"
#include "common/base/result.hpp"
#include "common/sdp/negotiation.hpp"
#include "common/sip/dialog.hpp"

namespace labnet::sip_client {

class PhoneCall {
 public:
  enum class State { calling, ringing, cancelling, answered, talking, over };

  /// audio  where this side receives and what it offers
  static std::unique_ptr<PhoneCall> outgoing(PhoneTools tools, std::string_view to, sdp::LocalAudio audio,
                                             sip::TimePoint now);
  /// invite  has no To tag. The observer is asked only by `begin`.
  static std::unique_ptr<PhoneCall> incoming(PhoneTools tools, const sip::Message& invite, const sip::Hop& from);
  PhoneCall(const PhoneCall&) = delete;
  PhoneCall& operator=(const PhoneCall&) = delete;
  ~PhoneCall();

  /// Sends the INVITE; or asks the observer what to do with the one that came.
  void begin(sip::TimePoint now);

  // What its owner wants.
  /// Answers an incoming call that rings.
  void answer(sip::TimePoint now);
  /// Ends it, whatever it does at the moment: CANCEL, BYE, or that status to an INVITE that came.
  void hang_up(sip::TimePoint now, int status = 486);
  /// Puts the other side on hold: this side sends, and listens to nothing. While a re-INVITE is under way it waits.
  void hold(sip::TimePoint now) { want(sdp::Direction::sendonly, now); }
  void resume(sip::TimePoint now) { want(sdp::Direction::sendrecv, now); }

  bool is_outgoing() const { return is_outgoing_; }
  State state() const { return state_; }
  /// The other side's address, "sip:102@voip.lab".
  const std::string& remote_uri() const { return remote_uri_; }
  /// Where the other side is, or a server on the way to it.
  const sip::Hop& hop() const { return hop_; }
  const std::string& call_id() const { return call_id_; }
  bool was_answered() const { return was_answered_; }
  /// Nothing before the first answer.
  const std::optional<sdp::Agreement>& agreement() const { return agreement_; }
  /// The other side does not want to hear anything now.
  bool is_held() const { return agreement_ && !sdp::sends(agreement_->direction); }

  // What arrives.
  bool owns(sip::ClientId client) const;
  bool owns(sip::ServerId server) const;
  bool owns(const sip::Message& request) const;  // within its dialog
  void on_response(sip::ClientId client, const sip::Message& response, sip::TimePoint now);
  void on_no_response(sip::ClientId client, sip::NoResponse reason, sip::TimePoint now);
  void on_request(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_ack(sip::ServerId server, const sip::Message& ack, sip::TimePoint now);
  void on_cancel(sip::ServerId server, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now);
  void on_no_ack(sip::ServerId server, sip::TimePoint now);

  /// It ends. Whom it was answered by, or who was answered, is told as soon as there is a connection again.
  void on_connection_lost();
  void on_connection(sip::TimePoint now);
  void on_connection_given_up() { owes_bye_ = false; }

  sip::TimePoint next() const { return std::min(deadline_, change_at_); }
  void on_timer(sip::TimePoint now);
  /// It is over, and no request of it waits for an answer.
  bool is_done() const { return state_ == State::over && bye_ == sip::ClientId::none && !owes_bye_; }

 private:
  PhoneCall(PhoneTools tools, bool is_outgoing, sdp::LocalAudio audio);
  /// As this kind of phone describes it.
  static sdp::LocalAudio like_phone(sdp::LocalAudio audio, const PhoneTools& tools);

  // Outgoing, until it is answered
  void send_invite(sip::TimePoint now);
  void on_invite_response(const sip::Message& response, sip::TimePoint now);
  void on_provisional(const sip::Message& response, sip::TimePoint now);
  void on_success(const sip::Message& response, sip::TimePoint now);
  void on_refusal(const sip::Message& response, sip::TimePoint now);
  void let_go(const sip::Message& response, sip::TimePoint now);

  // Incoming, until it is answered
  void take_plan(sip::TimePoint now);
  void refuse(int status, const std::string& warning, sip::TimePoint now);
  void respond(sip::ServerId server, int status, std::string_view description, std::string_view warning,
               sip::TimePoint now);

  // Within the call
  struct Change {  // a re-INVITE of this side
    sip::ClientId client = sip::ClientId::none;
    sdp::Direction direction = sdp::Direction::sendrecv;
    std::uint32_t cseq = 0;
    sdp::Description offer{};
  };
  void want(sdp::Direction direction, sip::TimePoint now);
  void proceed(sip::TimePoint now);
  void send_change(sip::TimePoint now);
  void on_change_response(const sip::Message& response, sip::TimePoint now);
  void on_change_accepted(const sip::Message& response, sip::TimePoint now);
  void on_reinvite(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_update(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_info(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_bye(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void send_bye(sip::Dialog& dialog, sip::TimePoint now);
  void on_bye_response(const sip::Message& response, sip::TimePoint now);

  struct Described {
    std::string text;
    std::optional<sdp::Agreement> agreement{};  // nothing if it is an offer
  };
  struct Refused {
    int status = 488;
    std::string warning{};
  };
  /// What is to stand in a 2xx to an INVITE or UPDATE: the answer to its offer, or an offer if it has none.
  Result<Described, Refused> describe_for(const sip::Message& invite);
  /// An answer to an offer of this side; or why it cannot be used.
  Result<sdp::Agreement> read_answer(const sdp::Description& offer, std::string_view text) const;
  void agree(const sdp::Agreement& agreement);
  void give_up(std::string_view why, sip::TimePoint now);
  void acknowledge(sip::ClientId invite, const sip::Dialog& dialog, std::uint32_t cseq);
  sip::Hop hop_of(const sip::Dialog& dialog) const;
  void end(Ender ender, int status, std::string reason);

  PhoneTools tools_;
  bool is_outgoing_;
  State state_;
  bool was_answered_ = false;
  Login login_;
  std::string remote_uri_, call_id_, local_tag_, contact_;
  sdp::LocalAudio audio_;
  sdp::LocalSession session_;
  std::optional<sdp::Description> offer_;  // sent with the INVITE, or in a 2xx; waits for its answer
  std::optional<sdp::Agreement> agreement_;
  std::optional<sip::Dialog> dialog_;
  sip::Hop hop_;  // where the INVITE went to, or came from

  sip::ClientId invite_ = sip::ClientId::none;
  std::optional<sip::StoredMessage> sent_invite_;
  std::uint32_t cseq_ = 0;  // of the INVITE
  sip::ServerId server_ = sip::ServerId::none;
  sip::ServerId reinvite_ = sip::ServerId::none;  // of the other side, answered and not acknowledged yet
  std::optional<Change> change_;
  std::optional<sdp::Direction> wanted_;  // by the owner, and not agreed yet
  sip::ClientId bye_ = sip::ClientId::none;
  bool owes_bye_ = false;       // there was no connection to send it by
  bool is_to_hang_up_ = false;  // as soon as the 200 is acknowledged (RFC 3261, section 15)
  std::string cancel_reason_;

  sip::TimePoint deadline_ = sip::never;   // of ringing: an outgoing one is given up, an incoming one is answered
  sip::TimePoint change_at_ = sip::never;  // a re-INVITE that met another one is sent again
};

}  // namespace labnet::sip_client
