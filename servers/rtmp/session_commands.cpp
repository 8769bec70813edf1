// The commands of a client, one function each.
#include <algorithm>
#include <array>
#include <utility>

#include "common/rtmp/command.hpp"
#include "common/rtmp/requests.hpp"
#include "servers/rtmp/limits.hpp"
#include "servers/rtmp/session.hpp"

namespace labnet::rtmp_server {
namespace {

namespace names = rtmp::command_name;

/// Without what cannot be part of a name: slashes at its ends, and arguments.
std::optional<std::string> bare_name(std::string_view text) {
  auto parsed = rtmp::parse_stream_name(text);
  return parsed ? std::optional{std::move(parsed->name)} : std::nullopt;
}

}  // namespace

struct Session::Verb {
  std::string_view name;
  Outcome (Session::*handle)(const rtmp::Command& command, std::uint32_t stream_id);
};

/// What is not here is answered as on_anything does: releaseStream, FCPublish, FCSubscribe, _checkbw and whatever else
/// a client may call.
const Session::Verb* Session::find_verb(std::string_view name) {
  static constexpr std::array verbs{
      Verb{names::connect, &Session::on_connect},
      Verb{names::create_stream, &Session::on_create_stream},
      Verb{names::publish, &Session::on_publish},
      Verb{names::fc_unpublish, &Session::on_fc_unpublish},
      Verb{names::play, &Session::on_play},
      Verb{names::play2, &Session::on_play2},
      Verb{names::seek, &Session::on_seek},
      Verb{names::pause, &Session::on_pause},
      Verb{names::pause_raw, &Session::on_pause},
      Verb{names::receive_audio, &Session::on_receive_audio},
      Verb{names::receive_video, &Session::on_receive_video},
      Verb{names::get_stream_length, &Session::on_get_stream_length},
      Verb{names::close_stream, &Session::on_close_stream},
      Verb{names::delete_stream, &Session::on_delete_stream},
  };
  const auto* const found = std::ranges::find(verbs, name, &Verb::name);
  return found == verbs.end() ? nullptr : found;
}

Session::Outcome Session::take_command(const rtmp::Message& message) {
  const auto command = rtmp::parse_command(message);
  if (!command) return SessionFault{SessionFault::Kind::command, rtmp::describe(command.error())};
  const bool is_connect = command->name == names::connect;
  if (state_ != State::connected && !is_connect) return SessionFault{SessionFault::Kind::not_connected, command->name};
  if (state_ == State::connected && is_connect) return SessionFault{SessionFault::Kind::connected_twice};
  const auto* const verb = find_verb(command->name);
  const auto handle = verb == nullptr ? &Session::on_anything : verb->handle;
  return (this->*handle)(*command, message.header.stream_id);
}

Session::Outcome Session::on_anything(const rtmp::Command& command, std::uint32_t stream_id) {
  acknowledge(command, stream_id);
  return SessionEvent{};
}

void Session::acknowledge(const rtmp::Command& command, std::uint32_t stream_id) {
  const bool is_answer = command.name == names::result || command.name == names::error;
  if (command.transaction != 0 && !is_answer) send(rtmp::null_result(command.transaction), stream_id);
}

// The connection

Session::Outcome Session::on_connect(const rtmp::Command& command, std::uint32_t) {
  auto connect = rtmp::connect_of(command);
  connect_transaction_ = command.transaction;
  auto app = connect ? bare_name(connect->app) : std::nullopt;
  if (!app) {
    refuse_connect(error_status(rtmp::status_code::connect_rejected, "connect without an application that can be"));
    return SessionEvent{};
  }
  app_ = *app;
  client_name_ = connect->flash_version;
  connect_reply_.object_encoding = connect->object_encoding;
  connect_reply_.four_cc_list = connect->four_cc_list;
  return SessionEvent{ConnectAsked{*std::move(connect), app->substr(0, app->find('/'))}};
}

Session::Outcome Session::on_create_stream(const rtmp::Command& command, std::uint32_t) {
  if (streams_.size() == message_streams_max) {
    send(rtmp::error_result(command.transaction, error_status(rtmp::status_code::call_failed,
                                                              "This connection has as many streams as it may have.")));
    return SessionEvent{};
  }
  std::uint32_t id = 1;
  while (has_stream(id)) ++id;
  streams_.push_back(id);
  send(rtmp::create_stream_result(command.transaction, id));
  return SessionEvent{};
}

bool Session::has_stream(std::uint32_t stream_id) const {
  return std::ranges::find(streams_, stream_id) != streams_.end();
}

std::optional<StreamPath> Session::path_of(std::string_view name) const {
  auto parsed = rtmp::parse_stream_name(name);
  if (!parsed) return std::nullopt;
  const auto whole = app_.empty() ? parsed->name : app_ + '/' + parsed->name;
  const auto slash = whole.find('/');
  return StreamPath{.app = whole.substr(0, slash),
                    .name = slash == whole.npos ? std::string{} : whole.substr(slash + 1),
                    .arguments = std::move(parsed->arguments)};
}

// To publish

Session::Outcome Session::on_publish(const rtmp::Command& command, std::uint32_t stream_id) {
  const auto refuse = [&](std::string why) {
    close_with(stream_id, error_status(rtmp::status_code::publish_bad_name, std::move(why)));
    return SessionEvent{};
  };
  const auto publish = rtmp::publish_of(command);
  if (!publish && publish_stream_ == stream_id && stream_id != 0) return on_close_stream(command, stream_id);
  auto path = publish ? path_of(publish->name) : std::nullopt;
  if (!path) return refuse("publish needs a name that can be.");
  if (!has_stream(stream_id)) return refuse("publish needs a stream that createStream has made.");
  if (publish_stream_ != 0 || play_stream_ == stream_id) return refuse("This stream does something else already.");
  publish_stream_ = stream_id;
  publish_name_ = path->name;
  return SessionEvent{PublishAsked{*std::move(path), publish->kind}};
}

Session::Outcome Session::on_fc_unpublish(const rtmp::Command& command, std::uint32_t stream_id) {
  acknowledge(command, stream_id);
  return publish_stream_ == 0 ? SessionEvent{} : end_activity_of(publish_stream_);
}

// To play

Session::Outcome Session::on_play(const rtmp::Command& command, std::uint32_t stream_id) {
  return ask_to_play(rtmp::play_of(command).value_or(rtmp::Play{}), stream_id);
}

/// Another bit rate of the same: a live stream goes on with it from now on, a recording from where it is.
Session::Outcome Session::on_play2(const rtmp::Command& command, std::uint32_t stream_id) {
  const auto play2 = rtmp::play2_of(command);
  return ask_to_play({.name = play2 ? play2->name : std::string{}}, stream_id, true);
}

Session::Outcome Session::ask_to_play(rtmp::Play play, std::uint32_t stream_id, bool is_switch) {
  const auto refuse = [&](std::string why) {
    send(rtmp::on_status(error_status(rtmp::status_code::play_failed, std::move(why))), stream_id);
    return SessionEvent{};
  };
  auto path = play.name.empty() ? std::nullopt : path_of(play.name);
  if (!path) return refuse("play needs a name that can be.");
  if (!has_stream(stream_id)) return refuse("play needs a stream that createStream has made.");
  if (publish_stream_ == stream_id) return refuse("This stream is published.");
  if (play_stream_ != 0 && play_stream_ != stream_id) return refuse("This connection plays another stream.");
  play_stream_ = stream_id;
  play_name_ = path->name;
  play_resets_ = play.reset;
  return SessionEvent{PlayAsked{*std::move(path), std::move(play), is_switch}};
}

Session::Outcome Session::on_seek(const rtmp::Command& command, std::uint32_t stream_id) {
  if (play_stream_ == 0 || stream_id != play_stream_) {
    refuse_seek(stream_id, rtmp::status_code::seek_failed, "Nothing is played on this stream.");
    return SessionEvent{};
  }
  return SessionEvent{SeekAsked{rtmp::seek_of(command).value_or(0)}};
}

Session::Outcome Session::on_pause(const rtmp::Command& command, std::uint32_t stream_id) {
  const auto pause = rtmp::pause_of(command);
  if (!pause || play_stream_ == 0 || stream_id != play_stream_) return SessionEvent{};
  send_status(stream_id, pause->is_paused ? rtmp::status_code::pause_notify : rtmp::status_code::unpause_notify,
              (pause->is_paused ? "Paused " : "Unpaused ") + play_name_ + ".");
  return SessionEvent{PauseAsked{pause->is_paused}};
}

Session::Outcome Session::on_receive_audio(const rtmp::Command& command, std::uint32_t stream_id) {
  if (play_stream_ == 0 || stream_id != play_stream_) return SessionEvent{};
  return SessionEvent{ReceiveAsked{.audio = rtmp::flag_of(command), .video = {}}};
}

Session::Outcome Session::on_receive_video(const rtmp::Command& command, std::uint32_t stream_id) {
  if (play_stream_ == 0 || stream_id != play_stream_) return SessionEvent{};
  return SessionEvent{ReceiveAsked{.audio = {}, .video = rtmp::flag_of(command)}};
}

/// Nobody knows how long a live stream will be.
Session::Outcome Session::on_get_stream_length(const rtmp::Command& command, std::uint32_t stream_id) {
  if (command.transaction != 0) send(rtmp::null_result(command.transaction, 0), stream_id);
  return SessionEvent{};
}

// The end

SessionEvent Session::end_activity_of(std::uint32_t stream_id) {
  if (stream_id != 0 && stream_id == publish_stream_) {
    publish_stream_ = 0;
    return PublishEnded{};
  }
  if (stream_id != 0 && stream_id == play_stream_) {
    play_stream_ = 0;
    return PlayEnded{};
  }
  return {};
}

Session::Outcome Session::on_close_stream(const rtmp::Command&, std::uint32_t stream_id) {
  if (stream_id != 0 && stream_id == publish_stream_) {
    send_status(stream_id, rtmp::status_code::unpublish_success, publish_name_ + " is now unpublished.");
  }
  return end_activity_of(stream_id);
}

/// No answer: who says this closes at once, and would answer with a reset.
Session::Outcome Session::on_delete_stream(const rtmp::Command& command, std::uint32_t stream_id) {
  const auto id = rtmp::deleted_stream_of(command).value_or(stream_id);
  std::erase(streams_, id);
  return end_activity_of(id);
}

}  // namespace labnet::rtmp_server
