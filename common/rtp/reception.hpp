// What has been received of a stream: loss, order, duplicates and jitter (RFC 3550, A.1, A.3, A.8).
#pragma once

#include <cstdint>
#include <optional>

#include "common/rtp/limits.hpp"
#include "common/rtp/packet.hpp"
#include "common/rtp/rtcp.hpp"

namespace labnet::rtp {

enum class Arrival {
  first,      // of this source
  in_order,   // the next one, or one behind a gap
  late,       // an earlier one, which filled a gap
  duplicate,  // was there before
  suspect,    // far from the others: counts only if the next one follows it
  restart,    // the one that does: sequence numbers have jumped, and counting begins anew
  new_ssrc,   // another source: all is counted anew from here
};

/// How many packets of a source; those of sources that were before it are in `Reception::total`.
struct ReceptionCounts {
  std::uint64_t received = 0;  // all that came, duplicates too
  std::uint64_t expected = 0;  // by the sequence numbers
  std::uint64_t late = 0;      // behind one that was sent later
  std::uint64_t duplicates = 0;
  std::uint64_t gaps = 0;      // times at which packets were missing, at first sight
  std::uint64_t restarts = 0;  // jumps of sequence numbers
  std::uint64_t sources = 0;   // SSRCs one after the other

  /// As RFC 3550 counts: below zero if duplicates outnumber what is missing.
  std::int64_t lost() const { return static_cast<std::int64_t>(expected - received); }
  /// Of what was expected, 0 to 1; duplicates do not make up for what is missing.
  double loss_ratio() const;
};

/// One stream that a port receives. The first packet counts without probation (A.1 has two in a row), so that as many
/// are counted as came: who may send is settled before, by the address (see SourceLatch).
class Reception {
 public:
  explicit Reception(std::uint32_t clock_rate_hz) : clock_rate_hz_{clock_rate_hz} {}

  Arrival receive(const Header& header, Time now);

  /// The same, without a place in the jitter: of telephone-events, whose timestamps stand still.
  Arrival receive_untimed(const Header& header);

  /// What to report now, without LSR and DLSR (see LastSenderReport); the next fraction_lost is counted from here.
  /// Zeros before the first packet.
  ReportBlock report();

  ReceptionCounts total() const;
  std::uint32_t ssrc() const { return ssrc_; }
  double jitter_ms() const;
  double highest_jitter_ms() const;

 private:
  void begin(const Header& header);
  void begin_again(const Header& header);
  Arrival count(const Header& header);
  Arrival count_ahead(std::uint16_t step);
  Arrival count_behind(std::uint16_t steps_back);
  Arrival count_far(const Header& header);
  void measure_jitter(std::uint32_t timestamp, Time now);
  std::uint64_t expected_now() const { return has_begun_ ? highest_ - base_ + 1 : 0; }

  std::uint32_t clock_rate_hz_;
  std::uint32_t ssrc_ = 0;
  bool has_begun_ = false;
  std::uint64_t base_ = 0;     // extended: cycles, from 1, and 16 bits of the sequence number
  std::uint64_t highest_ = 0;  // extended
  std::uint64_t seen_ = 0;     // bit n: highest_ - n was received
  ReceptionCounts counts_;     // of the source since it began; `expected` is not kept
  ReceptionCounts before_;     // of what was before it
  std::optional<std::uint16_t> after_suspect_;
  std::uint64_t reported_expected_ = 0;
  std::uint64_t reported_received_ = 0;
  std::optional<std::uint32_t> transit_ticks_;
  double jitter_ticks_ = 0;
  double highest_jitter_ticks_ = 0;
};

}  // namespace labnet::rtp
