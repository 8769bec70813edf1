#include "servers/rtmp/recorded_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "common/base/text.hpp"
#include "common/files/upload.hpp"
#include "common/rtmp/command.hpp"

namespace labnet::rtmp_server {
namespace {

constexpr std::string_view file_ending = ".flv";
constexpr std::uint32_t spacing_ms_first = 1'000;  // of places; it doubles each time that there are too many
// Of a payload, to tell what it is: modifiers of Enhanced RTMP, and "@setDataFrame" in front of "onMetaData".
constexpr std::size_t payload_front_bytes = 64;

std::uint64_t bytes_of(const FileDescriptor& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

bool is_frame(MediaRole role) {
  return is_video_frame(role) || role == MediaRole::audio;
}

/// As a player is to have it: as a publisher's data message.
void make_played(rtmp::FlvTag& tag) {
  if (tag.type != rtmp::MessageType::data_amf0) return;
  const auto whole = tag.payload.bytes();
  const auto played = rtmp::played_data(tag.type, whole);
  tag.payload = tag.payload.part(static_cast<std::size_t>(played.data() - whole.data()), played.size());
}

/// front  of its payload, or more than that
MediaRole role_of_tag(const rtmp::FlvTagHeader& header, Bytes front) {
  const auto payload = front.first(std::min<std::size_t>(front.size(), header.payload_bytes));
  return role_of(header.type, rtmp::is_data(header.type) ? rtmp::played_data(header.type, payload) : payload);
}

/// Of what begins a tag of audio, video or data: the type, a length that may be, stream id 0. Other things may, too.
/// header  flv_tag_header_bytes
bool looks_like_tag(Bytes header) {
  constexpr auto id_at = static_cast<std::ptrdiff_t>(rtmp::flv_tag_header_bytes - 3);
  const auto type = std::to_integer<std::uint8_t>(header.front());
  const bool is_type = type == static_cast<std::uint8_t>(rtmp::MessageType::audio) ||
                       type == static_cast<std::uint8_t>(rtmp::MessageType::video) ||
                       type == static_cast<std::uint8_t>(rtmp::MessageType::data_amf0);
  return is_type &&
         std::all_of(header.begin() + id_at, header.end(), [](std::byte one) { return one == std::byte{0}; }) &&
         rtmp::parse_flv_tag_header(header).payload_bytes <= file_tag_bytes_max;
}

/// onMetaData that tells the duration, which a recording of a live stream does not; nothing if it does, or cannot be
/// read.
std::optional<Buffer> metadata_with(double duration_s, Bytes payload) {
  auto data = rtmp::parse_data(rtmp::MessageType::data_amf0, payload, {.values = rtmp::amf_script_values_max});
  const auto* const told = data && !data->values.empty() ? data->values.front().object() : nullptr;
  if (told == nullptr || rtmp::metadata_of(*told).duration_s.value_or(0) > 0) return std::nullopt;
  auto properties = *told;
  std::erase_if(properties.properties, [](const rtmp::AmfProperty& one) { return one.name == "duration"; });
  return rtmp::flv_metadata(std::move(properties).with("duration", duration_s));
}

/// "/room/.lecture.flv.part" of "/room/lecture.flv"
std::string partial_of(const std::string& path) {
  const auto name_at = path.rfind('/') + 1;
  return path.substr(0, name_at) + files::partial_name(std::string_view{path}.substr(name_at));
}

files::FileResult<FileDescriptor> open_file(const files::Jail& folder, const std::string& path) {
  auto file = folder.open(path, O_RDONLY);
  struct stat found {};
  if (file && ::fstat(file->get(), &found) != 0) return files::last_error();
  if (file && !S_ISREG(found.st_mode)) return files::error_of(S_ISDIR(found.st_mode) ? EISDIR : EINVAL);
  return file;
}

}  // namespace

std::string_view describe(FileNameFault fault) {
  switch (fault) {
    case FileNameFault::too_long:
      return "the name is too long";
    case FileNameFault::not_flv:
      return "only FLV files are played";
    case FileNameFault::not_a_name:
      return "the name cannot be that of a file";
  }
  return "";
}

Result<std::string, FileNameFault> flv_file_of(std::string_view name) {
  if (name.size() > file_name_bytes_max) return FileNameFault::too_long;
  for (const std::string_view prefix : {"mp4:", "mp3:", "id3:", "raw:"}) {
    if (name.starts_with(prefix)) return FileNameFault::not_flv;
  }
  for (const std::string_view ending : {".mp4", ".f4v", ".m4v", ".m4a", ".mov", ".mp3"}) {
    if (name.ends_with(ending)) return FileNameFault::not_flv;
  }
  if (name.starts_with("flv:")) name.remove_prefix(4);
  if (name.ends_with(file_ending)) name.remove_suffix(file_ending.size());
  if (name.find('\0') != name.npos) return FileNameFault::not_a_name;
  for (const auto part : split(name, '/')) {
    if (part.empty() || part.starts_with('.')) return FileNameFault::not_a_name;
  }
  return fmt::format("/{}{}", name, file_ending);
}

files::FileResult<RecordedFile> RecordedFile::open(files::Jail folder, std::string path) {
  auto file = open_file(folder, path);
  std::string partial;
  if (!file && file.error().value() == ENOENT) {
    partial = partial_of(path);
    file = open_file(folder, partial);
  }
  if (!file) return file.error();
  return RecordedFile{std::move(folder), std::move(partial), *std::move(file)};
}

RecordedFile::RecordedFile(files::Jail folder, std::string partial, FileDescriptor file)
    : folder_{std::move(folder)}, partial_{std::move(partial)}, file_{std::move(file)}, spacing_ms_{spacing_ms_first} {}

/// As long as it has the name of what is not whole.
bool RecordedFile::is_growing() const {
  if (partial_.empty()) return false;
  struct stat own {};
  const auto named = folder_.status(partial_);
  return named && ::fstat(file_.get(), &own) == 0 && named->inode == own.st_ino;
}

// Where a position is

Result<RecordedFile::SeekStep> RecordedFile::seek(std::uint32_t time, const std::function<bool()>& is_over) {
  auto step = search(time, is_over);
  if (step && step->kind == SeekStep::Kind::goes_on) return step;
  time_.reset();
  leap_.reset();
  Buffer{}.swap(window_);
  window_used_ = 0;
  return step;
}

Result<RecordedFile::SeekStep> RecordedFile::search(std::uint32_t time, const std::function<bool()>& is_over) {
  if (next_ == 0) {
    const auto begun = begin_search();
    if (!begun) return begun.error();
  }
  bytes_ = bytes_of(file_);
  if (time_ != time) search_from(time);
  time_ = time;
  for (std::size_t i = 0; i < file_search_tags_max; ++i) {
    if (i > 0 && is_over && is_over()) break;
    // The first message of all, be it a sound in front of a key frame of the same time: nothing is left out.
    if (!places_.empty() && time <= places_.front().timestamp) return go_to(places_.front());
    if (leap_ ? !leap_->is_halved : begin_leap(time)) {
      halve(time);
      continue;
    }
    const bool is_known_from_here = leap_ && next_ >= leap_->end;
    const auto passed = is_known_from_here ? Result<Passed>{leap_->met} : pass_tag(time);
    if (!passed) return passed.error();
    if (*passed == Passed::tag) continue;
    if (!leap_ || last_) return *passed == Passed::nothing ? end_of_search(time) : go_to(*last_);
    leap_->met = *passed;
    go_back();
  }
  return SeekStep{};
}

Result<void> RecordedFile::begin_search() {
  const auto header = look_at(0, rtmp::shortest_flv_header_bytes);
  if (!header) return header.error();
  if (header->size() < rtmp::shortest_flv_header_bytes) return Error{"it is too short for an FLV file"};
  const auto first_tag = rtmp::first_flv_tag(*header);
  if (!first_tag) return Error{rtmp::describe(first_tag.error())};
  next_ = *first_tag;
  return {};
}

/// On from where the last search has ended, or from a place that is nearer.
void RecordedFile::search_from(std::uint32_t time) {
  leap_.reset();
  if (places_.empty()) return;
  auto nearest = std::ranges::upper_bound(places_, time, {}, &FilePlace::timestamp);
  if (nearest != places_.begin()) --nearest;
  const bool is_past = !last_ || last_->timestamp > time;
  if (!is_past && last_->offset >= nearest->offset) return;
  here_ = *nearest;
  next_ = nearest->offset;
  last_.reset();
}

/// The next tag, unless it is a frame behind that time.
Result<RecordedFile::Passed> RecordedFile::pass_tag(std::uint32_t time) {
  const auto front = look_at(next_, rtmp::flv_tag_header_bytes + payload_front_bytes);
  if (!front) return front.error();
  if (front->size() < rtmp::flv_tag_header_bytes) return Passed::nothing;
  const auto header = rtmp::parse_flv_tag_header(*front);
  if (header.is_encrypted) return Error{rtmp::describe({rtmp::FlvFault::Kind::encrypted, next_})};
  const auto end = next_ + header.tag_bytes();
  if (end - rtmp::flv_tag_trailer_bytes > bytes_) return Passed::nothing;  // it is cut, or not written yet
  const auto role = role_of_tag(header, front->subspan(rtmp::flv_tag_header_bytes));
  if (is_frame(role) && (last_ || leap_) && header.timestamp > time) return Passed::behind;
  note(role, header.timestamp);
  next_ = end;
  return Passed::tag;
}

// A way that is too long to go all of it

/// False if it is not. What a player needs first may stand anywhere at the beginning of the file: that is gone in any
/// case.
bool RecordedFile::begin_leap(std::uint32_t time) {
  if (!last_ || next_ < file_walk_bytes) return false;
  const auto behind = std::ranges::upper_bound(places_, time, {}, &FilePlace::timestamp);
  const auto end = behind == places_.end() ? bytes_ : behind->offset;
  if (end < next_ + 2 * file_walk_bytes) return false;
  leap_ = Leap{};
  leap_->here = here_;
  leap_->last = *last_;
  leap_->begin = leap_->low = next_;
  leap_->high = end;
  return true;
}

void RecordedFile::halve(std::uint32_t time) {
  auto& leap = *leap_;
  const auto middle = leap.low + (leap.high - leap.low) / 2;
  const auto frame = frame_behind(middle, leap.high);
  if (frame && frame->timestamp <= time) {
    leap.low = frame->offset;
  } else {
    leap.high = middle;
  }
  if (leap.high - leap.low > file_walk_bytes) return;
  leap.is_halved = true;
  go_from(leap.low);
}

/// There is no key frame from `low` on.
void RecordedFile::go_back() {
  auto& leap = *leap_;
  leap.end = leap.low;
  const bool is_long = leap.low - leap.begin > leap.back_bytes;
  const auto frame = is_long ? frame_behind(leap.low - leap.back_bytes, leap.low) : std::nullopt;
  leap.low = frame ? frame->offset : leap.begin;
  leap.back_bytes *= 2;
  go_from(leap.low);
}

void RecordedFile::go_from(std::uint64_t offset) {
  next_ = offset;
  here_ = leap_->here;
  last_.reset();
  if (offset == leap_->begin) last_ = leap_->last;
}

/// The first one at that offset or behind it, and in front of `end`, that comes with a tag that is one.
std::optional<RecordedFile::Frame> RecordedFile::frame_behind(std::uint64_t offset, std::uint64_t end) {
  const auto begin = offset;
  Buffer piece(file_piece_bytes);
  for (int candidates = 0; offset < end && offset - begin <= file_tag_bytes_max;) {
    const auto count = ::pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(offset));
    if (count < static_cast<ssize_t>(rtmp::flv_tag_header_bytes)) return std::nullopt;
    const auto places = static_cast<std::size_t>(count) - rtmp::flv_tag_header_bytes + 1;
    for (std::size_t i = 0; i < places && offset + i < end; ++i) {
      if (!looks_like_tag(Bytes{piece}.subspan(i, rtmp::flv_tag_header_bytes))) continue;
      if (is_tag(offset + i)) return frame_from_tag(offset + i, end);
      if (++candidates == file_candidates_max) return std::nullopt;
    }
    offset += places;
  }
  return std::nullopt;
}

std::optional<RecordedFile::Frame> RecordedFile::frame_from_tag(std::uint64_t offset, std::uint64_t end) {
  while (offset < end) {
    const auto front = look_at(offset, rtmp::flv_tag_header_bytes + payload_front_bytes);
    if (!front || front->size() < rtmp::flv_tag_header_bytes) break;
    const auto header = rtmp::parse_flv_tag_header(*front);
    const auto role = role_of_tag(header, front->subspan(rtmp::flv_tag_header_bytes));
    if (is_frame(role)) return Frame{offset, header.timestamp};
    offset += header.tag_bytes();
  }
  return std::nullopt;
}

/// By the lengths behind it and some of those that follow it, which have to fit.
bool RecordedFile::is_tag(std::uint64_t offset) const {
  std::array<std::byte, rtmp::flv_tag_trailer_bytes + rtmp::flv_tag_header_bytes> between;
  const auto read = [&](std::span<std::byte> room, std::uint64_t from) {
    const auto count = ::pread(file_.get(), room.data(), room.size(), static_cast<off_t>(from));
    return Bytes{room}.first(count < 0 ? 0 : static_cast<std::size_t>(count));
  };
  auto front = read(std::span{between}.first(rtmp::flv_tag_header_bytes), offset);
  for (int tags = 0; tags < file_tags_in_a_row; ++tags) {
    if (front.size() < rtmp::flv_tag_header_bytes || !looks_like_tag(front)) return false;
    const auto whole = rtmp::flv_tag_header_bytes + rtmp::parse_flv_tag_header(front).payload_bytes;
    const auto behind = read(between, offset + whole);
    if (ByteReader{behind}.u32() != whole) return false;
    offset += whole + rtmp::flv_tag_trailer_bytes;
    if (offset == bytes_) return true;
    front = behind.subspan(rtmp::flv_tag_trailer_bytes);
  }
  return true;
}

// What is remembered

void RecordedFile::note(MediaRole role, std::uint32_t timestamp) {
  if (role == MediaRole::metadata) here_.metadata = next_;
  if (role == MediaRole::audio_header) here_.audio_header = next_;
  if (role == MediaRole::video_header) here_.video_header = next_;
  if (!is_frame(role)) return;
  has_video_ = has_video_ || is_video_frame(role);
  last_timestamp_ = std::max(last_timestamp_, timestamp);
  if ((last_ || leap_) && has_video_ && role != MediaRole::key_frame) return;
  here_.offset = next_;
  here_.timestamp = timestamp;
  last_ = here_;
  remember(here_);
}

void RecordedFile::remember(const FilePlace& place) {
  const auto is_apart = [this](const FilePlace& a, const FilePlace& b) {
    return b.timestamp >= a.timestamp + std::uint64_t{spacing_ms_};
  };
  const auto behind = std::ranges::upper_bound(places_, place.offset, {}, &FilePlace::offset);
  if (behind != places_.begin() && !is_apart(*std::prev(behind), place)) return;
  if (behind != places_.end() && !is_apart(place, *behind)) return;
  places_.insert(behind, place);
  if (places_.size() < file_places_max) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < places_.size(); i += 2) places_[kept++] = places_[i];
  places_.resize(kept);
  spacing_ms_ *= 2;
}

