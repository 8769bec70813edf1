#include "servers/rtmp/recording_player.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

namespace labnet::rtmp_server {
namespace {

/// In which a single picture must be found, or the first of anything is taken.
constexpr std::uint32_t picture_within_ms = 1'000;

/// There is no file for the name, or none that may be played.
bool is_of_name(int error_number) {
  constexpr std::array numbers{ENOENT, ENOTDIR, ENAMETOOLONG, EXDEV, ELOOP, EISDIR, EINVAL, EACCES};
  return std::ranges::find(numbers, error_number) != numbers.end();
}

}  // namespace

std::shared_ptr<RecordingPlayer> RecordingPlayer::begin(net::Worker& worker, Options options,
                                                        RecordingListener& listener) {
  auto made = std::make_shared<RecordingPlayer>(worker, std::move(options), listener);
  worker.spawn(made->run());
  return made;
}

RecordingPlayer::RecordingPlayer(net::Worker& worker, Options options, RecordingListener& listener)
    : worker_{worker}, options_{std::move(options)}, listener_{&listener}, wakeup_{worker.executor()} {
  set_buffer(options_.buffer_length);
}

void RecordingPlayer::stop() {
  listener_ = nullptr;
  is_stopped_ = true;
  wakeup_.wake();
}

void RecordingPlayer::set_paused(bool is_paused) {
  is_paused_ = is_paused;
  is_paused ? pace_.pause(net::Clock::now()) : pace_.resume(net::Clock::now());
  wakeup_.wake();
}

void RecordingPlayer::leap(std::uint32_t time_ms) {
  leap_to_ = time_ms;
  wakeup_.wake();
}

void RecordingPlayer::set_buffer(std::chrono::milliseconds length) {
  const auto longest = std::max(options_.buffer_length_max, buffer_length_min);
  pace_.set_buffer(std::clamp(length, buffer_length_min, longest));
  wakeup_.wake();
}

net::Task<void> RecordingPlayer::run() {
  const auto self = shared_from_this();
  const auto is_open = co_await open();
  while (is_open && listener_ != nullptr) co_await play_next();
}

net::Task<bool> RecordingPlayer::open() {
  const auto open_file = [this]() -> files::FileResult<RecordedFile> {
    if (is_stopped_) return boost::system::errc::make_error_code(boost::system::errc::operation_canceled);
    return RecordedFile::open(options_.folder, options_.path);
  };
  auto opened = co_await worker_.run_blocking(open_file);
  if (listener_ == nullptr) co_return false;
  if (!opened && is_of_name(opened.error().value())) {
    listener_->on_recording_missing("There is no such stream, and no such file.");
    co_return false;
  }
  if (!opened) {
    listener_->on_recording_refused(opened.error().message());
    co_return false;
  }
  file_.emplace(*std::move(opened));
  const auto place = co_await seek(options_.start);
  if (listener_ == nullptr) co_return false;
  if (!place) {
    listener_->on_recording_breaks(place.error().message);
    co_return false;
  }
  if (place->kind == RecordedFile::SeekStep::Kind::behind_end) {
    listener_->on_recording_refused("The file ends before that.");
    co_return false;
  }
  listener_->on_recording_begins();
  begin_part(*place, options_.shift.value_or(options_.start == 0 ? 0 : place->timestamp));
  co_return true;
}

/// A part of the way after the other, so that others have the thread in between. goes_on: nobody wants to know any
/// more.
net::Task<Result<RecordedFile::SeekStep>> RecordingPlayer::seek(std::uint32_t time) {
  const auto step_of_way = [this, time] {
    const auto until = net::Clock::now() + file_search_slice;
    const auto is_over = [this, until] {
      return is_stopped_ || (worker_.is_thread_wanted() && net::Clock::now() >= until);
    };
    return file_->seek(time, is_over);
  };
  for (;;) {
    auto step = co_await worker_.run_blocking(step_of_way);
    const bool goes_on = step && step->kind == RecordedFile::SeekStep::Kind::goes_on;
    if (!goes_on || listener_ == nullptr || leap_to_) co_return step;
  }
}

net::Task<void> RecordingPlayer::play_next() {
  if (leap_to_) {
    co_await take_leap();
  } else if (is_paused_ || has_ended_) {
    co_await wakeup_.wait(net::Clock::time_point::max());
  } else if (listener_->waiting_bytes() > file_waiting_bytes_max) {
    co_await wakeup_.wait(net::Clock::now() + file_room_interval);
  } else if (!tags_.empty()) {
    const auto next = give_what_is_due();
    if (next) co_await wakeup_.wait(*next);
  } else if (is_read_) {
    end_part();
  } else {
    co_await read();
  }
}

net::Task<void> RecordingPlayer::take_leap() {
  const auto asked = *std::exchange(leap_to_, std::nullopt);
  auto place = co_await seek(asked);
  const bool is_behind_end = place && place->kind == RecordedFile::SeekStep::Kind::behind_end;
  if (is_behind_end && listener_ != nullptr) place = co_await seek(place->timestamp);
  if (listener_ == nullptr) co_return;
  if (!place) co_return listener_->on_recording_breaks(place.error().message);
  if (place->kind != RecordedFile::SeekStep::Kind::found) co_return;
  listener_->on_leap(asked);
  // FFmpeg would take metadata that do not stand at the beginning for a stream of subtitles.
  std::erase_if(place->headers, [](const rtmp::FlvTag& header) { return rtmp::is_data(header.type); });
  begin_part(*place, 0);
}

/// Headers have the time of what follows, as with live streams.
void RecordingPlayer::begin_part(const RecordedFile::SeekStep& place, std::uint32_t shift) {
  shift_ = shift;
  tags_.clear();
  is_read_ = has_ended_ = false;
  grew_ = net::Clock::now();
  pace_.begin(grew_, place.timestamp);
  part_begins_ = place.timestamp;
  part_bytes_ = 0;
  for (const auto& header : place.headers) give(header, role_of(header.type, header.payload.bytes()), place.timestamp);
  listener_->flush();
}

/// When the next one is; nothing if there is none, or if it has to wait for something else.
std::optional<net::Clock::time_point> RecordingPlayer::give_what_is_due() {
  const auto now = net::Clock::now();
  std::optional<net::Clock::time_point> next;
  while (!tags_.empty() && listener_->waiting_bytes() <= file_waiting_bytes_max) {
    const auto& tag = tags_.front();
    if (const auto due = pace_.due(tag.timestamp); due > now) {
      next = due + file_pace_step;
      break;
    }
    const auto role = role_of(tag.type, tag.payload.bytes());
    const bool is_last = is_picture_asked_for(role, tag.timestamp);
    if (!is_last && is_behind_what_is_asked_for(tag.timestamp)) {
      end_part();
      break;
    }
    pace_.sent(tag.timestamp);
    give(tag, role, tag.timestamp);
    tags_.pop_front();
    if (is_last) {
      end_part();
      break;
    }
  }
  listener_->flush();
  return next;
}

void RecordingPlayer::give(const rtmp::FlvTag& tag, MediaRole role, std::uint32_t timestamp) {
  part_bytes_ += tag.payload.size();
  // Sound that stands a little behind pictures of a later time would be before the beginning.
  const auto shifted = static_cast<std::int32_t>(timestamp - shift_);
  listener_->on_recorded(tag, role, shift_ > 0 && shifted < 0 ? 0 : timestamp - shift_);
}

bool RecordingPlayer::is_picture_asked_for(MediaRole role, std::uint32_t timestamp) const {
  return options_.duration == 0U && is_video_frame(role) && timestamp >= options_.start;
}

bool RecordingPlayer::is_behind_what_is_asked_for(std::uint32_t timestamp) const {
  if (!options_.duration) return false;
  const auto duration = *options_.duration == 0 ? picture_within_ms : *options_.duration;
  return timestamp >= std::uint64_t{options_.start} + duration;
}

net::Task<void> RecordingPlayer::read() {
  auto piece = co_await worker_.run_blocking([this] { return file_->read(); });
  if (listener_ == nullptr) co_return;
  if (!piece) co_return listener_->on_recording_breaks(piece.error().message);
  const auto now = net::Clock::now();
  if (!piece->tags.empty()) grew_ = now;
  std::ranges::move(piece->tags, std::back_inserter(tags_));
  const bool waits = piece->end == RecordedFile::Piece::End::waits;
  is_read_ = piece->end == RecordedFile::Piece::End::whole || (waits && now - grew_ > file_growth_timeout);
  if (waits && !is_read_) co_await wakeup_.wait(now + file_growth_interval);
}

void RecordingPlayer::end_part() {
  constexpr double ms_per_s = 1'000;
  has_ended_ = true;
  tags_.clear();
  const auto ms = static_cast<std::int32_t>(pace_.last() - part_begins_);
  listener_->on_recording_ends({ms / ms_per_s, static_cast<double>(part_bytes_)});
}

}  // namespace labnet::rtmp_server
