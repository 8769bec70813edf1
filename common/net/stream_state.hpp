// The inside of a Stream, for the files that it is made of.
#pragma once

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/bind_cancellation_slot.hpp>

#include "common/net/attempt.hpp"
#include "common/net/loop_socket.hpp"
#include "common/net/read_wait.hpp"
#include "common/net/receive_now.hpp"
#include "common/net/stream.hpp"
#include "common/net/tls_engine.hpp"

namespace labnet::net {

/// How long a write may wait: until then; or else, as long as not for so long nothing has moved.
struct Patience {
  Clock::time_point until = Clock::time_point::max();
  Timeout stall_timeout{0};

  static Patience of_stall(Timeout stall_timeout) { return {Clock::time_point::max(), stall_timeout}; }
};

constexpr int looks_per_stall = 4;  // whether something has moved: a stall is seen a quarter late at most
// What a connection may do that never has to wait, before others have their turn.
constexpr int steps_per_turn_max = 16;
constexpr std::size_t bytes_per_turn_max = 64 * 1024;

/// Bytes that the peer has acknowledged since the connection began; nothing where the system does not tell.
std::optional<std::uint64_t> acknowledged_bytes(int socket);

/// A rate, and since when and from where it counts.
struct ExpectedRate {
  LeastRate rate;
  std::optional<Clock::time_point> begun{};  // nothing: there was nothing to wait for yet
  std::uint64_t bytes_before = 0;            // acknowledged by then

  /// When the peer has fallen behind, if it takes no more until then.
  Clock::time_point end(int socket);
};

struct Stream::State final : Deadlines {
  explicit State(TcpSocket from, std::optional<Endpoint> known_peer)
      : Deadlines{from.get_executor()}, socket{std::move(from)} {
    boost::system::error_code error;
    local = to_endpoint("tcp", socket.local());
    ask_for_rest(socket.descriptor());
    if (known_peer) {
      peer = *std::move(known_peer);
    } else if (const auto endpoint = socket.watched().remote_endpoint(error); !error) {
      peer = to_endpoint("tcp", endpoint);
    }
  }

  std::span<Wait> waits() override { return waits_; }
  Wait& reading() { return waits_[0]; }
  Wait& writing() { return waits_[1]; }

  Attempt try_read(std::span<std::byte> buffer) {
    if (tls) {
      const auto attempt = tls->read(buffer);
      is_drained = attempt.step == Attempt::Step::done && tls->is_drained();
      count_received(attempt.bytes);
      return attempt;
    }
    const auto attempt = try_receive(buffer);
    count_received(attempt.bytes);
    return attempt;
  }

  Attempt try_receive(std::span<std::byte> buffer) {
    const auto [count, leaves_nothing] = receive_now(socket.descriptor(), buffer.data(), buffer.size());
    if (count == 0) return Attempt::failed(StreamFault::closed);
    is_drained = leaves_nothing;
    return Attempt::of(count, Attempt::Step::wait_to_read);
  }

