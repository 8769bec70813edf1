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
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/sip/transaction_layer.hpp"
#include "servers/sip/authenticator.hpp"
#include "servers/sip/call.hpp"
#include "servers/sip/counts.hpp"
#include "servers/sip/farewells.hpp"
#include "servers/sip/kept_call.hpp"
#include "servers/sip/location.hpp"
#include "servers/sip/rate_limit.hpp"
#include "servers/sip/registrar.hpp"
#include "servers/sip/way_back.hpp"

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
  std::size_t calls_max = 1'000;              // at a time: 503
  std::chrono::seconds qualify_interval{60};  // between two OPTIONS to each phone; 0: only when it registers
  /// For one user from one address; more of them are 403, and so is the right one from there. Of an address with all
  /// users it is wrong_passwords_users times as many.
  Rate wrong_passwords{.per_second = 1, .burst = 10};
  bool exempts_loopback = true;  // from that limit and those of WayBack
  sip::Timers timers;
  sip::TransactionLayer::Limits transactions{};
};

inline constexpr int wrong_passwords_users = 10;

/// How long a phone takes to answer OPTIONS.
struct Reachability {
  std::optional<sip::Duration> round_trip{};  // nothing: it has not answered
  sip::TimePoint asked_at{};
  sip::TimePoint look_at{};  // when it is asked again, or forgotten if it has gone
};

/// What the exchange tells, and what it has kept for it.
class ExchangeObserver {
 public:
  virtual ~ExchangeObserver() = default;

  /// To be stored; `then` is called once that is done, soon or later, and sends the answer.
  virtual void on_bindings(const std::string& user, const std::vector<Binding>& bindings,
                           std::function<void()> then) = 0;
  /// To be kept until on_call_end, in place of what was kept of it. What a kill comes too early for is lost.
  virtual void on_call_under_way(const KeptCall& call) = 0;
  /// Whether there is a place to keep it.
  virtual bool keeps_calls() const = 0;
  virtual void on_call_end(const CallRecord& record) = 0;
  /// A request that was refused, or could not be read: in words, for the log.
  virtual void on_refusal(const sip::Hop& from, std::string_view what, std::string_view why) = 0;
};

class Exchange final : public sip::TransactionUser, private PhoneFinder {
 public:
  /// What it works with; must outlive it.
  struct Surroundings {
    sip::MessageTransport& transport;
    MediaPlane& media;
    ExchangeObserver& observer;
    std::function<std::uint64_t()> random;  // 64 bits that nobody can guess
    /// Begins a connection to there; what is sent to the hop that it returns waits for it. Nothing: it cannot be.
    std::function<std::optional<sip::Hop>(const sip::Hop&)> connect{};
  };

  /// now, wall  the same moment, by the clock that only runs on and by the one on the wall
  Exchange(ExchangeConfig config, Surroundings surroundings, sip::TimePoint now, WallTime wall);
  ~Exchange() override;

  /// False: it cannot be read.
  bool receive(Bytes message, const sip::Hop& from, sip::TimePoint now);
  /// From a connection that is closed for it: see TransactionLayer::refuse_broken.
  void refuse_broken(Bytes bytes, sip::FaultKind fault, const sip::Hop& from, sip::TimePoint now) {
    transactions_.refuse_broken(bytes, fault, from, now);
  }
  /// A connection has ended: the phones that have registered on it cannot be reached any more.
  void on_transport_fault(const sip::Hop& hop, sip::TimePoint now);
  sip::TimePoint next() const;
  void on_timer(sip::TimePoint now);

  // What was stored before the program began.
  void restore(const std::string& user, std::vector<Binding> bindings, sip::TimePoint now);
  /// A call that was under way when the last run ended: both sides get BYE.
  void restore(const KeptCall& call, sip::TimePoint now);
  /// Other users and extensions from now on; calls and bindings stay.
  void set_config(ExchangeConfig config);
  /// Ends all calls, as the program is to end.
  void hang_up(sip::TimePoint now);

