// Intervals, NTP times and round trips.
#include "common/rtp/rtcp_timing.hpp"

namespace labnet::rtp {
namespace {

constexpr std::uint32_t ntp_to_unix_s = 2'208'988'800;  // from 1900 to 1970
constexpr unsigned middle_bits = 16;
constexpr std::chrono::milliseconds interval_mean{5000};

}  // namespace

NtpTime to_ntp(WallTime time) {
  using std::chrono::nanoseconds, std::chrono::seconds;
  const auto since_epoch = std::chrono::floor<nanoseconds>(time.time_since_epoch());
  const auto whole = std::chrono::floor<seconds>(since_epoch);
  const auto rest = static_cast<std::uint64_t>((since_epoch - whole).count());
  return {.seconds = static_cast<std::uint32_t>(whole.count() + ntp_to_unix_s),
          .fraction = static_cast<std::uint32_t>((rest << 32) / static_cast<std::uint64_t>(std::nano::den))};
}

std::uint32_t middle_of(NtpTime time) {
  return time.seconds << middle_bits | time.fraction >> middle_bits;
}

std::chrono::milliseconds report_interval(std::uint32_t random, bool is_first) {
  const auto spread = static_cast<std::uint64_t>(interval_mean.count());
  const auto whole = interval_mean / 2 + std::chrono::milliseconds{(random * spread) >> 32};
  return is_first ? whole / 2 : whole;
}

std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime now) {
  if (block.last_sender_report == 0) return std::nullopt;
  const auto trip = middle_of(now) - block.last_sender_report - block.delay_since_sender_report;
  if (static_cast<std::int32_t>(trip) < 0) return std::nullopt;
  return std::chrono::microseconds{(std::uint64_t{trip} * std::micro::den) >> middle_bits};
}

void LastSenderReport::mention(ReportBlock& block, Time now) const {
  block.last_sender_report = middle_.value_or(0);
  block.delay_since_sender_report = 0;
  if (!middle_) return;
  const auto delay = std::chrono::duration_cast<std::chrono::microseconds>(now - received_);
  if (delay.count() < 0) return;
  block.delay_since_sender_report = static_cast<std::uint32_t>(
      (static_cast<std::uint64_t>(delay.count()) << middle_bits) / static_cast<std::uint64_t>(std::micro::den));
}

}  // namespace labnet::rtp