RecordedFile::SeekStep RecordedFile::end_of_search(std::uint32_t time) {
  if (time > last_timestamp_) return {.kind = SeekStep::Kind::behind_end, .timestamp = last_timestamp_};
  if (last_) return go_to(*last_);
  auto end = here_;  // there is no frame yet
  end.offset = next_;
  return go_to(end);
}

RecordedFile::SeekStep RecordedFile::go_to(const FilePlace& place) {
  SeekStep step{.kind = SeekStep::Kind::found, .timestamp = place.timestamp};
  for (auto tag : {metadata_of(place), tag_at(place.audio_header), tag_at(place.video_header)}) {
    if (tag) step.headers.push_back(*std::move(tag));
  }
  reader_ = rtmp::FlvReader::at_tag(place.offset, file_tag_bytes_max);
  read_offset_ = place.offset;
  read_fault_.reset();
  return step;
}

/// With the duration, if that is known; made up if the file has none.
std::optional<rtmp::FlvTag> RecordedFile::metadata_of(const FilePlace& place) {
  auto tag = tag_at(place.metadata);
  const auto duration = duration_s();
  if (!duration) return tag;
  if (!tag) {
    tag.emplace();
    tag->payload = rtmp::SharedBytes::copy_of(rtmp::flv_metadata(rtmp::AmfObject{}.with("duration", *duration)));
  } else if (const auto better = metadata_with(*duration, tag->payload.bytes())) {
    tag->payload = rtmp::SharedBytes::copy_of(*better);
  }
  return tag;
}

