#include "servers/ftp/net_transport.hpp"

#include <algorithm>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "common/ftp/limits.hpp"
#include "common/net/random.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {
namespace {

constexpr Timeout end_timeout = std::chrono::seconds{5};

Task<void> see_off(std::shared_ptr<net::Stream> stream) {
  co_await stream->finish(end_timeout);
}

/// What data connections need of their session, which outlives them.
struct Surroundings {
  net::Worker& worker;
  std::shared_ptr<const net::TlsServer> tls;
  const net::Stream& control;
  Farewell& farewell;
};

class NetChannel final : public DataChannel {
 public:
  NetChannel(Surroundings session, net::Stream stream) : session_{std::move(session)}, stream_{std::move(stream)} {}

  /// Without tickets: who uploads does not read, and fresh ones come by the control connection.
  Task<Result<void, StreamFault>> secure(Timeout timeout) override {
    return stream_.accept_tls(session_.tls, timeout, false);
  }
  bool resumes_control_session() const override { return stream_.resumes_session_of(session_.control); }
  Task<Result<void, StreamFault>> write(Bytes bytes, Timeout stall_timeout) override {
    return stream_.write_steadily(bytes, stall_timeout);
  }
  Task<Result<std::size_t, StreamFault>> read_some(std::span<std::byte> buffer, Timeout stall_timeout) override {
    return stream_.read_some(buffer, stall_timeout);
  }
  Task<Result<void, FileTransferFault>> send_file(int file, std::uint64_t offset, std::uint64_t bytes,
                                                  Timeout stall_timeout, Progress& progress) override {
    return stream_.send_file(session_.worker, file, offset, bytes, stall_timeout, progress);
  }
  Task<Result<void, FileTransferFault>> receive_file(int file, std::uint64_t bytes_max, Timeout stall_timeout,
                                                     Progress& progress) override {
    return stream_.receive_file(session_.worker, file, bytes_max, stall_timeout, progress);
  }
  /// The client ends its side in its own time, some only once they have read 226: that is not waited for.
  Task<void> finish() override {
    co_await stream_.end_writing(end_timeout);
    if (stream_.is_open()) session_.farewell.begin(std::move(stream_));
  }
  void abort() override { stream_.abort(); }
  net::Endpoint peer() const override { return stream_.peer(); }
  std::string explain(StreamFault fault) const override { return stream_.explain(fault); }

 private:
  Surroundings session_;
  net::Stream stream_;
};

/// Where a passive data connection comes in.
struct Door {
  using Arrival = Result<net::Stream, StreamFault>;

  Door(net::Worker& worker, std::unique_ptr<net::Listener> listener_, Transport::IsWelcome is_welcome_)
      : listener{std::move(listener_)}, is_welcome{std::move(is_welcome_)}, waiting{worker.executor()} {}

  void close() {
    is_closed = true;
    listener->stop();
    waiting.cancel();
  }
  void let_in(Arrival arrival) {
    arrived = std::move(arrival);
    listener->stop();
    waiting.cancel();
  }

  std::unique_ptr<net::Listener> listener;
  Transport::IsWelcome is_welcome;
  net::asio::basic_waitable_timer<net::Clock, net::asio::wait_traits<net::Clock>, net::Executor> waiting;
  std::optional<Arrival> arrived;
  bool is_closed = false;
};

/// From PASV on, and not only once the client says what it wants: strangers would fill the few places in which
/// connections wait, and leave none to the client.
Task<void> watch(std::shared_ptr<Door> door) {
  while (!door->is_closed && !door->arrived) {
    auto accepted = co_await door->listener->accept_one(net::timeout_max);
    if (door->is_closed) co_return;
    if (!accepted || door->is_welcome(accepted->peer())) door->let_in(std::move(accepted));
  }
}

class NetPassiveSocket final : public PassiveSocket {
 public:
  NetPassiveSocket(Surroundings session, std::unique_ptr<net::Listener> listener, Transport::IsWelcome is_welcome)
      : session_{std::move(session)},
        port_{listener->local().port},
        door_{std::make_shared<Door>(session_.worker, std::move(listener), std::move(is_welcome))} {
    session_.worker.spawn(watch(door_));
  }
  ~NetPassiveSocket() override { door_->close(); }

