#include "tests/servers/rtmp/programs.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/base/text.hpp"

namespace labnet::rtmp_server {

void make_clip(const std::string& file, int seconds, int pictures_per_key_frame) {
  const auto made = test::run({"ffmpeg",    "-nostdin",
                               "-loglevel", "error",
                               "-f",        "lavfi",
                               "-i",        "testsrc=size=160x120:rate=25",
                               "-f",        "lavfi",
                               "-i",        "sine",
                               "-t",        std::to_string(seconds),
                               "-g",        std::to_string(pictures_per_key_frame),
                               "-bf",       "0",
                               "-c:v",      "libx264",
                               "-preset",   "ultrafast",
                               "-pix_fmt",  "yuv420p",
                               "-c:a",      "aac",
                               file},
                              patient);
  EXPECT_EQ(made.exit_code, 0) << made.errors;
}

const std::string& clip() {
  static const test::TemporaryFolder folder;
  static const std::string path = [] {
    auto file = folder.path() + "/clip.flv";
    make_clip(file, 2, 50);
    return file;
  }();
  return path;
}

std::string hashes_of(const std::string& file) {
  const auto done = test::run(
      {"ffmpeg", "-nostdin", "-loglevel", "error", "-i", file, "-c", "copy", "-f", "streamhash", "-"}, patient);
  EXPECT_EQ(done.exit_code, 0) << file << ": " << done.errors;
  return done.output;
}

std::string url(std::uint16_t port, const std::string& name, const std::string& scheme, const std::string& app) {
  return fmt::format("{}://127.0.0.1:{}/{}/{}", scheme, port, app, name);
}

Words split_words(std::string_view text) {
  Words words;
  for (const auto word : split(text, ' ')) words.emplace_back(word);
  return words;
}

Words ffmpeg_publisher(const std::string& to, bool at_its_pace) {
  Words command{"ffmpeg", "-nostdin", "-loglevel", "error"};
  if (at_its_pace) command.emplace_back("-re");
  command.insert(command.end(), {"-i", clip(), "-c", "copy", "-f", "flv", to});
  return command;
}

Words gstreamer_publisher(const std::string& to) {
  auto command = split_words(
      "gst-launch-1.0 -q flvdemux name=d d.video ! queue ! m.video d.audio ! queue ! m.audio "
      "flvmux name=m streamable=true ! rtmp2sink");
  command.push_back("location=" + to);
  command.insert(command.end(), {"filesrc", "location=" + clip(), "!", "d."});
  return command;
}

Words ffmpeg_player(const std::string& from, const std::string& file, const Words& options) {
  Words command{"ffmpeg", "-nostdin", "-loglevel", "fatal"};
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {"-i", from, "-c", "copy", "-f", "flv", file});
  return command;
}

Words rtmpdump_player(const std::string& from, const std::string& file, const Words& options) {
  Words command{"rtmpdump", "-q", "-r", from, "-o", file};
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

Words gstreamer_player(const std::string& from, const std::string& file) {
  return {"gst-launch-1.0", "-q", "rtmp2src", "location=" + from, "!", "filesink", "location=" + file};
}

}  // namespace labnet::rtmp_server
