#include "common/net/stream.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>

#include <boost/asio/bind_cancellation_slot.hpp>

#include "common/net/stream_state.hpp"

namespace labnet::net {
namespace {

constexpr std::size_t discard_bytes = 4096;  // read at once to be thrown away

}  // namespace

Stream::Stream(TcpSocket socket, std::optional<Endpoint> peer)
    : state_{std::make_shared<State>(std::move(socket), std::move(peer))} {}

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

void Stream::count_for(Worker& worker) {
  if (state_) state_->counts = &worker.counts();
}

void Stream::take_urgent_data_in_line() {
  const int yes = 1;
  if (is_open()) ::setsockopt(state_->socket.descriptor(), SOL_SOCKET, SO_OOBINLINE, &yes, sizeof yes);
}

void Stream::interrupt_read() {
  if (state_) state_->end_early(state_->reading());
}

void Stream::abort() {
  // The descriptor stays: a thread may be about to use its number.
  if (is_open()) state_->socket.shut_down(SHUT_RDWR);
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

Task<Result<Stream, StreamFault>> Stream::connect(Executor executor, Endpoint endpoint, Timeout timeout,
                                                  std::optional<Endpoint> from, std::shared_ptr<SingleWait> waiting) {
  TcpSocket socket{executor};
  if (from) {
    boost::system::error_code refused;
    socket.open(from->tcp().protocol(), refused);
    if (!refused) socket.set_option(asio::socket_base::reuse_address{true}, refused);
    if (!refused) socket.bind(from->tcp(), refused);
    if (refused) co_return StreamFault::not_possible;
  }
  if (!waiting) waiting = std::make_shared<SingleWait>(executor);
  waiting->begin(deadline_after(timeout));
  const auto [error] =
      co_await socket.async_connect(endpoint.tcp(), asio::bind_cancellation_slot(waiting->slot(), as_result));
  const bool has_passed = waiting->end();
  if (error) co_return has_passed ? StreamFault::deadline : to_fault(error);
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
  co_return Stream{std::move(socket)};
}

Task<Result<std::byte, StreamFault>> Stream::look_at_first(Timeout timeout) {
  return State::look_at_first(state_, deadline_after(timeout));
}

Task<Result<std::byte, StreamFault>> Stream::State::look_at_first(std::shared_ptr<State> self,
                                                                  Clock::time_point until) {
  for (;;) {
    std::byte first{};
    const auto count = ::recv(self->socket.descriptor(), &first, sizeof first, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0) co_return StreamFault::closed;
    const auto attempt = Attempt::of(count, Attempt::Step::wait_to_read);
    if (attempt.step == Attempt::Step::done) co_return first;
    if (attempt.step == Attempt::Step::failed) co_return attempt.fault;
    const auto fault = co_await self->wait_for(attempt.step, self->reading(), until);
    if (fault) co_return *fault;
  }
}

Task<Result<void, StreamFault>> Stream::accept_tls(std::shared_ptr<const TlsServer> server, Timeout timeout,
                                                   bool gives_sessions) {
  auto engine = TlsEngine::accept(state_->socket, std::move(server), gives_sessions);
  return State::accept(state_, std::move(engine), deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::connect_tls(std::shared_ptr<const TlsClient> client, std::string host_name,
                                                    Timeout timeout, TlsSession session) {
  auto engine = TlsEngine::connect(state_->socket, std::move(client), std::move(host_name), session);
  return State::secure(state_, std::move(engine), deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::State::accept(std::shared_ptr<State> self, std::unique_ptr<TlsEngine> engine,
                                                      Clock::time_point until) {
  const auto secured = co_await secure(self, std::move(engine), until);
  auto* const counts = self->counts;
  if (counts != nullptr) ++(secured ? counts->tls_handshakes : counts->tls_handshakes_failed);
  co_return secured;
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
    self->acknowledge_at_once();
    std::optional<StreamFault> fault;
    if (attempt.step == Attempt::Step::wait_to_read && self->tls->found_nothing()) {
      fault = StreamFault::stopped;
      if (self->begin_reading(until)) fault = self->end_reading(co_await self->read_wait.wait(true));
    } else {
      fault = co_await self->wait_for(attempt.step, self->reading(), until);
    }
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
  return read_some(buffer, deadline_after(timeout));
}

Task<Result<std::size_t, StreamFault>> Stream::read_some(std::span<std::byte> buffer, Clock::time_point until) {
  if (state_->has_read_ahead()) return State::read_ahead(state_, buffer);
  return State::receive(state_, buffer, until);
}

Task<Result<std::size_t, StreamFault>> Stream::State::read_ahead(std::shared_ptr<State> self,
                                                                 std::span<std::byte> buffer) {
  co_return self->take_ahead(buffer);
}

Task<Result<std::size_t, StreamFault>> Stream::State::receive(std::shared_ptr<State> self, std::span<std::byte> buffer,
                                                              Clock::time_point until) {
  if (self->is_turn_over()) {
    if (const auto fault = co_await self->let_others_run(until)) co_return *fault;
  }
  Attempt attempt{Attempt::Step::wait_to_read, 0, {}};
  bool has_tried = !self->knows_that_nothing_is_there();
  if (has_tried) attempt = self->try_read(buffer);
  while (attempt.step != Attempt::Step::done) {
    if (attempt.step == Attempt::Step::failed) co_return attempt.fault;
    std::optional<StreamFault> fault;
    if (attempt.step == Attempt::Step::wait_to_read && (!has_tried || self->found_nothing())) {
      if (!self->begin_reading(until)) co_return StreamFault::stopped;
      fault = self->end_reading(co_await self->read_wait.wait(has_tried));
    } else {
      fault = co_await self->wait_for(attempt.step, self->reading(), until);
    }
    if (fault) co_return *fault;
    attempt = self->try_read(buffer);
    has_tried = true;
  }
  self->has_sent = false;
  ++self->steps_in_turn;
  self->bytes_in_turn += attempt.bytes;
  co_return attempt.bytes;
}

Task<Result<void, StreamFault>> Stream::State::read_more_ahead(std::shared_ptr<State> self, Clock::time_point until) {
  constexpr std::size_t line_chunk_bytes = 2048;
  auto& ahead = self->ahead;
  ahead.erase(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(std::exchange(self->ahead_used, 0)));
  const auto size = ahead.size();
  ahead.resize(size + line_chunk_bytes);
  const auto count = co_await receive(self, std::span{ahead}.subspan(size), until);
  ahead.resize(size + (count ? *count : 0));
  if (!count) co_return count.error();
  co_return Result<void, StreamFault>{};
}

Task<Result<void, StreamFault>> Stream::read_exactly(std::span<std::byte> buffer, Timeout timeout) {
  return State::read_exactly(state_, buffer, deadline_after(timeout));
}

Task<Result<void, StreamFault>> Stream::State::read_exactly(std::shared_ptr<State> self, std::span<std::byte> buffer,
                                                            Clock::time_point until) {
  buffer = buffer.subspan(self->take_ahead(buffer));
  while (!buffer.empty()) {
    const auto count = co_await receive(self, buffer, until);
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
  if (self->is_turn_over()) {
    if (const auto fault = co_await self->let_others_run(until)) co_return *fault;
  }
  ++self->steps_in_turn;
  for (;;) {
    if (auto line = self->take_line(line_bytes_max)) co_return std::move(*line);
    const auto more = co_await read_more_ahead(self, until);
    if (!more) co_return more.error();
  }
}

Task<Result<void, StreamFault>> Stream::write(Bytes bytes, Timeout timeout) {
  return State::write_one(state_, bytes, {.until = deadline_after(timeout)});
}

Task<Result<void, StreamFault>> Stream::write(std::string_view text, Timeout timeout) {
  return State::write_one(state_, as_bytes(text), {.until = deadline_after(timeout)});
}

Task<Result<void, StreamFault>> Stream::write(std::span<const Bytes> pieces, Timeout timeout) {
  return State::write(state_, pieces, {.until = deadline_after(timeout)});
}

Task<Result<void, StreamFault>> Stream::write_steadily(Bytes bytes, Timeout stall_timeout) {
  return State::write_one(state_, bytes, Patience::of_stall(stall_timeout));
}

Task<Result<void, StreamFault>> Stream::State::write_one(std::shared_ptr<State> self, Bytes bytes, Patience patience) {
  co_return co_await write(std::move(self), std::span{&bytes, 1}, patience);
}

Task<Result<void, StreamFault>> Stream::State::write(std::shared_ptr<State> self, std::span<const Bytes> pieces,
                                                     Patience patience, int more) {
  auto sent_of_first = std::exchange(self->written_at_once, 0);
  for (;;) {
    while (!pieces.empty() && sent_of_first >= pieces.front().size()) {
      sent_of_first -= pieces.front().size();
      pieces = pieces.subspan(1);
    }
    if (pieces.empty()) co_return Result<void, StreamFault>{};

    const auto attempt = self->try_write(pieces, sent_of_first, more);
    if (attempt.step == Attempt::Step::failed) co_return attempt.fault;
    sent_of_first += attempt.bytes;
    std::optional<StreamFault> fault;
    if (attempt.step != Attempt::Step::done) {
      fault = co_await self->wait_for(attempt.step, self->writing(), patience);
    } else if (++self->steps_in_turn; self->is_turn_over()) {
      fault = co_await self->let_others_run(patience.until);
    }
    if (!fault) continue;
    if (self->tls) self->tls->give_up_writing(*fault);
    co_return *fault;
  }
}

Task<Result<void, StreamFault>> Stream::write_steadily(std::span<const Bytes> pieces, Timeout stall_timeout) {
  return State::write(state_, pieces, Patience::of_stall(stall_timeout));
}

Task<Result<void, StreamFault>> Stream::write_before_file(std::span<const Bytes> pieces, Timeout stall_timeout) {
  return State::write(state_, pieces, Patience::of_stall(stall_timeout), MSG_MORE);
}

void Stream::expect(LeastRate rate) {
  if (state_) state_->expected = {rate};
}

bool Stream::write_at_once(std::span<const Bytes> pieces) {
  if (!is_open() || state_->is_turn_over()) return false;
  ++state_->steps_in_turn;
  std::size_t left = 0;
  for (const auto& piece : pieces) left += piece.size();
  if (left == 0) return true;
  const auto attempt = state_->try_write(pieces, 0);
  if (attempt.step == Attempt::Step::done && attempt.bytes == left) return true;
  state_->written_at_once = attempt.bytes;
  return false;
}

void Stream::end_with_next_write() {
  if (is_secure()) state_->tls->end_with_next_write();
}

Task<void> Stream::finish(Timeout timeout) {
  return State::finish(state_, deadline_after(timeout));
}

Task<void> Stream::end_writing(Timeout stall_timeout) {
  return State::end_writing(state_, Patience::of_stall(stall_timeout));
}

Task<void> Stream::State::end_writing(std::shared_ptr<State> self, Patience patience) {
  if (self->tls) {
    auto attempt = self->tls->send_close_notify();
    while (attempt.step == Attempt::Step::wait_to_read || attempt.step == Attempt::Step::wait_to_write) {
      const auto fault = co_await self->wait_for(attempt.step, self->writing(), patience);
      if (fault) break;
      attempt = self->tls->send_close_notify();
    }
  }
  self->socket.shut_down(SHUT_WR);
}

Task<void> Stream::State::finish(std::shared_ptr<State> self, Clock::time_point until) {
  co_await end_writing(self, {.until = until});
  std::array<std::byte, discard_bytes> discarded;
  for (std::size_t total = 0; self->socket.is_open() && total < linger_bytes_max;) {
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
