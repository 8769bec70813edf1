#include "tests/servers/rtmp/flv_files.hpp"

#include <gtest/gtest.h>

#include "tests/servers/rtmp/played_client.hpp"
#include "tests/support/child.hpp"

namespace labnet::rtmp_server {

std::string flv_beginning() {
  const auto header = rtmp::flv_header(true, true);
  return std::string{as_text(header)};
}

std::string flv_tag_of(const rtmp::Message& message) {
  Buffer tag;
  const auto payload = rtmp::played_data(message.header.type, message.bytes());
  rtmp::write_flv_tag(message.header.type, message.header.timestamp,
                      rtmp::is_data(message.header.type) ? payload : message.bytes(), tag);
  return std::string{as_text(tag)};
}

std::string flv_of(const std::vector<rtmp::Message>& messages) {
  auto file = flv_beginning();
  for (const auto& message : messages) file += flv_tag_of(message);
  return file;
}

std::vector<rtmp::Message> lecture(std::uint32_t seconds) {
  std::vector<rtmp::Message> messages{metadata_message(), audio_header(), video_header()};
  for (std::uint32_t time = 0; time < 1'000 * seconds; time += 40) {
    messages.push_back(video_message(time, time % 1'000 == 0));
    messages.push_back(audio_message(time + 10));
  }
  return messages;
}

std::vector<rtmp::FlvTag> read_flv(const std::string& file) {
  const auto text = test::read_file(file);
  rtmp::FlvReader reader{rtmp::message_bytes_max};
  std::vector<rtmp::FlvTag> tags;
  for (auto input = as_bytes(text); !input.empty();) {
    auto step = reader.read(input);
    if (!step) {
      ADD_FAILURE() << file << ": " << rtmp::describe(step.error());
      break;
    }
    input = input.subspan(step->used);
    if (step->tag) tags.push_back(*std::move(step->tag));
  }
  return tags;
}

}  // namespace labnet::rtmp_server
