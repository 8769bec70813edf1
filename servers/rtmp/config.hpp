// The configuration of an RTMP service.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/net/endpoint.hpp"
#include "common/rtmp/requests.hpp"
#include "common/service/options.hpp"
#include "common/service/tls.hpp"
#include "common/settings/document.hpp"

namespace labnet::rtmp_server {

/// Who knows it may publish.
struct StreamKey {
  std::string key;
  std::string name{};  // what the stream is played by; empty: by the key itself

  const std::string& stream_name() const { return name.empty() ? key : name; }
  bool operator==(const StreamKey&) const = default;
};

/// What happens to who publishes a stream that somebody publishes already.
enum class WhenBusy {
  newest_wins,  // he takes it over, and the other one's connection ends: an encoder that comes back after a drop
  refuse
};

/// What happens to who plays a stream that nobody publishes.
enum class WhenAbsent { wait, not_found };

/// What is kept of a stream, so that who comes late sees something at once: all since the last key frame.
struct GopCacheConfig {
  bool is_on = true;
  std::size_t bytes_max = 8 << 20;  // with more nothing is kept until the next key frame
  std::size_t frames_max = 2'500;   // of audio and video; the same

  bool operator==(const GopCacheConfig&) const = default;
};

struct AppConfig {
  std::string name;
  std::vector<StreamKey> keys{};
  bool is_open = false;  // anybody may publish, by any key
  WhenBusy when_busy = WhenBusy::newest_wins;
  WhenAbsent when_absent = WhenAbsent::wait;
  GopCacheConfig gop_cache{};
  bool is_recorded = true;                       // if recordings are kept at all
  std::optional<std::filesystem::path> files{};  // the folder of FLV files that are played; none: no files

  /// Whether anybody can publish.
  bool takes_publishers() const { return is_open || !keys.empty(); }
  /// Whether who asks for a stream of that kind, which is not there, is to wait for somebody who publishes it.
  bool lets_wait(rtmp::Play::Source source) const;
  /// Null: nobody may publish by it.
  const StreamKey* find_key(std::string_view key) const;
};

struct LimitsConfig {
  std::size_t connections_max = 8'000;
  std::size_t connections_per_address_max = 2'000;
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds command_timeout{20'000};      // until one publishes or plays, and between that and the next
  std::chrono::milliseconds publisher_timeout{20'000};    // for a publisher who sends no audio, video or data
  std::chrono::milliseconds ping_interval{60'000};        // of a player who says nothing
  std::chrono::milliseconds ping_timeout{30'000};         // until he answers, or takes something
  std::size_t message_bytes_max = 8 << 20;                // of what a client sends
  std::size_t player_bytes_max = 8 << 20;                 // that wait for a player
  std::chrono::milliseconds player_time_max{5'000};       // the same, by their timestamps
  std::chrono::milliseconds slow_player_timeout{10'000};  // how long frames may be left out; then the connection ends
  std::size_t file_players_max = 1'000;                   // who play files at a time
  std::chrono::milliseconds buffer_length_max{30'000};    // how much of a file is sent ahead, if a player asks for it
  std::size_t tunnels_max = 1'000;                        // sessions within HTTP, on whichever connections
  std::size_t tunnels_per_address_max = 250;              // of who opens them
  std::chrono::milliseconds tunnel_timeout{20'000};       // between two requests, and for each of them
  std::size_t tunnel_request_bytes_max = 8 << 20;         // of RTMP, in one request
  std::size_t tunnel_response_bytes_max = 1 << 20;        // the same, in its answer
};

struct Config {
  std::vector<net::Endpoint> listen;  // by their schemes; none: rtmp at 127.0.0.1:1935, rtmpt at 127.0.0.1:8935
  service::CommonConfig common;
  std::vector<AppConfig> apps;
  std::optional<std::filesystem::path> record;  // the folder; none: nothing is recorded
  std::uint32_t chunk_bytes = 4096;             // of what is sent
  std::uint32_t window_bytes = 5'000'000;       // Window Acknowledgement Size and Set Peer Bandwidth
  service::TlsSettings tls;
  LimitsConfig limits;

  /// Null: there is none of that name.
  const AppConfig* find_app(std::string_view name) const;
  /// What is permitted and hardly meant, as sentences.
  std::vector<std::string> doubts() const;
};

/// Faults: unknown keys, wrong types, names that cannot be, limits, a missing folder.
Result<Config, settings::Fault> load_config(settings::Document& document);

/// What is spoken at a place: RTMP as it is (rtmp), by TLS (rtmps), within HTTP (rtmpt), or within HTTPS (rtmpts).
bool is_secure(std::string_view scheme);
bool is_tunnelled(std::string_view scheme);

/// How they are written on the command line, too.
Kind<net::Endpoint> listen_kind();  // "rtmp://127.0.0.1:1935", "rtmps://127.0.0.1:1936", "rtmpt://127.0.0.1:8935"
Kind<std::string> key_kind();       // "1234"

}  // namespace labnet::rtmp_server
