// What a server says to commands, written as all clients want it, and read (RTMP 1.0, section 7.2).
//
//   connect        _result(transaction, {fmsVer, capabilities}, {level, code, description, objectEncoding})
//   createStream   _result(transaction, null, number)
//   publish, play  onStatus(0, null, {level, code, description}) on the stream's own message stream id, which
//                  GStreamer checks
//   others         _result(transaction, null) unless the transaction is 0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/rtmp/command.hpp"
#include "common/rtmp/requests.hpp"

namespace labnet::rtmp {

/// Codes, by which clients tell what has happened.
namespace status_code {
inline constexpr std::string_view connect_success = "NetConnection.Connect.Success";
inline constexpr std::string_view connect_rejected = "NetConnection.Connect.Rejected";
inline constexpr std::string_view connect_invalid_app = "NetConnection.Connect.InvalidApp";
inline constexpr std::string_view connect_closed = "NetConnection.Connect.Closed";
inline constexpr std::string_view connect_reconnect = "NetConnection.Connect.ReconnectRequest";  // Enhanced RTMP
inline constexpr std::string_view call_failed = "NetConnection.Call.Failed";
inline constexpr std::string_view publish_start = "NetStream.Publish.Start";
inline constexpr std::string_view publish_bad_name = "NetStream.Publish.BadName";
inline constexpr std::string_view publish_denied = "NetStream.Publish.Denied";
inline constexpr std::string_view publish_rejected = "NetStream.Publish.Rejected";
inline constexpr std::string_view unpublish_success = "NetStream.Unpublish.Success";
inline constexpr std::string_view play_reset = "NetStream.Play.Reset";
inline constexpr std::string_view play_start = "NetStream.Play.Start";
inline constexpr std::string_view play_stop = "NetStream.Play.Stop";
inline constexpr std::string_view play_complete = "NetStream.Play.Complete";
inline constexpr std::string_view play_failed = "NetStream.Play.Failed";
inline constexpr std::string_view play_stream_not_found = "NetStream.Play.StreamNotFound";
inline constexpr std::string_view play_file_structure_invalid = "NetStream.Play.FileStructureInvalid";
inline constexpr std::string_view play_publish_notify = "NetStream.Play.PublishNotify";
inline constexpr std::string_view play_unpublish_notify = "NetStream.Play.UnpublishNotify";
inline constexpr std::string_view seek_notify = "NetStream.Seek.Notify";
inline constexpr std::string_view seek_failed = "NetStream.Seek.Failed";
inline constexpr std::string_view pause_notify = "NetStream.Pause.Notify";
inline constexpr std::string_view unpause_notify = "NetStream.Unpause.Notify";
}  // namespace status_code

struct Status {
  std::string level = "status";  // "status", "warning" or "error", which clients take for the end
  std::string code{};
  std::string description{};
  std::string details{};  // the stream's name; empty: not sent

  bool is_error() const { return level == "error"; }
  bool operator==(const Status&) const = default;
};
Command on_status(const Status& status);
/// Of an onStatus, or of what stands behind the command object in a _result or _error; nothing without a code.
std::optional<Status> status_of(const Command& command);

struct ConnectReply {
  double object_encoding = 0;                    // the client's
  std::string server_version = "FMS/3,0,1,123";  // fmsVer: some clients look for "FMS"
  double capabilities = 31;
  std::vector<std::string> four_cc_list{};  // Enhanced RTMP; sent if it is not empty
  std::string description = "Connection succeeded.";
};
Command connect_result(double transaction, const ConnectReply& reply);

Command create_stream_result(double transaction, std::uint32_t stream_id);
/// The number; nothing if it is none, or 0, which is the connection's own.
std::optional<std::uint32_t> created_stream_of(const Command& result);

/// _result(transaction, null): for what needs no more. `getStreamLength` gets a number with it.
Command null_result(double transaction, std::optional<double> number = {});
/// _error(transaction, null, {level: "error", code, description}): of connect and of whatever else failed.
Command error_result(double transaction, const Status& status);

/// onFCPublish, onFCUnpublish and onFCSubscribe, which FMS sends and some clients wait for.
Command fc_notice(std::string_view name, const Status& status);

/// |RtmpSampleAccess(audio, video): that a player may look at what it plays.
Message sample_access(std::uint32_t stream_id, bool audio = true, bool video = true);

/// onPlayStatus({level, code: NetStream.Play.Complete, duration, bytes}): a recording has been played to its end.
Message play_complete(std::uint32_t stream_id, double duration_s, double bytes);
/// Whether such a data message is about a play, and no part of what is played: one of those two.
bool is_about_play(std::string_view data_name);

}  // namespace labnet::rtmp
