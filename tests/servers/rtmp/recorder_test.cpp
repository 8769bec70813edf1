// Recordings: their names, and what a crash leaves.
#include "servers/rtmp/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>
#include <functional>

#include "common/base/file_descriptor.hpp"
#include "common/rtmp/flv.hpp"
#include "servers/rtmp/limits.hpp"
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

/// Runs `work` on a worker until all that it has begun is done; what was logged.
std::string run_on_worker(const std::function<void(net::Worker&)>& work) {
  testing::internal::CaptureStderr();
  net::Runtime runtime{{.workers = 1, .drain = test::patience}};
  auto& worker = runtime.workers().front();
  worker.post([&] {
    work(worker);
    runtime.stop();
  });
  runtime.run();
  return testing::internal::GetCapturedStderr();
}

/// A message that takes so many bytes in the file.
SharedMedia media_of(std::size_t tag_bytes) {
  const auto payload = Buffer(tag_bytes - rtmp::flv_tag_header_bytes - rtmp::flv_tag_trailer_bytes);
  return make_media({{.type = rtmp::MessageType::audio}, rtmp::SharedBytes::copy_of(payload)}, 0, 0, 4096);
}

TEST(RtmpRecorder, OfOneSecondThereAreSoManyNamesAndNoMore) {
  const TemporaryFolder folder;
  const auto jail = *files::Jail::open(folder.path());
  const auto record = [&](net::Worker& worker) {
    const auto recorder = Recorder::begin(worker, jail, "live");
    recorder->take({media_of(100)});
    recorder->end();
  };
  folder.write("live.flv", "");
  for (int i = 2; i < recording_names_max; ++i) folder.write(fmt::format("live-{}.flv", i), "");
  EXPECT_EQ(run_on_worker(record), "");
  EXPECT_TRUE(exists(folder, fmt::format("live-{}.flv", recording_names_max)));
  EXPECT_THAT(run_on_worker(record), testing::HasSubstr("there are too many of the same second"));
  EXPECT_FALSE(exists(folder, fmt::format("live-{}.flv", recording_names_max + 1)));
}

TEST(RtmpRecorder, OneByteMoreThanMayWaitForTheDiskEndsIt) {
  const TemporaryFolder folder;
  const auto jail = *files::Jail::open(folder.path());
  const auto record = [&](const std::string& name, std::size_t waiting_bytes) {
    return run_on_worker([&](net::Worker& worker) {
      const auto recorder = Recorder::begin(worker, jail, name);
      std::vector<SharedMedia> media;
      auto left = waiting_bytes - rtmp::flv_header_bytes;
      for (; left > 2 << 20; left -= 1 << 20) media.push_back(media_of(1 << 20));
      media.push_back(media_of(left));
      recorder->take(media);
      recorder->end();
    });
  };
  EXPECT_EQ(record("most", recording_waiting_bytes_max), "");
  EXPECT_EQ(std::filesystem::file_size(folder.path() + "/most.flv"), recording_waiting_bytes_max);
  EXPECT_THAT(record("more", recording_waiting_bytes_max + 1), testing::HasSubstr("the disk does not keep up"));
  EXPECT_FALSE(exists(folder, "more.flv"));
}

}  // namespace
}  // namespace labnet::rtmp_server
