// A connection as a sequence of bytes, with a deadline for everything that waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/net/deadline.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/fault.hpp"
#include "common/net/runtime.hpp"

namespace labnet::net {

using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

/// One end of a TCP connection. A value: it can be moved, and closes the connection when it goes. One read and one
/// write may be under way at a time, in one coroutine or in two.
///
/// A timeout counts from the call and holds for the whole of it: a peer that sends one byte at a time gains nothing.
/// After a read that ended by its deadline the connection is whole and nothing is lost, and another read may follow;
/// after a write that ended so nobody knows how much has gone out: close.
class Stream {
 public:
  static constexpr Timeout write_timeout_default = std::chrono::seconds{30};

  Stream() = default;
  explicit Stream(TcpSocket socket);
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  /// faults  refused, unreachable, deadline, not_possible
  static Task<Result<Stream, StreamFault>> connect(Executor executor, Endpoint endpoint, Timeout timeout);

  /// At least one byte, and what has arrived beyond it as far as `buffer` holds it, which must not be empty.
  /// faults  closed, deadline, reset, stopped
  Task<Result<std::size_t, StreamFault>> read_some(std::span<std::byte> buffer, Timeout timeout);

  /// Fills `buffer`. On a fault, what had arrived is in it, and nobody knows how much: close (after a deadline, too).
  Task<Result<void, StreamFault>> read_exactly(std::span<std::byte> buffer, Timeout timeout);

  /// The next line without its end, CR LF or LF alone.
  /// line_bytes_max  of the line, its end included
  /// faults          as above; line_too_long: the next read_line skips what is left of that line
  Task<Result<std::string, StreamFault>> read_line(std::size_t line_bytes_max, Timeout timeout);

  /// Writes all of it. The bytes must live until the task ends.
  Task<Result<void, StreamFault>> write(Bytes bytes, Timeout timeout = write_timeout_default);
  Task<Result<void, StreamFault>> write(std::string_view text, Timeout timeout = write_timeout_default);
  /// Several pieces, one after the other, with as few system calls as possible.
  Task<Result<void, StreamFault>> write(std::span<const Bytes> pieces, Timeout timeout = write_timeout_default);

  /// Says that nothing more will come, then discards what the peer still sends until it ends too, at most `timeout` and
  /// `linger_bytes_max` long; then closes. A plain close with bytes unread could take away the last reply (RFC 9112,
  /// section 9.6).
  Task<void> finish(Timeout timeout);
  static constexpr std::size_t linger_bytes_max = 1 << 20;

  /// At once. Reads and writes that are under way end with `stopped`.
  void close();
  bool is_open() const;

  /// What they were when the connection began; scheme "tcp".
  const Endpoint& local() const;
  const Endpoint& peer() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace labnet::net
