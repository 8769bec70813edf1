// The exchange: what each request means. It registers phones, connects them, and answers what is about nothing else.
//
// No clock, no socket and no file here: the service gives it what arrives, the time, and a place to send to and to
// store in. So every order of events can be tried in a test.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/sip/transaction_layer.hpp"
#include "servers/sip/authenticator.hpp"
#include "servers/sip/call.hpp"
#include "servers/sip/location.hpp"
#include "servers/sip/rate_limit.hpp"
#include "servers/sip/registrar.hpp"

namespace labnet::sip_server {

struct ExchangeConfig {
  std::vector<User> users;
  std::map<std::string, Treatment, std::less<>> extensions;  // by number
  /// Extensions that anybody may call, without being a user.
  std::set<std::string, std::less<>> open_extensions;
  RegistrarRules registrar;
  CallRules calls;
  /// A phone that has registered from the very address and port that its INVITE comes from needs no password for it.
  bool trusts_registered = true;
  std::size_t calls_max = 5'000;                       // at a time: 503
  std::chrono::seconds qualify_interval{60};           // between two OPTIONS to each phone; 0: only when it registers
  Rate wrong_passwords{.per_second = 1, .burst = 10};  // of an address; more of them are 403 without a look
  bool exempts_loopback = true;                        // from that limit
  sip::Timers timers;
};

/// How long a phone takes to answer OPTIONS.
struct Reachability {
  std::optional<sip::Duration> round_trip;  // nothing: it has not answered
  sip::TimePoint asked_at{};
};

/// What the exchange tells, and what it has kept for it.
class ExchangeObserver {
 public:
  virtual ~ExchangeObserver() = default;

  /// To be stored; `then` is called once that is done, soon or later, and sends the answer.
  virtual void on_bindings(const std::string& user, const std::vector<Binding>& bindings,
                           std::function<void()> then) = 0;
  virtual void on_call_end(const CallRecord& record) = 0;
  /// A request that was refused, or could not be read: in words, for the log.
  virtual void on_refusal(const sip::Hop& from, std::string_view what, std::string_view why) = 0;
};

class Exchange final : public sip::TransactionUser {
 public:
  /// What it works with; must outlive it.
  struct Surroundings {
    sip::MessageTransport& transport;
    MediaPlane& media;
    ExchangeObserver& observer;
    std::function<std::uint64_t()> random;  // 64 bits that nobody can guess
  };

  /// now, wall  the same moment, by the clock that only runs on and by the one on the wall
  Exchange(ExchangeConfig config, Surroundings surroundings, sip::TimePoint now, WallTime wall);
  ~Exchange() override;

  void receive(Bytes message, const sip::Hop& from, sip::TimePoint now);
  /// From a connection that is closed for it: see TransactionLayer::refuse_broken.
  void refuse_broken(Bytes bytes, sip::FaultKind fault, const sip::Hop& from, sip::TimePoint now) {
    transactions_.refuse_broken(bytes, fault, from, now);
  }
  /// A connection has ended: the phones that have registered on it cannot be reached any more.
  void on_transport_fault(const sip::Hop& hop, sip::TimePoint now);
  sip::TimePoint next() const;
  void on_timer(sip::TimePoint now);

  /// What was stored before the program began.
  void restore(const std::string& user, std::vector<Binding> bindings) {
    if (authenticator_.has_user(user)) location_.replace(user, std::move(bindings));
  }
  /// Other users and extensions from now on; calls and bindings stay.
  void set_config(ExchangeConfig config);
  /// Ends all calls, as the program is to end.
  void hang_up(sip::TimePoint now);

  const Location& location() const { return location_; }
  std::size_t calls() const { return calls_.size(); }
  std::size_t transactions() const { return transactions_.server_transactions() + transactions_.client_transactions(); }
  WallTime wall_time(sip::TimePoint now) const;
  /// Null: that contact has not been asked.
  const Reachability* reachability(const std::string& contact) const;

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
  struct MethodRow {
    sip::Method method;
    void (Exchange::*answer)(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  };
  static std::span<const MethodRow> method_rows();

  void on_register(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_invite(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_message(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_options(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_event(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void on_stray(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);

  std::optional<std::string> admit(const sip::Message& request, sip::HeaderName header, const sip::Hop& from,
                                   sip::TimePoint now, bool* is_repeated = nullptr);
  bool is_caller_admitted(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  void answer_registration(const sip::Message& request, const sip::Hop& from, const Registration& registration,
                           const std::string& user, sip::TimePoint now);
  std::vector<CallTarget> targets_of(std::string_view user, sip::TimePoint now) const;

  /// Answers without a transaction: with these headers, as far as they are some, and the usual ones.
  void answer(const sip::Message& request, const sip::Hop& from, int status,
              std::initializer_list<std::pair<sip::HeaderName, std::string_view>> headers = {});
  void begin_answer(sip::MessageWriter& writer, const sip::Message& request, const sip::Hop& from, int status) const;
  std::string to_tag_for(const sip::Message& request) const;

  /// After something has happened to a call: sets its alarm, writes it down at its end, and lets it go.
  void settle(Call& call);
  void keep_house(sip::TimePoint now);
  void qualify(const Binding& binding, sip::TimePoint now);

  /// A MESSAGE on its way to the phones of a user.
  struct Relayed {
    sip::ServerId server;
    std::size_t waiting;
    int best_status;
  };
  void on_relayed(sip::ClientId client, int status, sip::TimePoint now);

  ExchangeConfig config_;
  Surroundings surroundings_;
  sip::TimePoint start_;
  WallTime wall_start_;
  Tokens tokens_;
  std::uint64_t tag_seed_;
  sip::TransactionLayer transactions_;
  Authenticator authenticator_;
  Location location_;
  RateLimit wrong_passwords_;

  CallIndex index_;
  struct Kept {
    std::unique_ptr<Call> call;
    sip::TimePoint alarm = sip::never;
    bool is_written_down = false;
  };
  std::unordered_map<Call*, Kept> calls_;
  std::set<std::pair<sip::TimePoint, Call*>> call_alarms_;
  sip::TimePoint house_alarm_ = sip::never;

  std::unordered_map<std::uint64_t, std::shared_ptr<Relayed>> relayed_;  // by client
  std::unordered_map<std::uint64_t, std::string> asked_;                 // by client: the contact that OPTIONS went to
  std::map<std::string, Reachability, std::less<>> reachability_;        // by contact
};

}  // namespace labnet::sip_server
