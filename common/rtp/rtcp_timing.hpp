// When RTCP is sent, and the round trip that two reports measure (RFC 3550, sections 6.2 and 6.4.1).
//
//   A  sends a sender report at its time t1       LSR := middle of t1
//   B  sends its report d later                   carries LSR and DLSR := d
//   A  receives that at its time t2               round trip = t2 - DLSR - LSR; both clocks need not agree
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/rtp/limits.hpp"
#include "common/rtp/rtcp.hpp"

namespace labnet::rtp {

using WallTime = std::chrono::system_clock::time_point;

NtpTime to_ntp(WallTime time);
/// The lower 16 bits of the seconds and the upper 16 of the fraction.
std::uint32_t middle_of(NtpTime time);

/// How long to the next report: 5 s, more or less by up to half at random, so that not all report at once; half of
/// that to the first one. `random` is any number, each as likely as another.
std::chrono::milliseconds report_interval(std::uint32_t random, bool is_first);

/// `block` is what the other side says of this side's stream. Nothing if it has had no sender report yet, and if the
/// numbers say that its answer left before the question.
std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime now);

/// The last sender report of a source, as the next report to it mentions it.
class LastSenderReport {
 public:
  void receive(const SenderReport& report, Time now) {
    middle_ = middle_of(report.ntp_time);
    received_ = now;
  }
  /// Fills in LSR and DLSR; zeros if none has come.
  void mention(ReportBlock& block, Time now) const;

 private:
  std::optional<std::uint32_t> middle_;
  Time received_{};
};

}  // namespace labnet::rtp
