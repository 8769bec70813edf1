// Counting what is received, and its jitter.
#include "common/rtp/reception.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace labnet::rtp {
namespace {

constexpr std::uint64_t sequence_cycle = 1 << 16;
constexpr double jitter_share = 16;            // of each new difference (RFC 3550, A.8)
constexpr std::uint32_t timeline_jump_s = 10;  // so much at once is no jitter: the timestamps began anew
constexpr double ms_per_second = 1000;

std::uint32_t arrival_ticks(Time now, std::uint32_t clock_rate_hz) {
  using std::chrono::nanoseconds, std::chrono::seconds;
  const auto since_epoch = std::chrono::duration_cast<nanoseconds>(now.time_since_epoch());
  const auto whole = std::chrono::duration_cast<seconds>(since_epoch);
  const auto rest = since_epoch - whole;
  return static_cast<std::uint32_t>(whole.count() * clock_rate_hz +
                                    rest.count() * clock_rate_hz / nanoseconds{seconds{1}}.count());
}

void add_counts(const ReceptionCounts& from, ReceptionCounts& to) {
  to.received += from.received;
  to.expected += from.expected;
  to.late += from.late;
  to.duplicates += from.duplicates;
  to.gaps += from.gaps;
  to.restarts += from.restarts;
  to.sources += from.sources;
}

/// A.3: nothing is lost if more came than was expected.
std::uint8_t fraction_lost_of(std::uint64_t expected, std::uint64_t received) {
  constexpr std::uint64_t whole = 256;
  if (expected <= received) return 0;
  return static_cast<std::uint8_t>(std::min((expected - received) * whole / expected, whole - 1));
}

}  // namespace

double ReceptionCounts::loss_ratio() const {
  const auto once = received - duplicates;
  return once >= expected ? 0 : static_cast<double>(expected - once) / static_cast<double>(expected);
}

Arrival Reception::receive(const Header& header, Time now) {
  const auto arrival = count(header);
  if (arrival != Arrival::duplicate && arrival != Arrival::suspect) measure_jitter(header.timestamp, now);
  return arrival;
}

Arrival Reception::receive_untimed(const Header& header) {
  return count(header);
}

void Reception::begin(const Header& header) {
  has_begun_ = true;
  ssrc_ = header.ssrc;
  base_ = highest_ = sequence_cycle + header.sequence;
  seen_ = 1;
  counts_ = {.received = 1};
  after_suspect_.reset();
  reported_expected_ = reported_received_ = 0;
  transit_ticks_.reset();
}

void Reception::begin_again(const Header& header) {
  counts_.expected = expected_now();
  add_counts(counts_, before_);
  begin(header);
}

Arrival Reception::count(const Header& header) {
  if (!has_begun_) {
    begin(header);
    before_.sources = 1;
    return Arrival::first;
  }
  if (header.ssrc != ssrc_) {
    begin_again(header);
    ++before_.sources;
    jitter_ticks_ = 0;
    return Arrival::new_ssrc;
  }
  const auto step = static_cast<std::uint16_t>(header.sequence - highest_);
  const auto steps_back = static_cast<std::uint16_t>(-step);
  if (step != 0 && step <= dropout_max) return count_ahead(step);
  return steps_back <= misorder_max ? count_behind(steps_back) : count_far(header);
}

Arrival Reception::count_ahead(std::uint16_t step) {
  highest_ += step;
  seen_ = step < duplicate_span ? seen_ << step | 1 : 1;
  ++counts_.received;
  if (step > 1) ++counts_.gaps;
  return Arrival::in_order;
}

Arrival Reception::count_behind(std::uint16_t steps_back) {
  ++counts_.received;
  const auto bit = steps_back < duplicate_span ? std::uint64_t{1} << steps_back : 0;
  if ((seen_ & bit) != 0) {
    ++counts_.duplicates;
    return Arrival::duplicate;
  }
  seen_ |= bit;
  ++counts_.late;
  base_ = std::min(base_, highest_ - steps_back);  // the first one was overtaken
  return Arrival::late;
}

/// RFC 3550, A.1: two in a row, and the source is taken to have begun anew.
Arrival Reception::count_far(const Header& header) {
  if (header.sequence != after_suspect_) {
    after_suspect_ = static_cast<std::uint16_t>(header.sequence + 1);
    return Arrival::suspect;
  }
  begin_again(header);
  ++before_.restarts;
  --base_;  // the one before it was the first
  counts_.received = 2;
  seen_ = 0b11;
  return Arrival::restart;
}

void Reception::measure_jitter(std::uint32_t timestamp, Time now) {
  const auto transit = arrival_ticks(now, clock_rate_hz_) - timestamp;
  const auto before = std::exchange(transit_ticks_, transit);
  if (!before) return;
  const auto difference = std::abs(static_cast<double>(static_cast<std::int32_t>(transit - *before)));
  if (difference > static_cast<double>(clock_rate_hz_) * timeline_jump_s) return;
  jitter_ticks_ += (difference - jitter_ticks_) / jitter_share;
  highest_jitter_ticks_ = std::max(highest_jitter_ticks_, jitter_ticks_);
}

ReportBlock Reception::report() {
  if (!has_begun_) return {};
  constexpr std::int64_t lost_max = 0x7fffff, lost_min = -0x800000;
  const auto expected = expected_now();
  const auto lost = static_cast<std::int64_t>(expected - counts_.received);
  const auto fraction = expected >= reported_expected_ && counts_.received >= reported_received_
                            ? fraction_lost_of(expected - reported_expected_, counts_.received - reported_received_)
                            : std::uint8_t{0};
  reported_expected_ = expected;
  reported_received_ = counts_.received;
  return {.ssrc = ssrc_,
          .fraction_lost = fraction,
          .cumulative_lost = static_cast<std::int32_t>(std::clamp(lost, lost_min, lost_max)),
          .extended_highest_sequence = static_cast<std::uint32_t>(highest_ - sequence_cycle),
          .jitter_ticks = static_cast<std::uint32_t>(jitter_ticks_)};
}

ReceptionCounts Reception::total() const {
  auto total = before_;
  auto now = counts_;
  now.expected = expected_now();
  add_counts(now, total);
  return total;
}

double Reception::jitter_ms() const {
  return jitter_ticks_ * ms_per_second / clock_rate_hz_;
}

double Reception::highest_jitter_ms() const {
  return highest_jitter_ticks_ * ms_per_second / clock_rate_hz_;
}

}  // namespace labnet::rtp
