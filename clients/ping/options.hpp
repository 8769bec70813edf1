// What a run of echo requests is to be like.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace labnet::ping {

/// Whose habits are followed, on the wire and on the screen: those of iputils on Linux or those of Windows.
///
///                        iputils                                    windows
///     payload            56 bytes: time of sending, 10 11 12 ...    32 bytes: "abcdefghijklmnopqrstuvwabcdefghi"
///     identifier         chosen anew for each run                   1
///     TTL                64                                         128
///     don't fragment     set                                        not set
///     requests           one a second until stopped                 4, each after the one before was answered or
///                                                                   waited for, but not two in one second
enum class Style { iputils, windows };

struct Options {
  static constexpr std::size_t payload_bytes_max = 65'507;  // what one IPv4 datagram holds beside both headers
  static constexpr std::chrono::milliseconds interval_min{2};

  Style style = Style::iputils;
  std::optional<std::uint64_t> count;        // of requests; nothing: until stopped
  std::chrono::milliseconds interval{1000};  // from one request to the next
  std::chrono::milliseconds timeout{
      10'000};                              // for a reply. With iputils' habits it counts after the last request alone
  std::size_t payload_bytes = 56;           // behind the ICMP header's 8 bytes
  std::uint8_t ttl = 64;                    // 1 to 255
  std::optional<std::uint16_t> identifier;  // nothing: what the system or chance gives
  std::uint16_t first_sequence_number = 1;  // the next one is one more; 0 follows 65535

  static Options of(Style style);
};

}  // namespace labnet::ping
