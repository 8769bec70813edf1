// A phone without sound, socket and clock: an account, calls and text messages, driven by what arrives and by the time.
//
//   Softphone phone{config, {transport, observer, random}};
//   phone.account().start(now);
//   ... receive what comes, on_timer when `next` has come ...
//   phone.call("102", audio, now);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/sip/account.hpp"
#include "clients/sip/observer.hpp"
#include "clients/sip/phone_call.hpp"
#include "clients/sip/text_message.hpp"
#include "common/sip/transaction_layer.hpp"

namespace labnet::sip_client {

class Softphone final : public sip::TransactionUser {
 public:
  /// What it works with; must outlive it.
  struct Surroundings {
    sip::MessageTransport& transport;
    PhoneObserver& observer;
    std::function<std::uint64_t()> random;  // 64 bits that nobody can guess
  };
  Softphone(PhoneConfig config, Surroundings surroundings);
  ~Softphone() override;

  Account& account() { return account_; }
  /// to     a number or a whole address, "sip:102@10.0.0.2"
  /// audio  where this side receives, and its codecs
  PhoneCall& call(std::string_view to, sdp::LocalAudio audio, sip::TimePoint now);
  /// text_bytes_max at most; longer ones are told as 413, and nothing is sent.
  void send_text(std::string_view to, std::string text, sip::TimePoint now);
  /// All calls end; the account stays.
  void hang_up(sip::TimePoint now);

  /// One message, whole: a datagram, or what StreamSplitter gives.
  void receive(Bytes message, const sip::Hop& from, sip::TimePoint now);
  /// The connection to the server is gone: calls end, and what waits for an answer waits no longer. Then either another
  /// one is there, at which the phone registers again and tells the other sides of those calls; or there is none to
  /// come.
  void on_connection_lost(const sip::Hop& server, sip::TimePoint now);
  void on_connection(const sip::Hop& server, sip::TimePoint now);
  void on_connection_given_up();
  sip::TimePoint next() const;
  void on_timer(sip::TimePoint now);

  std::size_t calls() const { return calls_.size(); }
  /// No call and no text is under way, and the account waits for no answer.
  bool is_idle() const;

  // What the transaction layer tells.
  void on_request(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) override;
  void on_ack(sip::ServerId invite, const sip::Message& ack, const sip::Hop& from, sip::TimePoint now) override;
  void on_cancel(sip::ServerId invite, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now) override;
  void on_no_ack(sip::ServerId invite, sip::TimePoint now) override;
  void on_response(sip::ClientId client, const sip::Message& response, const sip::Hop& from,
                   sip::TimePoint now) override;
  void on_no_response(sip::ClientId client, sip::NoResponse reason, sip::TimePoint now) override;
  void on_fault(const sip::Fault& fault, const sip::Message& as_far_as_read, const sip::Hop& from,
                sip::TimePoint now) override;

 private:
  void on_invite(const sip::Message& invite, const sip::Hop& from, sip::TimePoint now);
  void on_options(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_text(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  /// It has as many calls as it may have.
  bool is_busy() const;
  void answer_options(sip::ServerId id, sip::TimePoint now);
  void answer_kept_options(sip::TimePoint now);
  template <class Id>
  PhoneCall* call_of(Id id) const;
  /// Lets go of what is done. Not from within what calls the observer.
  void sweep();

  PhoneConfig config_;
  Names names_;
  sip::TransactionLayer transactions_;
  std::optional<sip::Hop> seen_at_;
  PhoneTools tools_;
  Account account_;
  std::vector<std::unique_ptr<PhoneCall>> calls_;
  std::vector<std::unique_ptr<TextMessage>> texts_;
  std::vector<sip::ServerId> kept_options_;  // see on_options
  sip::TimePoint kept_until_ = sip::never;
};

}  // namespace labnet::sip_client
