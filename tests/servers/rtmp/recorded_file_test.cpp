// Files that are played: their names, what is at a position, and files that are broken or not whole yet.
#include "servers/rtmp/recorded_file.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/files/upload.hpp"
#include "common/rtmp/command.hpp"
#include "tests/servers/rtmp/flv_files.hpp"
#include "tests/servers/rtmp/played_client.hpp"
#include "tests/support/child.hpp"

namespace labnet::rtmp_server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = RecordedFile::SeekStep::Kind;
using End = RecordedFile::Piece::End;

class RtmpRecordedFile : public testing::Test {
 protected:
  RecordedFile open(const std::string& name = "a") const {
    auto file = RecordedFile::open(*files::Jail::open(folder_.path()), "/" + name + ".flv");
    EXPECT_TRUE(file);
    return *std::move(file);
  }
  RecordedFile written(const std::vector<rtmp::Message>& messages) const {
    folder_.write("a.flv", flv_of(messages));
    return open();
  }
  int fault_of_opening(const std::string& path) const {
    const auto file = RecordedFile::open(*files::Jail::open(folder_.path()), path);
    return file ? 0 : file.error().value();
  }
  /// Until it is known; nothing if it is a fault.
  static std::optional<RecordedFile::SeekStep> seek(RecordedFile& file, std::uint32_t time) {
    for (;;) {
      auto step = file.seek(time);
      if (!step) return std::nullopt;
      if (step->kind != Kind::goes_on) return *std::move(step);
    }
  }
  static std::string fault_of_seeking(RecordedFile& file) {
    const auto step = file.seek(0);
    return step ? "" : step.error().message;
  }
  /// The next message, as `told` has it; "waits" or "end".
  std::string next(RecordedFile& file) {
    while (waiting_.empty()) {
      auto piece = file.read();
      if (!piece) return piece.error().message;
      if (piece->end == End::waits) return "waits";
      if (piece->end == End::whole) return "end";
      waiting_ = std::move(piece->tags);
    }
    const auto tag = waiting_.front();
    waiting_.erase(waiting_.begin());
    return told({{.type = tag.type, .timestamp = tag.timestamp, .stream_id = 0}, tag.payload});
  }
  /// What comes first at that time, headers and all.
  std::vector<std::string> begins(RecordedFile& file, std::uint32_t time, std::size_t messages = 2) {
    waiting_.clear();
    const auto step = seek(file, time);
    if (!step || step->kind != Kind::found) return {};
    std::vector<std::string> all;
    for (const auto& tag : step->headers)
      all.push_back(told({{.type = tag.type, .timestamp = tag.timestamp}, tag.payload}));
    while (messages-- > 0) all.push_back(next(file));
    return all;
  }
  static std::optional<double> duration_in(const RecordedFile::SeekStep& step) {
    if (step.headers.empty()) return std::nullopt;
    const auto data = rtmp::parse_data(rtmp::MessageType::data_amf0, step.headers[0].payload.bytes());
    return data ? rtmp::metadata_of(*data->values.at(0).object()).duration_s : std::nullopt;
  }

  test::TemporaryFolder folder_;
  std::vector<rtmp::FlvTag> waiting_;
};

// Names

TEST(RtmpFileName, AFileMayBeMeantInThreeWays) {
  for (const auto* const name : {"lecture", "lecture.flv", "flv:lecture", "flv:lecture.flv"}) {
    const auto file = flv_file_of(name);
    ASSERT_TRUE(file) << name;
    EXPECT_EQ(*file, "/lecture.flv");
  }
  EXPECT_EQ(*flv_file_of("room/ä b:c"), "/room/ä b:c.flv");
}

TEST(RtmpFileName, NoneLeadsOutOrToWhatIsHidden) {
  for (const std::string_view name :
       {"", "/", "a/", "/a", "a//b", ".", "..", "../a", "a/../b", "flv:../a", ".a", "a/.b", ".a.flv.part", ".flv"}) {
    const auto file = flv_file_of(name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error(), FileNameFault::not_a_name) << name;
  }
  EXPECT_EQ(flv_file_of(std::string_view{"a\0b", 3}).error(), FileNameFault::not_a_name);
}

