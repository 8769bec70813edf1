// The media of one call, as the worker that has them sees it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "common/net/ready_set.hpp"
#include "servers/sip/media_leg.hpp"
#include "servers/sip/media_sounds.hpp"

namespace labnet::sip_server {

class MediaCall {
 public:
  /// callee  nothing: the server's own sounds are the other side
  MediaCall(MediaPorts caller, std::optional<MediaPorts> callee, const MediaConfig& config);

  // From any thread
  /// Null: that side is the server.
  const MediaLeg* leg(Side side) const {
    const auto& leg = legs_[static_cast<std::size_t>(side)];
    return leg ? &*leg : nullptr;
  }

  // On the worker
  bool join(net::ReadySet& set, MediaTotals& totals);
  void connect(Side side, const sdp::Agreement& agreement);
  void play(Side to, Announcement what);
  void end(const MediaReports::Instant& now);  // the ports stay open until `close`
  void close(const MediaReports::Instant& now);

  /// A sound of the server's own is played to a side: `play_frame` is to be called every 20 ms.
  bool is_playing() const;
  void play_frame(rtp::Time now, const MediaSounds& sounds);
  void report(const MediaReports::Instant& now);

 private:
  /// What is played to one side: a source like any other.
  struct Player {
    Announcement what = Announcement::none;
    std::size_t position = 0;  // in its round, in bytes
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;

    bool is_own_sound() const { return what != Announcement::none && what != Announcement::echo; }
  };
  MediaLeg* leg(Side side) { return const_cast<MediaLeg*>(std::as_const(*this).leg(side)); }
  Player& player(Side side) { return players_[static_cast<std::size_t>(side)]; }
  void route();
  void play_frame(Side to, rtp::Time now, const MediaSounds& sounds);

  std::array<std::optional<MediaLeg>, 2> legs_;
  std::array<Player, 2> players_;
};

}  // namespace labnet::sip_server