/// By the last tag, if the length behind it fits it; nobody knows how long a stream will be that is still coming.
std::optional<double> RecordedFile::duration_s() {
  constexpr double ms_per_s = 1'000;
  const auto bytes = bytes_of(file_);
  if (is_growing() || bytes < rtmp::flv_header_bytes + rtmp::flv_tag_header_bytes) return std::nullopt;
  const auto trailer = look_at(bytes - rtmp::flv_tag_trailer_bytes, rtmp::flv_tag_trailer_bytes);
  if (!trailer || trailer->size() < rtmp::flv_tag_trailer_bytes) return std::nullopt;
  const auto tag_bytes = ByteReader{*trailer}.u32().value_or(0) + std::uint64_t{rtmp::flv_tag_trailer_bytes};
  if (tag_bytes > bytes) return std::nullopt;
  const auto front = look_at(bytes - tag_bytes, rtmp::flv_tag_header_bytes);
  if (!front || front->size() < rtmp::flv_tag_header_bytes) return std::nullopt;
  const auto header = rtmp::parse_flv_tag_header(*front);
  const bool is_tag = rtmp::is_media(header.type) || rtmp::is_data(header.type);
  return is_tag && header.tag_bytes() == tag_bytes ? std::optional{header.timestamp / ms_per_s} : std::nullopt;
}

