// An FLV file that is played: where a position in it is, and its messages from there on.
//
//   auto file = RecordedFile::open(folder, "/lecture.flv");
//   auto step = file->seek(60'000);                       // again, until it is not `goes_on`
//   for (auto piece = file->read(); ...; piece = file->read()) send(piece->tags);
//
// A position is found by going from tag to tag, whose headers alone are read, and places on the way are remembered. A
// way longer than file_walk_bytes is halved first, again and again: in the middle of it one looks for what begins a
// tag, and for its time. So a position costs a few dozen reads wherever it is, and not one for each frame. The headers
// that hold there are then those in front of the way; others within it are found only in its last part.
//
// The index that a file may have of itself (`keyframes` of onMetaData) is not used: a recording that is being written
// has none, and nothing says that it is right.
//
// All of it may wait for a disk: it belongs on a thread for that, one call at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/files/jail.hpp"
#include "common/rtmp/flv.hpp"
#include "servers/rtmp/limits.hpp"
#include "servers/rtmp/media.hpp"

namespace labnet::rtmp_server {

enum class FileNameFault : std::uint8_t {
  too_long,    // file_name_bytes_max
  not_flv,     // "mp4:lecture", "lecture.mp4" and the like
  not_a_name,  // an empty part, one that begins with a dot, an octet 0
};
std::string_view describe(FileNameFault fault);

/// Which file a client means: "lecture", "lecture.flv" and "flv:lecture" are "/lecture.flv", and "room/lecture" is
/// "/room/lecture.flv". What begins with a dot is not for strangers.
Result<std::string, FileNameFault> flv_file_of(std::string_view name);

/// Where one may begin to play, and what a player needs first.
struct FilePlace {
  std::uint64_t offset = 0;     // of a tag: a key frame, or a sound where there is no picture
  std::uint32_t timestamp = 0;  // its, in ms
  // Offsets of the last ones before it; 0: there is none
  std::uint64_t metadata = 0, audio_header = 0, video_header = 0;

  bool operator==(const FilePlace&) const = default;
};

class RecordedFile {
 public:
  /// path    as flv_file_of gives it. If there is no such file, but one that is being received under that name
  ///         (".NAME.flv.part"), it is that one
  /// faults  as open(2); EISDIR and the like for what is no file. What is no FLV file is told by `seek`
  static files::FileResult<RecordedFile> open(files::Jail folder, std::string path);

  struct SeekStep {
    enum class Kind : std::uint8_t {
      goes_on,     // file_search_tags_max are passed, or the thread is wanted: call again with the same time
      found,       // what is read next is from there on
      behind_end,  // `timestamp` is the last there is; what is read next stays as it was
    };
    Kind kind = Kind::goes_on;
    std::uint32_t timestamp = 0;          // of the place that was found
    std::vector<rtmp::FlvTag> headers{};  // what a player needs first: metadata, of audio, of video; as they are there
  };
  /// To the last key frame that is not behind that time; to the first message if there is none.
  /// time     in ms, as the file's own timestamps
  /// is_over  asked between two reads: true if the thread is wanted, and the step is to end with `goes_on`; none: never
  /// faults   it is no FLV file; it cannot be read
  Result<SeekStep> seek(std::uint32_t time, const std::function<bool()>& is_over = {});

  struct Piece {
    std::vector<rtmp::FlvTag> tags{};  // audio, video and data, no others
    enum class End : std::uint8_t {
      none,   // there may be more: call again
      waits,  // somebody writes the file, and there is no more yet
      whole,  // there is no more
    };
    End end = End::none;
  };
  /// Some of the next ones, of file_piece_bytes at most; of a longer one nothing, until it is whole.
  /// faults  a tag is broken; the file cannot be read
  Result<Piece> read();

 private:
  RecordedFile(files::Jail folder, std::string partial, FileDescriptor file);
  bool is_growing() const;

  enum class Passed : std::uint8_t { tag, behind, nothing };  // a frame behind the time; the end of the file

  /// A way that is too long to go all of it.
  struct Leap {
    // Where it begins, and what was known there
    std::uint64_t begin = 0;
    FilePlace here{}, last{};

    // It is halved until it is short: the time is behind a frame at `low`, and not behind what stands at `high`.
    std::uint64_t low = 0, high = 0;
    bool is_halved = false;

    // Then it is gone from `low` to what `met` says; if there is no key frame, from so much in front of that to there,
    // and again.
    Passed met = Passed::behind;
    std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t back_bytes = file_walk_bytes;
  };
  struct Frame {
    std::uint64_t offset = 0;
    std::uint32_t timestamp = 0;
  };

  Result<void> begin_search();
  Result<SeekStep> search(std::uint32_t time, const std::function<bool()>& is_over);
  void search_from(std::uint32_t time);
  Result<Passed> pass_tag(std::uint32_t time);
  bool begin_leap(std::uint32_t time);
  void halve(std::uint32_t time);
  void go_back();
  void go_from(std::uint64_t offset);
  std::optional<Frame> frame_behind(std::uint64_t offset, std::uint64_t end);
  std::optional<Frame> frame_from_tag(std::uint64_t offset, std::uint64_t end);
  bool is_tag(std::uint64_t offset) const;
  void note(MediaRole role, std::uint32_t timestamp);
  void remember(const FilePlace& place);
  SeekStep end_of_search(std::uint32_t time);
  SeekStep go_to(const FilePlace& place);
  std::optional<rtmp::FlvTag> metadata_of(const FilePlace& place);
  std::optional<double> duration_s();

  Result<Bytes> look_at(std::uint64_t offset, std::size_t bytes);
  std::optional<rtmp::FlvTag> tag_at(std::uint64_t offset);

  files::Jail folder_;
  std::string partial_;  // its name while it is being written; empty: nobody writes it
  FileDescriptor file_;

  // The way that a search has gone
  std::uint64_t bytes_ = 0;              // how long the file is
  std::uint64_t next_ = 0;               // the tag that it is at; 0: it has not begun
  FilePlace here_{};                     // what stands before that
  std::optional<FilePlace> last_{};      // place that it has passed
  std::optional<std::uint32_t> time_{};  // that is searched for, and not found yet
  std::optional<Leap> leap_{};           // on the way to that
  bool has_video_ = false;               // in all that was ever passed
  std::uint32_t last_timestamp_ = 0;     // the highest in that
  std::vector<FilePlace> places_{};      // some of those in it, file_places_max at most; by offset, and so by time
  std::uint32_t spacing_ms_;             // between them

  // A part of the file, while something is searched for
  Buffer window_{};
  std::uint64_t window_offset_ = 0;
  std::size_t window_used_ = 0;

  // What is read
  rtmp::FlvReader reader_{file_tag_bytes_max};
  std::uint64_t read_offset_ = 0;
  std::optional<Error> read_fault_{};  // there
};

}  // namespace labnet::rtmp_server
