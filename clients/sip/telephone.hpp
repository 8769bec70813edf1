// A phone on the network: the Softphone with its transport, its timer and the media of its calls, for a program that
// does one thing after the other.
//
//   co_await telephone.open(target);
//   co_await telephone.register_at_server();
//   telephone.call("102"); co_await telephone.until(...);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/steady_timer.hpp>

#include "clients/sip/media_session.hpp"
#include "clients/sip/observer.hpp"
#include "clients/sip/phone_transport.hpp"
#include "clients/sip/softphone.hpp"
#include "common/net/runtime.hpp"

namespace labnet::sip_client {

struct TelephoneOptions {
  PhoneConfig config;   // the server is that of the transport
  SourceName source{};  // what it says in a call
  MediaOptions media{};
  int answer_status = 200;  // of calls that come in; others than 200 refuse them
  sip::Duration answer_after{0};
  bool stays_registered = false;  // at the end of the program
};

class Telephone final : public PhoneObserver {
 public:
  /// Lines for people, as things happen.
  using Say = std::function<void(const std::string& line)>;
  using Condition = std::function<bool()>;

  Telephone(net::Worker& worker, TelephoneOptions options, Say say, std::function<void(Bytes, bool)> show_message);
  ~Telephone() override;

  net::Task<Result<void>> open(PhoneTransport::Target target);
  /// The own end, once it is open.
  sip::Hop local() const;
  /// Until the server has answered.
  net::Task<Result<void>> register_at_server();
  /// No phone of this number is registered any more, whoever has registered it.
  net::Task<Result<void>> remove_registrations();
  /// faults  no port for media is free, or what is to be played cannot be read
  Result<void> call(const std::string& to);
  /// The status of the answer.
  net::Task<int> send_text(const std::string& to, std::string text);
  void press(std::string_view keys);
  void hold(bool is_to_hold);
  void hang_up();
  /// Ends calls, and unregisters; waits a moment for the answers.
  net::Task<void> close();

  /// Nothing as long as there is a way to the server; else why there is none any more, and none is looked for.
  const std::optional<std::string>& cut_off_because() const { return cut_off_because_; }

  /// Lets things happen until the condition holds; false if the time came first, the program is to end, or the server
  /// is out of reach for good.
  net::Task<bool> until(Condition condition, sip::TimePoint deadline = sip::never);

  bool has_call() const { return call_ != nullptr; }
  bool is_answered() const { return is_answered_; }
  /// All of what is played has been.
  bool has_played() const { return media_ && media_->has_ended(); }
  /// Of the last call; nothing before its end.
  const std::optional<CallEnd>& end() const { return end_; }
  /// The last call is no longer of interest, and another one may come: until then it would be told that it is busy
  /// here.
  void forget_call() { end_.reset(); }
  /// Of the last call; null if there were no media.
  const MediaSession* media() const { return media_.get(); }
  /// Of the last text that was sent.
  const std::string& text_reason() const { return text_reason_; }

  void on_registered(std::chrono::seconds granted) override;
  void on_unregistered() override;
  void on_registration_failed(std::string_view why, std::chrono::seconds retry_in) override;
  void on_silence() override;
  AnswerPlan on_incoming(PhoneCall& call) override;
  void on_ringing(PhoneCall& call, int status) override;
  void on_media(PhoneCall& call, const sdp::Agreement& agreement) override;
  void on_answered(PhoneCall& call) override;
  void on_end(PhoneCall& call, const CallEnd& end) override;
  void on_key(PhoneCall& call, char key) override;
  void on_message(std::string_view from_uri, std::string_view text) override;
  void on_message_sent(int status, std::string_view reason) override;

 private:
  net::Task<Result<void>> registration_answered();
  /// to  whoever is to send here
  Result<void> open_media(const sip::Hop& to);
  void close_media();
  net::Task<void> see_media_off();
  void wake() { timer_.cancel(); }
  void on_stop();

  net::Worker& worker_;
  TelephoneOptions options_;
  Say say_;
  std::function<void(Bytes, bool)> show_message_;
  net::Worker::Registration on_stop_;
  net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor> timer_;
  std::unique_ptr<PhoneTransport> transport_;
  std::optional<Softphone> phone_;

  std::optional<std::string> cut_off_because_;
  std::optional<Result<void>> registration_;
  bool was_registered_ = false;
  bool removes_registrations_ = false;
  PhoneCall* call_ = nullptr;
  bool is_answered_ = false;
  bool is_calm_ = false;  // the last agreement was one without hold
  std::optional<CallEnd> end_;
  std::shared_ptr<MediaSession> media_;
  int text_status_ = 0;
  std::string text_reason_;
};

}  // namespace labnet::sip_client
