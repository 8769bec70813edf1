// What tells one client from another on the wire, where the protocol leaves it open.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/rtmp/handshake.hpp"
#include "common/rtmp/message.hpp"

namespace labnet::rtmp_client {

/// On which chunk streams a client sends what belongs to a message stream. The rest is on chunk_stream::command.
struct ChunkStreams {
  std::uint32_t publish, play;       // the commands
  std::uint32_t data, audio, video;  // of a publisher
};

/// Read from OBS 29 (its own librtmp), FFmpeg 5.1 (libavformat/rtmpproto.c) and librtmp 2.4 (rtmpdump).
struct Habits {
  rtmp::HandshakeKind handshake = rtmp::HandshakeKind::simple;

  // connect
  std::string_view publisher_version, player_version;  // flashVer
  bool says_type = false;                              // of a publisher: type "nonprivate"
  bool says_swf_url = false;                           // of a publisher: swfUrl, the same as tcUrl
  bool supports_go_away = false;                       // of a publisher: it says so
  double audio_codecs = 4071;                          // of a player: the bits of SoundFormat that it takes

  // what follows
  std::optional<std::uint32_t> chunk_bytes_first;  // Set Chunk Size in front of connect
  bool echoes_chunk_size = false;                  // of a publisher: Set Chunk Size as the server's, behind its answer
  bool releases = true;                            // releaseStream and FCPublish in front of createStream
  bool unpublishes = true;                         // FCUnpublish in front of deleteStream
  bool answers_bandwidth = true;                   // Set Peer Bandwidth by Window Acknowledgement Size
  bool says_window = false;                        // of a player: the server's own, behind connect's answer
  bool asks_length = false;                        // of a player: getStreamLength in front of play
  bool subscribes = false;                         // of a player who wants a live stream: FCSubscribe in front of play
  double start_any = -2, start_live = -1;          // of play: whatever there is, or a live stream alone
  std::uint32_t buffer_ms = 3000;                  // of a player: SetBufferLength
  bool says_buffer_first = false;                  // in front of createStream, too, for message stream 0
  ChunkStreams chunk_streams{rtmp::chunk_stream::status, rtmp::chunk_stream::status, rtmp::chunk_stream::data,
                             rtmp::chunk_stream::audio, rtmp::chunk_stream::video};
};

extern const Habits labnet_habits, obs_habits, ffmpeg_habits, librtmp_habits;

}  // namespace labnet::rtmp_client
