// FLV files as a test writes them down, and what is in one.
#pragma once

#include <string>
#include <vector>

#include "common/rtmp/flv.hpp"
#include "common/rtmp/message.hpp"

namespace labnet::rtmp_server {

/// The header of a file alone.
std::string flv_beginning();
/// A message as a tag.
std::string flv_tag_of(const rtmp::Message& message);
/// A file of these messages.
std::string flv_of(const std::vector<rtmp::Message>& messages);

/// Metadata without a duration, headers, then so much of picture and sound: a picture each 40 ms, a key frame each
/// second, and 10 ms behind each picture a sound.
std::vector<rtmp::Message> lecture(std::uint32_t seconds);

/// What is in a file that somebody else has written; fails the test if it is none.
std::vector<rtmp::FlvTag> read_flv(const std::string& file);

}  // namespace labnet::rtmp_server
