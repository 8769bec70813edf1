// Recordings: their names, and what a crash leaves.
#include "servers/rtmp/recorder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>

#include "common/base/file_descriptor.hpp"
#include "common/rtmp/flv.hpp"
#include "tests/support/child.hpp"

namespace labnet::rtmp_server {
namespace {

using test::TemporaryFolder;

/// An FLV file of so many messages of 20 bytes.
std::string recording(int messages) {
  const auto header = rtmp::flv_header(true, true);
  Buffer bytes{header.begin(), header.end()};
  for (int i = 0; i < messages; ++i) {
    rtmp::write_flv_tag(rtmp::MessageType::audio, static_cast<std::uint32_t>(i), Buffer(20), bytes);
  }
  return std::string{as_text(bytes)};
}

bool exists(const TemporaryFolder& folder, const std::string& name) {
  return std::filesystem::exists(folder.path() + "/" + name);
}

TEST(RtmpRecorder, NamesHaveNoKeyAndNoWayOut) {
  const std::chrono::sys_seconds time{std::chrono::seconds{1'769'860'800}};
  EXPECT_EQ(recording_name("live", "camera", time), "live-camera-20260131T120000Z");
  EXPECT_EQ(recording_name("live", "", time), "live-20260131T120000Z");
  EXPECT_EQ(recording_name("../x", "a/b\n", time), "_._x-a_b_-20260131T120000Z");
  EXPECT_LT(recording_name(std::string(300, 'a'), std::string(300, 'b'), time).size(), 200u);
}

TEST(RtmpRecorder, WhatACrashHasLeftIsCompleted) {
  const TemporaryFolder folder;
  const auto whole = recording(3);
  folder.write(".a.flv.part", whole);
  folder.write(".cut.flv.part", recording(4).substr(0, whole.size() + 12));  // within a message
  folder.write(".other.txt.part", "not ours");
  folder.write(".empty.flv.part", "");
  folder.write(".foreign.flv.part", "RIFF and so on, no FLV at all");
  const auto jail = files::Jail::open(folder.path());
  ASSERT_TRUE(jail);
  EXPECT_EQ(complete_recordings(*jail), 2u);
  EXPECT_EQ(test::read_file(folder.path() + "/a.flv"), whole);
  EXPECT_EQ(test::read_file(folder.path() + "/cut.flv"), whole);
  EXPECT_FALSE(exists(folder, ".cut.flv.part"));
  EXPECT_FALSE(exists(folder, ".empty.flv.part") || exists(folder, "empty.flv")) << "nothing was in it";
  EXPECT_TRUE(exists(folder, ".other.txt.part"));
  EXPECT_EQ(test::read_file(folder.path() + "/.foreign.flv.part"), "RIFF and so on, no FLV at all");
}

TEST(RtmpRecorder, WhatSomebodyWritesOrIsThereAlreadyStays) {
  const TemporaryFolder folder;
  const auto path = folder.write(".busy.flv.part", recording(1));
  folder.write(".there.flv.part", recording(1));
  folder.write("there.flv", "another");
  const FileDescriptor other{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  EXPECT_EQ(complete_recordings(*files::Jail::open(folder.path())), 0u);
  EXPECT_TRUE(exists(folder, ".busy.flv.part"));
  EXPECT_EQ(test::read_file(folder.path() + "/there.flv"), "another");
  EXPECT_TRUE(exists(folder, ".there.flv.part"));
}

}  // namespace
}  // namespace labnet::rtmp_server
