#include "tests/servers/rtmp/played_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "common/rtmp/media.hpp"

namespace labnet::rtmp_server {
namespace {

rtmp::Message media(rtmp::MessageType type, std::uint32_t timestamp, std::initializer_list<int> front,
                    std::size_t bytes, std::uint32_t stream_id) {
  Buffer payload(std::max(bytes, front.size()), std::byte{0x5a});
  std::ranges::transform(front, payload.begin(), [](int octet) { return static_cast<std::byte>(octet); });
  return {{.type = type, .timestamp = timestamp, .stream_id = stream_id, .chunk_stream_id = 4},
          rtmp::SharedBytes::copy_of(payload)};
}

}  // namespace

std::vector<rtmp::Message> PlayedClient::take(Bytes bytes) {
  std::vector<rtmp::Message> messages;
  if (!handshake_.is_done()) {
    const auto used = handshake_.read(bytes, output_);
    understands_ = used.has_value();
    if (!used) return messages;
    bytes = bytes.subspan(*used);
  }
  while (!bytes.empty()) {
    auto step = reader_.read(bytes);
    understands_ = step.has_value();
    if (!step) break;
    bytes = bytes.subspan(step->used);
    if (step->message) messages.push_back(*std::move(step->message));
  }
  return messages;
}

void PlayedClient::say(const rtmp::Command& command, std::uint32_t stream_id) {
  say(rtmp::to_message(command, stream_id));
}

std::string told(const rtmp::Message& message) {
  const auto in_front = message.header.stream_id == 0 ? "" : fmt::format("{}: ", message.header.stream_id);
  if (const auto control = rtmp::parse_control(message)) return in_front + rtmp::describe(*control);
  if (const auto command = rtmp::parse_command(message)) {
    const auto status = rtmp::status_of(*command);
    if (status && command->name == "onStatus") return in_front + "onStatus " + status->code;
    if (status) return fmt::format("{}{}({}) {}", in_front, command->name, command->transaction, status->code);
    return in_front + rtmp::to_text(*command);
  }
  if (const auto data = rtmp::parse_data(message.header.type, message.bytes())) return in_front + data->name;
  return fmt::format("{}{} {}", in_front, rtmp::describe(message.header.type), message.header.timestamp);
}

rtmp::Command connect_command(const std::string& app) {
  return rtmp::to_command(rtmp::Connect{.app = app,
                                        .tc_url = "rtmp://127.0.0.1/" + app,
                                        .type = "nonprivate",
                                        .flash_version = "FMLE/3.0 (compatible; FMSc/1.0)"});
}

rtmp::Message video_message(std::uint32_t timestamp, bool is_key, std::size_t bytes, std::uint32_t stream_id) {
  return media(rtmp::MessageType::video, timestamp, {is_key ? 0x17 : 0x27, 1, 0, 0, 0}, bytes, stream_id);
}
rtmp::Message video_header(std::uint32_t timestamp, std::uint32_t stream_id) {
  return media(rtmp::MessageType::video, timestamp, {0x17, 0, 0, 0, 0}, 40, stream_id);
}
rtmp::Message audio_message(std::uint32_t timestamp, std::size_t bytes, std::uint32_t stream_id) {
  return media(rtmp::MessageType::audio, timestamp, {0xaf, 1}, bytes, stream_id);
}
rtmp::Message audio_header(std::uint32_t timestamp, std::uint32_t stream_id) {
  return media(rtmp::MessageType::audio, timestamp, {0xaf, 0}, 4, stream_id);
}
rtmp::Message metadata_message(std::uint32_t stream_id) {
  rtmp::AmfObject properties{rtmp::AmfObject::Kind::ecma_array};
  properties.with("width", 320).with("height", 240);
  auto message = rtmp::to_message(rtmp::Data{"@setDataFrame", {"onMetaData", properties}}, stream_id);
  message.header.chunk_stream_id = 4;
  return message;
}

void PlayedSession::exchange(std::size_t piece_bytes) {
  for (auto output = client.take_output(); !output.empty(); output = client.take_output()) feed(output, piece_bytes);
}

void PlayedSession::feed(Bytes bytes, std::size_t piece_bytes) {
  while (!bytes.empty() && !fault) {
    auto piece = bytes.first(std::min(piece_bytes, bytes.size()));
    bytes = bytes.subspan(piece.size());
    do {
      auto step = session.read(piece);
      if (!step) {
        fault = step.error();
        return;
      }
      piece = piece.subspan(step->used);
      take(step->event);
      const auto output = session.take_output();
      for (const auto& message : client.take(output)) answers.push_back(told(message));
    } while (!piece.empty() || session.has_more());
  }
}

void PlayedSession::take(SessionEvent& event) {
  if (const auto* connect = std::get_if<ConnectAsked>(&event)) {
    events.push_back("connect " + connect->app);
    accepts ? session.accept_connect()
            : session.refuse_connect(error_status(rtmp::status_code::connect_invalid_app, ""));
  } else if (const auto* publish = std::get_if<PublishAsked>(&event)) {
    events.push_back("publish " + publish->path.text());
    accepts ? session.accept_publish() : session.refuse_publish(error_status(rtmp::status_code::publish_denied, ""));
  } else if (const auto* play = std::get_if<PlayAsked>(&event)) {
    events.push_back((play->is_switch ? "switch " : "play ") + play->path.text());
    accepts ? session.accept_play() : session.refuse_play(error_status(rtmp::status_code::play_stream_not_found, ""));
  } else if (const auto* came = std::get_if<MediaCame>(&event)) {
    events.push_back(told(came->message));
  } else if (std::holds_alternative<MetadataCleared>(event)) {
    events.push_back("metadata cleared");
  } else if (std::holds_alternative<PublishEnded>(event)) {
    events.push_back("publish ends");
  } else if (std::holds_alternative<PlayEnded>(event)) {
    events.push_back("play ends");
  } else if (const auto* pause = std::get_if<PauseAsked>(&event)) {
    events.push_back(pause->is_paused ? "pause" : "unpause");
  } else if (const auto* seek = std::get_if<SeekAsked>(&event)) {
    events.push_back(fmt::format("seek {}", seek->milliseconds));
    accepts ? session.notify_of_seek(static_cast<std::uint32_t>(seek->milliseconds))
            : session.refuse_seek(rtmp::status_code::seek_failed, "");
  } else if (const auto* buffer = std::get_if<BufferLengthTold>(&event)) {
    events.push_back(fmt::format("buffer {}", buffer->length.count()));
  } else if (const auto* receive = std::get_if<ReceiveAsked>(&event)) {
    const auto& wanted = receive->audio ? receive->audio : receive->video;
    events.push_back(fmt::format("receive {} {}", receive->audio ? "audio" : "video", wanted.value_or(true)));
  }
}

void PlayedSession::connect() {
  exchange();
  client.say(connect_command());
  exchange();
  answers.clear();
  events.clear();
}

void PlayedSession::create_stream() {
  client.say(rtmp::stream_command("createStream", 2));
  exchange();
  answers.clear();
}

}  // namespace labnet::rtmp_server