  /// Without the first `skip` bytes of the first piece.
  /// more  MSG_MORE: the system may keep what fills no segment until something else is written
  Attempt try_write(std::span<const Bytes> pieces, std::size_t skip, int more = 0) {
    if (tls) {
      const auto attempt = tls->write(pieces, skip);
      has_sent = has_sent || attempt.step == Attempt::Step::done;
      count_sent(attempt.bytes);
      return attempt;
    }
    constexpr std::size_t pieces_per_call_max = 64;
    std::array<iovec, pieces_per_call_max> vectors;
    const auto count = std::min(pieces.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto piece = i == 0 ? pieces[0].subspan(skip) : pieces[i];
      vectors[i] = {const_cast<std::byte*>(piece.data()), piece.size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const auto sent = ::sendmsg(socket.descriptor(), &message, MSG_DONTWAIT | MSG_NOSIGNAL | more);
    has_sent = has_sent || sent > 0;
    if (sent > 0) count_sent(static_cast<std::uint64_t>(sent));
    return Attempt::of(sent, Attempt::Step::wait_to_write);
  }

  /// Nothing if the socket is ready for what the attempt waits for.
  Task<std::optional<StreamFault>> wait_for(Attempt::Step step, Wait& wait, Clock::time_point until) {
    begin_turn();
    if (!socket.is_open()) co_return StreamFault::stopped;
    begin(wait, until);
    const auto kind = step == Attempt::Step::wait_to_read ? TcpSocket::wait_read : TcpSocket::wait_write;
    const auto [error] =
        co_await socket.watched().async_wait(kind, asio::bind_cancellation_slot(wait.cancel.slot(), as_result));
    const bool has_passed = end(wait);
    if (!error) co_return std::nullopt;
    co_return has_passed ? StreamFault::deadline : to_fault(error);
  }

  /// The system acknowledges what has come and what comes next without delay. Some clients send a handshake's last
  /// messages one by one, and Nagle's algorithm (RFC 9293, section 3.7.4) keeps each until the one before it is
  /// acknowledged: that would take 40 ms a connection.
  void acknowledge_at_once() {
    const int yes = 1;
    ::setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
  }

  /// As `wait_for`, as long as the peer takes something every now and then of what is on its way, and keeps up with the
  /// rate that is expected of it: the system calls a socket writable only once much has gone, which takes a slow peer
  /// minutes.
  Task<std::optional<StreamFault>> wait_while_moving(Attempt::Step step, Wait& wait, Timeout stall_timeout) {
    auto underway = unacknowledged_bytes();
    auto until = deadline_after(stall_timeout);
    for (;;) {
      const auto behind_at = expected.end(socket.descriptor());
      if (Clock::now() >= behind_at) co_return StreamFault::deadline;
      const auto look_at = std::min({until, behind_at, deadline_after(stall_timeout / looks_per_stall)});
      const auto fault = co_await wait_for(step, wait, look_at);
      const bool is_time_to_look = fault == StreamFault::deadline && Clock::now() >= look_at;
      if (!is_time_to_look) co_return fault;
      const auto left = unacknowledged_bytes();
      if (left < underway) {
        underway = left;
        until = deadline_after(stall_timeout);
      } else if (Clock::now() >= until) {
        co_return fault;
      }
    }
  }

  Task<std::optional<StreamFault>> wait_for(Attempt::Step step, Wait& wait, const Patience& patience) {
    if (patience.stall_timeout > Timeout{0}) return wait_while_moving(step, wait, patience.stall_timeout);
    return wait_for(step, wait, patience.until);
  }

  int unacknowledged_bytes() {
    int bytes = 0;
    ::ioctl(socket.descriptor(), SIOCOUTQ, &bytes);
    return bytes;
  }

  /// So that a read need not try before it waits: the last one has left nothing, and something was sent since then. Had
  /// the peer broken the connection before that read, which cannot see it, sending would have failed. Of what has come
  /// later, ReadWait is told.
  bool knows_that_nothing_is_there() { return std::exchange(is_drained, false) && has_sent; }
  /// Of an attempt to read that has to wait for more.
  bool found_nothing() const { return !tls || tls->found_nothing(); }
  /// Before read_wait: false if the stream is closed.
  bool begin_reading(Clock::time_point until) {
    begin_turn();
    if (!socket.is_open()) return false;
    begin(reading(), until);
    reading().cancel.slot().assign([this](asio::cancellation_type) { read_wait.cancel(); });
    return true;
  }
  /// After it: nothing if the socket is ready.
  std::optional<StreamFault> end_reading(bool is_ready) {
    const bool has_passed = end(reading());
    if (is_ready) return std::nullopt;
    return has_passed ? StreamFault::deadline : StreamFault::stopped;
  }

  void begin_turn() {
    steps_in_turn = 0;
    bytes_in_turn = 0;
  }
  bool is_turn_over() const { return steps_in_turn >= steps_per_turn_max || bytes_in_turn >= bytes_per_turn_max; }

  /// Whoever is always ready makes neither the worker's other connections wait nor its own deadline.
  Task<std::optional<StreamFault>> let_others_run(Clock::time_point until) {
    begin_turn();
    co_await asio::post(socket.executor(), as_result);
    if (!socket.is_open()) co_return StreamFault::stopped;
    if (Clock::now() >= until) co_return StreamFault::deadline;
    co_return std::nullopt;
  }

  /// Moves what read_line has read too much to `buffer`.
  std::size_t take_ahead(std::span<std::byte> buffer) {
    const auto count = std::min(buffer.size(), ahead.size() - ahead_used);
    if (count == 0) return 0;  // nothing may have been read ahead ever
    std::memcpy(buffer.data(), ahead.data() + ahead_used, count);
    ahead_used += count;
    return count;
  }

  bool has_read_ahead() const { return ahead_used < ahead.size(); }
  std::string_view unread_text() const { return as_text(Bytes{ahead}.subspan(ahead_used)); }

  /// The first line of what has been read ahead, if it is there whole, taken out of it.
  std::optional<Result<std::string, StreamFault>> take_line(std::size_t line_bytes_max) {
    const auto text = unread_text();
    const auto end = text.find('\n');
    if (end == text.npos && (skips_line || text.size() >= line_bytes_max)) {
      ahead_used = ahead.size();
      if (!std::exchange(skips_line, true)) return StreamFault::line_too_long;
    }
    if (end == text.npos) return std::nullopt;
    ahead_used += end + 1;
    if (std::exchange(skips_line, false)) return take_line(line_bytes_max);
    if (end + 1 > line_bytes_max) return StreamFault::line_too_long;
    const auto line = text.substr(0, end);
    return std::string{line.ends_with('\r') ? line.substr(0, end - 1) : line};
  }

  void count_received(std::uint64_t bytes) {
    if (counts != nullptr) counts->bytes_received += bytes;
  }
  void count_sent(std::uint64_t bytes) {
    if (counts != nullptr) counts->bytes_sent += bytes;
  }

  void close() {
    socket.close();
    Deadlines::close();
  }

  static Task<Result<std::byte, StreamFault>> look_at_first(std::shared_ptr<State> self, Clock::time_point until);
  static Task<Result<void, StreamFault>> accept(std::shared_ptr<State> self, std::unique_ptr<TlsEngine> engine,
                                                Clock::time_point until);
  static Task<Result<void, StreamFault>> secure(std::shared_ptr<State> self, std::unique_ptr<TlsEngine> engine,
                                                Clock::time_point until);
  static Task<Result<std::size_t, StreamFault>> receive(std::shared_ptr<State> self, std::span<std::byte> buffer,
                                                        Clock::time_point until);
  static Task<Result<std::size_t, StreamFault>> read_ahead(std::shared_ptr<State> self, std::span<std::byte> buffer);
  static Task<Result<void, StreamFault>> read_more_ahead(std::shared_ptr<State> self, Clock::time_point until);
  static Task<Result<void, StreamFault>> read_exactly(std::shared_ptr<State> self, std::span<std::byte> buffer,
                                                      Clock::time_point until);
  static Task<Result<std::string, StreamFault>> read_line(std::shared_ptr<State> self, std::size_t line_bytes_max,
                                                          Clock::time_point until);
  static Task<Result<void, StreamFault>> write(std::shared_ptr<State> self, std::span<const Bytes> pieces,
                                               Patience patience, int more = 0);
  static Task<Result<void, StreamFault>> write_one(std::shared_ptr<State> self, Bytes bytes, Patience patience);
  static Task<Result<void, FileTransferFault>> send_file(std::shared_ptr<State> self, Worker& worker, int file,
                                                         std::uint64_t offset, std::uint64_t bytes,
                                                         Timeout stall_timeout, Progress& progress);
  static Task<Result<void, FileTransferFault>> receive_file(std::shared_ptr<State> self, Worker& worker, int file,
                                                            std::uint64_t bytes_max, Timeout stall_timeout,
                                                            Progress& progress);
  static Task<void> end_writing(std::shared_ptr<State> self, Patience patience);
  static Task<void> finish(std::shared_ptr<State> self, Clock::time_point until);

  LoopSocket socket;
  ReadWait read_wait{socket};
  std::array<Wait, 2> waits_;
  Endpoint local;
  Endpoint peer;
  Buffer ahead;  // read for a line and not used yet, from ahead_used on
  std::size_t ahead_used = 0;
  std::size_t written_at_once = 0;  // of a write that is to go on
  ExpectedRate expected;            // of the peer, when something is written to it
  Counts* counts = nullptr;         // null: it counts for nobody
  int steps_in_turn = 0;
  std::size_t bytes_in_turn = 0;
  bool skips_line = false;         // a line was too long, and its end has not come yet
  bool is_drained = false;         // the last read has left nothing, neither bytes nor the connection's end
  bool has_sent = false;           // since then
  bool is_established = false;     // a TLS handshake has ended well
  std::unique_ptr<TlsEngine> tls;  // goes before the socket
};

}  // namespace labnet::net
