#include "common/net/stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>

#include "common/net/attempt.hpp"
#include "common/net/tls_engine.hpp"

namespace labnet::net {
namespace {

constexpr std::size_t line_chunk_bytes = 2048;  // read at once for lines
constexpr std::size_t discard_bytes = 4096;     // read at once to be thrown away
constexpr std::size_t pieces_per_call_max = 64;

}  // namespace

struct Stream::State final : Deadlines {
  explicit State(TcpSocket from) : Deadlines{from.get_executor()}, socket{std::move(from)} {
    boost::system::error_code error;
    socket.native_non_blocking(true, error);
    if (const auto endpoint = socket.local_endpoint(error); !error) local = to_endpoint("tcp", endpoint);
    if (const auto endpoint = socket.remote_endpoint(error); !error) peer = to_endpoint("tcp", endpoint);
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
    const auto count = ::recv(socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) return Attempt::failed(StreamFault::closed);
    // Less than there was room for: most likely nothing is left, and the next read waits before it tries.
    is_drained = count > 0 && static_cast<std::size_t>(count) < buffer.size();
    return Attempt::of(count, Attempt::Step::wait_to_read);
  }

  /// Without the first `skip` bytes of the first piece.
  Attempt try_write(std::span<const Bytes> pieces, std::size_t skip) {
    if (tls) return tls->write(pieces, skip);
    std::array<iovec, pieces_per_call_max> vectors;
    const auto count = std::min(pieces.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto piece = i == 0 ? pieces[0].subspan(skip) : pieces[i];
      vectors[i] = {const_cast<std::byte*>(piece.data()), piece.size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const auto sent = ::sendmsg(socket.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    return Attempt::of(sent, Attempt::Step::wait_to_write);
  }

  /// Nothing if the socket is ready for what the attempt waits for.
  Task<std::optional<StreamFault>> wait_for(Attempt::Step step, Wait& wait, Clock::time_point until) {
    if (!socket.is_open()) co_return StreamFault::stopped;
    begin(wait, until);
    const auto kind = step == Attempt::Step::wait_to_read ? TcpSocket::wait_read : TcpSocket::wait_write;
    const auto [error] = co_await socket.async_wait(kind, asio::bind_cancellation_slot(wait.cancel.slot(), as_result));
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
    boost::system::error_code ignored;
    socket.close(ignored);
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
  static Task<void> finish(std::shared_ptr<State> self, Clock::time_point until);

  TcpSocket socket;
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

Stream::Stream(TcpSocket socket) : state_{std::make_shared<State>(std::move(socket))} {}

Stream::~Stream() {
  close();
}

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this == &other) return *this;
  close();
  state_ = std::move(other.state_);
  return *this;
}

void Stream::close() {
  if (state_) state_->close();
}

bool Stream::is_open() const {
  return state_ && state_->socket.is_open();
}

const Endpoint& Stream::local() const {
  return state_->local;
}

const Endpoint& Stream::peer() const {
  return state_->peer;
}

Task<Result<Stream, StreamFault>> Stream::connect(Executor executor, Endpoint endpoint, Timeout timeout) {
  TcpSocket socket{executor};
  const auto connecting = std::make_shared<SingleWait>(executor);
  connecting->begin(deadline_after(timeout));
  const auto [error] =
      co_await socket.async_connect(endpoint.tcp(), asio::bind_cancellation_slot(connecting->slot(), as_result));
  const bool has_passed = connecting->end();
  if (error) co_return has_passed ? StreamFault::deadline : to_fault(error);
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
  co_return Stream{std::move(socket)};
}

Task<Result<void, StreamFault>> Stream::accept_tls(std::shared_ptr<const TlsServer> server, Timeout timeout) {
  return State::secure(state_, TlsEngine::accept(state_->socket, std::move(server)), deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::connect_tls(std::shared_ptr<const TlsClient> client, std::string host_name,
                                                    Timeout timeout, TlsSession session) {
  auto engine = TlsEngine::connect(state_->socket, std::move(client), std::move(host_name), session);
  return State::secure(state_, std::move(engine), deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::State::secure(std::shared_ptr<State> self, std::unique_ptr<TlsEngine> engine,
                                                      Clock::time_point until) {
  if (self->tls || !engine) co_return StreamFault::not_possible;
  self->tls = std::move(engine);
  self->ahead = {};
  self->ahead_used = 0;
  self->skips_line = self->is_drained = false;
  for (;;) {
    const auto attempt = self->tls->shake_hands();
    if (attempt.step == Attempt::Step::failed) co_return attempt.fault;
    if (attempt.step == Attempt::Step::done) break;
    const auto fault = co_await self->wait_for(attempt.step, self->reading(), until);
    if (!fault) continue;
    self->tls->give_up(*fault);
    co_return *fault;
  }
  self->is_established = true;
  co_return Result<void, StreamFault>{};
}

bool Stream::is_secure() const {
  return state_ && state_->tls;
}

std::optional<TlsDetails> Stream::tls() const {
  if (!state_ || !state_->is_established) return std::nullopt;
  return state_->tls->details();
}

std::string Stream::explain(StreamFault fault) const {
  const bool is_of_tls = fault == StreamFault::tls_failed || fault == StreamFault::certificate_not_trusted;
  if (is_of_tls && is_secure() && !state_->tls->failure().empty()) return state_->tls->failure();
  return std::string{describe(fault)};
}

TlsSession Stream::session() const {
  return is_secure() ? state_->tls->session() : TlsSession{};
}

bool Stream::resumes_session_of(const Stream& first) const {
  return is_secure() && first.is_secure() && state_->tls->resumes_session_of(*first.state_->tls);
}

bool Stream::offer_session() {
  return is_secure() && state_->tls->offer_session();
}

std::shared_ptr<const TlsServer> Stream::tls_server() const {
  return is_secure() ? state_->tls->server() : nullptr;
}

Task<Result<std::size_t, StreamFault>> Stream::read_some(std::span<std::byte> buffer, Timeout timeout) {
  return State::read_some(state_, buffer, deadline_after(timeout));
}

Task<Result<std::size_t, StreamFault>> Stream::State::read_some(std::shared_ptr<State> self,
                                                                std::span<std::byte> buffer, Clock::time_point until) {
  if (const auto count = self->take_ahead(buffer); count > 0) co_return count;
  co_return co_await self->receive(buffer, until);
}

Task<Result<void, StreamFault>> Stream::read_exactly(std::span<std::byte> buffer, Timeout timeout) {
  return State::read_exactly(state_, buffer, deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::State::read_exactly(std::shared_ptr<State> self, std::span<std::byte> buffer,
                                                            Clock::time_point until) {
  buffer = buffer.subspan(self->take_ahead(buffer));
  while (!buffer.empty()) {
    const auto count = co_await self->receive(buffer, until);
    if (!count) co_return count.error();
    buffer = buffer.subspan(*count);
  }
  co_return Result<void, StreamFault>{};
}

Task<Result<std::string, StreamFault>> Stream::read_line(std::size_t line_bytes_max, Timeout timeout) {
  return State::read_line(state_, line_bytes_max, deadline_after(timeout));
}

Task<Result<std::string, StreamFault>> Stream::State::read_line(std::shared_ptr<State> self, std::size_t line_bytes_max,
                                                                Clock::time_point until) {
  for (;;) {
    if (auto line = self->take_line(line_bytes_max)) co_return std::move(*line);
    const auto more = co_await self->read_more_ahead(until);
    if (!more) co_return more.error();
    if (!self->skips_line) continue;
    // The rest of a line has no limit, and a peer that sends it fast enough would never be waited for.
    co_await asio::post(self->socket.get_executor(), as_result);
    if (Clock::now() >= until) co_return StreamFault::deadline;
  }
}

Task<Result<void, StreamFault>> Stream::write(Bytes bytes, Timeout timeout) {
  return State::write_one(state_, bytes, deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::write(std::string_view text, Timeout timeout) {
  return State::write_one(state_, as_bytes(text), deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::write(std::span<const Bytes> pieces, Timeout timeout) {
  return State::write(state_, pieces, deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::State::write_one(std::shared_ptr<State> self, Bytes bytes,
                                                         Clock::time_point until) {
  co_return co_await write(std::move(self), std::span{&bytes, 1}, until);
}

Task<Result<void, StreamFault>> Stream::State::write(std::shared_ptr<State> self, std::span<const Bytes> pieces,
                                                     Clock::time_point until) {
  std::size_t sent_of_first = 0;
  for (;;) {
    while (!pieces.empty() && sent_of_first >= pieces.front().size()) {
      sent_of_first -= pieces.front().size();
      pieces = pieces.subspan(1);
    }
    if (pieces.empty()) co_return Result<void, StreamFault>{};

    const auto attempt = self->try_write(pieces, sent_of_first);
    if (attempt.step == Attempt::Step::failed) co_return attempt.fault;
    sent_of_first += attempt.bytes;
    if (attempt.step == Attempt::Step::done) continue;
    const auto fault = co_await self->wait_for(attempt.step, self->writing(), until);
    if (!fault) continue;
    if (self->tls) self->tls->give_up_writing(*fault);
    co_return *fault;
  }
}

Task<void> Stream::finish(Timeout timeout) {
  return State::finish(state_, deadline_after(timeout));
}

Task<void> Stream::State::finish(std::shared_ptr<State> self, Clock::time_point until) {
  if (self->tls) {
    auto attempt = self->tls->send_close_notify();
    while (attempt.step == Attempt::Step::wait_to_read || attempt.step == Attempt::Step::wait_to_write) {
      const auto fault = co_await self->wait_for(attempt.step, self->writing(), until);
      if (fault) break;
      attempt = self->tls->send_close_notify();
    }
  }
  boost::system::error_code error;
  self->socket.shutdown(TcpSocket::shutdown_send, error);
  std::array<std::byte, discard_bytes> discarded;
  for (std::size_t total = 0; !error && total < linger_bytes_max;) {
    const auto attempt = self->try_receive(discarded);  // as it comes: nobody reads it, and TLS may have failed
    if (attempt.step == Attempt::Step::failed) break;
    total += attempt.bytes;
    if (attempt.step == Attempt::Step::done) continue;
    const auto fault = co_await self->wait_for(attempt.step, self->reading(), until);
    if (fault) break;
  }
  self->close();
}

}  // namespace labnet::net
