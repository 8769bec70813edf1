// What a phone tells whoever owns it, and what it asks: which calls to take.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/sdp/negotiation.hpp"
#include "common/sip/timers.hpp"

namespace labnet::sip_client {

class PhoneCall;

/// What to do with a call that comes in.
struct AnswerPlan {
  int status = 200;         // 200: it rings, and is answered after that time; 300 to 699: it is refused
  sip::Duration after{0};   // from the INVITE on; `sip::Duration::max()`: it rings until PhoneCall::answer
  sdp::LocalAudio audio{};  // where this side receives, and its codecs; not looked at if it is refused
};

enum class Ender {
  local,   // this side has hung up, cancelled, refused
  remote,  // the other side, or a server on the way
  fault    // no answer came, or nothing that can be used
};
std::string_view name_of(Ender ender);

struct CallEnd {
  Ender ender = Ender::local;
  bool was_answered = false;
  int status = 0;      // of the INVITE's final response; 0: there was none
  std::string reason;  // in words: "486 Busy Here", "hung up by the other side"
};

/// From within each function, any function of the phone may be called.
class PhoneObserver {
 public:
  virtual ~PhoneObserver() = default;

  // The account
  virtual void on_registered(std::chrono::seconds granted) = 0;
  virtual void on_unregistered() = 0;
  /// retry_in  when it is tried again by itself
  virtual void on_registration_failed(std::string_view why, std::chrono::seconds retry_in) = 0;

  /// By a connection: a REGISTER has had no answer for 64*T1, so that it leads nowhere, whatever the system thinks.
  virtual void on_silence() = 0;

  // Calls. A PhoneCall lives until on_end has been called with it, and is not to be used afterwards.
  virtual AnswerPlan on_incoming(PhoneCall& call) = 0;
  /// status  180, 183 and their kind; told each time one comes
  virtual void on_ringing(PhoneCall& call, int status) = 0;
  /// What holds for the media from now on: at the answer, and again when one side has put the other on hold. Before the
  /// answer, too, if the other side lets something be heard (early media).
  virtual void on_media(PhoneCall& call, const sdp::Agreement& agreement) = 0;
  virtual void on_answered(PhoneCall& call) = 0;
  virtual void on_end(PhoneCall& call, const CallEnd& end) = 0;
  /// The other side has pressed a key, and says so by INFO; those in the media are not told of here.
  virtual void on_key(PhoneCall& call, char key) = 0;

  // Text messages (RFC 3428)
  virtual void on_message(std::string_view from_uri, std::string_view text) = 0;
  /// status  of the final response; 408: none came
  virtual void on_message_sent(int status, std::string_view reason) = 0;
};

}  // namespace labnet::sip_client
