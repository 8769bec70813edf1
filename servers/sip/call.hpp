// One call: two sides, each with a dialog of its own with the exchange (RFC 7092, section 3.1: a back-to-back user
// agent that anchors media).
//
//    caller                        exchange                         callee
//      | INVITE ------------------->  |                               |
//      | <----------------- 100       |  INVITE --------------------> |  one for each phone of the callee
//      | <----------------- 180       |  <----------------- 180       |
//      |                              |  <----------------- 200       |  the first one; the others get CANCEL
//      | <----------------- 200       |  ACK -----------------------> |
//      | ACK ---------------------->  |                               |
//      | BYE ---------------------->  |  BYE -----------------------> |  from either side
//      | <----------------- 200       |  <----------------- 200       |
//
// No clock and no socket here: whatever arrives comes from the Exchange, and so does the time.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sip/dialog.hpp"
#include "common/sip/transaction_layer.hpp"
#include "servers/sip/abilities.hpp"
#include "servers/sip/call_index.hpp"
#include "servers/sip/call_record.hpp"
#include "servers/sip/farewells.hpp"
#include "servers/sip/media.hpp"
#include "servers/sip/negotiation.hpp"
#include "servers/sip/tokens.hpp"

namespace labnet::sip_server {

struct CallRules {
  std::string domain = "labnet";              // whose warnings and names they are
  std::string software = "labnet";            // User-Agent and Server; empty: none
  std::chrono::seconds ring_timeout{180};     // then 480
  std::chrono::seconds silence_timeout{300};  // without a packet from either side
  std::chrono::seconds hold_timeout{3600};    // the same while one side is on hold
};

/// What all calls of an exchange work with.
struct CallTools {
  sip::TransactionLayer& transactions;
  sip::MessageTransport& transport;
  MediaPlane& media;
  Tokens& tokens;
  CallIndex& index;
  PhoneFinder& phones;
  Farewells& farewells;
  const CallRules& rules;
};

/// Where a phone of the callee is.
struct CallTarget {
  std::string uri;  // the Request-URI
  sip::Hop hop;
  PhoneName phone{};
};

/// Who begins a call.
struct CallBegin {
  std::uint64_t number;  // as in CallRecord
  sip::ServerId invite;  // its transaction
  PhoneName phone{};     // the caller's, if he has registered from where it came from
  bool is_shown = true;  // false: his address may be forged (see WayBack)
};

/// What an extension of the exchange does with a call, in place of phones.
struct Treatment {
  int status = 200;  // 200: it answers; 180: it rings and never answers; 183: it lets hear something and never answers;
                     // others: it refuses
  Announcement announcement = Announcement::none;
};

class Call {
 public:
  /// invite  has no To tag
  Call(CallTools tools, CallBegin begin, const sip::Message& invite, const sip::Hop& from, sip::TimePoint now);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call();

  /// Rings them all. Once, at the beginning; or `treat`, or `refuse`.
  void ring(const std::vector<CallTarget>& targets, sip::TimePoint now);
  void treat(const Treatment& treatment, sip::TimePoint now);
  void refuse(int status, std::string cause, sip::TimePoint now);

