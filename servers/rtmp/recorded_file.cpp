#include "servers/rtmp/recorded_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
constexpr std::size_t window_bytes = 4'096;

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
    : folder_{std::move(folder)},
      partial_{std::move(partial)},
      file_{std::move(file)},
      spacing_ms_{spacing_ms_first},
      window_(window_bytes) {}

/// As long as it has the name of what is not whole.
bool RecordedFile::is_growing() const {
  if (partial_.empty()) return false;
  struct stat own {};
  const auto named = folder_.status(partial_);
  return named && ::fstat(file_.get(), &own) == 0 && named->inode == own.st_ino;
}

// Where a position is

Result<RecordedFile::SeekStep> RecordedFile::seek(std::uint32_t time) {
  if (next_ == 0) {
    const auto begun = begin_search();
    if (!begun) return begun.error();
  }
  search_from(time);
  bytes_ = bytes_of(file_);
  for (std::size_t i = 0; i < file_search_tags_max; ++i) {
    // The first message of all, be it a sound in front of a key frame of the same time: nothing is left out.
    if (!places_.empty() && time <= places_.front().timestamp) return go_to(places_.front());
    const auto passed = pass_tag(time);
    if (!passed) return passed.error();
    if (*passed == Passed::nothing) return end_of_search(time);
    if (*passed == Passed::behind) return go_to(*last_);
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
  if (is_frame(role) && last_ && header.timestamp > time) return Passed::behind;
  note(role, header.timestamp);
  next_ = end;
  return Passed::tag;
}

void RecordedFile::note(MediaRole role, std::uint32_t timestamp) {
  if (role == MediaRole::metadata) here_.metadata = next_;
  if (role == MediaRole::audio_header) here_.audio_header = next_;
  if (role == MediaRole::video_header) here_.video_header = next_;
  if (!is_frame(role)) return;
  has_video_ = has_video_ || is_video_frame(role);
  last_timestamp_ = std::max(last_timestamp_, timestamp);
  if (last_ && has_video_ && role != MediaRole::key_frame) return;
  here_.offset = next_;
  here_.timestamp = timestamp;
  last_ = here_;
  remember(here_);
}

void RecordedFile::remember(const FilePlace& place) {
  if (!places_.empty()) {
    const auto& before = places_.back();
    if (place.offset <= before.offset || place.timestamp < before.timestamp + std::uint64_t{spacing_ms_}) return;
  }
  places_.push_back(place);
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
    const auto count = ::pread(file_.get(), window_.data(), window_.size(), static_cast<off_t>(offset));
    if (count < 0) return system_error("it cannot be read");
    window_offset_ = offset;
    window_used_ = static_cast<std::size_t>(count);
  }
  const auto kept = Bytes{window_}.first(window_used_).subspan(static_cast<std::size_t>(offset - window_offset_));
  return kept.first(std::min(bytes, kept.size()));
}

/// Nothing for offset 0, or if it is not whole.
std::optional<rtmp::FlvTag> RecordedFile::tag_at(std::uint64_t offset) const {
  if (offset == 0) return std::nullopt;
  auto reader = rtmp::FlvReader::at_tag(offset, file_tag_bytes_max);
  Buffer piece(window_bytes);
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
