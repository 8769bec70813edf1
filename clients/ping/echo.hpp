// Which reply belongs to which request: pure bookkeeping, without a socket or a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "clients/ping/options.hpp"
#include "common/packet/capture_file.hpp"
#include "common/packet/icmp.hpp"

namespace labnet::ping {

using packet::Timestamp;

/// What a request carries, and so its reply. With iputils' habits the first 16 bytes, if there are so many, are the
/// time of sending; then the payloads of two runs differ even where identifier and sequence number do not.
Buffer make_payload(Style style, std::size_t bytes, Timestamp sent);

/// What a run comes to.
struct Summary {
  std::uint64_t transmitted = 0;
  std::uint64_t received = 0;    // requests that were answered
  std::uint64_t duplicates = 0;  // further replies to requests answered before
  std::uint64_t errors = 0;      // ICMP errors in place of a reply
  std::chrono::nanoseconds duration{};

  std::chrono::nanoseconds round_trip_min{};  // all zero if nothing was received
  std::chrono::nanoseconds round_trip_average{};
  std::chrono::nanoseconds round_trip_max{};
  std::chrono::nanoseconds round_trip_deviation{};  // the standard deviation, ping's "mdev"

  std::uint64_t lost() const { return transmitted - received; }
  double loss_percent() const {
    return transmitted == 0 ? 0 : 100.0 * static_cast<double>(lost()) / static_cast<double>(transmitted);
  }
};

/// Remembers at most 65,536 requests: a sequence number that comes again replaces the request that had it.
class EchoTracker {
 public:
  EchoTracker(Style style, std::size_t payload_bytes) : style_{style}, payload_bytes_{payload_bytes} {}

  void sent(std::uint16_t sequence_number, Timestamp time);

  enum class Match { reply, duplicate, foreign };
  struct Answer {
    Match match = Match::foreign;
    std::chrono::nanoseconds round_trip{};
  };
  /// `reply` is foreign if no request has its sequence number and its payload. Identifiers are the socket's matter.
  Answer received(const packet::Icmp& reply, Timestamp time);

  /// An ICMP error came for this request; false if none such waits for an answer.
  bool failed(std::uint16_t sequence_number);

  /// Requests that wait are no longer waited for: a reply that comes yet is foreign. Returns their sequence numbers.
  std::vector<std::uint16_t> give_up();

  std::size_t waiting() const { return waiting_; }
  Summary summary(std::chrono::nanoseconds duration) const;

 private:
  struct Request {
    Timestamp sent;
    bool is_waiting = true;
    bool is_answered = false;
  };
  void note_round_trip(std::chrono::nanoseconds round_trip);

  Style style_;
  std::size_t payload_bytes_;
  std::unordered_map<std::uint16_t, Request> requests_;
  std::size_t waiting_ = 0;
  Summary summary_;
  double sum_ns_ = 0;
  double sum_of_squares_ns_ = 0;
};

}  // namespace labnet::ping
