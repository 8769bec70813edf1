#include "servers/ftp/net_transport.hpp"

#include <algorithm>

#include "common/ftp/limits.hpp"
#include "common/net/random.hpp"
#include "servers/ftp/limits.hpp"

namespace labnet::ftp_server {
namespace {

constexpr Timeout end_timeout = std::chrono::seconds{5};

Task<void> see_off(net::Stream stream) {
  co_await stream.finish(end_timeout);
}

class NetChannel final : public DataChannel {
 public:
  /// control  outlives it: the session has both
  NetChannel(net::Worker& worker, std::shared_ptr<const net::TlsServer> tls, const net::Stream& control,
             net::Stream stream)
      : worker_{worker}, tls_{std::move(tls)}, control_{control}, stream_{std::move(stream)} {}

  /// Without tickets: who uploads does not read, and fresh ones come by the control connection.
  Task<Result<void, StreamFault>> secure(Timeout timeout) override { return stream_.accept_tls(tls_, timeout, false); }
  bool resumes_control_session() const override { return stream_.resumes_session_of(control_); }
  Task<Result<void, StreamFault>> write(Bytes bytes, Timeout stall_timeout) override {
    return stream_.write_steadily(bytes, stall_timeout);
  }
  Task<Result<std::size_t, StreamFault>> read_some(std::span<std::byte> buffer, Timeout stall_timeout) override {
    return stream_.read_some(buffer, stall_timeout);
  }
  Task<Result<void, FileTransferFault>> send_file(int file, std::uint64_t offset, std::uint64_t bytes,
                                                  Timeout stall_timeout, Progress& progress) override {
    return stream_.send_file(worker_, file, offset, bytes, stall_timeout, progress);
  }
  Task<Result<void, FileTransferFault>> receive_file(int file, std::uint64_t bytes_max, Timeout stall_timeout,
                                                     Progress& progress) override {
    return stream_.receive_file(worker_, file, bytes_max, stall_timeout, progress);
  }
  /// The client ends its side in its own time, some only once they have read 226: that is not waited for.
  Task<void> finish() override {
    co_await stream_.end_writing(end_timeout);
    if (stream_.is_open()) worker_.spawn(see_off(std::move(stream_)));
  }
  void abort() override { stream_.abort(); }
  net::Endpoint peer() const override { return stream_.peer(); }
  std::string explain(StreamFault fault) const override { return stream_.explain(fault); }

 private:
  net::Worker& worker_;
  std::shared_ptr<const net::TlsServer> tls_;
  const net::Stream& control_;
  net::Stream stream_;
};

class NetPassiveSocket final : public PassiveSocket {
 public:
  NetPassiveSocket(net::Worker& worker, std::shared_ptr<const net::TlsServer> tls, const net::Stream& control,
                   std::unique_ptr<net::Listener> listener)
      : worker_{worker}, tls_{std::move(tls)}, control_{control}, listener_{std::move(listener)} {}

  std::uint16_t port() const override { return listener_->local().port; }
  Task<Result<std::unique_ptr<DataChannel>, StreamFault>> accept(Timeout timeout) override {
    auto accepted = co_await listener_->accept_one(timeout);
    if (!accepted) co_return accepted.error();
    std::unique_ptr<DataChannel> made = std::make_unique<NetChannel>(worker_, tls_, control_, std::move(*accepted));
    co_return made;
  }
  void close() override { listener_->stop(); }

 private:
  net::Worker& worker_;
  std::shared_ptr<const net::TlsServer> tls_;
  const net::Stream& control_;
  std::unique_ptr<net::Listener> listener_;
};

class NetActiveSocket final : public ActiveSocket {
 public:
  NetActiveSocket(net::Worker& worker, std::shared_ptr<const net::TlsServer> tls, const net::Stream& control,
                  std::uint16_t port)
      : worker_{worker},
        tls_{std::move(tls)},
        control_{control},
        target_{control.peer()},
        waiting_{std::make_shared<net::SingleWait>(worker.executor())} {
    target_.port = port;
  }

  net::Endpoint target() const override { return target_; }
  /// From the port below that of the control connection (RFC 959, section 3.2), if the system lets us have it.
  Task<Result<std::unique_ptr<DataChannel>, StreamFault>> connect(Timeout timeout) override {
    auto from = control_.local();
    from.port = static_cast<std::uint16_t>(from.port - 1);
    auto connected = co_await connect_from(from, timeout);
    if (!connected && connected.error() == StreamFault::not_possible) {
      from.port = 0;
      connected = co_await connect_from(from, timeout);
    }
    if (!connected) co_return connected.error();
    std::unique_ptr<DataChannel> made = std::make_unique<NetChannel>(worker_, tls_, control_, std::move(*connected));
    co_return made;
  }
  void close() override {
    is_closed_ = true;
    waiting_->end_early();
  }

 private:
  Task<Result<net::Stream, StreamFault>> connect_from(net::Endpoint from, Timeout timeout) {
    if (is_closed_) co_return StreamFault::stopped;
    auto connected = co_await net::Stream::connect(worker_.executor(), target_, timeout, from, waiting_);
    if (is_closed_) co_return StreamFault::stopped;
    co_return connected;
  }

  net::Worker& worker_;
  std::shared_ptr<const net::TlsServer> tls_;
  const net::Stream& control_;
  net::Endpoint target_;
  std::shared_ptr<net::SingleWait> waiting_;
  bool is_closed_ = false;
};

}  // namespace

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
Result<std::unique_ptr<PassiveSocket>> NetTransport::listen() {
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
      return std::unique_ptr<PassiveSocket>{
          std::make_unique<NetPassiveSocket>(worker_, tls_, control_, *std::move(listener))};
    }
    last = listener.error();
  }
  return last;
}

std::unique_ptr<ActiveSocket> NetTransport::connect_to(std::uint16_t port) {
  return std::make_unique<NetActiveSocket>(worker_, tls_, control_, port);
}

}  // namespace labnet::ftp_server
