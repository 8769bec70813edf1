// Which reply belongs to which request.
#include "clients/ping/echo.hpp"

#include <algorithm>
#include <cmath>

namespace labnet::ping {

Options Options::of(Style style) {
  Options options;
  options.style = style;
  if (style == Style::windows) {
    options.count = 4;
    options.timeout = std::chrono::milliseconds{4000};
    options.payload_bytes = 32;
    options.ttl = 128;
    options.identifier = 1;
  }
  return options;
}

Buffer make_payload(Style style, std::size_t bytes, Timestamp sent) {
  constexpr std::size_t time_bytes = 16;
  constexpr std::size_t letters = 23;  // "a" to "w"
  Buffer payload(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    payload[i] = style == Style::windows ? static_cast<std::byte>('a' + i % letters) : static_cast<std::byte>(i);
  }
  if (style == Style::iputils && bytes >= time_bytes) {
    Buffer time;
    ByteWriter writer{time};
    writer.u64(static_cast<std::uint64_t>(sent.time_since_epoch().count() / 1'000'000'000));
    writer.u64(static_cast<std::uint64_t>(sent.time_since_epoch().count() % 1'000'000'000 / 1000));
    // Two little-endian 64-bit numbers, as a struct timeval on most machines: Wireshark shows it as the data's time.
    std::reverse_copy(time.begin(), time.begin() + 8, payload.begin());
    std::reverse_copy(time.begin() + 8, time.end(), payload.begin() + 8);
  }
  return payload;
}

void EchoTracker::sent(std::uint16_t sequence_number, Timestamp time) {
  auto& request = requests_.try_emplace(sequence_number, Request{.sent = time, .is_waiting = false}).first->second;
  if (!request.is_waiting) ++waiting_;
  request = {time};
  ++summary_.transmitted;
}

EchoTracker::Answer EchoTracker::received(const packet::Icmp& reply, Timestamp time) {
  const auto found = requests_.find(reply.sequence_number);
  if (found == requests_.end()) return {};
  auto& request = found->second;
  if (!request.is_waiting && !request.is_answered) return {};  // no longer waited for
  if (!std::ranges::equal(reply.payload, make_payload(style_, payload_bytes_, request.sent))) return {};
  const auto round_trip = std::max(time - request.sent, std::chrono::nanoseconds{0});
  if (request.is_answered) {
    ++summary_.duplicates;
    return {Match::duplicate, round_trip};
  }
  request.is_waiting = false;
  request.is_answered = true;
  --waiting_;
  note_round_trip(round_trip);
  return {Match::reply, round_trip};
}

bool EchoTracker::failed(std::uint16_t sequence_number) {
  const auto found = requests_.find(sequence_number);
  if (found == requests_.end() || !found->second.is_waiting) return false;
  found->second.is_waiting = false;
  --waiting_;
  ++summary_.errors;
  return true;
}

std::vector<std::uint16_t> EchoTracker::give_up() {
  std::vector<std::uint16_t> sequence_numbers;
  for (auto& [sequence_number, request] : requests_) {
    if (request.is_waiting) sequence_numbers.push_back(sequence_number);
    request.is_waiting = false;
  }
  waiting_ = 0;
  return sequence_numbers;
}

void EchoTracker::note_round_trip(std::chrono::nanoseconds round_trip) {
  const auto ns = static_cast<double>(round_trip.count());
  sum_ns_ += ns;
  sum_of_squares_ns_ += ns * ns;
  auto& min = summary_.round_trip_min;
  min = summary_.received == 0 ? round_trip : std::min(min, round_trip);
  summary_.round_trip_max = std::max(summary_.round_trip_max, round_trip);
  ++summary_.received;
}

Summary EchoTracker::summary(std::chrono::nanoseconds duration) const {
  auto summary = summary_;
  summary.duration = duration;
  if (summary.received == 0) return summary;
  const auto count = static_cast<double>(summary.received);
  const auto average = sum_ns_ / count;
  const auto variance = std::max(sum_of_squares_ns_ / count - average * average, 0.0);
  summary.round_trip_average = std::chrono::nanoseconds{std::llround(average)};
  summary.round_trip_deviation = std::chrono::nanoseconds{std::llround(std::sqrt(variance))};
  return summary;
}

}  // namespace labnet::ping
