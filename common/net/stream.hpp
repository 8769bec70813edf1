// A connection as a sequence of bytes, plain or secured by TLS, with a deadline for everything that waits.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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
#include "common/net/tls.hpp"

namespace labnet::net {

using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

using Progress = std::atomic<std::uint64_t>;  // in bytes

/// How a file on its way to or from a connection has failed: the one or the other.
struct FileTransferFault {
  StreamFault stream{};  // if it was the connection
  int file_error = 0;    // errno; 0 if it was the connection

  bool is_of_file() const { return file_error != 0; }
};

/// How fast a peer has to take what is written to it, on the average.
struct LeastRate {
  Timeout grace{0};                    // for the first byte, and once for all the others
  std::uint64_t bytes_per_second = 0;  // 0: it may be as slow as it likes
};

/// One end of a TCP connection. A value: it can be moved, and closes the connection when it goes, which must be before
/// its worker does. One read and one write may be under way at a time, in one coroutine or in two.
///
/// A timeout counts from the call and holds for the whole of it: a peer that sends one byte at a time gains nothing. A
/// stall timeout counts anew whenever something has moved.
/// A peer that is always ready does not keep the worker to itself: others have their turn within a read or write.
/// After a read that ended by its deadline the connection is whole and nothing is lost, and another read may follow;
/// after a write that ended so nobody knows how much has gone out: close.
class Stream {
 public:
  static constexpr Timeout write_timeout_default = std::chrono::seconds{30};
  static constexpr Timeout handshake_timeout_default = std::chrono::seconds{10};

  Stream() = default;
  /// peer  whoever has accepted it knows already; otherwise the system is asked, which does not know any more once the
  ///       peer has reset the connection
  explicit Stream(TcpSocket socket, std::optional<Endpoint> peer = std::nullopt);
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  /// from     the own address and port; without it the system picks both
  /// waiting  whose `end_early` ends it with `deadline`, as if that had passed; null: nobody wants to
  /// faults   refused, unreachable, deadline, not_possible
  static Task<Result<Stream, StreamFault>> connect(Executor executor, Endpoint endpoint, Timeout timeout,
                                                   std::optional<Endpoint> from = std::nullopt,
                                                   std::shared_ptr<SingleWait> waiting = nullptr);

  /// The first byte of what the peer has sent and nobody has read. It stays unread. In front of accept_tls, for a
  /// server that has something to say to who does not begin with a handshake; not behind read_line, which may have
  /// taken more than a line. faults  closed, deadline, reset, stopped
  Task<Result<std::byte, StreamFault>> look_at_first(Timeout timeout);

  /// Secures the connection, as its server or as its client: at its beginning, or in the middle after an agreement in
  /// plain text (STARTTLS, AUTH TLS). What the peer had sent before and nobody has read is discarded: it may be
  /// somebody else's (RFC 7457, section 2.2). No read or write may be under way. Afterwards everything works as before;
  /// after a fault nothing does, not even in plain text: close. A timeout holds for the whole handshake.
  /// faults  tls_failed, certificate_not_trusted, closed, deadline, reset, stopped; not_possible: it is secured already
  /// gives_sessions  false: no tickets by itself, for a connection on which the client may never read. It would close
  ///                 with them unread, and its system then throws away what it has not sent yet
  Task<Result<void, StreamFault>> accept_tls(std::shared_ptr<const TlsServer> server,
                                             Timeout timeout = handshake_timeout_default, bool gives_sessions = true);
  /// host_name  that the certificate must be for, a name or an address; a name is also sent, by SNI. Empty only for a
  ///            client whose certificates need not be trusted
  /// session    of an earlier connection, resumed if it is of the same host and client, and if the server agrees
  Task<Result<void, StreamFault>> connect_tls(std::shared_ptr<const TlsClient> client, std::string host_name,
                                              Timeout timeout = handshake_timeout_default, TlsSession session = {});