  // What arrives. Each of them may bring the call to its end: see is_over.
  void on_response(sip::ClientId client, const sip::Message& response, const sip::Hop& from, sip::TimePoint now);
  void on_no_response(sip::ClientId client, sip::NoResponse reason, sip::TimePoint now);
  void on_request(std::string_view local_tag, const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_ack(sip::ServerId invite, const sip::Message& ack, sip::TimePoint now);
  void on_cancel(sip::ServerId invite, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now);
  void on_no_ack(sip::ServerId invite, sip::TimePoint now);
  void on_timer(sip::TimePoint now);

  /// Ends both sides, whatever they do at the moment.
  void hang_up(std::string cause, sip::TimePoint now);

  /// A connection has ended. While it rings that is the end of the call if it was the caller's; later on, a side that
  /// has lost its connection is looked for when there is something to tell it.
  void on_connection_end(const sip::Hop& hop, sip::TimePoint now);

  /// It has been answered, and what a BYE needs is not what `keep` returned last.
  bool is_to_be_kept() const { return is_to_be_kept_ && phase_ != Phase::over; }
  KeptCall keep(WallTime began);
  /// The caller has acknowledged an answer.
  bool is_acknowledged() const { return phase_ == Phase::talking; }

  /// Both sides have been told. A phone that has been cancelled may still have to be heard: see is_done.
  bool is_over() const { return phase_ == Phase::over; }
  /// Nothing is to be done any more but to answer copies, which the transaction layer does.
  bool is_done() const;
  /// When on_timer wants to be called.
  sip::TimePoint next() const { return next_; }
  const CallRecord& record() const { return record_; }

 private:
  enum class Phase { ringing, answered, talking, over };

  /// A dialog with one side, and where that side is.
  struct Leg {
    sip::Dialog dialog;
    sip::Hop hop;
    std::string contact;  // the exchange's own, for this side
    PhoneName phone{};
    bool is_cut = false;  // its connection has ended
  };
  static constexpr std::uint32_t invite_cseq = 1;  // of the INVITE to a phone
  /// A phone that rings or has answered.
  struct Fork {
    sip::ClientId client = sip::ClientId::none;
    CallTarget target;
    std::string local_tag;
    std::string contact;
    int status = 0;          // the last one; 0: none
    std::optional<Leg> leg;  // once it has answered
  };
  /// A request within the call on its way from one side to the other.
  struct Passage {
    /// Of the requests that may offer media only one may be under way.
    bool is_about_media() const { return method == sip::Method::invite || has_offer; }

    Side from = Side::caller;
    sip::Method method = sip::Method::other;
    sip::ServerId server = sip::ServerId::none;
    sip::ClientId client = sip::ClientId::none;
    bool has_offer = false;   // the request has; otherwise an INVITE's 2xx has it
    bool awaits_ack = false;  // a 2xx has gone out
    std::uint32_t cseq = 0;   // of the request that was sent on
  };

  bool open_media(const std::vector<CallTarget>& targets, sip::TimePoint now);
  void play_announcement();
  void refuse_media(const DescriptionRefusal& refusal, sip::TimePoint now);
  void send_invite(Fork& fork, std::string_view offer, sip::TimePoint now);
  std::string own_contact(const sip::Hop& hop) const;
  std::string via(const sip::Hop& hop) const;

  void on_provisional(Fork& fork, const sip::Message& response, sip::TimePoint now);
  void on_success(Fork& fork, const sip::Message& response, sip::TimePoint now);
  void on_failure(Fork& fork, int status, sip::TimePoint now);
  void on_last_failure(sip::TimePoint now);
  void answer_caller(const sip::Message& response, Fork& fork, sip::TimePoint now);
  void acknowledge(Leg& leg, sip::ClientId client, std::uint32_t cseq, std::string_view answer);
  void let_go(Fork& fork, Leg& leg, sip::TimePoint now);
  void cancel_others(const Fork* kept, sip::TimePoint now);

  void on_bye(Side from, const sip::Message& request, const sip::Hop& hop, sip::TimePoint now);
  void answer_alone(const sip::Message& request, const sip::Hop& hop, sip::TimePoint now);
  void pass_on(Side from, const sip::Message& request, const sip::Hop& hop, sip::TimePoint now);
  void on_passage_response(Passage& passage, const sip::Message& response, sip::TimePoint now);
  void pass_back(Passage& passage, const sip::Message& response, sip::TimePoint now);
  void end_passage(Passage& passage);
  void end_all_passages(sip::TimePoint now);
  template <class Id>
  Passage* passage_of(Id id);
  void pass_ack(const sip::Message& ack, Side from, sip::ClientId client, std::uint32_t cseq, sip::TimePoint now);

  /// What a response has besides what all have.
  struct Content {
    std::string_view body{};
    std::string_view type = description_type;
    std::string_view warning{};
  };
  bool respond(sip::ServerId id, const sip::ResponseParts& parts, const Content& content, sip::TimePoint now);
  void respond_caller(int status, const Content& content, sip::TimePoint now);
  void accept(const sip::Message& request, const sip::Hop& from, const Leg& leg, std::string_view description,
              sip::TimePoint now);
  void refuse(const sip::Message& request, const sip::Hop& from, int status,
              sip::HeaderName header = sip::HeaderName::other, std::string_view value = {});
  void bye(Side to, sip::TimePoint now);
  void bye(Leg& leg, sip::TimePoint now);
  KeptSide kept(const Leg& leg) const;
  void move(Leg& leg, const sip::Hop& hop);
  bool find_way(Leg& leg);
  void end(Ender ender, std::string cause, sip::TimePoint now);
  void watch_for_silence(sip::TimePoint now);

  Fork* fork_of(sip::ClientId client);
  Leg* leg_of(Side side);
  std::string name_of_side(Side side) const;

  CallTools tools_;
  Phase phase_ = Phase::ringing;
  CallRecord record_;
  sip::TimePoint next_ = sip::never;
  bool is_to_be_kept_ = false;
  bool is_shown_;
  Announcement announcement_ = Announcement::none;  // to be played once there is an ACK
  std::uint64_t packets_seen_ = 0;
  sip::TimePoint silent_since_{};
  std::unique_ptr<MediaBridge> media_;
  std::optional<Negotiation> negotiation_;

  sip::ServerId caller_invite_ = sip::ServerId::none;
  std::string caller_tag_;
  Leg caller_;
  bool caller_offers_ = false;
  bool owes_caller_bye_ = false;  // once its ACK has come
  std::string callee_to_;         // To and From of the requests to the callee, without tags
  std::string callee_from_;
  std::uint32_t max_forwards_ = 70;
  std::vector<Fork> forks_;
  Fork* winner_ = nullptr;  // whose 2xx was passed on
  std::list<Passage> passages_;
};

}  // namespace labnet::sip_server
