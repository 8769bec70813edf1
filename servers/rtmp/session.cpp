#include "servers/rtmp/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "servers/rtmp/limits.hpp"

namespace labnet::rtmp_server {
namespace {

SessionFault fault(SessionFault::Kind kind, std::string_view detail = {}) {
  return {kind, std::string{detail}};
}

}  // namespace

std::string describe(const SessionFault& fault) {
  using Kind = SessionFault::Kind;
  switch (fault.kind) {
    case Kind::handshake:
      return fmt::format("there is no handshake: {}", fault.detail);
    case Kind::chunk:
      return fmt::format("chunks are broken: {}", fault.detail);
    case Kind::command:
      return fmt::format("a command cannot be read: {}", fault.detail);
    case Kind::aggregate:
      return fmt::format("an aggregate message is broken: {}", fault.detail);
    case Kind::not_connected:
      return fmt::format("{} comes before connect", fault.detail);
    case Kind::connected_twice:
      return "connect comes twice";
  }
  return {};
}

Session::Session(const SessionOptions& options, rtmp::HandshakeSeed seed, std::uint32_t time_ms)
    : options_{options}, handshake_{std::make_unique<rtmp::ServerHandshake>(seed, time_ms)}, reader_{options.chunks} {}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

// Reading

Result<Session::Step, SessionFault> Session::read(Bytes input) {
  if (is_closing_) return Step{input.size()};
  if (aggregate_) {
    auto event = next_of_aggregate();
    if (!event) return event.error();
    if (!std::holds_alternative<std::monostate>(*event)) return Step{0, *std::move(event)};
  }
  return state_ == State::handshake ? read_handshake(input) : read_chunks(input);
}

Result<Session::Step, SessionFault> Session::read_handshake(Bytes input) {
  const auto used = handshake_->read(input, output_);
  if (!used) return fault(SessionFault::Kind::handshake, rtmp::describe(used.error()));
  if (handshake_->is_done()) {
    handshake_kind_ = handshake_->kind();
    handshake_.reset();
    state_ = State::waits_for_connect;
  }
  return Step{*used};
}

Result<Session::Step, SessionFault> Session::read_chunks(Bytes input) {
  Step step;
  while (step.used < input.size() && !is_closing_) {
    auto read = reader_.read(input.subspan(step.used));
    if (!read) return fault(SessionFault::Kind::chunk, rtmp::describe(read.error()));
    step.used += read->used;
    if (const auto due = received_.add(read->used)) send(rtmp::to_message(*due));
    if (!read->message) continue;
    auto event = take(*std::move(read->message));
    if (!event) return event.error();
    step.event = *std::move(event);
    if (!std::holds_alternative<std::monostate>(step.event)) break;
  }
  return step;
}

Session::Outcome Session::take(rtmp::Message message) {
  const auto type = message.header.type;
  if (rtmp::is_control(type)) return take_control(message);
  if (rtmp::is_command(type)) return take_command(message);
  if (state_ != State::connected) return fault(SessionFault::Kind::not_connected, rtmp::describe(type));
  if (rtmp::is_media(type)) return take_media(std::move(message));
  if (rtmp::is_data(type)) return take_data(std::move(message));
  if (type != rtmp::MessageType::aggregate) return SessionEvent{};  // shared objects and the like
  aggregate_.emplace(message);
  return next_of_aggregate();
}

Session::Outcome Session::next_of_aggregate() {
  while (aggregate_) {
    auto message = aggregate_->next();
    if (!message) {
      aggregate_.reset();
      return fault(SessionFault::Kind::aggregate, rtmp::describe(message.error()));
    }
    if (!*message) {
      aggregate_.reset();
      break;
    }
    const auto type = (*message)->header.type;
    if (!rtmp::is_media(type) && !rtmp::is_data(type)) continue;  // nobody sends anything else so
    auto event = rtmp::is_media(type) ? take_media(**std::move(message)) : take_data(**std::move(message));
    if (!event || !std::holds_alternative<std::monostate>(*event)) return event;
  }
  return SessionEvent{};
}

Session::Outcome Session::take_control(const rtmp::Message& message) {
  const auto control = rtmp::parse_control(message);
  if (!control) return SessionEvent{};  // what the chunks need of it, their reader has seen to
  if (const auto* window = std::get_if<rtmp::WindowAcknowledgementSize>(&*control)) {
    received_.set_window(window->bytes);
  } else if (const auto* user = std::get_if<rtmp::UserControl>(&*control)) {
    if (user->event == rtmp::UserEvent::ping_request) send_event(rtmp::UserEvent::ping_response, user->value);
    // Of whatever stream: librtmp says it before it knows which one it will play.
    if (user->event == rtmp::UserEvent::set_buffer_length) {
      return SessionEvent{BufferLengthTold{std::chrono::milliseconds{user->buffer_ms}}};
    }
  }
  return SessionEvent{};
}

Session::Outcome Session::take_media(rtmp::Message message) {
  // What is on its way when a stream ends, or was never begun, is nobody's.
  if (publish_stream_ == 0 || message.header.stream_id != publish_stream_) return SessionEvent{};
  return SessionEvent{MediaCame{std::move(message)}};
}

Session::Outcome Session::take_data(rtmp::Message message) {
  if (publish_stream_ == 0 || message.header.stream_id != publish_stream_) return SessionEvent{};
  const auto type = message.header.type;
  if (rtmp::is_clear_data_frame(type, message.bytes())) return SessionEvent{MetadataCleared{}};
  const auto whole = message.bytes();
  const auto played = rtmp::played_data(type, whole);
  message.payload = message.payload.part(static_cast<std::size_t>(played.data() - whole.data()), played.size());
  message.header.type = rtmp::MessageType::data_amf0;
  return SessionEvent{MediaCame{std::move(message)}};
}

// Writing

void Session::send(const rtmp::Command& command, std::uint32_t stream_id) {
  send(rtmp::to_message(command, stream_id));
}

void Session::send_status(std::uint32_t stream_id, std::string_view code, std::string description) {
  send(rtmp::on_status({.code = std::string{code}, .description = std::move(description)}), stream_id);
}

void Session::send_event(rtmp::UserEvent event, std::uint32_t value) {
  send(rtmp::to_message(rtmp::UserControl{event, value}));
}

/// On another chunk stream than what all players share, which is no writer's.
void Session::send_data(rtmp::Message message) {
  message.header.chunk_stream_id = rtmp::chunk_stream::status;
  send(message);
}

void Session::close_with(std::uint32_t stream_id, const rtmp::Status& status) {
  send(rtmp::on_status(status), stream_id);
  is_closing_ = true;
}

void Session::accept_connect() {
  using Limit = rtmp::SetPeerBandwidth::Limit;
  send(rtmp::to_message(rtmp::WindowAcknowledgementSize{options_.window_bytes}));
  send(rtmp::to_message(rtmp::SetPeerBandwidth{options_.window_bytes, Limit::dynamic}));
  send(rtmp::to_message(rtmp::SetChunkSize{options_.chunk_bytes}));
  send(rtmp::connect_result(connect_transaction_, connect_reply_));
  state_ = State::connected;
}

void Session::refuse_connect(const rtmp::Status& status) {
  send(rtmp::error_result(connect_transaction_, status));
  is_closing_ = true;
}

void Session::accept_publish() {
  send_event(rtmp::UserEvent::stream_begin, publish_stream_);
  send_status(publish_stream_, rtmp::status_code::publish_start, publish_name_ + " is now published.");
}

void Session::refuse_publish(const rtmp::Status& status) {
  close_with(std::exchange(publish_stream_, 0), status);
}

void Session::end_publish(const rtmp::Status& status) {
  close_with(std::exchange(publish_stream_, 0), status);
}

void Session::accept_play(Source source) {
  if (source == Source::recorded) send_event(rtmp::UserEvent::stream_is_recorded, play_stream_);
  send_event(rtmp::UserEvent::stream_begin, play_stream_);
  if (play_resets_) {
    send_status(play_stream_, rtmp::status_code::play_reset, "Playing and resetting " + play_name_ + ".");
  }
  send_status(play_stream_, rtmp::status_code::play_start, "Started playing " + play_name_ + ".");
  send_data(rtmp::sample_access(play_stream_));
}

void Session::refuse_play(const rtmp::Status& status) {
  send(rtmp::on_status(status), std::exchange(play_stream_, 0));
}

void Session::notify_of_begin() {
  send_event(rtmp::UserEvent::stream_begin, play_stream_);
  send_status(play_stream_, rtmp::status_code::play_publish_notify, play_name_ + " is now published.");
}

void Session::notify_of_end() {
  send_event(rtmp::UserEvent::stream_eof, play_stream_);
  send_status(play_stream_, rtmp::status_code::play_unpublish_notify, play_name_ + " is now unpublished.");
}

/// Without a Stream EOF in front, which Flash's own servers send: GStreamer and others take that for the end.
void Session::notify_of_seek(std::uint32_t milliseconds) {
  send_event(rtmp::UserEvent::stream_is_recorded, play_stream_);
  send_event(rtmp::UserEvent::stream_begin, play_stream_);
  send_status(play_stream_, rtmp::status_code::seek_notify, fmt::format("Seeking {} in {}.", milliseconds, play_name_));
  send_status(play_stream_, rtmp::status_code::play_start, "Started playing " + play_name_ + ".");
}

/// No error, which FFmpeg would take for the end.
void Session::refuse_seek(std::string_view code, std::string description) {
  refuse_seek(play_stream_, code, std::move(description));
}

void Session::refuse_seek(std::uint32_t stream_id, std::string_view code, std::string description) {
  const rtmp::Status status{.level = "warning", .code = std::string{code}, .description = std::move(description)};
  send(rtmp::on_status(status), stream_id);
}

void Session::notify_of_complete(double duration_s, double bytes) {
  send_data(rtmp::play_complete(play_stream_, duration_s, bytes));
  send_event(rtmp::UserEvent::stream_eof, play_stream_);
  send_status(play_stream_, rtmp::status_code::play_stop, "Stopped playing " + play_name_ + ".");
}

void Session::break_play(const rtmp::Status& status) {
  send_event(rtmp::UserEvent::stream_eof, play_stream_);
  refuse_play(status);
}

void Session::ping(std::uint32_t time_ms) {
  send_event(rtmp::UserEvent::ping_request, time_ms);
}

}  // namespace labnet::rtmp_server
