// RTCP with one side of a call: what is told it, and what is made of what it tells (RFC 3550, section 6).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/rtp/reception.hpp"
#include "common/rtp/rtcp_timing.hpp"

namespace labnet::sip_server {

/// Reports are the server's own on either side: those of one side are not passed on to the other, which knows neither
/// the SSRCs nor the numbers in them.
class MediaReports {
 public:
  struct Instant {
    rtp::Time time;
    rtp::WallTime wall;
  };
  /// The server's own stream to that side.
  struct Sent {
    std::uint32_t ssrc = 0;
    std::uint32_t rtp_timestamp = 0;  // now
    std::uint64_t packets = 0;
    std::uint64_t octets = 0;  // of payload
  };
  enum class Ends { no, yes };

  /// cname  who sends it, the same in all of a call's reports (RFC 7022)
  MediaReports(std::string cname, std::chrono::milliseconds interval) : cname_{std::move(cname)}, interval_{interval} {}

  bool is_scheduled() const { return next_.has_value(); }
  bool is_due(rtp::Time now) const { return next_ && now >= *next_; }
  /// The next one is due in so long; `random` is any number.
  void schedule(rtp::Time now, std::uint32_t random);

  /// A sender report if anything was sent since the last report or the one before it (6.4), or else a receiver report;
  /// with CNAME, and with BYE at the end.
  Buffer make(const Sent& sent, rtp::Reception& reception, const Instant& now, Ends ends);
  /// Whoever has told nothing does not say BYE (6.3.7).
  bool has_reported() const { return has_reported_; }
  /// What is malformed is ignored, and so is what is said of other streams than `own_ssrc`.
  void receive(Bytes datagram, std::uint32_t own_ssrc, const Instant& now);

  /// As last measured. From any thread.
  std::optional<std::chrono::microseconds> round_trip() const;

 private:
  void note_blocks(const std::vector<rtp::ReportBlock>& blocks, std::uint32_t own_ssrc, rtp::WallTime wall);

  std::string cname_;
  std::chrono::milliseconds interval_;
  std::optional<rtp::Time> next_;
  bool is_first_ = true;
  bool has_reported_ = false;
  std::uint64_t packets_reported_ = 0;
  std::uint64_t packets_reported_before_ = 0;
  rtp::LastSenderReport last_sender_report_;
  static constexpr std::int64_t unknown = -1;
  std::atomic<std::int64_t> round_trip_us_ = unknown;
};

}  // namespace labnet::sip_server
