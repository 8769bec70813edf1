#include "clients/sip/phone_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "clients/sip/addresses.hpp"
#include "common/client/tls.hpp"
#include "common/net/connected_datagram.hpp"
#include "common/net/pause.hpp"
#include "common/net/random.hpp"

namespace labnet::sip_client {
namespace {

using net::Task;

constexpr net::DatagramOptions message_datagrams{.datagram_bytes_max = 16384, .reply_bytes_max = 64};
constexpr net::Timeout stream_idle_max = std::chrono::hours{24};
constexpr std::size_t unwritten_bytes_max = 1 << 20;  // of a connection that takes nothing

class DatagramTransport final : public PhoneTransport {
 public:
  DatagramTransport(net::Worker& worker, std::unique_ptr<net::DatagramSocket> socket, sip::Hop server,
                    Callbacks callbacks)
      : worker_{worker}, socket_{std::move(socket)}, server_{std::move(server)}, callbacks_{std::move(callbacks)} {}

  Task<void> serve() {
    co_await socket_->serve([this](const net::Datagram& datagram, std::span<std::byte>) {
      if (!datagram.is_cut) on_datagram(datagram);
      return std::size_t{0};
    });
  }

  bool send(Bytes message, const sip::Hop& to) override {
    if (to.transport != sip::Transport::udp) return false;
    callbacks_.passed(message, true);
    return socket_->send_to(message, net::Peer{.address = endpoint_of(to).udp()});
  }
  sip::Hop local(const sip::Hop& to) override {
    auto own = hop_of(socket_->local(), sip::Transport::udp);
    if (socket_->local().address.is_unspecified()) own.address = address_towards(to).value_or(own.address);
    return own;
  }
  void start_anew(std::string_view) override {}
  sip::Hop server() const override { return server_; }

 private:
  void on_datagram(const net::Datagram& datagram) {
    callbacks_.passed(datagram.bytes, false);
    const auto& address = datagram.peer.address;
    callbacks_.arrived(datagram.bytes, hop_of(net::to_endpoint("udp", address), sip::Transport::udp));
  }

  /// The one of this machine's that a phone which listens on all of them has for whoever is there.
  std::optional<IpAddress> address_towards(const sip::Hop& to) const {
    const auto way = net::ConnectedDatagram::open(worker_.executor(), endpoint_of(to));
    return way ? std::optional{net::to_ip(way->local().address)} : std::nullopt;
  }

  net::Worker& worker_;
  std::unique_ptr<net::DatagramSocket> socket_;
  sip::Hop server_;
  Callbacks callbacks_;
};

Task<Result<net::Stream>> connect(net::Worker& worker, const PhoneTransport::Target& target) {
  auto stream = co_await net::Stream::connect(worker.executor(), endpoint_of(target.server), target.timeout);
  if (!stream) co_return Error{"cannot connect to ", sip::to_string(target.server), ": ", describe(stream.error())};
  if (target.tls) {
    const auto secured = co_await stream->connect_tls(target.tls, target.host_name, target.timeout);
    if (!secured) co_return Error{"no TLS with ", target.host_name, ": ", stream->explain(secured.error())};
  }
  co_return *std::move(stream);
}

/// One of a phone's connections to its server, one after the other.
struct Connection {
  net::Stream stream;
  sip::Hop server;  // with its number
  sip::StreamSplitter splitter{};
  Buffer received{};
  std::deque<std::string> unwritten{};
  std::size_t unwritten_bytes = 0;
};

class StreamTransport final : public PhoneTransport {
 public:
  StreamTransport(net::Worker& worker, net::Stream stream, Target target, Callbacks callbacks)
      : worker_{worker}, target_{std::move(target)}, callbacks_{std::move(callbacks)} {
    begin(std::move(stream));
  }

  Task<void> serve() {
    while (connection_) {
      co_await read(connection_);
      co_await connect_again();
    }
  }

  bool send(Bytes message, const sip::Hop& to) override {
    if (!connection_ || to.transport != target_.server.transport) return false;
    callbacks_.passed(message, true);
    return write(std::string{as_text(message)});
  }
  sip::Hop local(const sip::Hop&) override { return local_; }
  void start_anew(std::string_view why) override {
    if (connection_) break_off(*connection_, why);
  }
  sip::Hop server() const override { return target_.server; }

 private:
  using Shared = std::shared_ptr<Connection>;

  void begin(net::Stream stream) {
    ++target_.server.connection;
    local_ = hop_of(stream.local(), target_.server.transport);
    connection_ = std::make_shared<Connection>(Connection{std::move(stream), target_.server});
  }

