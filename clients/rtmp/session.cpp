#include "clients/rtmp/session.hpp"

#include <fmt/format.h>

#include "clients/rtmp/limits.hpp"
#include "common/base/utf8.hpp"

namespace labnet::rtmp_client {

namespace names = rtmp::command_name;

namespace {

constexpr Timeout farewell_timeout{2'000};
constexpr std::uint32_t window_default = 2'500'000;  // of FFmpeg and librtmp
constexpr std::size_t said_bytes_max = 200;          // of what a server says

// Of a player, as Flash and all who followed it have them: whatever there is may come.
constexpr double capabilities = 15, video_codecs = 252, video_function = 1;

rtmp::Connect connect_of(const rtmp::Url& url, const Habits& habits, Role role) {
  rtmp::Connect connect;
  connect.app = url.app;
  connect.tc_url = rtmp::tc_url_of(url);
  if (role == Role::publisher) {
    connect.flash_version = habits.publisher_version;
    if (habits.says_type) connect.type = "nonprivate";
    if (habits.says_swf_url) connect.swf_url = connect.tc_url;
    connect.supports_go_away = habits.supports_go_away;
    return connect;
  }
  connect.flash_version = habits.player_version;
  connect.fpad = false;
  connect.capabilities = capabilities;
  connect.audio_codecs = habits.audio_codecs;
  connect.video_codecs = video_codecs;
  connect.video_function = video_function;
  return connect;
}

/// Which other scheme is perhaps meant, to be added to what was wrong: the same server has a port for each.
std::string_view hint_of(rtmp::Scheme scheme, Connection::Spoken spoken) {
  using Spoken = Connection::Spoken;
  if (scheme != rtmp::Scheme::rtmp) return "";
  switch (spoken) {
    case Spoken::nothing:
      return "; does that port want TLS? Then the URL begins with rtmps://";
    case Spoken::tls:
      return "; the URL of such a port begins with rtmps://";
    case Spoken::http:
      return "; the URL of a port for RTMP within HTTP begins with rtmpt://";
    case Spoken::rtmp:
      break;
  }
  return "";
}

}  // namespace

std::string to_text(const rtmp::Status& status) {
  const auto description = status.description.empty() ? status.details : status.description;
  if (description.empty()) return printable(status.code, said_bytes_max);
  return fmt::format("{}: {}", printable(status.code, said_bytes_max), printable(description, said_bytes_max));
}

void Session::note(const rtmp::Message& control) {
  const auto parsed = rtmp::parse_control(control);
  const auto* const event = parsed ? std::get_if<rtmp::UserControl>(&*parsed) : nullptr;
  const bool says_so = event != nullptr && event->event == rtmp::UserEvent::stream_is_recorded;
  if (says_so && event->value == stream_id_) is_recorded_ = true;
}

Task<Result<rtmp::Command>> Session::next_command(std::string_view what, Clock::time_point until) {
  for (;;) {
    if (const auto flushed = co_await connection_.flush(options_.timeout); !flushed) co_return flushed.error();
    auto message = co_await connection_.next(until);
    if (!message) {
      if (connection_.was_late()) co_return Error{fmt::format("the server does not answer {}", what)};
      co_return message.error();
    }
    if (!*message) co_return Error{fmt::format("the server closed the connection in place of an answer to {}", what)};
    if (!rtmp::is_command((*message)->header.type)) {
      if (rtmp::is_control((*message)->header.type)) {
        note(**message);
        continue;
      }
      if (early_.size() >= replies_waiting_max) co_return Error{fmt::format("the server does not answer {}", what)};
      early_.push_back(**std::move(message));
      continue;
    }
    auto command = rtmp::parse_command(**message);
    if (!command) co_return Error{fmt::format("the server's answer to {}: {}", what, rtmp::describe(command.error()))};
    const auto status = rtmp::status_of(*command);
    if (command->name == names::on_status && status && status->is_error()) {
      co_return Error{fmt::format("the server refuses {}: {}", what, to_text(*status))};
    }
    if (command->name == names::close) co_return Error{fmt::format("the server ends it in place of {}", what)};
    co_return *std::move(command);
  }
}

Task<Result<rtmp::Command>> Session::reply_to(double transaction, std::string_view what) {
  const auto until = net::deadline_after(options_.timeout);
  for (;;) {
    auto command = co_await next_command(what, until);
    if (!command) co_return command.error();
    if (command->transaction != transaction) continue;  // of what nobody waits for: releaseStream, FCPublish
    if (command->name == names::result) co_return *std::move(command);
    if (command->name != names::error) continue;
    const auto status = rtmp::status_of(*command);
    co_return Error{status ? fmt::format("the server refuses {}: {}", what, to_text(*status))
                           : fmt::format("the server refuses {}", what)};
  }
}

Task<Result<void>> Session::started(std::string_view what) {
  const auto until = net::deadline_after(options_.timeout);
  for (;;) {
    const auto command = co_await next_command(what, until);
    if (!command) co_return command.error();
    const auto status = rtmp::status_of(*command);
    if (command->name != names::on_status || !status) continue;
    const auto& code = status->code;
    if (code == rtmp::status_code::publish_start || code == rtmp::status_code::play_start) {
      co_return Result<void>{};
    }
  }
}

Task<Result<void>> Session::connect(Role role) {
  const auto shaken = co_await connection_.shake_hands(habits().handshake, options_.timeout);
  if (!shaken) co_return Error{shaken.error().message, hint_of(options_.url.scheme, connection_.spoken())};
  if (habits().chunk_bytes_first) connection_.queue(rtmp::SetChunkSize{*habits().chunk_bytes_first});
  const auto own = connect_of(options_.url, habits(), role);
  connection_.queue(rtmp::to_command(own));
  transaction_ = 1;
  const auto reply = co_await reply_to(transaction_, names::connect);
  if (!reply) co_return reply.error();
  if (const auto* const properties = reply->object.object()) {
    const auto* const version = properties->find("fmsVer");
    if (version != nullptr && version->string() != nullptr) server_version_ = *version->string();
  }
  const bool echoes = habits().echoes_chunk_size && role == Role::publisher;
  if (echoes && connection_.server_chunk_bytes() != rtmp::chunk_bytes_default) {
    connection_.queue(rtmp::SetChunkSize{connection_.server_chunk_bytes()});
  }
  co_return Result<void>{};
}

Task<Result<void>> Session::create_stream() {
  const auto transaction = next_transaction();
  connection_.queue(rtmp::stream_command(names::create_stream, transaction));
  const auto reply = co_await reply_to(transaction, names::create_stream);
  if (!reply) co_return reply.error();
  const auto id = rtmp::created_stream_of(*reply);
  if (!id) co_return Error{"the server's answer to createStream has no message stream in it"};
  stream_id_ = *id;
  co_return Result<void>{};
}

/// A command that belongs to the message stream.
void Session::queue_on(std::uint32_t chunk_stream, const rtmp::Command& command) {
  auto message = rtmp::to_message(command, stream_id_);
  message.header.chunk_stream_id = chunk_stream;
  connection_.queue(message);
}

Task<Result<void>> Session::publish(rtmp::Publish::Kind kind) {
  if (const auto connected = co_await connect(Role::publisher); !connected) co_return connected.error();
  const auto& name = options_.url.stream;
  if (habits().releases) {
    connection_.queue(rtmp::stream_command(names::release_stream, next_transaction(), name));
    connection_.queue(rtmp::stream_command(names::fc_publish, next_transaction(), name));
  }
  if (const auto created = co_await create_stream(); !created) co_return created.error();
  rtmp::Publish publish;
  publish.name = name;
  publish.kind = kind;
  queue_on(habits().chunk_streams.publish, rtmp::to_command(publish, next_transaction()));
  co_return co_await started(names::publish);
}

Task<Result<void>> Session::play(rtmp::Play play) {
  if (const auto connected = co_await connect(Role::player); !connected) co_return connected.error();
  if (habits().says_window) {
    connection_.queue(rtmp::WindowAcknowledgementSize{connection_.server_window().value_or(window_default)});
  }
  rtmp::UserControl buffer;
  buffer.event = rtmp::UserEvent::set_buffer_length;
  buffer.buffer_ms = 300;
  if (habits().says_buffer_first) connection_.queue(buffer);
  if (const auto created = co_await create_stream(); !created) co_return created.error();
  play.name = options_.url.stream;
  const bool is_live = play.source() == rtmp::Play::Source::live;
  if (play.source() == rtmp::Play::Source::any) play.start = habits().start_any;
  if (is_live) play.start = habits().start_live;
  if (habits().asks_length && !is_live) {
    connection_.queue(rtmp::stream_command(names::get_stream_length, next_transaction(), play.name));
  }
  if (habits().subscribes && is_live) {
    connection_.queue(rtmp::stream_command(names::fc_subscribe, next_transaction(), play.name));
  }
  queue_on(habits().chunk_streams.play, rtmp::to_command(play, next_transaction()));
  buffer.value = stream_id_;
  buffer.buffer_ms = habits().buffer_ms;
  connection_.queue(buffer);
  co_return co_await started(names::play);
}

Task<Result<std::optional<rtmp::Message>>> Session::next(Clock::time_point until) {
  if (!early_.empty()) {
    std::optional<rtmp::Message> message{std::move(early_.front())};
    early_.pop_front();
    co_return message;
  }
  if (const auto flushed = co_await connection_.flush(options_.timeout); !flushed) co_return flushed.error();
  co_return co_await connection_.next(until);
}

Task<Result<void>> Session::delete_stream() {
  connection_.queue(rtmp::delete_stream_command(stream_id_, next_transaction()));
  const auto flushed = co_await connection_.flush(options_.timeout);
  co_await connection_.finish(farewell_timeout);
  if (!flushed) co_return flushed.error();
  co_return Result<void>{};
}

Task<Result<void>> Session::end_publishing() {
  if (habits().unpublishes) {
    connection_.queue(rtmp::stream_command(names::fc_unpublish, next_transaction(), options_.url.stream));
  }
  return delete_stream();
}

Task<Result<void>> Session::end_playing() {
  return delete_stream();
}

}  // namespace labnet::rtmp_client
