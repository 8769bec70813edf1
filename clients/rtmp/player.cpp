#include "clients/rtmp/player.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "clients/rtmp/clock_data.hpp"
#include "common/rtmp/aggregate.hpp"

namespace labnet::rtmp_client {

using rtmp::MessageType;

std::string_view describe(PlayEnd end) {
  switch (end) {
    case PlayEnd::stream_ended:
      return "the stream ended";
    case PlayEnd::connection_closed:
      return "the server closed the connection";
    case PlayEnd::silence:
      return "nothing came any more";
    case PlayEnd::time_over:
      return "that was long enough";
    case PlayEnd::stopped:
      break;
  }
  return "stopped";
}

std::chrono::milliseconds PlayReport::stream_time() const {
  if (!first_timestamp) return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{*last_timestamp - *first_timestamp};
}

Player::Player(Session& session, PlayOptions options, Clock::time_point began, Recording* recording)
    : session_{session}, options_{options}, began_{began}, recording_{recording} {
  report_.handshake = session.connection().handshake();
  report_.server_version = session.server_version();
}

void Player::stop() {
  is_stopped_ = true;
  session_.connection().interrupt();
}

Task<Result<PlayReport>> Player::run() {
  const auto watched = co_await watch();
  // Where nothing came there is no file either.
  if (recording_ != nullptr && report_.first_message) {
    const auto kept = co_await recording_->finish();
    if (!kept) co_return kept.error();
  }
  if (!watched) co_return watched.error();
  if (report_.end != PlayEnd::connection_closed) co_await session_.end_playing();
  co_return report_;
}

Task<Result<void>> Player::watch() {
  auto& connection = session_.connection();
  std::optional<Clock::time_point> until;
  report_.end = PlayEnd::stopped;
  while (!is_stopped_) {
    const auto silent_until = net::deadline_after(options_.silence_max);
    const auto message = co_await session_.next(until ? std::min(*until, silent_until) : silent_until);
    if (is_stopped_) break;
    const bool was_late = !message && connection.was_late();
    if (was_late && !report_.first_message) {
      co_return Error{fmt::format("nothing has come for {} s: does anybody publish it?",
                                  std::chrono::floor<std::chrono::seconds>(options_.silence_max).count())};
    }
    if (was_late) {
      report_.end = until && Clock::now() >= *until ? PlayEnd::time_over : PlayEnd::silence;
      break;
    }
    if (!message) co_return message.error();
    if (!*message && !report_.first_message) {
      co_return Error{"the server closed the connection, and nothing has come"};
    }
    if (!*message) {
      report_.end = PlayEnd::connection_closed;
      break;
    }
    const auto goes_on = co_await take(**message);
    if (!goes_on) co_return goes_on.error();
    if (!*goes_on) {
      report_.end = is_time_over_ ? PlayEnd::time_over : PlayEnd::stream_ended;
      break;
    }
    const bool counts_clock = options_.is_load || !session_.is_recorded();
    if (!until && options_.duration_max && counts_clock && report_.first_message)
      until = Clock::now() + *options_.duration_max;
    if ((until && Clock::now() >= *until) || (options_.until_known && is_known())) {
      report_.end = PlayEnd::time_over;
      break;
    }
  }
  co_return Result<void>{};
}

/// False at the stream's end, and at the end of what is wanted of a recording.
Task<Result<bool>> Player::take(const rtmp::Message& message) {
  const auto type = message.header.type;
  if (rtmp::is_media(type) && is_behind_duration(message)) {
    is_time_over_ = true;
    co_return false;
  }
  if (rtmp::is_media(type)) {
    const auto taken = co_await take_media(message);
    if (!taken) co_return taken.error();
  } else if (rtmp::is_data(type)) {
    const auto taken = co_await take_data(message);
    if (!taken) co_return taken.error();
  } else if (type == MessageType::aggregate) {
    rtmp::AggregateReader reader{message};
    for (;;) {
      const auto part = reader.next();
      if (!part) co_return Error{std::string{rtmp::describe(part.error())}};
      if (!*part) break;
      const auto taken = co_await take(**part);
      if (!taken || !*taken) co_return taken;
    }
  } else if (is_end(message)) {
    if (refusal_) co_return *refusal_;
    co_return false;
  }
  co_return true;
}

bool Player::is_behind_duration(const rtmp::Message& message) const {
  if (options_.is_load || !session_.is_recorded() || !options_.duration_max || !report_.first_timestamp) return false;
  const auto time = static_cast<std::int32_t>(message.header.timestamp - *report_.first_timestamp);
  return std::chrono::milliseconds{time} >= *options_.duration_max;
}

bool Player::is_end(const rtmp::Message& message) {
  if (message.header.type == MessageType::user_control) {
    const auto control = rtmp::parse_control(message);
    const auto* const event = control ? std::get_if<rtmp::UserControl>(&*control) : nullptr;
    return event != nullptr && event->event == rtmp::UserEvent::stream_eof && event->value == session_.stream_id();
  }
  if (!rtmp::is_command(message.header.type)) return false;
  const auto command = rtmp::parse_command(message);
  if (!command) return false;
  if (command->name == rtmp::command_name::close) return true;
  const auto status = rtmp::status_of(*command);
  if (command->name != rtmp::command_name::on_status || !status) return false;
  if (status->is_error()) {
    refusal_ = Error{fmt::format("the server ends it: {}", to_text(*status))};
    return true;
  }
  return status->code == rtmp::status_code::play_stop || status->code == rtmp::status_code::play_complete ||
         status->code == rtmp::status_code::play_unpublish_notify;
}

void Player::note_time(const rtmp::Message& message) {
  const auto now = Clock::now();
  if (!report_.first_message) {
    report_.first_message = now - began_;
  } else {
    report_.silence_max = std::max<PlayReport::Duration>(report_.silence_max, now - last_at_);
  }
  last_at_ = now;
  const auto timestamp = message.header.timestamp;
  if (!report_.first_timestamp) report_.first_timestamp = report_.last_timestamp = timestamp;
  const auto ahead = static_cast<std::int32_t>(timestamp - *report_.last_timestamp);
  if (ahead > 0) report_.last_timestamp = timestamp;
}

void Player::count_video(const rtmp::Message& message) {
  const auto tag = rtmp::video_tag_of(message.bytes());
  if (tag.part == rtmp::MediaPart::empty) return;
  if (report_.video_codec.empty()) report_.video_codec = rtmp::codec_name(tag);
  if (tag.part != rtmp::MediaPart::frames) return;
  if (++report_.video_messages == 1) report_.begins_with_key_frame = tag.is_key_frame;
  if (!tag.is_key_frame) return;
  ++report_.key_frames;
  if (!report_.first_key_frame) report_.first_key_frame = Clock::now() - began_;
  if (last_key_frame_) {
    const PlayReport::Duration interval = std::chrono::milliseconds{message.header.timestamp - *last_key_frame_};
    report_.key_frame_interval = std::max(report_.key_frame_interval.value_or(interval), interval);
  }
  last_key_frame_ = message.header.timestamp;
}

Task<Result<void>> Player::take_media(const rtmp::Message& message) {
  note_time(message);
  if (message.header.type == MessageType::video) {
    report_.video_bytes += message.payload.size();
    count_video(message);
  } else {
    const auto tag = rtmp::audio_tag_of(message.bytes());
    report_.audio_bytes += message.payload.size();
    if (tag.part == rtmp::MediaPart::frames) ++report_.audio_messages;
    if (report_.audio_codec.empty() && tag.part != rtmp::MediaPart::empty) report_.audio_codec = rtmp::codec_name(tag);
  }
  return keep(message, message.bytes());
}

Task<Result<void>> Player::take_data(const rtmp::Message& message) {
  ++report_.data_messages;
  const auto payload = rtmp::played_data(message.header.type, message.bytes());
  const auto data = rtmp::parse_data(MessageType::data_amf0, payload);
  const bool is_metadata = rtmp::is_metadata(payload);
  if (data && is_metadata && !data->values.empty() && data->values.front().object() != nullptr) {
    report_.metadata = rtmp::metadata_of(*data->values.front().object());
  }
  if (const auto told = data ? clock_of(*data) : std::nullopt) {
    const PlayReport::Duration age = std::chrono::system_clock::now() - *told;
    if (!report_.latency) report_.latency = PlayReport::Latency{.least = age, .greatest = age};
    auto& latency = *report_.latency;
    latency.least = std::min(latency.least, age);
    latency.greatest = std::max(latency.greatest, age);
    latency.sum += age;
    ++latency.count;
  }
  // What is for this player is no part of the stream.
  if (data && rtmp::is_about_play(data->name)) co_return Result<void>{};
  co_return co_await keep(message, payload);
}

Task<Result<void>> Player::keep(const rtmp::Message& message, Bytes payload) {
  if (recording_ == nullptr) co_return Result<void>{};
  const auto type = rtmp::is_data(message.header.type) ? MessageType::data_amf0 : message.header.type;
  co_return co_await recording_->add(type, message.header.timestamp, payload);
}

/// Two key frames tell how far they are apart; a stream of sound alone has none.
bool Player::is_known() const {
  constexpr std::uint64_t sounds_without_a_frame = 100;
  if (report_.video_messages == 0) return report_.audio_messages >= sounds_without_a_frame;
  return report_.key_frames >= 2;
}

}  // namespace labnet::rtmp_client