// Reading

/// So many bytes, or fewer if the file ends before; of a part of it that is kept, so that headers near each other cost
/// one call.
Result<Bytes> RecordedFile::look_at(std::uint64_t offset, std::size_t bytes) {
  const bool is_kept = offset >= window_offset_ && offset + bytes <= window_offset_ + window_used_;
  if (!is_kept) {
    window_.resize(file_window_bytes);
    const auto count = ::pread(file_.get(), window_.data(), window_.size(), static_cast<off_t>(offset));
    if (count < 0) return system_error("it cannot be read");
    window_offset_ = offset;
    window_used_ = static_cast<std::size_t>(count);
  }
  const auto kept = Bytes{window_}.first(window_used_).subspan(static_cast<std::size_t>(offset - window_offset_));
  return kept.first(std::min(bytes, kept.size()));
}

/// Nothing for offset 0, or if it is not whole.
std::optional<rtmp::FlvTag> RecordedFile::tag_at(std::uint64_t offset) {
  if (offset == 0) return std::nullopt;
  const auto front = look_at(offset, rtmp::flv_tag_header_bytes);
  if (!front || front->size() < rtmp::flv_tag_header_bytes) return std::nullopt;
  const auto tag_bytes = rtmp::parse_flv_tag_header(*front).tag_bytes();
  auto reader = rtmp::FlvReader::at_tag(offset, file_tag_bytes_max);
  Buffer piece(std::min<std::uint64_t>(tag_bytes, file_piece_bytes));
  for (;;) {
    const auto count = ::pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(offset));
    if (count <= 0) return std::nullopt;
    auto step = reader.read(Bytes{piece}.first(static_cast<std::size_t>(count)));
    if (!step) return std::nullopt;
    if (step->tag) {
      make_played(*step->tag);
      return std::move(step->tag);
    }
    offset += static_cast<std::uint64_t>(count);
  }
}

Result<RecordedFile::Piece> RecordedFile::read() {
  if (read_fault_) return *read_fault_;
  Piece piece;
  const bool may_grow = is_growing();  // before, so that nothing is missed that is written until it is whole
  Buffer bytes(file_piece_bytes);
  const auto count = ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(read_offset_));
  if (count < 0) return system_error("it cannot be read");
  if (count == 0) piece.end = may_grow ? Piece::End::waits : Piece::End::whole;
  read_offset_ += static_cast<std::uint64_t>(count);
  for (auto input = Bytes{bytes}.first(static_cast<std::size_t>(count)); !input.empty();) {
    auto step = reader_.read(input);
    if (!step) {
      read_fault_ = Error{rtmp::describe(step.error())};
      if (piece.tags.empty()) return *read_fault_;
      break;  // what stands in front of it first
    }
    input = input.subspan(step->used);
    if (!step->tag) continue;
    make_played(*step->tag);
    const bool is_played = rtmp::is_media(step->tag->type) || step->tag->type == rtmp::MessageType::data_amf0;
    if (is_played) piece.tags.push_back(*std::move(step->tag));
  }
  return piece;
}

}  // namespace labnet::rtmp_server
