// What a connection has to do with files that are played.
#include <algorithm>
#include <limits>
#include <utility>

#include "common/log/log.hpp"
#include "servers/rtmp/connection.hpp"

namespace labnet::rtmp_server {
namespace {

/// Of a number that a client has sent.
std::uint32_t milliseconds_of(double number) {
  constexpr double most = std::numeric_limits<std::uint32_t>::max();
  return number > 0 ? static_cast<std::uint32_t>(std::min(number, most)) : 0;
}

}  // namespace

/// Whether there may be a file that is meant. FFmpeg asks for a stream of any kind, and rtmpdump for a recording from
/// its beginning unless it is told that the stream is live.
bool Connection::may_be_recorded(const AppConfig& app) const {
  if (!app.files) return false;
  const auto source = play_asked_.play.source();
  if (source != rtmp::Play::Source::any) return source == rtmp::Play::Source::recorded;
  const auto stream = service_->streams->find(app.name, play_asked_.path.name);
  return !stream || !stream->is_published();
}

/// before  from where it is to go on; null: from what is asked for
void Connection::begin_recording(const AppConfig& app, const RecordingPlayer* before) {
  auto path = flv_file_of(play_asked_.path.name);
  if (!path) return play_live(describe(path.error()));
  // From here on, as those that only wait for the disk have something open, too.
  auto place = service_->file_players->enter(net::Quota::Key{});
  if (!place) return on_recording_refused("As many files are played as may be.");
  const auto& play = play_asked_.play;
  RecordingPlayer::Options options{.folder = service_->files.at(app.name),
                                   .place = *std::move(place),
                                   .path = *std::move(path),
                                   .start = before ? before->position() : milliseconds_of(play.start),
                                   .buffer_length = buffer_length_,
                                   .buffer_length_max = service_->config.limits.buffer_length_max};
  if (before) options.shift = before->shift();
  if (play.duration >= 0) options.duration = milliseconds_of(play.duration);
  recording_ = RecordingPlayer::begin(worker_, std::move(options), *this);
}

void Connection::stop_recording() {
  if (!recording_) return;
  recording_->stop();
  recording_.reset();
  phase_since_ = net::Clock::now();
}

void Connection::on_event(SeekAsked& asked) {
  if (recording_) return recording_->leap(milliseconds_of(asked.milliseconds));
  session_.refuse_seek(rtmp::status_code::seek_failed, "A live stream is played as it comes.");
}

void Connection::on_event(BufferLengthTold& told) {
  buffer_length_ = told.length;
  if (recording_) recording_->set_buffer(told.length);
}

// What the player of the file tells

void Connection::on_recording_begins() {
  ++counts_.plays;
  session_.accept_play(Session::Source::recorded);
  queue_output();
}

void Connection::on_recording_missing(std::string_view why) {
  stop_recording();
  play_live(why);
  queue_output();
  flush();
}

/// The name may be a key.
void Connection::on_recording_refused(std::string_view why) {
  if (may_log()) log::info("a file is not played", {{"peer", peer_}, {"app", play_asked_.path.app}, {"why", why}});
  stop_recording();
  refuse_play(rtmp::status_code::play_failed, why);
  queue_output();
  flush();
}

void Connection::on_recorded(const rtmp::FlvTag& tag, MediaRole role, std::uint32_t timestamp) {
  if (!wants(role)) return;
  const auto id = session_.play_stream_id();
  auto image = image_of(tag.type, tag.payload.bytes(), id, timestamp, service_->config.chunk_bytes);
  counts_.played_bytes += image.size();
  queue_.push_recorded(role, timestamp, std::move(image));
}

void Connection::on_leap(std::uint32_t asked_ms) {
  queue_.drop_media();
  session_.notify_of_seek(asked_ms);
  queue_output();
}

void Connection::on_recording_ends(const PlayedPart& part) {
  session_.notify_of_complete(part.duration_s, part.bytes);
  queue_output();
  flush();
}

void Connection::on_recording_breaks(std::string_view why) {
  if (may_log()) log::warning("a file is broken", {{"file", play_asked_.path.text()}, {"why", why}});
  stop_recording();
  session_.break_play(error_status(rtmp::status_code::play_file_structure_invalid, why));
  queue_output();
  flush();
}

}  // namespace labnet::rtmp_server
