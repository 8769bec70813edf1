// Files over connections. What is in memory and not long goes out on the worker itself. Of the rest a slice of the work
// is done on a thread for what blocks, which stays with a connection as long as that moves fast; a slow one waits on
// the worker's event loop and takes no thread meanwhile.
#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/base/pipe.hpp"
#include "common/base/write_all.hpp"
#include "common/net/stream_state.hpp"

namespace labnet::net {
namespace {

constexpr std::size_t at_once_bytes_max = 64 * 1024;          // of a file that goes out without another thread
constexpr std::size_t on_worker_bytes_max = 4 * 1024 * 1024;  // of a longer file: beyond that two threads are faster
constexpr std::size_t on_worker_piece_bytes = 512 * 1024;     // between the turns of others
constexpr std::size_t per_call_bytes_max = 1024 * 1024;
constexpr std::size_t tls_piece_bytes = 128 * 1024;         // read from a file at once, or written to it
constexpr int pipe_bytes = 1024 * 1024;                     // as much as a user may have (fs.pipe-max-size)
constexpr auto slice_time = std::chrono::milliseconds{20};  // if another one waits for the thread
constexpr std::chrono::microseconds patience{5'000};        // for a connection that has been fast
constexpr std::uint64_t is_fast_from_bytes = 256 * 1024;    // in this slice
constexpr int gathered_bytes = 256 * 1024;                  // by a socket, before it wakes anybody

/// What a slice has come to.
struct Slice {
  enum class End { goes_on, finished, waits, connection_failed, file_failed };
  End end = End::goes_on;
  Attempt::Step waits_for = Attempt::Step::done;
  StreamFault fault{};
  int file_error = 0;

  static Slice of_file(int error_number) { return {End::file_failed, {}, {}, error_number}; }
  static Slice of_connection(const Attempt& attempt) {
    if (attempt.step == Attempt::Step::failed) return {End::connection_failed, {}, attempt.fault, 0};
    return {End::waits, attempt.step, {}, 0};
  }
};

/// While it lives, calls that move data wait in the system for the socket, up to `patience`: that costs fewer calls and
/// wakes fewer threads than to be refused, to wait for the socket and to try again. Others who use the socket meanwhile
/// say MSG_DONTWAIT.
class WaitingSocket {
 public:
  WaitingSocket(int socket, int timeout_option) : socket_{socket}, flags_{::fcntl(socket, F_GETFL)} {
    const timeval time{0, static_cast<suseconds_t>(patience.count())};
    ::setsockopt(socket, SOL_SOCKET, timeout_option, &time, sizeof time);
    ::fcntl(socket, F_SETFL, flags_ & ~O_NONBLOCK);
  }
  ~WaitingSocket() { ::fcntl(socket_, F_SETFL, flags_); }
  WaitingSocket(const WaitingSocket&) = delete;

 private:
  int socket_;
  int flags_;
};

/// While it lives a socket wakes nobody for a few bytes: not this thread, and not the worker, whose event loop knows
/// the socket and would be told of every segment. The end of the connection wakes nevertheless.
class Gathering {
 public:
  explicit Gathering(int socket) : socket_{socket} { set(gathered_bytes); }
  ~Gathering() { set(1); }
  Gathering(const Gathering&) = delete;

 private:
  void set(int bytes) const { ::setsockopt(socket_, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes); }
  int socket_;
};

/// Tells at its end, on the worker, what has moved meanwhile.
class CountedProgress {
 public:
  CountedProgress(const Progress& progress, std::function<void(std::uint64_t)> count)
      : progress_{progress}, before_{progress.load()}, count_{std::move(count)} {}
  ~CountedProgress() { count_(progress_.load() - before_); }
  CountedProgress(const CountedProgress&) = delete;

 private:
  const Progress& progress_;
  std::uint64_t before_;
  std::function<void(std::uint64_t)> count_;
};

/// How long a slice may last, and whether it is worth while to wait for the connection within it.
class Pace {
 public:
  Pace(const Worker& worker, Progress& progress) : worker_{worker}, progress_{progress} {}
  Pace(const Pace&) = delete;

  void moved(std::size_t bytes) {
    progress_.fetch_add(bytes, std::memory_order_relaxed);
    moved_ += bytes;
  }
  bool is_over() const { return worker_.is_thread_wanted() && Clock::now() >= until_; }
  /// The socket was not ready. True: try again, and the system will wait for it. False: it has waited, or has no reason
  /// to.
  bool wait_in_calls(int socket, int timeout_option) {
    if (waiting_ || moved_ < is_fast_from_bytes || is_over()) return false;
    waiting_.emplace(socket, timeout_option);
    return true;
  }
  /// For calls that do not wait. True if the connection has become ready.
  bool wait(int socket, short events) {
    if (moved_ < is_fast_from_bytes || is_over()) return false;
    if (events == POLLIN && !gathering_) gathering_.emplace(socket);
    pollfd event{socket, events, 0};
    return ::poll(&event, 1,
                  static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(patience).count())) > 0;
  }

 private:
  const Worker& worker_;
  Progress& progress_;
  std::uint64_t moved_ = 0;
  std::optional<Gathering> gathering_;
  std::optional<WaitingSocket> waiting_;
  Clock::time_point until_ = Clock::now() + slice_time;
};

/// The part of a file that is still to be sent.
struct Rest {
  int file;
  off_t offset;
  std::uint64_t bytes;

