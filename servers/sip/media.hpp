// The media of a call, as signalling sees them: a port for each side, and where each side says it is. How packets go
// from one to the other is media_relay's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "common/base/address.hpp"
#include "common/sdp/negotiation.hpp"

namespace labnet::sip_server {

enum class Side : std::uint8_t { caller, callee };
constexpr Side other(Side side) {
  return side == Side::caller ? Side::callee : Side::caller;
}

/// What a side hears if there is nobody on the other one.
enum class Announcement { none, echo, tone, ringing, speech };

/// Of the packets that came from one side.
struct MediaCounts {
  std::uint64_t packets = 0;
  std::uint64_t lost = 0;
  std::uint64_t strangers = 0;  // from elsewhere, not relayed
  double jitter_ms = 0;
  std::optional<double> round_trip_ms{};  // between the server and that side, once RTCP has measured it
};

/// The ports of one call. They are given back when it goes. Without a callee nothing is asked of his side but counts,
/// which are none.
class MediaBridge {
 public:
  virtual ~MediaBridge() = default;

  /// Where that side is to send to: RTP, and RTCP at the next port.
  virtual IpAddress address(Side side) const = 0;
  virtual std::uint16_t port(Side side) const = 0;
  /// What has been agreed upon with that side; may change in the course of the call.
  virtual void connect(Side side, const sdp::Agreement& agreement) = 0;
  /// In place of what the other side sends.
  virtual void play(Side to, Announcement what) = 0;
  virtual MediaCounts counts(Side from) const = 0;
};

class MediaPlane {
 public:
  virtual ~MediaPlane() = default;

  /// caller, callee  the own addresses that the two sides reach; without a callee, who is an extension of the exchange,
  ///                 there are only the caller's ports
  /// returns         null if no port is free
  virtual std::unique_ptr<MediaBridge> open(const IpAddress& caller, const std::optional<IpAddress>& callee) = 0;
};

}  // namespace labnet::sip_server
