// The protocol of one connection, server's side: bytes come in, bytes and events go out. It knows no socket, no clock
// and none of the streams: whoever owns it says who may do what.
//
//   while (!input.empty() && !session.is_closing()) {
//     auto step = session.read(input);
//     if (!step) break;                                      // close
//     input = input.subspan(step->used);
//     send(session.take_output());
//     if (auto* asked = std::get_if<PublishAsked>(&step->event)) ...accept_publish() or refuse_publish(...)
//   }
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/rtmp/acknowledgement.hpp"
#include "common/rtmp/aggregate.hpp"
#include "common/rtmp/chunk_reader.hpp"
#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/handshake.hpp"
#include "common/rtmp/replies.hpp"
#include "common/rtmp/stream_name.hpp"

namespace labnet::rtmp_server {

/// Why a connection cannot go on: close.
struct SessionFault {
  enum class Kind : std::uint8_t {
    handshake,      // `detail` says what was wrong
    chunk,          // the same
    command,        // one that is none, or values that cannot be read
    aggregate,      // messages that do not fit into the one that holds them
    not_connected,  // something else came before connect
    connected_twice,
  };
  Kind kind = Kind::handshake;
  std::string detail{};
};
/// For people: "the handshake is none: the first byte begins TLS"
std::string describe(const SessionFault& fault);

/// Of what is refused: clients take it for the end.
inline rtmp::Status error_status(std::string_view code, std::string_view description) {
  return {.level = "error", .code = std::string{code}, .description = std::string{description}};
}

/// Which stream is meant: the parts of rtmp://host/app/name?arguments, wherever a client has cut that.
struct StreamPath {
  std::string app{};   // without slashes at its ends
  std::string name{};  // as app; a key, or what stands for one
  std::vector<std::pair<std::string, std::string>> arguments{};

  std::string text() const { return app + "/" + name; }
  bool operator==(const StreamPath&) const = default;
};

// What a client asks for. The one who owns the session must answer before it reads on, if nothing else is said.

struct ConnectAsked {  // accept_connect or refuse_connect
  rtmp::Connect connect{};
  std::string app{};  // without slashes at its ends and arguments; may be empty
};
struct PublishAsked {  // accept_publish or refuse_publish
  StreamPath path{};
  rtmp::Publish::Kind kind = rtmp::Publish::Kind::live;
};
/// accept_play or refuse_play. What was played before has ended. The answer may be given later, if a file has to be
/// looked for; it is wanted no more once the play ends (PlayEnded), or the client asks for another.
struct PlayAsked {
  StreamPath path{};
  rtmp::Play play{};
  bool is_switch = false;  // by play2: from where the one before is
};
struct SeekAsked {  // of what is played, or will be: notify_of_seek or refuse_seek
  double milliseconds = 0;
};

// What a client tells.

struct MediaCame {          // of the stream that it publishes
  rtmp::Message message{};  // audio, video, or data as a player is to have it: type 18 without "@setDataFrame"
};
struct MetadataCleared {};  // "@clearDataFrame"
struct PublishEnded {};
struct PlayEnded {};
struct PauseAsked {
  bool is_paused = false;
};
struct BufferLengthTold {  // of what is played
  std::chrono::milliseconds length{0};
};
struct ReceiveAsked {  // which of both the player wants
  std::optional<bool> audio{}, video{};
};

using SessionEvent = std::variant<std::monostate, ConnectAsked, PublishAsked, PlayAsked, MediaCame, MetadataCleared,
                                  PublishEnded, PlayEnded, PauseAsked, SeekAsked, BufferLengthTold, ReceiveAsked>;

struct SessionOptions {
  std::uint32_t chunk_bytes = 4096;
  std::uint32_t window_bytes = 5'000'000;
  rtmp::ChunkLimits chunks{};
};

/// A client may publish one stream and play one at the same time, each on a message stream of its own.
class Session {
 public:
  /// time_ms  any clock of milliseconds; goes into the handshake
  Session(const SessionOptions& options, rtmp::HandshakeSeed seed, std::uint32_t time_ms);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) = delete;

  struct Step {
    std::size_t used = 0;  // bytes of the input that are done with
    SessionEvent event{};
  };
  /// input    what has come and is not used yet, in any cut; may be empty: an event may be left from the last message
  /// returns  when there is an event, or when all of the input is used and nothing is left; call again otherwise
  Result<Step, SessionFault> read(Bytes input);
  /// An event is left over of bytes that were used already (an aggregate holds several messages).
  bool has_more() const { return aggregate_.has_value(); }

  // Answers

  void accept_connect();
  void refuse_connect(const rtmp::Status& status);  // closes
  void accept_publish();
  void refuse_publish(const rtmp::Status& status);  // closes: OBS would go on sending
  /// Media may follow, on play_stream_id().
  enum class Source : std::uint8_t { live, recorded };
  void accept_play(Source source = Source::live);
  void refuse_play(const rtmp::Status& status);  // the client may ask for another

