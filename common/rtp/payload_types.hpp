// Which encoding a payload type stands for: the static ones (RFC 3551, section 6), and what a relay makes of each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/rtp/packet.hpp"

namespace labnet::rtp {

struct Encoding {
  std::string_view name;  // as in a=rtpmap: "PCMA"
  std::uint32_t clock_rate_hz = 0;
  std::uint8_t channels = 1;

  bool operator==(const Encoding&) const = default;
};

inline constexpr std::uint8_t pcmu = 0;
inline constexpr std::uint8_t pcma = 8;
inline constexpr std::uint8_t comfort_noise = 13;     // RFC 3389
inline constexpr std::uint8_t dynamic_type_min = 96;  // up to 127: what they are is said by a=rtpmap

/// Nothing for those that are reserved, unassigned or dynamic.
std::optional<Encoding> static_encoding(std::uint8_t payload_type);

/// For each payload type of one side the other side's, where a call has agreed on both: telephone-event is often 101
/// here and 96 there.
class PayloadTypeMap {
 public:
  PayloadTypeMap() { targets_.fill(none); }

  void allow(std::uint8_t payload_type) { allow(payload_type, payload_type); }
  void allow(std::uint8_t from, std::uint8_t to) { targets_[from & payload_type_max] = to & payload_type_max; }
  void clear() { targets_.fill(none); }

  /// Nothing if the call has not agreed on it.
  std::optional<std::uint8_t> operator[](std::uint8_t payload_type) const {
    const auto target = targets_[payload_type & payload_type_max];
    return target == none ? std::nullopt : std::optional{target};
  }

 private:
  static constexpr std::uint8_t none = 0xff;
  std::array<std::uint8_t, payload_type_max + 1> targets_;
};

}  // namespace labnet::rtp