  void skip(std::size_t count) {
    offset += static_cast<off_t>(count);
    bytes -= count;
  }
};

/// Whether nobody has to wait for a disk who reads a part of a file. False where the system does not tell: before Linux
/// 6.5, and of a file that is another user's.
bool is_in_memory(int file, std::uint64_t offset, std::uint64_t bytes) {
  struct {
    std::uint64_t offset, bytes;
  } const range{offset, bytes};
  struct {
    std::uint64_t cached, dirty, under_writeback, evicted, recently_evicted;
  } pages{};
  constexpr long cachestat = 451;  // on all machines; the headers are older than the system call
  if (::syscall(cachestat, file, &range, &pages, 0) != 0) return false;
  static const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return pages.cached > (offset + bytes - 1) / page_bytes - offset / page_bytes;
}

bool is_of_connection(int error_number) {
  return error_number == EPIPE || error_number == ECONNRESET || error_number == ETIMEDOUT || error_number == ENOTCONN ||
         error_number == ENETUNREACH || error_number == EHOSTUNREACH || error_number == EBADF;
}

/// One call of sendfile(2). Whether anything was sent, the rest tells.
Slice send_piece(int socket, Rest& rest, std::uint64_t bytes_max) {
  const auto count = ::sendfile(socket, rest.file, &rest.offset, std::min(rest.bytes, bytes_max));
  if (count == 0) return Slice::of_file(ENODATA);
  if (count > 0) rest.bytes -= static_cast<std::uint64_t>(count);
  if (count > 0 || errno == EINTR) return {};
  if (errno != EAGAIN && !is_of_connection(errno)) return Slice::of_file(errno);
  return Slice::of_connection(Attempt::of(count, Attempt::Step::wait_to_write));
}

Slice send_plain(int socket, Rest& rest, Pace& pace) {
  while (rest.bytes > 0 && !pace.is_over()) {
    const auto before = rest.bytes;
    const auto slice = send_piece(socket, rest, per_call_bytes_max);
    pace.moved(before - rest.bytes);
    if (slice.end == Slice::End::goes_on) continue;
    if (slice.end == Slice::End::waits && pace.wait_in_calls(socket, SO_SNDTIMEO)) continue;
    return slice;
  }
  return {rest.bytes == 0 ? Slice::End::finished : Slice::End::goes_on, {}, {}, 0};
}

/// The buffer of a thread, which nothing stays in from one slice to the next.
std::span<std::byte> thread_buffer() {
  static thread_local const auto buffer = std::make_unique_for_overwrite<std::byte[]>(tls_piece_bytes);
  return {buffer.get(), tls_piece_bytes};
}

/// The next piece of the file; it is shorter than wanted only at the end.
Result<Bytes, int> read_piece(const Rest& rest, std::span<std::byte> room) {
  room = room.first(std::min<std::uint64_t>(room.size(), rest.bytes));
  std::size_t size = 0;
  while (size < room.size()) {
    const auto count =
        ::pread(rest.file, room.data() + size, room.size() - size, rest.offset + static_cast<off_t>(size));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return ENODATA;
    size += static_cast<std::size_t>(count);
  }
  return Bytes{room};
}

Slice send_by_tls(TlsEngine& tls, int socket, Rest& rest, Pace& pace) {
  while (rest.bytes > 0 && !pace.is_over()) {
    const auto piece = read_piece(rest, thread_buffer());
    if (!piece) return Slice::of_file(piece.error());
    for (std::size_t sent = 0; sent < piece->size();) {
      const auto attempt = tls.write(std::span{&*piece, 1}, sent);
      if (attempt.step == Attempt::Step::done) {
        sent += attempt.bytes;
        rest.skip(attempt.bytes);
        pace.moved(attempt.bytes);
      } else if (attempt.step != Attempt::Step::wait_to_write || !pace.wait(socket, POLLOUT)) {
        return Slice::of_connection(attempt);
      }
    }
  }
  return {rest.bytes == 0 ? Slice::End::finished : Slice::End::goes_on, {}, {}, 0};
}

/// How much more may come; a byte more than none is one too many.
struct Room {
  std::uint64_t bytes;
};

/// What splice(2) moves through: from the socket to the file without a copy into this program.
class SplicePipe {
 public:
  explicit SplicePipe(Pipe pipe) : pipe_{std::move(pipe)} {
    ::fcntl(pipe_.writing.get(), F_SETPIPE_SZ, pipe_bytes);  // less is slower, and no fault
  }

