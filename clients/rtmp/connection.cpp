#include "clients/rtmp/connection.hpp"

#include <fmt/format.h>

#include "common/net/random.hpp"
#include "common/rtmp/media.hpp"

namespace labnet::rtmp_client {

using rtmp::MessageType;

namespace {

std::string size_text(const rtmp::Message& message) {
  return fmt::format("{} bytes at {} ms", message.payload.size(), message.header.timestamp);
}

std::string media_text(const rtmp::Message& message) {
  if (message.header.type == MessageType::audio) {
    const auto tag = rtmp::audio_tag_of(message.bytes());
    if (tag.part != rtmp::MediaPart::sequence_header) return {};
    return fmt::format("Audio Data: {} sequence header, {}", rtmp::codec_name(tag), size_text(message));
  }
  const auto tag = rtmp::video_tag_of(message.bytes());
  if (tag.part == rtmp::MediaPart::sequence_end)
    return fmt::format("Video Data: end of sequence, {}", size_text(message));
  if (tag.part != rtmp::MediaPart::sequence_header) return {};
  return fmt::format("Video Data: {} sequence header, {}", rtmp::codec_name(tag), size_text(message));
}

}  // namespace

std::string to_text(const rtmp::Message& message) {
  const auto type = message.header.type;
  if (rtmp::is_control(type)) {
    const auto control = rtmp::parse_control(message);
    return control ? rtmp::describe(*control) : std::string{rtmp::describe(control.error())};
  }
  if (rtmp::is_command(type)) {
    const auto command = rtmp::parse_command(message);
    return command ? rtmp::to_text(*command) : rtmp::describe(command.error());
  }
  if (rtmp::is_data(type)) {
    const auto data = rtmp::parse_data(type, message.bytes());
    return data ? rtmp::to_text(*data) : rtmp::describe(data.error());
  }
  if (rtmp::is_media(type)) return media_text(message);
  return fmt::format("{}, {}", rtmp::describe(type), size_text(message));
}

Error Connection::fault_of(net::StreamFault fault) const {
  return Error{fmt::format("{}: {}", net::to_string(transport_->peer()), transport_->explain(fault))};
}

Task<Result<void>> Connection::shake_hands(rtmp::HandshakeKind offered, Timeout timeout) {
  const auto until = net::deadline_after(timeout);
  rtmp::ClientHandshake handshake{offered, net::random_number<rtmp::HandshakeSeed>(), 0};
  handshake.start(output_);
  while (!handshake.is_done()) {
    const auto written = co_await flush(timeout);
    if (!written) co_return written.error();
    const auto count = co_await transport_->read_some(input_, until);
    if (!count) {
      if (count.error() == net::StreamFault::deadline) {
        co_return Error{fmt::format("{}: no RTMP handshake came in time", net::to_string(transport_->peer()))};
      }
      if (unread_.data() == nullptr) spoken_ = Spoken::nothing;
      co_return fault_of(count.error());
    }
    unread_ = Bytes{input_}.first(*count);
    received_.add(*count);
    const auto used = handshake.read(unread_, output_);
    if (!used) {
      if (used.error() == rtmp::HandshakeFault::tls) spoken_ = Spoken::tls;
      if (used.error() == rtmp::HandshakeFault::http) spoken_ = Spoken::http;
      co_return Error{fmt::format("{}: {}", net::to_string(transport_->peer()), rtmp::describe(used.error()))};
    }
    unread_ = unread_.subspan(*used);
  }
  handshake_ = handshake.kind();
  observer_.on_handshake(handshake_);
  co_return Result<void>{};
}

void Connection::queue(const rtmp::Message& message) {
  writer_.write(message, output_);
  const auto type = message.header.type;
  if (type == MessageType::window_acknowledgement_size) {
    if (const auto control = rtmp::parse_control(message)) {
      said_window_ = std::get<rtmp::WindowAcknowledgementSize>(*control).bytes;
    }
  }
  if (const auto text = to_text(message); !text.empty()) observer_.on_sent(text);
}

Task<Result<void>> Connection::flush(Timeout stall_timeout) {
  while (!output_.empty()) {
    const auto bytes = std::exchange(output_, {});
    const auto written = co_await transport_->write_steadily(bytes, stall_timeout);
    if (!written) co_return fault_of(written.error());
  }
  co_return Result<void>{};
}

Task<Result<std::optional<rtmp::Message>>> Connection::next(Clock::time_point until) {
  was_late_ = false;
  for (;;) {
    while (!unread_.empty()) {
      auto step = reader_.read(unread_);
      if (!step) {
        co_return Error{fmt::format("{}: {}", net::to_string(transport_->peer()), rtmp::describe(step.error()))};
      }
      unread_ = unread_.subspan(step->used);
      if (!step->message) continue;
      if (const auto text = to_text(*step->message); !text.empty()) observer_.on_received(text);
      if (rtmp::is_control(step->message->header.type)) answer(*step->message);
      co_return std::move(step->message);
    }
    const auto count = co_await transport_->read_some(input_, until);
    if (!count) {
      const auto fault = count.error();
      if (fault == net::StreamFault::closed || fault == net::StreamFault::truncated) {
        co_return std::optional<rtmp::Message>{};
      }
      was_late_ = fault == net::StreamFault::deadline;
      co_return fault_of(fault);
    }
    unread_ = Bytes{input_}.first(*count);
    if (const auto due = received_.add(*count)) queue(*due);
  }
}

void Connection::answer(const rtmp::Message& message) {
  const auto control = rtmp::parse_control(message);
  if (!control) return observer_.on_notice(rtmp::describe(control.error()));
  if (const auto* const window = std::get_if<rtmp::WindowAcknowledgementSize>(&*control)) {
    received_.set_window(window->bytes);
    server_window_ = window->bytes;
  } else if (const auto* const bandwidth = std::get_if<rtmp::SetPeerBandwidth>(&*control)) {
    const bool is_known = !answers_bandwidth_ || said_window_ == bandwidth->bytes;
    if (!is_known) queue(rtmp::WindowAcknowledgementSize{bandwidth->bytes});
  } else if (const auto* const event = std::get_if<rtmp::UserControl>(&*control)) {
    if (event->event == rtmp::UserEvent::ping_request) {
      queue(rtmp::UserControl{.event = rtmp::UserEvent::ping_response, .value = event->value});
    }
  }
}

}  // namespace labnet::rtmp_client