TEST(RtmpFileName, OtherKindsOfFilesAreNamed) {
  for (const auto* const name : {"mp4:lecture", "mp4:lecture.flv", "lecture.mp4", "mp3:song", "song.mp3"}) {
    const auto file = flv_file_of(name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(describe(file.error()), "only FLV files are played") << name;
  }
}

TEST(RtmpFileName, OneOctetTooLongIsTooLong) {
  EXPECT_TRUE(flv_file_of(std::string(file_name_bytes_max, 'a')));
  EXPECT_EQ(flv_file_of(std::string(file_name_bytes_max + 1, 'a')).error(), FileNameFault::too_long);
}

TEST_F(RtmpRecordedFile, WhatIsNoFileIsNotOpened) {
  const test::TemporaryFolder outside;
  outside.write("secret.flv", flv_of(lecture(1)));
  std::filesystem::create_symlink(outside.path() + "/secret.flv", folder_.path() + "/out.flv");
  std::filesystem::create_directory_symlink(outside.path(), folder_.path() + "/way");
  std::filesystem::create_directory(folder_.path() + "/folder.flv");
  ASSERT_EQ(::mkfifo((folder_.path() + "/pipe.flv").c_str(), 0600), 0);
  folder_.write("real.flv", flv_of(lecture(1)));
  std::filesystem::create_symlink("real.flv", folder_.path() + "/in.flv");
  EXPECT_EQ(fault_of_opening("/out.flv"), EXDEV);
  EXPECT_EQ(fault_of_opening("/way/secret.flv"), EXDEV);
  EXPECT_EQ(fault_of_opening("/folder.flv"), EISDIR);
  EXPECT_EQ(fault_of_opening("/pipe.flv"), EINVAL);
  EXPECT_EQ(fault_of_opening("/none.flv"), ENOENT);
  EXPECT_EQ(fault_of_opening("/" + std::string(file_name_bytes_max, 'a') + ".flv"), ENAMETOOLONG);
  EXPECT_EQ(fault_of_opening("/in.flv"), 0) << "a link that stays within";
}

// Positions

TEST_F(RtmpRecordedFile, APositionIsTheKeyFrameBeforeIt) {
  auto file = written(lecture(5));
  const std::vector<std::string> headers{"onMetaData", "Audio Data 0", "Video Data 0"};
  const auto expect = [&](std::uint32_t time, const std::string& first) {
    auto wanted = headers;
    wanted.push_back(first);
    EXPECT_EQ(begins(file, time, 1), wanted) << time;
  };
  expect(3'500, "Video Data 3000");
  expect(3'000, "Video Data 3000");
  expect(2'999, "Video Data 2000");
  expect(4'970, "Video Data 4000");
  expect(0, "Video Data 0");
  expect(1'001, "Video Data 1000");
}

TEST_F(RtmpRecordedFile, FromTheBeginningNothingIsLeftOut) {
  auto messages = lecture(2);
  messages.insert(messages.begin() + 3, audio_message(0));  // in front of the key frame of the same time
  auto file = written(messages);
  EXPECT_THAT(begins(file, 0, 3), ElementsAre("onMetaData", "Audio Data 0", "Video Data 0", "Audio Data 0",
                                              "Video Data 0", "Audio Data 10"));
  std::size_t rest = 0;
  while (next(file) != "end") ++rest;
  EXPECT_EQ(rest + 6, messages.size());
}

TEST_F(RtmpRecordedFile, BehindTheEndThereIsNothingAndReadingGoesOn) {
  const auto messages = lecture(60);  // more than is read at once
  auto file = written(messages);
  ASSERT_EQ(begins(file, 0, 1).size(), 4u);
  const auto step = seek(file, 59'971);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->kind, Kind::behind_end);
  EXPECT_EQ(step->timestamp, 59'970u);
  std::size_t rest = 0;
  while (next(file) != "end") ++rest;
  EXPECT_EQ(rest + 4, messages.size());
  EXPECT_EQ(seek(file, 59'970)->timestamp, 59'000u);
}

TEST_F(RtmpRecordedFile, OfSoundAloneAnyPositionWillDo) {
  std::vector<rtmp::Message> messages{audio_header()};
  for (std::uint32_t time = 0; time < 10'000; time += 20) messages.push_back(audio_message(time));
  auto file = written(messages);
  EXPECT_THAT(begins(file, 5'030, 1), ElementsAre("onMetaData", "Audio Data 0", "Audio Data 5020"));
  EXPECT_THAT(begins(file, 50, 1), ElementsAre("onMetaData", "Audio Data 0", "Audio Data 40"));
}

TEST_F(RtmpRecordedFile, HeadersAreThoseThatHoldThere) {
  auto messages = lecture(2);
  auto header = video_header(2'000);
  header.payload = video_message(0, true, 77).payload;
  auto octets = Buffer{header.bytes().begin(), header.bytes().end()};
  octets[1] = std::byte{0};  // a sequence header, longer than the first
  header.payload = rtmp::SharedBytes::copy_of(octets);
  messages.push_back(header);
  messages.push_back(video_message(2'000, true));
  messages.push_back(video_message(3'000, true));
  auto file = written(messages);
  EXPECT_EQ(seek(file, 3'000)->headers.at(2).payload.size(), 77u);
  EXPECT_EQ(seek(file, 1'500)->headers.at(2).payload.size(), 40u);
  EXPECT_EQ(seek(file, 2'500)->headers.at(2).payload.size(), 77u);
}

/// Twice as many as are remembered, each with a second of its own: some are forgotten, and all are found.
TEST_F(RtmpRecordedFile, ALongFileHasMorePlacesThanAreRemembered) {
  std::vector<rtmp::Message> messages{video_header()};
  const auto keys = static_cast<std::uint32_t>(2 * file_places_max + 1);
  for (std::uint32_t i = 0; i < keys; ++i) {
    messages.push_back(video_message(i * 1'000, true));
    messages.push_back(video_message(i * 1'000 + 500, false));
  }
  auto file = written(messages);
  std::size_t steps = 0;
  for (auto step = file.seek((keys - 1) * 1'000); step && step->kind == Kind::goes_on;
       step = file.seek((keys - 1) * 1'000)) {
    ++steps;
  }
  EXPECT_EQ(steps, (2 * keys) / file_search_tags_max) << "in so many steps";
  for (const std::uint32_t i : {keys - 1, 0U, keys / 2, 1U, keys - 2, 777U}) {
    EXPECT_EQ(seek(file, i * 1'000 + 400)->timestamp, i * 1'000) << i;
  }
}

// Long ways

/// A file of which most is a hole: frames of a length that is no multiple of anything, each 100 ms.
class SparseFile {
 public:
  explicit SparseFile(const std::string& path) : file_{path, std::ios::binary | std::ios::trunc} {
    file_ << flv_of({metadata_message(), audio_header(), video_header()});
  }
  void add_frame(bool is_key_frame, std::size_t bytes = 100'003) {
    const auto header = rtmp::flv_tag_header(rtmp::MessageType::video, timestamp_, bytes);
    const auto trailer = rtmp::flv_tag_trailer(bytes);
    file_ << as_text(header) << (is_key_frame ? '\x17' : '\x27') << '\x01';
    file_.seekp(static_cast<std::streamoff>(bytes) - 2, std::ios::cur);
    file_ << as_text(trailer);
    timestamp_ += 100;
  }
  void add(std::string_view octets) { file_ << octets; }
  /// Of the next frame.
  std::uint32_t timestamp() const { return timestamp_; }

 private:
  std::ofstream file_;
  std::uint32_t timestamp_ = 0;
};

/// How often this process has read.
std::uint64_t reads_so_far() {
  std::ifstream io{"/proc/self/io"};
  for (std::string name, value; io >> name >> value;) {
    if (name == "syscr:") return std::stoull(value);
  }
  return 0;
}

TEST_F(RtmpRecordedFile, ALongWayCostsAFewReadsAndEndsAtTheSameKeyFrame) {
  {
    SparseFile written{folder_.path() + "/a.flv"};
    for (int i = 0; i < 5'000; ++i) written.add_frame(i % 20 == 0);  // 500 MB, a key frame each 2 s
  }
  for (const std::uint32_t time : {400'050U, 1'999U, 250'000U, 249'999U, 498'000U, 499'900U, 30'000U}) {
    auto file = open();
    const auto before = reads_so_far();
    const auto step = seek(file, time);
    const auto reads = reads_so_far() - before;
    ASSERT_TRUE(step);
    EXPECT_EQ(step->timestamp, time / 2'000 * 2'000) << time;
    EXPECT_EQ(step->headers.size(), 3U) << time;
    EXPECT_LT(reads, 200U) << time;
    EXPECT_GT(reads, 0U) << "else this system does not count";
    EXPECT_THAT(next(file), HasSubstr(fmt::format("Video Data {}", step->timestamp)));
    waiting_.clear();
  }
  auto file = open();
  EXPECT_EQ(seek(file, 499'901)->kind, Kind::behind_end);
  EXPECT_EQ(seek(file, 499'901)->timestamp, 499'900U);
  for (const std::uint32_t time : {499'900U, 100'000U, 300'000U, 299'000U, 100'900U, 0U}) {
    EXPECT_EQ(seek(file, time)->timestamp, time / 2'000 * 2'000) << time << ", one after the other";
  }
}

TEST_F(RtmpRecordedFile, AStepThatHasToEndGoesOnWhereItWas) {
  {
    SparseFile written{folder_.path() + "/a.flv"};
    for (int i = 0; i < 400; ++i) written.add_frame(i % 150 == 0);
  }
  auto file = open();
  int steps = 1;
  auto step = file.seek(29'950, [] { return true; });
  for (; step && step->kind == Kind::goes_on; ++steps) step = file.seek(29'950, [] { return true; });
  ASSERT_TRUE(step);
  EXPECT_EQ(step->timestamp, 15'000U);
  EXPECT_GT(steps, 10);
}

TEST_F(RtmpRecordedFile, KeyFramesThatAreFarApartAreFoundFromBehind) {
  {
    SparseFile written{folder_.path() + "/a.flv"};
    for (int i = 0; i < 1'000; ++i) written.add_frame(i == 0 || i == 300);
  }
  auto file = open();
  EXPECT_EQ(seek(file, 99'000)->timestamp, 30'000U);
  auto before = open();
  EXPECT_EQ(seek(before, 29'900)->timestamp, 0U);
}

/// In the middle of a frame stands what looks like tags, and nothing behind it fits.
TEST_F(RtmpRecordedFile, WhatOnlyLooksLikeATagIsNone) {
  std::string lures;
  const auto lure = rtmp::flv_tag_header(rtmp::MessageType::video, 90'000'000, 200);
  for (int i = 0; i < 20'000; ++i) lures += as_text(lure);
  {
    SparseFile written{folder_.path() + "/a.flv"};
    for (int i = 0; i < 100; ++i) written.add_frame(i % 10 == 0);
    for (int i = 0; i < 20; ++i) {
      const auto octets = "\x17\x01" + lures;
      const auto header = rtmp::flv_tag_header(rtmp::MessageType::video, written.timestamp(), octets.size());
      const auto trailer = rtmp::flv_tag_trailer(octets.size());
      written.add(as_text(header));
      written.add(octets);
      written.add(as_text(trailer));
      for (int n = 0; n < 10; ++n) written.add_frame(n == 9);
    }
  }
  auto file = open();
  EXPECT_EQ(seek(file, 29'950)->timestamp, 29'900U);
  EXPECT_EQ(seek(file, 20'000)->timestamp, 20'000U) << "the frame with the lures";
}

// Duration

TEST_F(RtmpRecordedFile, TheDurationIsToldWhereTheFileDoesNot) {
  auto file = written(lecture(3));
  EXPECT_EQ(duration_in(*seek(file, 0)), 2.97);
  rtmp::AmfObject told{rtmp::AmfObject::Kind::ecma_array};
  told.with("duration", 77).with("width", 320);
  auto messages = lecture(3);
  messages[0] = rtmp::to_message(rtmp::Data{"onMetaData", {told}}, 1);
  auto with_duration = written(messages);
  EXPECT_EQ(duration_in(*seek(with_duration, 0)), 77.0);
  messages.erase(messages.begin());
  auto without_metadata = written(messages);
  EXPECT_EQ(duration_in(*seek(without_metadata, 0)), 2.97);
  folder_.write("a.flv", flv_of(lecture(3)) + "cut");
  auto cut = open();
  EXPECT_EQ(duration_in(*seek(cut, 0)), std::nullopt) << "nobody knows";
}

// What is broken

TEST_F(RtmpRecordedFile, WhatIsNoFlvFileIsNamed) {
  for (const auto& [bytes, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "too short"}, {"FLV", "too short"}, {"RIFF and so on", "does not begin with FLV"}}) {
    folder_.write("a.flv", bytes);
    auto file = open();
    EXPECT_THAT(fault_of_seeking(file), HasSubstr(why)) << bytes;
  }
}

TEST_F(RtmpRecordedFile, ACutFileEndsWithItsLastWholeMessage) {
  const auto whole = flv_of(lecture(1));
  folder_.write("a.flv", whole.substr(0, whole.size() - 20));
  auto file = open();
  EXPECT_EQ(begins(file, 0, 50).back(), "end");
  EXPECT_EQ(seek(file, 965)->kind, Kind::behind_end) << "the last one is not there";
}

TEST_F(RtmpRecordedFile, ABrokenTagIsAFaultWhereItStands) {
  const auto good = flv_of(lecture(1));
  auto encrypted = flv_tag_of(video_message(1'000, true));
  encrypted[0] = 0x29;
  folder_.write("a.flv", good + encrypted);
  auto file = open();
  EXPECT_THAT(begins(file, 0, 51).back(), HasSubstr("a tag is encrypted"));
  const auto step = file.seek(5'000);
  ASSERT_FALSE(step);
  EXPECT_THAT(step.error().message, HasSubstr("a tag is encrypted"));
  auto longest = video_message(1'000, true, file_tag_bytes_max),
       longer = video_message(1'000, true, file_tag_bytes_max + 1);
  folder_.write("a.flv", good + flv_tag_of(longest));
  auto at_limit = open();
  EXPECT_EQ(begins(at_limit, 1'000, 1).back(), "Video Data 1000");
  folder_.write("a.flv", good + flv_tag_of(longer));
  auto above = open();
  EXPECT_THAT(begins(above, 0, 51).back(), HasSubstr("a tag is too long"));
}

TEST_F(RtmpRecordedFile, OtherTagsAreLeftOut) {
  auto odd = flv_tag_of(video_message(5, true));
  odd[0] = 0x07;
  folder_.write("a.flv", flv_beginning() + odd + flv_tag_of(audio_message(10)));
  auto file = open();
  EXPECT_THAT(begins(file, 0, 2), ElementsAre("onMetaData", "Audio Data 10", "end"));
}

// What is not whole yet

TEST_F(RtmpRecordedFile, WhatIsBeingWrittenIsPlayedAsItGrows) {
  const auto messages = lecture(1);
  auto upload = files::Upload::begin(*files::Jail::open(folder_.path()), "/a.flv", {});
  ASSERT_TRUE(upload);
  const auto write = [&](const std::string& bytes) {
    ASSERT_EQ(::write(upload->descriptor(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  };
  write(flv_beginning());
  auto file = open();
  ASSERT_EQ(seek(file, 0)->kind, Kind::found) << "there is nothing yet";
  EXPECT_EQ(next(file), "waits");
  const auto tag = flv_tag_of(messages[3]);
  write(flv_tag_of(messages[0]) + tag.substr(0, 20));
  EXPECT_EQ(next(file), "onMetaData");
  EXPECT_EQ(next(file), "waits") << "the next one is not whole";
  write(tag.substr(20));
  EXPECT_EQ(next(file), "Video Data 0");
  EXPECT_EQ(seek(file, 500)->kind, Kind::behind_end);
  write(flv_tag_of(video_message(1'000, true)));
  EXPECT_EQ(seek(file, 1'000)->timestamp, 1'000u);
  ASSERT_TRUE(upload->publish());
  EXPECT_EQ(next(file), "Video Data 1000");
  EXPECT_EQ(next(file), "end");
  auto published = open();
  EXPECT_EQ(duration_in(*seek(published, 0)), 1.0);
}

}  // namespace
}  // namespace labnet::rtmp_server
