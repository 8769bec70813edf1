#include "tests/clients/rtmp/fake_server.hpp"

#include <fmt/format.h>

#include "common/rtmp/handshake.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {

namespace names = rtmp::command_name;

namespace {

std::string_view as_text_of(const Buffer& buffer) {
  return as_text(Bytes{buffer});
}

}  // namespace

bool FakeRtmpSession::shake_hands() {
  rtmp::ServerHandshake handshake{1, 0};
  while (!handshake.is_done()) {
    unread_ = client_.receive();
    if (unread_.empty()) return false;
    Buffer out;
    const auto used = handshake.read(as_bytes(unread_), out);
    if (!used) return false;
    unread_.erase(0, *used);
    client_.try_send(as_text_of(out));
  }
  return true;
}

void FakeRtmpSession::send(const rtmp::Message& message) {
  Buffer out;
  writer_.write(message, out);
  client_.try_send(as_text_of(out));
}

void FakeRtmpSession::send_media(rtmp::MessageType type, std::uint32_t timestamp, const std::string& payload) {
  rtmp::Message message;
  message.header.type = type;
  message.header.timestamp = timestamp;
  message.header.stream_id = 1;
  message.header.chunk_stream_id =
      type == rtmp::MessageType::audio ? rtmp::chunk_stream::audio : rtmp::chunk_stream::video;
  message.payload = rtmp::SharedBytes::copy_of(as_bytes(payload));
  send(message);
}

bool FakeRtmpSession::receive(rtmp::Message& message) {
  while (is_open_) {
    if (unread_.empty()) unread_ = client_.receive();
    if (unread_.empty()) return false;
    auto step = reader_.read(as_bytes(unread_));
    if (!step) return false;
    unread_.erase(0, step->used);
    if (!step->message) continue;
    message = *std::move(step->message);
    return true;
  }
  return false;
}

void FakeRtmpSession::close() {
  client_.close();
  is_open_ = false;
}

std::string FakeRtmpServer::line_of(const rtmp::Message& message) {
  const auto type = message.header.type;
  if (type == rtmp::MessageType::audio) return fmt::format("audio {}", message.payload.size());
  if (type == rtmp::MessageType::video) return fmt::format("video {}", message.payload.size());
  if (rtmp::is_control(type)) return rtmp::describe(*rtmp::parse_control(message));
  if (rtmp::is_command(type)) return rtmp::to_text(*rtmp::parse_command(message));
  return rtmp::to_text(*rtmp::parse_data(type, message.bytes()));
}

FakeRtmpServer::FakeRtmpServer(Answers answers) : answers_{std::move(answers)}, thread_{[this] { serve(); }} {}

FakeRtmpServer::~FakeRtmpServer() {
  is_over_ = true;
  const TcpClient wakes_it{listener_.port()};
  thread_.join();
}

std::string FakeRtmpServer::url(const std::string& stream) const {
  return fmt::format("rtmp://127.0.0.1:{}/live/{}", listener_.port(), stream);
}

std::vector<std::string> FakeRtmpServer::lines() const {
  const std::lock_guard lock{mutex_};
  return lines_;
}

std::string FakeRtmpServer::use_of(const rtmp::MessageHeader& header) {
  return fmt::format("type {} on {}", static_cast<int>(header.type), header.chunk_stream_id);
}

std::set<std::string> FakeRtmpServer::chunk_streams() const {
  const std::lock_guard lock{mutex_};
  return chunk_streams_;
}

void FakeRtmpServer::wait_for_end() const {
  std::unique_lock lock{mutex_};
  ended_.wait_for(lock, patience, [this] { return ends_ > 0; });
}

void FakeRtmpServer::serve() {
  for (;;) {
    FakeRtmpSession session{listener_.accept()};
    if (is_over_) return;
    serve(session);
    const std::lock_guard lock{mutex_};
    ++ends_;
    ended_.notify_all();
  }
}

void FakeRtmpServer::serve(FakeRtmpSession& session) {
  if (const auto first = answers_.find(""); first != answers_.end()) first->second(session, {});
  if (!session.is_open() || !session.shake_hands()) return;
  rtmp::Message message;
  while (session.receive(message)) {
    {
      const std::lock_guard lock{mutex_};
      lines_.push_back(line_of(message));
      chunk_streams_.insert(use_of(message.header));
    }
    if (!rtmp::is_command(message.header.type)) continue;
    const auto command = rtmp::parse_command(message);
    const auto found = answers_.find(command->name);
    found == answers_.end() ? answer(session, *command) : found->second(session, *command);
  }
}

void FakeRtmpServer::answer(FakeRtmpSession& session, const rtmp::Command& command) {
  if (command.name == names::connect) {
    session.send(rtmp::WindowAcknowledgementSize{5'000'000});
    session.send(rtmp::SetPeerBandwidth{5'000'000, rtmp::SetPeerBandwidth::Limit::dynamic});
    session.send(rtmp::SetChunkSize{4096});
    session.send(rtmp::connect_result(command.transaction, {}));
  } else if (command.name == names::create_stream) {
    session.send(rtmp::create_stream_result(command.transaction, 1));
  } else if (command.name == names::publish) {
    say_status(session, "NetStream.Publish.Start");
  } else if (command.name == names::play) {
    say_status(session, "NetStream.Play.Start");
  } else if (command.name == names::delete_stream) {
    session.close();
  }
}

void say_status(FakeRtmpSession& session, const std::string& code, const std::string& level) {
  rtmp::Status status;
  status.level = level;
  status.code = code;
  status.description = "as the test wants it";
  session.send(rtmp::on_status(status), 1);
}

}  // namespace labnet::test