  const Location& location() const { return location_; }
  std::size_t calls() const { return calls_.size(); }
  const Counts& counts() const { return counts_; }
  std::size_t farewells() const { return farewells_.size(); }
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
  static constexpr std::chrono::seconds look_interval{
      60};  // whether one that is not asked any more is still registered

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
  enum class Admission { refused, stranger, user };
  Admission admit_caller(const sip::Message& request, const sip::Hop& from, sip::TimePoint now);
  bool is_exempt(const sip::Hop& from) const;
  bool may_try_passwords(const IpAddress& address, const std::string& user, sip::TimePoint now);
  void count_wrong_password(const IpAddress& address, const std::string& user, sip::TimePoint now);
  void refuse_for_now(const sip::Message& request, const sip::Hop& from, std::string_view why);
  PhoneName phone_at(std::string_view user, const sip::Hop& hop, sip::TimePoint now) const;
  std::optional<sip::Hop> find(const PhoneName& phone, const sip::Hop& last, std::string_view target) override;
  void answer_registration(const sip::Message& request, const sip::Hop& from, const Registration& registration,
                           const std::string& user, sip::TimePoint now);
  std::vector<CallTarget> targets_of(std::string_view user, sip::TimePoint now) const;

  /// Answers without a transaction: with these headers, as far as they are some, and the usual ones.
  void answer(const sip::Message& request, const sip::Hop& from, int status,
              std::initializer_list<std::pair<sip::HeaderName, std::string_view>> headers = {});
  void begin_answer(sip::MessageWriter& writer, const sip::Message& request, const sip::Hop& from, int status) const;
  std::uint64_t hash_of(const sip::Message& request) const;
  std::string to_tag_for(const sip::Message& request) const;

  /// After something has happened to a call: sets its alarm, writes it down at its end, and lets it go.
  void settle(Call& call);
  void keep_house(sip::TimePoint now);
  void qualify(const std::string& user, const Binding& binding, sip::TimePoint now);
  void look_later(const std::string& user, const std::string& contact, sip::TimePoint at);

  /// A MESSAGE on its way to the phones of a user.
  struct Relayed {
    sip::ServerId server;
    std::size_t waiting;
    int best_status;
  };
  void on_relayed(sip::ClientId client, int status, sip::TimePoint now);

  ExchangeConfig config_;
  Surroundings surroundings_;
  Counts counts_;
  sip::TimePoint start_;
  WallTime wall_start_;
  Tokens tokens_;
  std::uint64_t tag_seed_;
  sip::TransactionLayer transactions_;
  Authenticator authenticator_;
  Location location_;
  RateLimit<std::pair<IpAddress, std::string>> wrong_passwords_;
  RateLimit<IpAddress> wrong_passwords_of_all_;
  WayBack way_back_;
  std::unordered_set<std::uint64_t> storing_;  // REGISTERs whose answer waits until they are stored, by hash_of

  CallIndex index_;
  Farewells farewells_;
  std::uint64_t last_call_ = 0;
  struct Kept {
    std::unique_ptr<Call> call;
    sip::TimePoint alarm = sip::never;
    bool is_written_down = false;
    std::optional<IpAddress> open_at{};  // for which the way back is not shown
  };
  std::unordered_map<Call*, Kept> calls_;
  std::set<std::pair<sip::TimePoint, Call*>> call_alarms_;
  sip::TimePoint house_alarm_ = sip::never;

  std::unordered_map<std::uint64_t, std::shared_ptr<Relayed>> relayed_;  // by client
  std::unordered_map<std::uint64_t, std::string> asked_;                 // by client: the contact that OPTIONS went to
  std::map<std::string, Reachability, std::less<>> reachability_;        // by contact
  struct Look {
    std::string user, contact;
  };
  std::multimap<sip::TimePoint, Look> looks_;
};

}  // namespace labnet::sip_server