  // To a player

  /// Somebody publishes what he waits for.
  void notify_of_begin();
  /// What he plays has ended; it may begin again.
  void notify_of_end();
  /// What follows is from another place of a recording.
  void notify_of_seek(std::uint32_t milliseconds);
  /// It goes on as it was.
  void refuse_seek(std::string_view code, std::string description);
  /// A recording has been played to its end. The client may seek in it, or play another.
  void notify_of_complete(double duration_s, double bytes);
  /// A recording cannot be played any further.
  void break_play(const rtmp::Status& status);
  /// Ends a publisher whose stream another one has taken, or who is too slow.
  void end_publish(const rtmp::Status& status);  // closes

  /// Asks for a sign of life, whatever the time means to us.
  void ping(std::uint32_t time_ms);

  /// What is to be sent, in this order; empty if there is nothing.
  Buffer take_output() { return std::exchange(output_, {}); }
  bool has_output() const { return !output_.empty(); }

  enum class State : std::uint8_t { handshake, waits_for_connect, connected };
  State state() const { return state_; }
  /// No more is read. The output is to be sent, then the connection closed.
  bool is_closing() const { return is_closing_; }
  bool is_publishing() const { return publish_stream_ != 0; }
  bool is_playing() const { return play_stream_ != 0; }
  /// The message stream of what is played.
  std::uint32_t play_stream_id() const { return play_stream_; }
  /// Of who has connected: the program's own name, "FMLE/3.0 (compatible; FMSc/1.0)".
  const std::string& client_name() const { return client_name_; }
  rtmp::HandshakeKind handshake_kind() const { return handshake_kind_; }

 private:
  using Outcome = Result<SessionEvent, SessionFault>;
  struct Verb;
  static const Verb* find_verb(std::string_view name);

  Result<Step, SessionFault> read_handshake(Bytes input);
  Result<Step, SessionFault> read_chunks(Bytes input);
  Outcome next_of_aggregate();
  Outcome take(rtmp::Message message);
  Outcome take_control(const rtmp::Message& message);
  Outcome take_media(rtmp::Message message);
  Outcome take_data(rtmp::Message message);
  Outcome take_command(const rtmp::Message& message);

  // Each answers one command: see the table in session_commands.cpp.
  Outcome on_connect(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_create_stream(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_fc_unpublish(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_publish(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_play(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_play2(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_seek(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_pause(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_close_stream(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_delete_stream(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_get_stream_length(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_receive_audio(const rtmp::Command& command, std::uint32_t stream_id);
  Outcome on_receive_video(const rtmp::Command& command, std::uint32_t stream_id);
  /// An answer that says nothing, if one is wanted.
  void acknowledge(const rtmp::Command& command, std::uint32_t stream_id);
  /// releaseStream, FCPublish, FCSubscribe, _checkbw, and what nobody knows.
  Outcome on_anything(const rtmp::Command& command, std::uint32_t stream_id);

  Outcome ask_to_play(rtmp::Play play, std::uint32_t stream_id, bool is_switch = false);
  std::optional<StreamPath> path_of(std::string_view name) const;
  bool has_stream(std::uint32_t stream_id) const;
  /// What the stream does ends; the event says what that was.
  SessionEvent end_activity_of(std::uint32_t stream_id);
  void send(const rtmp::Message& message) { writer_.write(message, output_); }
  void send(const rtmp::Command& command, std::uint32_t stream_id = 0);
  void send_event(rtmp::UserEvent event, std::uint32_t value);
  void send_data(rtmp::Message message);
  void send_status(std::uint32_t stream_id, std::string_view code, std::string description);
  void refuse_seek(std::uint32_t stream_id, std::string_view code, std::string description);
  void close_with(std::uint32_t stream_id, const rtmp::Status& status);

  SessionOptions options_;
  State state_ = State::handshake;
  bool is_closing_ = false;
  std::unique_ptr<rtmp::ServerHandshake> handshake_;  // null once it is done
  rtmp::HandshakeKind handshake_kind_ = rtmp::HandshakeKind::simple;
  rtmp::ChunkReader reader_;
  rtmp::ChunkWriter writer_;
  rtmp::ReceivedBytes received_;
  std::optional<rtmp::AggregateReader> aggregate_;  // that is being read
  Buffer output_;

  std::string app_;
  std::string client_name_;
  double connect_transaction_ = 0;
  rtmp::ConnectReply connect_reply_{};
  std::vector<std::uint32_t> streams_;  // that createStream has made
  std::uint32_t publish_stream_ = 0;    // 0: none
  std::uint32_t play_stream_ = 0;       // 0: none
  bool play_resets_ = false;
  std::string play_name_{};
  std::string publish_name_{};
};

}  // namespace labnet::rtmp_server
