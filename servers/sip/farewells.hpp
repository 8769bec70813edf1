// BYEs that nobody waits for: to both sides of a call that was under way when the program was killed, and to a phone
// whose connection has ended and that has not registered on another one yet.
//
//   say --> next_ --(there is a way)--> sent_ --(an answer, or none within 64*T1)--> told
//             |  ^
//             v  | the user has registered
//            lost_ --(farewell_patience)--> not told
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/sip/transaction_layer.hpp"
#include "servers/sip/call_record.hpp"
#include "servers/sip/kept_call.hpp"
#include "servers/sip/tokens.hpp"

namespace labnet::sip_server {

/// Finds a phone again whose connection has ended.
class PhoneFinder {
 public:
  virtual ~PhoneFinder() = default;
  /// last    where it was
  /// target  its Contact in the dialog
  /// returns where its requests go now; nothing: nowhere, until it registers again
  virtual std::optional<sip::Hop> find(const PhoneName& phone, const sip::Hop& last, std::string_view target) = 0;
};

/// A BYE as it goes out.
Buffer bye_text(sip::Dialog& dialog, std::string_view via, std::string_view software);

class Farewells {
 public:
  struct Surroundings {
    sip::TransactionLayer& transactions;
    sip::MessageTransport& transport;
    PhoneFinder& phones;
    Tokens& tokens;
    const std::string& software;  // User-Agent; empty: none
    /// A call of an earlier run has ended on both sides, as far as that can be.
    std::function<void(const CallRecord&)> on_call_end;
  };
  explicit Farewells(Surroundings surroundings) : surroundings_{std::move(surroundings)} {}

  /// A call of an earlier run. One that is older than kept_call_age_max is only written down.
  void say(const KeptCall& call, sip::TimePoint now, WallTime wall);
  /// One side of a call that has been written down already.
  void say(KeptSide side, sip::TimePoint now);

  /// One of the user's phones has registered.
  void on_registration(std::string_view user, sip::TimePoint now);
  /// status  of the final response; 0: none has come. False: it was no answer to one of these.
  bool on_answer(sip::ClientId client, int status, sip::TimePoint now);

  sip::TimePoint next() const { return std::min(alarm_, lost_until_); }
  void on_timer(sip::TimePoint now);

  /// How many are not done yet.
  std::size_t size() const { return next_.size() + lost_.size() + sent_.size(); }

 private:
  /// A call of an earlier run, until all its sides are done.
  struct Parting {
    CallRecord record;
    std::size_t open = 0;
    std::string told;  // "101 has been told, 102 has not answered"
  };
  struct Farewell {
    KeptSide side;
    std::string name;  // whose phone it is, for people
    sip::TimePoint until;
    std::shared_ptr<Parting> parting;  // null: nobody wants to know
  };

  void add(Farewell farewell, sip::TimePoint now);
  void send(Farewell farewell, sip::TimePoint now);
  void give_up_on_the_lost(sip::TimePoint now);
  void finish(const Farewell& farewell, std::string_view outcome, sip::TimePoint now);

  Surroundings surroundings_;
  std::deque<Farewell> next_;
  std::multimap<std::string, Farewell, std::less<>> lost_;  // by user
  std::unordered_map<std::uint64_t, Farewell> sent_;        // by client
  sip::TimePoint alarm_ = sip::never;                       // when there is something in next_ that can go
  sip::TimePoint lost_until_ = sip::never;                  // when the first of lost_ is given up, or earlier
};

}  // namespace labnet::sip_server
