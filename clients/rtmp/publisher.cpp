#include "clients/rtmp/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/asio/steady_timer.hpp>

#include "clients/rtmp/clock_data.hpp"
#include "clients/rtmp/limits.hpp"

namespace labnet::rtmp_client {

namespace {

std::uint32_t chunk_stream_of(rtmp::MessageType type, const ChunkStreams& used) {
  if (type == rtmp::MessageType::audio) return used.audio;
  return type == rtmp::MessageType::video ? used.video : used.data;
}

std::chrono::milliseconds since(Clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
}

/// A publisher's metadata say what is to be done with them.
rtmp::SharedBytes as_data_frame(const rtmp::FlvTag& tag) {
  if (!rtmp::is_metadata(tag.payload.bytes())) return tag.payload;
  Buffer bytes;
  ByteWriter writer{bytes};
  rtmp::write_amf("@setDataFrame", writer);
  writer.bytes(tag.payload.bytes());
  return rtmp::SharedBytes::copy_of(bytes);
}

}  // namespace

Publisher::Publisher(net::Worker& worker, Session& session, FlvFile& file, PublishOptions options)
    : worker_{worker},
      session_{session},
      file_{file},
      options_{options},
      timer_{worker.executor()},
      listening_{worker.executor(), Clock::time_point::max()} {}

void Publisher::stop() {
  is_over_ = true;
  timer_.cancel();
}

Task<Result<PublishReport>> Publisher::run() {
  began_ = tells_time_at_ = Clock::now();
  worker_.spawn(listen());
  const auto sent = co_await send_all();
  report_.wall_time = since(began_);
  report_.stream_time = std::chrono::milliseconds{position_.last_ms};
  is_over_ = true;
  session_.connection().interrupt();
  if (listening_.expiry() == Clock::time_point::max()) co_await listening_.async_wait(net::as_result);
  if (fault_) co_return *fault_;
  if (!sent) co_return sent.error();
  const auto ended = co_await session_.end_publishing();
  if (!ended) co_return ended.error();
  co_return report_;
}

/// What the server says meanwhile: that it has got so much, that it wants no more.
Task<void> Publisher::listen() {
  auto& connection = session_.connection();
  while (!is_over_ && !fault_) {
    const auto message = co_await connection.next(net::deadline_after(net::timeout_max));
    if (!message) {
      if (!connection.was_late()) fault_ = message.error();
      break;
    }
    if (!*message) {
      fault_ = Error{"the server closed the connection"};
      break;
    }
    take(**message);
  }
  timer_.cancel();
  listening_.expires_at(Clock::time_point::min());
}

void Publisher::take(const rtmp::Message& message) {
  if (!rtmp::is_command(message.header.type)) return;
  const auto command = rtmp::parse_command(message);
  if (!command) return;
  const auto status = rtmp::status_of(*command);
  if (command->name == rtmp::command_name::on_status && status && status->is_error()) {
    fault_ = Error{fmt::format("the server ends it: {}", to_text(*status))};
  } else if (command->name == rtmp::command_name::close || command->name == rtmp::command_name::on_fc_unpublish) {
    fault_ = Error{"the server ends it"};
  }
}

/// False if it is over.
Task<Result<bool>> Publisher::wait_until_due(std::uint32_t timestamp) {
  const auto due = began_ + std::chrono::milliseconds{timestamp};
  if (!options_.as_fast_as_possible && due > Clock::now()) {
    timer_.expires_at(due);
    co_await timer_.async_wait(net::as_result);
  }
  if (fault_) co_return *fault_;
  if (is_over_) co_return false;
  if (!options_.as_fast_as_possible) {
    report_.behind_max = std::max(report_.behind_max, since(due));
  }
  co_return true;
}

Task<Result<void>> Publisher::send_all() {
  const auto limit = options_.duration_max;
  for (;;) {
    auto tag = co_await file_.next(worker_);
    if (!tag) co_return tag.error();
    if (!*tag) {
      const bool is_empty =
          position_.last_ms == position_.base_ms && report_.video_messages + report_.audio_messages == 0;
      if (!options_.loops || is_empty) co_return Result<void>{};
      if (!file_.rewind()) co_return Error{file_.path(), " cannot be read a second time; --loop is for files"};
      position_.base_ms = position_.last_ms + loop_gap_ms;
      continue;
    }
    const auto timestamp = position_.base_ms + (*tag)->timestamp;
    if (limit && timestamp >= limit->count()) co_return Result<void>{};
    const auto goes_on = co_await wait_until_due(timestamp);
    if (!goes_on) co_return goes_on.error();
    if (!*goes_on) co_return Result<void>{};
    const auto sent = co_await send(**tag, timestamp);
    if (!sent) co_return sent.error();
  }
}

Task<Result<void>> Publisher::send(const rtmp::FlvTag& tag, std::uint32_t timestamp) {
  rtmp::Message message;
  message.header.type = tag.type;
  message.header.timestamp = timestamp;
  message.header.stream_id = session_.stream_id();
  message.header.chunk_stream_id = chunk_stream_of(tag.type, session_.habits().chunk_streams);
  message.payload = tag.type == rtmp::MessageType::data_amf0 ? as_data_frame(tag) : tag.payload;
  if (tag.type == rtmp::MessageType::audio) {
    ++report_.audio_messages;
  } else if (tag.type == rtmp::MessageType::video) {
    ++report_.video_messages;
  } else {
    ++report_.data_messages;
  }
  report_.media_bytes += message.payload.size();
  position_.last_ms = std::max(position_.last_ms, timestamp);
  session_.connection().queue(message);
  if (options_.tells_time && rtmp::is_media(tag.type)) tell_time(timestamp);
  return session_.connection().flush(session_.timeout());
}

void Publisher::tell_time(std::uint32_t timestamp) {
  if (Clock::now() < tells_time_at_) return;
  tells_time_at_ = Clock::now() + clock_interval;
  const auto data = clock_data(std::chrono::system_clock::now());
  auto message = rtmp::to_message(data, session_.stream_id(), timestamp);
  message.header.chunk_stream_id = session_.habits().chunk_streams.data;
  session_.connection().queue(message);
}

}  // namespace labnet::rtmp_client
