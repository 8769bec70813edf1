// How fast a peer takes what is written to it, as the system knows it.
#include <cstddef>
#include <cstdint>

#include "common/net/stream_state.hpp"

namespace labnet::net {
namespace {

/// The beginning of Linux's struct tcp_info; the one in netinet/tcp.h is older and ends before the last member.
struct TcpInfo {
  std::uint8_t states[8];
  std::uint32_t counts[24];
  std::uint64_t pacing_rates[2];
  std::uint64_t bytes_acknowledged;
};
static_assert(offsetof(TcpInfo, bytes_acknowledged) == 120);

}  // namespace

std::optional<std::uint64_t> acknowledged_bytes(int socket) {
  TcpInfo info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < sizeof info) return std::nullopt;
  return info.bytes_acknowledged;
}

Clock::time_point ExpectedRate::end(int socket) {
  if (rate.bytes_per_second == 0) return Clock::time_point::max();
  const auto bytes = acknowledged_bytes(socket);
  if (!bytes) return Clock::time_point::max();
  if (!begun) {
    begun = Clock::now();
    bytes_before = *bytes;
  }
  const std::chrono::duration<double> earned{static_cast<double>(*bytes - bytes_before) /
                                             static_cast<double>(rate.bytes_per_second)};
  const auto time = std::min<std::chrono::duration<double>>(earned, timeout_max);
  return *begun + std::min(rate.grace, timeout_max) + std::chrono::duration_cast<Clock::duration>(time);
}

}  // namespace labnet::net
