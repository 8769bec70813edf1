// What commands ask for, as types: read from what any client sends, written as ours does (RTMP 1.0, section 7.2).
//
//   on message stream 0   connect, createStream, releaseStream, FCPublish, FCUnpublish, FCSubscribe, deleteStream,
//                         getStreamLength, _checkbw
//   on its own            publish, play, play2, seek, pause, closeStream, receiveAudio, receiveVideo
//
// Readers take what is there: a property that is missing or of another kind has its default. They give nothing only
// where the command makes no sense without it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/rtmp/command.hpp"

namespace labnet::rtmp {

/// Names of commands, as they stand on the wire.
namespace command_name {
inline constexpr std::string_view connect = "connect";
inline constexpr std::string_view create_stream = "createStream";
inline constexpr std::string_view release_stream = "releaseStream";
inline constexpr std::string_view fc_publish = "FCPublish";
inline constexpr std::string_view fc_unpublish = "FCUnpublish";
inline constexpr std::string_view fc_subscribe = "FCSubscribe";
inline constexpr std::string_view publish = "publish";
inline constexpr std::string_view play = "play";
inline constexpr std::string_view play2 = "play2";
inline constexpr std::string_view seek = "seek";
inline constexpr std::string_view pause = "pause";
inline constexpr std::string_view pause_raw = "pauseRaw";
inline constexpr std::string_view close_stream = "closeStream";
inline constexpr std::string_view delete_stream = "deleteStream";
inline constexpr std::string_view get_stream_length = "getStreamLength";
inline constexpr std::string_view check_bandwidth = "_checkbw";
inline constexpr std::string_view receive_audio = "receiveAudio";
inline constexpr std::string_view receive_video = "receiveVideo";
inline constexpr std::string_view result = "_result";
inline constexpr std::string_view error = "_error";
inline constexpr std::string_view on_status = "onStatus";
inline constexpr std::string_view on_fc_publish = "onFCPublish";
inline constexpr std::string_view on_fc_unpublish = "onFCUnpublish";
inline constexpr std::string_view on_fc_subscribe = "onFCSubscribe";
inline constexpr std::string_view on_bandwidth_done = "onBWDone";
inline constexpr std::string_view close = "close";
}  // namespace command_name

struct Connect {
  std::string app{};              // "live"; may be empty, may have "?a=b" and a slash at its end: see stream_name.hpp
  std::string tc_url{};           // "rtmp://172.20.10.6/live"; "tcurl" is read too
  std::string type{};             // "nonprivate"; of publishers
  bool supports_go_away = false;  // said only if it is so
  std::string flash_version{};
  std::string swf_url{};
  std::string page_url{};
  std::optional<bool> fpad{};  // a proxy is used; this and the next are of players
  std::optional<double> capabilities{}, audio_codecs{}, video_codecs{}, video_function{};
  double object_encoding = 0;  // 0 or 3: AMF 0 or AMF 3; the server answers with the same
  bool has_object_encoding = false;
  std::vector<std::string> four_cc_list{};        // Enhanced RTMP: "av01", "hvc1", "*"
  std::optional<AmfObject> video_four_cc_info{};  // Enhanced RTMP 2
  std::optional<AmfObject> audio_four_cc_info{};
  std::optional<double> caps_ex{};

  bool operator==(const Connect&) const = default;
};
/// Nothing if there is no command object.
std::optional<Connect> connect_of(const Command& command);
Command to_command(const Connect& connect);  // its transaction is 1, as it must be

/// The first argument, if it is a text: of releaseStream, FCPublish, FCUnpublish, FCSubscribe, getStreamLength.
std::optional<std::string> stream_name_of(const Command& command);
/// createStream, without a name; and those above, with one.
Command stream_command(std::string_view name, double transaction, std::optional<std::string_view> stream_name = {});

struct Publish {
  enum class Kind : std::uint8_t { live, record, append };

  std::string name{};      // with its arguments: "1234?token=a"
  Kind kind = Kind::live;  // any other word is live
  bool operator==(const Publish&) const = default;
};
/// Nothing without a name. publish(false), which ends it as Flash does, is no name.
std::optional<Publish> publish_of(const Command& command);
Command to_command(const Publish& publish, double transaction);

struct Play {
  enum class Source : std::uint8_t { any, live, recorded };

  std::string name{};
  double start = -2;     // ms from the beginning; -1: only a live stream; -2: a live one, else a recorded one
  double duration = -1;  // ms; -1: until its end
  bool reset = true;     // what was played before ends

  /// What `start` asks for. FFmpeg sends -2000 and -1000 for -2 and -1.
  Source source() const;
  bool operator==(const Play&) const = default;
};
/// Times are in ms, as Flash's own servers and all clients have it, whatever section 7.2.2.1 says of seconds.
/// Nothing without a name.
std::optional<Play> play_of(const Command& command);
Command to_command(const Play& play, double transaction);

/// From one bit rate of a stream to another (section 7.2.2.2).
struct Play2 {
  std::string name{}, old_name{}, transition{};
  double start = -2, length = -1, offset = -1;
  bool operator==(const Play2&) const = default;
};
std::optional<Play2> play2_of(const Command& command);

/// In ms from the beginning; nothing if it is no number.
std::optional<double> seek_of(const Command& command);
Command seek_command(double milliseconds, double transaction);

/// Of pause and pauseRaw.
struct Pause {
  bool is_paused = true;
  double at_ms = 0;  // where the player is
  bool operator==(const Pause&) const = default;
};
std::optional<Pause> pause_of(const Command& command);
Command to_command(const Pause& pause, double transaction);

/// The message stream that deleteStream names; nothing if it names none.
std::optional<std::uint32_t> deleted_stream_of(const Command& command);
Command delete_stream_command(std::uint32_t stream_id, double transaction);

/// Of receiveAudio and receiveVideo.
std::optional<bool> flag_of(const Command& command);

/// A number from 1 to 2^32 - 1 without a fraction; nothing for anything else.
std::optional<std::uint32_t> message_stream_id_of(const AmfValue* value);

}  // namespace labnet::rtmp
