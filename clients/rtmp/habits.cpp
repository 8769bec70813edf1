#include "clients/rtmp/habits.hpp"

namespace labnet::rtmp_client {

using rtmp::HandshakeKind;

/// All media on one: librtmp knows no other.
constexpr ChunkStreams chunk_streams_of_librtmp{.publish = 4, .play = 8, .data = 4, .audio = 4, .video = 4};

constexpr std::string_view encoder_version = "FMLE/3.0 (compatible; FMSc/1.0)";

const Habits labnet_habits{.handshake = HandshakeKind::digest_schema_1,
                           .publisher_version = "FMLE/3.0 (compatible; labnet)",
                           .player_version = "LNX 9,0,124,2 (compatible; labnet)",
                           .says_type = true,
                           .chunk_bytes_first = 4096};

const Habits obs_habits{.publisher_version = encoder_version,
                        .player_version = encoder_version,
                        .says_type = true,
                        .says_swf_url = true,
                        .supports_go_away = true,
                        .chunk_bytes_first = 4096,
                        .answers_bandwidth = false,
                        .chunk_streams = chunk_streams_of_librtmp};

const Habits ffmpeg_habits{.handshake = HandshakeKind::digest_schema_1,
                           .publisher_version = "FMLE/3.0 (compatible; Lavf59.27.100)",
                           .player_version = "LNX 9,0,124,2",
                           .says_type = true,
                           .chunk_bytes_first = {},
                           .echoes_chunk_size = true,
                           .answers_bandwidth = false,
                           .says_window = true,
                           .asks_length = true,
                           .start_any = -2000,
                           .start_live = -1000,
                           .chunk_streams = {.publish = 8, .play = 8, .data = 4, .audio = 4, .video = 6}};

const Habits librtmp_habits{.publisher_version = {},
                            .player_version = "LNX 10,0,32,18",
                            .says_type = true,
                            .audio_codecs = 3191,
                            .chunk_bytes_first = {},
                            .answers_bandwidth = false,
                            .says_window = true,
                            .subscribes = true,
                            .start_any = 0,
                            .start_live = -1000,
                            .buffer_ms = 36'000'000,
                            .says_buffer_first = true,
                            .chunk_streams = chunk_streams_of_librtmp};

}  // namespace labnet::rtmp_client
