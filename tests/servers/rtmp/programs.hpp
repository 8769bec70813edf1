// What people publish and play with: FFmpeg, rtmpdump and GStreamer; and what they are given to do.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child.hpp"

namespace labnet::rtmp_server {

using Words = std::vector<std::string>;

inline const test::How patient{.patience = std::chrono::seconds{30}};

/// A test picture and a tone as FLV, with a key frame each time that so many of 25 pictures a second have gone.
void make_clip(const std::string& file, int seconds, int pictures_per_key_frame);
/// One of two seconds, made once. Who comes late in it gets all that he has missed: there is one key frame.
const std::string& clip();

/// Of each stream, over all packets in their order.
std::string hashes_of(const std::string& file);

std::string url(std::uint16_t port, const std::string& name = "1234", const std::string& scheme = "rtmp",
                const std::string& app = "live");
Words split_words(std::string_view text);

Words ffmpeg_publisher(const std::string& to, bool at_its_pace = true);
Words gstreamer_publisher(const std::string& to);
/// options  of the input
Words ffmpeg_player(const std::string& from, const std::string& file, const Words& options = {});
Words rtmpdump_player(const std::string& from, const std::string& file, const Words& options = {});
Words gstreamer_player(const std::string& from, const std::string& file);

}  // namespace labnet::rtmp_server
