// The inside of a Stream, for the files that it is made of.
#pragma once

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
#include "common/net/stream.hpp"
#include "common/net/tls_engine.hpp"

namespace labnet::net {

struct Stream::State final : Deadlines {
  explicit State(TcpSocket from) : Deadlines{from.get_executor()}, socket{std::move(from)} {
    boost::system::error_code error;
    if (const auto endpoint = socket.watched().local_endpoint(error); !error) local = to_endpoint("tcp", endpoint);
    if (const auto endpoint = socket.watched().remote_endpoint(error); !error) peer = to_endpoint("tcp", endpoint);
  }

  std::span<Wait> waits() override { return waits_; }
  Wait& reading() { return waits_[0]; }
  Wait& writing() { return waits_[1]; }

  Attempt try_read(std::span<std::byte> buffer) {
    if (tls) {
      const auto attempt = tls->read(buffer);
      is_drained = attempt.step == Attempt::Step::done && tls->is_drained();
      return attempt;
    }
    return try_receive(buffer);
  }

  Attempt try_receive(std::span<std::byte> buffer) {
    const auto count = ::recv(socket.descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) return Attempt::failed(StreamFault::closed);
    // Less than there was room for: most likely nothing is left, and the next read waits before it tries.
    is_drained = count > 0 && static_cast<std::size_t>(count) < buffer.size();
    return Attempt::of(count, Attempt::Step::wait_to_read);
  }

  /// Without the first `skip` bytes of the first piece.
  Attempt try_write(std::span<const Bytes> pieces, std::size_t skip) {
    if (tls) return tls->write(pieces, skip);
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
    const auto sent = ::sendmsg(socket.descriptor(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    return Attempt::of(sent, Attempt::Step::wait_to_write);
  }

  /// Nothing if the socket is ready for what the attempt waits for.
  Task<std::optional<StreamFault>> wait_for(Attempt::Step step, Wait& wait, Clock::time_point until) {
    if (!socket.is_open()) co_return StreamFault::stopped;
    begin(wait, until);
    const auto kind = step == Attempt::Step::wait_to_read ? TcpSocket::wait_read : TcpSocket::wait_write;
    const auto [error] =
        co_await socket.watched().async_wait(kind, asio::bind_cancellation_slot(wait.cancel.slot(), as_result));
    const bool has_passed = end(wait);
    if (!error) co_return std::nullopt;
    co_return has_passed ? StreamFault::deadline : to_fault(error);
  }

  Task<Result<std::size_t, StreamFault>> receive(std::span<std::byte> buffer, Clock::time_point until) {
    Attempt attempt{Attempt::Step::wait_to_read, 0, {}};
    if (!std::exchange(is_drained, false)) attempt = try_read(buffer);
    while (attempt.step != Attempt::Step::done) {
      if (attempt.step == Attempt::Step::failed) co_return attempt.fault;
      const auto fault = co_await wait_for(attempt.step, reading(), until);
      if (fault) co_return *fault;
      attempt = try_read(buffer);
    }
    co_return attempt.bytes;
  }

  /// Moves what read_line has read too much to `buffer`.
  std::size_t take_ahead(std::span<std::byte> buffer) {
    const auto count = std::min(buffer.size(), ahead.size() - ahead_used);
    if (count == 0) return 0;  // nothing may have been read ahead ever
    std::memcpy(buffer.data(), ahead.data() + ahead_used, count);
    ahead_used += count;
    return count;
  }

  Task<Result<void, StreamFault>> read_more_ahead(Clock::time_point until) {
    constexpr std::size_t line_chunk_bytes = 2048;
    ahead.erase(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(std::exchange(ahead_used, 0)));
    const auto size = ahead.size();
    ahead.resize(size + line_chunk_bytes);
    const auto count = co_await receive(std::span{ahead}.subspan(size), until);
    ahead.resize(size + (count ? *count : 0));
    if (!count) co_return count.error();
    co_return Result<void, StreamFault>{};
  }

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

  void close() {
    socket.close();
    Deadlines::close();
  }

  static Task<Result<void, StreamFault>> secure(std::shared_ptr<State> self, std::unique_ptr<TlsEngine> engine,
                                                Clock::time_point until);
  static Task<Result<std::size_t, StreamFault>> read_some(std::shared_ptr<State> self, std::span<std::byte> buffer,
                                                          Clock::time_point until);
  static Task<Result<void, StreamFault>> read_exactly(std::shared_ptr<State> self, std::span<std::byte> buffer,
                                                      Clock::time_point until);
  static Task<Result<std::string, StreamFault>> read_line(std::shared_ptr<State> self, std::size_t line_bytes_max,
                                                          Clock::time_point until);
  static Task<Result<void, StreamFault>> write(std::shared_ptr<State> self, std::span<const Bytes> pieces,
                                               Clock::time_point until);
  static Task<Result<void, StreamFault>> write_one(std::shared_ptr<State> self, Bytes bytes, Clock::time_point until);
  static Task<Result<void, FileTransferFault>> send_file(std::shared_ptr<State> self, Worker& worker, int file,
                                                         std::uint64_t offset, std::uint64_t bytes,
                                                         Timeout stall_timeout, Progress& progress);
  static Task<Result<void, FileTransferFault>> receive_file(std::shared_ptr<State> self, Worker& worker, int file,
                                                            std::uint64_t bytes_max, Timeout stall_timeout,
                                                            Progress& progress);
  static Task<void> end_writing(std::shared_ptr<State> self, Clock::time_point until);
  static Task<void> finish(std::shared_ptr<State> self, Clock::time_point until);

  LoopSocket socket;
  std::array<Wait, 2> waits_;
  Endpoint local;
  Endpoint peer;
  Buffer ahead;  // read for a line and not used yet, from ahead_used on
  std::size_t ahead_used = 0;
  bool skips_line = false;  // a line was too long, and its end has not come yet
  bool is_drained = false;
  bool is_established = false;     // a TLS handshake has ended well
  std::unique_ptr<TlsEngine> tls;  // goes before the socket
};

}  // namespace labnet::net
