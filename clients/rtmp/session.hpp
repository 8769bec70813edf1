// From the handshake to a stream that is published or played, in the manner of one client or another.
#pragma once

#include <deque>
#include <string>

#include "clients/rtmp/connection.hpp"
#include "clients/rtmp/habits.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/requests.hpp"
#include "common/rtmp/url.hpp"

namespace labnet::rtmp_client {

enum class Role { publisher, player };

class Session {
 public:
  struct Options {
    rtmp::Url url;  // with a stream
    const Habits* habits = &labnet_habits;
    Timeout timeout{30'000};  // of each reply
  };
  /// `connection` outlives it.
  Session(Connection& connection, Options options) : connection_{connection}, options_{std::move(options)} {}

  /// Handshake, connect, createStream; then publish or play, until the server says that it has started.
  /// faults  a sentence with the server's own words, where it has some
  Task<Result<void>> publish(rtmp::Publish::Kind kind);
  /// play  without its name, which is the URL's
  Task<Result<void>> play(rtmp::Play play);

  /// The next message behind that, those first that came beside the replies. As Connection::next.
  Task<Result<std::optional<rtmp::Message>>> next(Clock::time_point until);

  /// FCUnpublish and deleteStream, as the client does; then the connection's end.
  Task<Result<void>> end_publishing();
  Task<Result<void>> end_playing();

  Connection& connection() { return connection_; }
  const Habits& habits() const { return *options_.habits; }
  std::uint32_t stream_id() const { return stream_id_; }
  /// Of what is played: the server has said that it is a recording (Stream Is Recorded).
  bool is_recorded() const { return is_recorded_; }
  Timeout timeout() const { return options_.timeout; }
  const std::string& server_version() const { return server_version_; }  // fmsVer; empty: it says none

 private:
  double next_transaction() { return ++transaction_; }
  void queue_on(std::uint32_t chunk_stream, const rtmp::Command& command);
  Task<Result<void>> connect(Role role);
  Task<Result<void>> create_stream();
  /// The answer, _result or _error, to that transaction.
  Task<Result<rtmp::Command>> reply_to(double transaction, std::string_view what);
  /// Until onStatus says that the stream has started.
  Task<Result<void>> started(std::string_view what);
  void note(const rtmp::Message& control);
  Task<Result<rtmp::Command>> next_command(std::string_view what, Clock::time_point until);
  Task<Result<void>> delete_stream();

  Connection& connection_;
  Options options_;
  double transaction_ = 0;
  std::uint32_t stream_id_ = 0;
  bool is_recorded_ = false;
  std::string server_version_;
  std::deque<rtmp::Message> early_;
};

/// "NetStream.Publish.BadName: the key is in use"
std::string to_text(const rtmp::Status& status);

}  // namespace labnet::rtmp_client
