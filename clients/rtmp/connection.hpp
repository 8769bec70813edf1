// An RTMP connection from the client's side: the handshake, messages both ways, and what the protocol wants answered
// by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "clients/rtmp/observer.hpp"
#include "clients/rtmp/transport.hpp"
#include "common/rtmp/acknowledgement.hpp"
#include "common/rtmp/chunk_reader.hpp"
#include "common/rtmp/chunk_writer.hpp"
#include "common/rtmp/command.hpp"
#include "common/rtmp/control.hpp"
#include "common/rtmp/handshake.hpp"

namespace labnet::rtmp_client {

class Connection {
 public:
  /// What it travels by is connected, and secured where that is wanted; `observer` outlives it.
  /// answers_bandwidth  Set Peer Bandwidth by a Window Acknowledgement Size, as the specification asks and few do
  Connection(std::shared_ptr<Transport> transport, Observer& observer, bool answers_bandwidth)
      : transport_{std::move(transport)}, observer_{observer}, answers_bandwidth_{answers_bandwidth} {}
  ~Connection() { transport_->close(); }
  Connection(Connection&&) = delete;

  /// faults  a sentence; `spoken` says what the server has begun with
  Task<Result<void>> shake_hands(rtmp::HandshakeKind offered, Timeout timeout);
  enum class Spoken : std::uint8_t {
    nothing,  // and it has closed the connection
    rtmp,     // or something that is none of the others
    tls,
    http,
  };
  Spoken spoken() const { return spoken_; }

  /// What goes out with the next `flush`.
  void queue(const rtmp::Message& message);
  void queue(const rtmp::Command& command, std::uint32_t stream_id = 0) { queue(rtmp::to_message(command, stream_id)); }
  void queue(const rtmp::Control& control) { queue(rtmp::to_message(control)); }
  /// All of it. One at a time; more may be queued meanwhile, and goes out with the next.
  /// stall_timeout  how long the server may take nothing
  Task<Result<void>> flush(Timeout stall_timeout);

  /// The next message; nothing: the server has closed the connection. Pings are answered, windows kept and
  /// acknowledged: what that takes is queued, so `flush` before the next. One at a time, also beside a `flush`.
  Task<Result<std::optional<rtmp::Message>>> next(Clock::time_point until);
  /// The `next` that waits ends, as if its time had passed.
  void interrupt() { transport_->interrupt_read(); }

  /// Whether the last `next` failed by its deadline alone, or by `interrupt`: another may follow.
  bool was_late() const { return was_late_; }

  /// Says that nothing more will come and waits for the server to do the same.
  Task<void> finish(Timeout timeout) { return transport_->finish(timeout); }

  rtmp::HandshakeKind handshake() const { return handshake_; }
  /// What the server has said last.
  std::uint32_t server_chunk_bytes() const { return reader_.chunk_bytes(); }
  std::optional<std::uint32_t> server_window() const { return server_window_; }

 private:
  void answer(const rtmp::Message& message);
  Error fault_of(net::StreamFault fault) const;

  std::shared_ptr<Transport> transport_;
  Observer& observer_;
  bool answers_bandwidth_;
  rtmp::HandshakeKind handshake_ = rtmp::HandshakeKind::simple;
  Spoken spoken_ = Spoken::rtmp;
  rtmp::ChunkReader reader_;
  rtmp::ChunkWriter writer_;
  rtmp::ReceivedBytes received_;
  std::optional<std::uint32_t> server_window_, said_window_;
  bool was_late_ = false;
  Buffer input_ = Buffer(16 * 1024);
  Bytes unread_;  // of it
  Buffer output_;
};

/// For people: the command, the data, the control or the header that it is; empty: what has no words (frames).
std::string to_text(const rtmp::Message& message);

}  // namespace labnet::rtmp_client