  /// At least one byte, and what has arrived beyond it as far as `buffer` holds it, which must not be empty.
  /// faults  closed, deadline, reset, stopped; with TLS: tls_failed, and truncated where the end came without
  ///         close_notify. A protocol that knows by itself what is whole may take that for closed.
  Task<Result<std::size_t, StreamFault>> read_some(std::span<std::byte> buffer, Timeout timeout);
  Task<Result<std::size_t, StreamFault>> read_some(std::span<std::byte> buffer, Clock::time_point until);

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
  /// As `write`, for what may be long and a peer that may be slow.
  /// stall_timeout  how long the peer may take nothing before it is a `deadline`
  Task<Result<void, StreamFault>> write_steadily(Bytes bytes, Timeout stall_timeout);
  Task<Result<void, StreamFault>> write_steadily(std::span<const Bytes> pieces, Timeout stall_timeout);
  /// The same, of what stands in front of a file, which must follow by send_file: the two share segments.
  Task<Result<void, StreamFault>> write_before_file(std::span<const Bytes> pieces, Timeout stall_timeout);
  /// Of what is written steadily from now on, and of files: who falls behind is a `deadline`, even if every now and
  /// then something moves. Counts anew with each call, from when there is something to wait for; what the peer's system
  /// has acknowledged is taken. Where the own system does not tell how much that is (Linux before 4.1) all are fast
  /// enough.
  void expect(LeastRate rate);
  /// True if the socket has taken all of it: what is short costs no task then. Otherwise one of the others must be
  /// given the same next, and goes on where this has ended or says what is wrong.
  bool write_at_once(std::span<const Bytes> pieces);
  /// What the next write is given is the last: with TLS, close_notify leaves together with its end, which saves both
  /// sides a system call. `finish` or `end_writing` must follow; without TLS, and without a write, all is up to them.
  void end_with_next_write();

  /// Sends `bytes` bytes of a file from `offset` on: with sendfile(2), with TLS by reading them. Reading and sending
  /// happen on a thread for what blocks (Worker::run_blocking), so that a slow disk holds up nobody else; what is small
  /// and in memory goes out at once. No other read or write may be under way.
  /// stall_timeout  how long nothing may move before it is a `deadline`
  /// progress       how much has been sent so far; any thread may look
  /// faults         of the connection, as with `write`, or of the file; ENODATA if it has become shorter
  Task<Result<void, FileTransferFault>> send_file(Worker& worker, int file, std::uint64_t offset, std::uint64_t bytes,
                                                  Timeout stall_timeout, Progress& progress);

  /// Writes all that the peer sends until it ends to the file, at its position: with splice(2) where that can be. No
  /// other read or write may be under way.
  /// bytes_max  EFBIG if more comes
  /// faults     of the connection (with TLS `truncated` for an end without close_notify), or of the file: ENOSPC,
  /// EDQUOT
  Task<Result<void, FileTransferFault>> receive_file(Worker& worker, int file, std::uint64_t bytes_max,
                                                     Timeout stall_timeout, Progress& progress);

  /// Says that nothing more will come (with TLS by close_notify, too), then discards what the peer still sends until it
  /// ends too, at most `timeout` and `linger_bytes_max` long; then closes. A plain close with bytes unread could take
  /// away the last reply (RFC 9112, section 9.6).
  Task<void> finish(Timeout timeout);
  static constexpr std::size_t linger_bytes_max = 1 << 20;

  /// Says that nothing more will come, and closes nothing: the peer may go on.
  /// stall_timeout  as with write_steadily: close_notify goes behind what is still on its way
  Task<void> end_writing(Timeout stall_timeout);

  /// Urgent data (RFC 9293, section 3.8.5) is read where it stands among the rest, as Telnet and FTP want it; else the
  /// system keeps the last octet of it apart. From the beginning on.
  void take_urgent_data_in_line();

  /// The read that waits at the moment ends with `deadline`, as if that had passed; another one may follow.
  void interrupt_read();

  /// At once. Reads and writes that are under way end with `stopped`. A peer that speaks TLS sees it as truncated. Not
  /// while a file is sent or received: `abort` that first.
  void close();
  /// Breaks the connection: whatever is under way ends with a fault soon, that of a file, too.
  void abort();
  bool is_open() const;

  /// From now on what it receives and sends, and a server's handshake, count for the worker, which is that of its
  /// executor. What a listener gives does so already.
  void count_for(Worker& worker);

  /// What they were when the connection began; scheme "tcp".
  const Endpoint& local() const;
  const Endpoint& peer() const;

  /// True from the beginning of accept_tls or connect_tls on.
  bool is_secure() const;
  /// What was agreed upon; nothing before a handshake has ended well.
  std::optional<TlsDetails> tls() const;
  /// As `describe`, and for TLS the reason: "the certificate of "CN=www.lab" has expired: it was valid until ...".
  std::string explain(StreamFault fault) const;

  /// A client's: the last session that the server has given, empty if none. TLS 1.3 servers give theirs after the
  /// handshake, with the first bytes that are read.
  TlsSession session() const;
  /// A server's: the client has begun this connection by resuming the session of `first` or one that both descend from,
  /// so that it is the same client. For an FTP data connection and its control connection (RFC 4217, section 10.4).
  bool resumes_session_of(const Stream& first) const;
  /// A server's: gives the client another ticket, for one more connection; goes out at once, or with the next write.
  /// Not while a write is under way. False if that cannot be: TLS 1.2, whose sessions serve more than once, or no TLS.
  bool offer_session();
  /// What this end has accepted with, for a second connection that belongs to this one; null if it has not.
  std::shared_ptr<const TlsServer> tls_server() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace labnet::net
