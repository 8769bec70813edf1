#include "clients/sip/phone_transport.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "clients/sip/addresses.hpp"
#include "common/client/tls.hpp"
#include "common/net/connected_datagram.hpp"

namespace labnet::sip_client {
namespace {

using net::Task;

constexpr net::DatagramOptions message_datagrams{.datagram_bytes_max = 16384, .reply_bytes_max = 64};
constexpr net::Timeout stream_idle_max = std::chrono::hours{24};
constexpr std::size_t unwritten_bytes_max = 1 << 20;  // of a connection that takes nothing

class DatagramTransport final : public PhoneTransport {
 public:
  DatagramTransport(std::unique_ptr<net::DatagramSocket> socket, sip::Hop server, Callbacks callbacks)
      : socket_{std::move(socket)}, server_{std::move(server)}, callbacks_{std::move(callbacks)} {}

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
  sip::Hop local(const sip::Hop&) override { return hop_of(socket_->local(), sip::Transport::udp); }
  sip::Hop server() const override { return server_; }

 private:
  void on_datagram(const net::Datagram& datagram) {
    callbacks_.passed(datagram.bytes, false);
    const auto& address = datagram.peer.address;
    callbacks_.arrived(datagram.bytes, hop_of(net::to_endpoint("udp", address), sip::Transport::udp));
  }

  std::unique_ptr<net::DatagramSocket> socket_;
  sip::Hop server_;
  Callbacks callbacks_;
};

class StreamTransport final : public PhoneTransport {
 public:
  StreamTransport(net::Worker& worker, net::Stream stream, sip::Hop server, Callbacks callbacks)
      : worker_{worker}, stream_{std::move(stream)}, server_{std::move(server)}, callbacks_{std::move(callbacks)} {}

  Task<void> serve() {
    std::array<std::byte, 16384> room;
    while (!is_broken_) {
      const auto count = co_await stream_.read_some(room, stream_idle_max);
      if (!count) co_return break_off(stream_.explain(count.error()));
      received_.insert(received_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*count));
      take_messages();
    }
  }

  bool send(Bytes message, const sip::Hop& to) override {
    if (is_broken_ || to.transport != server_.transport) return false;
    callbacks_.passed(message, true);
    return write(std::string{as_text(message)});
  }
  sip::Hop local(const sip::Hop&) override { return hop_of(stream_.local(), server_.transport); }
  sip::Hop server() const override { return server_; }

 private:
  void take_messages() {
    while (!is_broken_) {
      const auto piece = splitter_.next(received_);
      if (!piece) return break_off("the server has sent what is no message of SIP");
      if (piece->kind == sip::Piece::Kind::none) return;
      // A copy, as what comes of it may send, and so wait for the next message.
      const Buffer message{received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(piece->bytes)};
      received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(piece->bytes));
      if (piece->kind == sip::Piece::Kind::ping) write("\r\n");
      if (piece->kind != sip::Piece::Kind::message) continue;
      callbacks_.passed(message, false);
      callbacks_.arrived(message, server_);
    }
  }

  /// What the connection takes at once is written at once, so that a phone that ends can still say so.
  bool write(std::string text) {
    if (unwritten_bytes_ + text.size() > unwritten_bytes_max) return false;
    const std::array pieces{as_bytes(std::string_view{text})};
    if (unwritten_.empty() && stream_.write_at_once(pieces)) return true;
    unwritten_bytes_ += text.size();
    unwritten_.push_back(std::move(text));
    if (unwritten_.size() == 1) worker_.spawn(write_all());
    return true;
  }

  Task<void> write_all() {
    while (!unwritten_.empty()) {
      const auto written = co_await stream_.write(std::string_view{unwritten_.front()});
      if (!written) co_return break_off(stream_.explain(written.error()));
      unwritten_bytes_ -= unwritten_.front().size();
      unwritten_.pop_front();
    }
  }

  void break_off(std::string_view why) {
    if (std::exchange(is_broken_, true)) return;
    callbacks_.broken(server_, why);
  }

  net::Worker& worker_;
  net::Stream stream_;
  sip::Hop server_;
  Callbacks callbacks_;
  sip::StreamSplitter splitter_;
  Buffer received_;
  std::deque<std::string> unwritten_;
  std::size_t unwritten_bytes_ = 0;
  bool is_broken_ = false;
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
  auto transport = std::make_unique<DatagramTransport>(*std::move(socket), target.server, std::move(callbacks));
  worker.spawn(transport->serve());
  return transport;
}

Task<Opened> open_stream(net::Worker& worker, PhoneTransport::Target target, PhoneTransport::Callbacks callbacks) {
  auto stream = co_await net::Stream::connect(worker.executor(), endpoint_of(target.server), target.timeout);
  if (!stream) co_return Error{"cannot connect to ", sip::to_string(target.server), ": ", describe(stream.error())};
  if (target.tls) {
    const auto secured = co_await stream->connect_tls(target.tls, target.host_name, target.timeout);
    if (!secured) co_return Error{"no TLS with ", target.host_name, ": ", stream->explain(secured.error())};
  }
  target.server.connection = 1;
  auto transport = std::make_unique<StreamTransport>(worker, *std::move(stream), target.server, std::move(callbacks));
  worker.spawn(transport->serve());
  co_return Opened{std::move(transport)};
}

}  // namespace

Task<Opened> PhoneTransport::open(net::Worker& worker, Target target, Callbacks callbacks) {
  if (!sip::is_stream(target.server.transport)) co_return open_datagrams(worker, target, std::move(callbacks));
  co_return co_await open_stream(worker, std::move(target), std::move(callbacks));
}

}  // namespace labnet::sip_client