  std::uint16_t port() const override { return port_; }
  Task<Result<std::unique_ptr<DataChannel>, StreamFault>> accept(Timeout timeout) override {
    if (!door_->arrived && !door_->is_closed) {
      door_->waiting.expires_at(net::deadline_after(timeout));
      co_await door_->waiting.async_wait(net::as_result);
    }
    if (door_->is_closed) co_return StreamFault::stopped;
    if (!door_->arrived) co_return StreamFault::deadline;
    if (!*door_->arrived) co_return door_->arrived->error();
    std::unique_ptr<DataChannel> made = std::make_unique<NetChannel>(session_, std::move(**door_->arrived));
    co_return made;
  }
  void close() override { door_->close(); }

 private:
  Surroundings session_;
  std::uint16_t port_;
  std::shared_ptr<Door> door_;
};

class NetActiveSocket final : public ActiveSocket {
 public:
  NetActiveSocket(Surroundings session, std::uint16_t port)
      : session_{std::move(session)},
        target_{session_.control.peer()},
        waiting_{std::make_shared<net::SingleWait>(session_.worker.executor())} {
    target_.port = port;
  }

  net::Endpoint target() const override { return target_; }
  /// From the port below that of the control connection (RFC 959, section 3.2), if the system lets us have it.
  Task<Result<std::unique_ptr<DataChannel>, StreamFault>> connect(Timeout timeout) override {
    auto from = session_.control.local();
    from.port = static_cast<std::uint16_t>(from.port - 1);
    auto connected = co_await connect_from(from, timeout);
    if (!connected && connected.error() == StreamFault::not_possible) {
      from.port = 0;
      connected = co_await connect_from(from, timeout);
    }
    if (!connected) co_return connected.error();
    std::unique_ptr<DataChannel> made = std::make_unique<NetChannel>(session_, std::move(*connected));
    co_return made;
  }
  void close() override {
    is_closed_ = true;
    waiting_->end_early();
  }

 private:
  Task<Result<net::Stream, StreamFault>> connect_from(net::Endpoint from, Timeout timeout) {
    if (is_closed_) co_return StreamFault::stopped;
    auto connected = co_await net::Stream::connect(session_.worker.executor(), target_, timeout, from, waiting_);
    if (is_closed_) co_return StreamFault::stopped;
    if (connected) connected->count_for(session_.worker);
    co_return connected;
  }

  Surroundings session_;
  net::Endpoint target_;
  std::shared_ptr<net::SingleWait> waiting_;
  bool is_closed_ = false;
};

}  // namespace

void Farewell::begin(net::Stream stream) {
  end();
  auto kept = std::make_shared<net::Stream>(std::move(stream));
  stream_ = kept;
  worker_.spawn(see_off(std::move(kept)));
}

void Farewell::end() {
  if (const auto stream = stream_.lock()) stream->close();
}

Task<Result<std::string, StreamFault>> NetTransport::read_line(Timeout timeout) {
  return control_.read_line(ftp::command_line_bytes_max, timeout);
}

Task<Result<void, StreamFault>> NetTransport::secure(Timeout timeout) {
  return control_.accept_tls(tls_, timeout);
}

Task<void> NetTransport::finish() {
  if (control_.is_open()) co_await control_.finish(end_timeout);
}

/// A port of the range at random, so that nobody can tell which will be next, and at the address that the client has
/// reached.
Result<std::unique_ptr<PassiveSocket>> NetTransport::listen(IsWelcome is_welcome) {
  const auto& range = config_.passive.ports;
  const auto count = static_cast<std::uint32_t>(range.last - range.first) + 1;
  auto place = net::random_number<std::uint32_t>() % count;
  auto where = control_.local();
  Error last;
  for (int tries = 0; tries < std::min<int>(passive_port_tries_max, static_cast<int>(count)); ++tries) {
    where.port = static_cast<std::uint16_t>(range.first + place);
    place = (place + 1) % count;
    auto listener =
        net::Listener::open(worker_, where, {.backlog = 4, .shares_port = false, .quota = {}, .on_full = {}});
    if (listener) {
      return std::unique_ptr<PassiveSocket>{std::make_unique<NetPassiveSocket>(
          Surroundings{worker_, tls_, control_, farewell_}, *std::move(listener), std::move(is_welcome))};
    }
    last = listener.error();
  }
  return last;
}

std::unique_ptr<ActiveSocket> NetTransport::connect_to(std::uint16_t port) {
  return std::make_unique<NetActiveSocket>(Surroundings{worker_, tls_, control_, farewell_}, port);
}

}  // namespace labnet::ftp_server