  Task<void> read(Shared connection) {
    std::array<std::byte, 16384> room;
    while (connection == connection_) {
      const auto count = co_await connection->stream.read_some(room, stream_idle_max);
      if (!count) {
        break_off(*connection, connection->stream.explain(count.error()));
        co_return;
      }
      auto& received = connection->received;
      received.insert(received.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*count));
      take_messages(connection);
    }
  }

  void take_messages(const Shared& connection) {
    auto& received = connection->received;
    while (connection == connection_) {
      const auto piece = connection->splitter.next(received);
      if (!piece) return break_off(*connection, "the server has sent what is no message of SIP");
      if (piece->kind == sip::Piece::Kind::none) return;
      // A copy, as what comes of it may send, and so wait for the next message.
      const Buffer message{received.begin(), received.begin() + static_cast<std::ptrdiff_t>(piece->bytes)};
      received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(piece->bytes));
      if (piece->kind == sip::Piece::Kind::ping) write("\r\n");
      if (piece->kind != sip::Piece::Kind::message) continue;
      callbacks_.passed(message, false);
      callbacks_.arrived(message, connection->server);
    }
  }

  /// What the connection takes at once is written at once, so that a phone that ends can still say so.
  bool write(std::string text) {
    auto& connection = *connection_;
    if (connection.unwritten_bytes + text.size() > unwritten_bytes_max) return false;
    const std::array pieces{as_bytes(std::string_view{text})};
    if (connection.unwritten.empty() && connection.stream.write_at_once(pieces)) return true;
    connection.unwritten_bytes += text.size();
    connection.unwritten.push_back(std::move(text));
    if (connection.unwritten.size() == 1) worker_.spawn(write_all(connection_));
    return true;
  }

  Task<void> write_all(Shared connection) {
    while (!connection->unwritten.empty()) {
      const auto written = co_await connection->stream.write(std::string_view{connection->unwritten.front()});
      if (!written) {
        break_off(*connection, connection->stream.explain(written.error()));
        co_return;
      }
      connection->unwritten_bytes -= connection->unwritten.front().size();
      connection->unwritten.pop_front();
    }
  }

  /// Its reading ends by that, and another connection is tried.
  void break_off(Connection& connection, std::string_view why) {
    if (&connection != connection_.get()) return;
    const auto broken = std::exchange(connection_, nullptr);
    broken->stream.close();
    callbacks_.broken(broken->server, why);
  }

  Task<void> connect_again() {
    std::string why;
    auto pause = target_.retries.first;
    for (int attempt = 0; attempt < target_.retries.attempts_max; ++attempt) {
      const auto jitter = pause * static_cast<int>(net::random_number<std::uint32_t>() % 251) / 1000;
      co_await net::pause(worker_.executor(), pause + jitter);
      if (worker_.is_stopping()) co_return;
      auto stream = co_await connect(worker_, target_);
      if (stream) {
        begin(*std::move(stream));
        callbacks_.connected(target_.server);
        co_return;
      }
      why = stream.error().message;
      pause = std::min(2 * pause, target_.retries.longest);
    }
    callbacks_.given_up(why);
  }

  net::Worker& worker_;
  Target target_;
  Callbacks callbacks_;
  sip::Hop local_;
  Shared connection_;  // null while there is none
};

using Opened = Result<std::unique_ptr<PhoneTransport>>;

Opened open_datagrams(net::Worker& worker, const PhoneTransport::Target& target, PhoneTransport::Callbacks callbacks) {
  net::Endpoint local;
  if (target.listen) {
    local = *target.listen;
  } else {
    // The address that leads to the server; the port is whichever is free.
    const auto way = net::ConnectedDatagram::open(worker.executor(), endpoint_of(target.server));
    if (!way) return Error{"cannot reach ", sip::to_string(target.server), ": ", net::describe(way.error())};
    local = way->local();
    local.port = 0;
  }
  auto socket = net::DatagramSocket::open(worker, local, message_datagrams);
  if (!socket) return socket.error();
  auto transport = std::make_unique<DatagramTransport>(worker, *std::move(socket), target.server, std::move(callbacks));
  worker.spawn(transport->serve());
  return transport;
}

Task<Opened> open_stream(net::Worker& worker, PhoneTransport::Target target, PhoneTransport::Callbacks callbacks) {
  auto stream = co_await connect(worker, target);
  if (!stream) co_return stream.error();
  auto transport =
      std::make_unique<StreamTransport>(worker, *std::move(stream), std::move(target), std::move(callbacks));
  worker.spawn(transport->serve());
  co_return Opened{std::move(transport)};
}

}  // namespace

Task<Opened> PhoneTransport::open(net::Worker& worker, Target target, Callbacks callbacks) {
  if (!sip::is_stream(target.server.transport)) co_return open_datagrams(worker, target, std::move(callbacks));
  co_return co_await open_stream(worker, std::move(target), std::move(callbacks));
}

}  // namespace labnet::sip_client