  ssize_t fill(int socket, std::size_t bytes) {
    const auto count =
        ::splice(socket, nullptr, pipe_.writing.get(), nullptr, bytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (count > 0) held_ += static_cast<std::size_t>(count);
    return count;
  }
  /// 0, or errno of the file.
  int drain(int file) {
    while (held_ > 0) {
      const auto count = ::splice(pipe_.reading.get(), nullptr, file, nullptr, held_, SPLICE_F_MOVE);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno;
      if (count == 0) return EIO;
      held_ -= static_cast<std::size_t>(count);
    }
    return 0;
  }

 private:
  Pipe pipe_;
  std::size_t held_ = 0;
};

Slice receive_plain(SplicePipe& pipe, int socket, int file, Room& room, Pace& pace) {
  while (!pace.is_over()) {
    const auto wanted = std::min<std::uint64_t>(room.bytes, pipe_bytes - 1) + 1;
    const auto count = pipe.fill(socket, wanted);
    if (count == 0) return {Slice::End::finished, {}, {}, 0};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN && pace.wait(socket, POLLIN)) continue;
    if (count < 0) return Slice::of_connection(Attempt::of(count, Attempt::Step::wait_to_read));
    pace.moved(static_cast<std::size_t>(count));
    if (static_cast<std::uint64_t>(count) > room.bytes) return Slice::of_file(EFBIG);
    room.bytes -= static_cast<std::uint64_t>(count);
    if (const auto error_number = pipe.drain(file); error_number != 0) return Slice::of_file(error_number);
  }
  return {};
}

Slice receive_by_tls(TlsEngine& tls, int socket, int file, Room& room, Pace& pace) {
  const auto buffer = thread_buffer();
  while (!pace.is_over()) {
    std::size_t size = 0;
    auto attempt = tls.read(buffer);
    while (attempt.step == Attempt::Step::done) {  // few calls to the file system
      size += attempt.bytes;
      if (size == buffer.size()) break;
      attempt = tls.read(buffer.subspan(size));
    }
    pace.moved(size);
    if (size > room.bytes) return Slice::of_file(EFBIG);
    room.bytes -= size;
    if (const auto error_number = write_all(file, buffer.first(size)); error_number != 0) {
      return Slice::of_file(error_number);
    }
    if (attempt.step == Attempt::Step::done) continue;
    const bool has_ended = attempt.step == Attempt::Step::failed && attempt.fault == StreamFault::closed;
    if (has_ended) return {Slice::End::finished, {}, {}, 0};
    if (attempt.step != Attempt::Step::wait_to_read || !pace.wait(socket, POLLIN)) return Slice::of_connection(attempt);
  }
  return {};
}

std::optional<FileTransferFault> fault_of(const Slice& slice) {
  if (slice.end == Slice::End::connection_failed) return FileTransferFault{slice.fault, 0};
  if (slice.end == Slice::End::file_failed) return FileTransferFault{{}, slice.file_error};
  return std::nullopt;
}

/// Slice after slice. What `next` refers to belongs to the caller's coroutine.
template <class State>
Task<Result<void, FileTransferFault>> move_file(State& state, Worker& worker, std::function<Slice()> next, Wait& wait,
                                                Timeout stall_timeout) {
  for (;;) {
    state.socket.leave_loop();
    const auto slice = co_await worker.run_blocking(next);
    if (!state.socket.return_to_loop()) co_return FileTransferFault{StreamFault::not_possible, 0};
    if (slice.end == Slice::End::finished) co_return Result<void, FileTransferFault>{};
    if (const auto fault = fault_of(slice)) co_return *fault;
    if (slice.end == Slice::End::goes_on) continue;
    const auto fault = co_await state.wait_while_moving(slice.waits_for, wait, stall_timeout);
    if (fault) co_return FileTransferFault{*fault, 0};
  }
}

/// The beginning of the rest, as far as it is in memory.
template <class State>
Task<Result<void, FileTransferFault>> send_on_worker(State& state, Rest& rest, Timeout stall_timeout,
                                                     Progress& progress) {
  for (std::uint64_t left = on_worker_bytes_max; left > 0 && rest.bytes > 0;) {
    const auto piece = std::min({rest.bytes, left, std::uint64_t{on_worker_piece_bytes}});
    if (!is_in_memory(rest.file, static_cast<std::uint64_t>(rest.offset), piece)) break;
    if (state.is_turn_over()) {
      if (const auto fault = co_await state.let_others_run(Clock::time_point::max())) {
        co_return FileTransferFault{*fault, 0};
      }
    }
    const auto before = rest.bytes;
    const auto slice = send_piece(state.socket.descriptor(), rest, piece);
    if (const auto fault = fault_of(slice)) co_return *fault;
    const auto sent = before - rest.bytes;
    ++state.steps_in_turn;
    state.bytes_in_turn += sent;
    progress.fetch_add(sent, std::memory_order_relaxed);
    left -= sent;
    const bool is_interrupted = slice.end == Slice::End::goes_on && sent == 0;
    if (sent == piece || is_interrupted) continue;
    const auto fault = co_await state.wait_while_moving(Attempt::Step::wait_to_write, state.writing(), stall_timeout);
    if (fault) co_return FileTransferFault{*fault, 0};
  }
  co_return Result<void, FileTransferFault>{};
}

/// Nothing unless all of it is small and in memory.
std::optional<Buffer> read_at_once(const Rest& rest) {
  if (rest.bytes > at_once_bytes_max) return std::nullopt;
  Buffer bytes(rest.bytes);
  const iovec vector{bytes.data(), bytes.size()};
  const auto count = ::preadv2(rest.file, &vector, 1, rest.offset, RWF_NOWAIT);
  if (count < 0 || static_cast<std::size_t>(count) < bytes.size()) return std::nullopt;
  return bytes;
}

}  // namespace

Task<Result<void, FileTransferFault>> Stream::send_file(Worker& worker, int file, std::uint64_t offset,
                                                        std::uint64_t bytes, Timeout stall_timeout,
                                                        Progress& progress) {
  return State::send_file(state_, worker, file, offset, bytes, stall_timeout, progress);
}

Task<Result<void, FileTransferFault>> Stream::State::send_file(std::shared_ptr<State> self, Worker& worker, int file,
                                                               std::uint64_t offset, std::uint64_t bytes,
                                                               Timeout stall_timeout, Progress& progress) {
  Rest rest{file, static_cast<off_t>(offset), bytes};
  if (bytes == 0) co_return Result<void, FileTransferFault>{};
  if (const auto whole = read_at_once(rest)) {
    const auto written = co_await write_one(self, *whole, Patience::of_stall(stall_timeout));
    if (!written) co_return FileTransferFault{written.error(), 0};
    progress += bytes;
    co_return Result<void, FileTransferFault>{};
  }
  const CountedProgress counted{progress, [&](std::uint64_t moved) { self->count_sent(moved); }};
  if (!self->tls) {
    const auto begun = co_await send_on_worker(*self, rest, stall_timeout, progress);
    if (!begun || rest.bytes == 0) co_return begun;
  }
  const auto next = [&] {
    const auto descriptor = self->socket.descriptor();
    Pace pace{worker, progress};
    return self->tls ? send_by_tls(*self->tls, descriptor, rest, pace) : send_plain(descriptor, rest, pace);
  };
  co_return co_await move_file(*self, worker, next, self->writing(), stall_timeout);
}

Task<Result<void, FileTransferFault>> Stream::receive_file(Worker& worker, int file, std::uint64_t bytes_max,
                                                           Timeout stall_timeout, Progress& progress) {
  return State::receive_file(state_, worker, file, bytes_max, stall_timeout, progress);
}

Task<Result<void, FileTransferFault>> Stream::State::receive_file(std::shared_ptr<State> self, Worker& worker, int file,
                                                                  std::uint64_t bytes_max, Timeout stall_timeout,
                                                                  Progress& progress) {
  Room room{bytes_max};
  const CountedProgress counted{progress, [&](std::uint64_t moved) { self->count_received(moved); }};
  std::optional<SplicePipe> pipe;
  if (!self->tls) {
    auto made = make_pipe();
    if (!made) co_return FileTransferFault{StreamFault::not_possible, 0};
    pipe.emplace(*std::move(made));
  }
  const auto next = [&] {
    const auto descriptor = self->socket.descriptor();
    Pace pace{worker, progress};
    return self->tls ? receive_by_tls(*self->tls, descriptor, file, room, pace)
                     : receive_plain(*pipe, descriptor, file, room, pace);
  };
  co_return co_await move_file(*self, worker, next, self->reading(), stall_timeout);
}

}  // namespace labnet::net
