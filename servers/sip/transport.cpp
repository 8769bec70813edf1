#include "servers/sip/transport.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "common/log/log.hpp"
#include "common/net/read_buffer.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/message.hpp"
#include "common/sip/stream_splitter.hpp"
#include "servers/sip/limits.hpp"

namespace labnet::sip_server {
namespace {

namespace asio = boost::asio;

/// Numbers of connections begin behind those of sockets.
constexpr std::uint64_t sockets_max = 1'000;
constexpr std::size_t own_addresses_max = 10'000;
constexpr net::Timeout write_timeout = std::chrono::seconds{10};
constexpr net::Timeout connect_timeout = std::chrono::seconds{10};
/// Larger messages than RFC 3261 wants on UDP (section 18.1.1), as phones send them; nothing is written by handlers.
constexpr net::DatagramOptions datagram_options{
    .datagram_bytes_max = 16 * 1024, .reply_bytes_max = 1, .receive_queue_bytes = 4 * 1024 * 1024};

IpAddress to_ip(const asio::ip::address& address) {
  return net::to_ip(net::unmapped(address));
}

std::uint32_t scope_of(const asio::ip::address& address) {
  return address.is_v6() ? static_cast<std::uint32_t>(address.to_v6().scope_id()) : 0;
}

asio::ip::address to_asio(const sip::Hop& hop) {
  const auto address = net::to_asio(hop.address);
  if (!address.is_v6()) return address;
  return asio::ip::address_v6{address.to_v6().to_bytes(), hop.scope_id};
}

/// Which of the machine's addresses datagrams to there have as their source, by asking the system for a way.
IpAddress own_address_towards(const sip::Hop& hop) {
  asio::io_context context;
  boost::system::error_code error;
  asio::ip::udp::socket probe{context};
  const asio::ip::udp::endpoint there{to_asio(hop), 9};
  probe.open(there.protocol(), error);
  if (!error) probe.connect(there, error);  // sends nothing
  const auto here = probe.local_endpoint(error);
  return error ? hop.address : to_ip(here.address());
}

constexpr std::size_t read_bytes_first = 4096;
constexpr std::string_view pong = "\r\n";

}  // namespace

struct Transport::Connection {
  net::Stream stream;
  sip::Hop hop;
  Buffer unsent{};
  bool is_writing = false;
  bool is_closing = false;
  bool is_connected = true;
};

Transport::Transport(net::Worker& worker, const LimitsConfig& limits, Receiver receiver)
    : worker_{worker},
      limits_{limits},
      receiver_{std::move(receiver)},
      quota_{net::Quota::make({limits.connections_max, limits.connections_per_address_max})},
      last_connection_{sockets_max} {}

Transport::~Transport() = default;

// Datagrams

Result<net::Endpoint> Transport::listen(const net::Endpoint& endpoint) {
  if (endpoint.scheme == "udp") {
    auto socket = net::DatagramSocket::open(worker_, endpoint, datagram_options);
    if (!socket) return socket.error();
    auto local = (*socket)->local();
    serve(*std::move(socket));
    return local;
  }
  net::ListenerOptions options;
  options.quota = quota_;
  auto listener = net::Listener::open(worker_, endpoint, std::move(options));
  if (!listener) return listener.error();
  auto local = endpoint;
  local.port = (*listener)->local().port;
  serve(*std::move(listener), endpoint.scheme == "tls");
  return local;
}

Result<net::Endpoint> Transport::adopt(net::HandedIn one) {
  auto local = one.local;
  if (local.scheme == "udp") {
    auto socket = net::DatagramSocket::adopt(worker_, std::move(one.socket), datagram_options);
    if (!socket) return socket.error();
    serve(*std::move(socket));
    return local;
  }
  const bool is_secure = one.name == "tls";
  if (is_secure) local.scheme = "tls";
  net::ListenerOptions options;
  options.quota = quota_;
  auto listener = net::Listener::adopt(worker_, std::move(one.socket), std::move(options));
  if (!listener) return listener.error();
  serve(*std::move(listener), is_secure);
  return local;
}

void Transport::serve(std::unique_ptr<net::DatagramSocket> socket) {
  auto& one = *sockets_.emplace_back(std::move(socket));
  worker_.spawn(one.serve([this, number = sockets_.size()](const net::Datagram& datagram, std::span<std::byte>) {
    const auto& from = datagram.peer.address;
    const sip::Hop hop{sip::Transport::udp, to_ip(from.address()), from.port(), number, scope_of(from.address())};
    if (datagram.is_cut) {
      log::warning("a datagram that is too long is dropped", {{"from", sip::to_string(hop)}});
    } else if (!sip::is_keep_alive(datagram.bytes)) {
      receiver_.on_message(datagram.bytes, hop);
    }
    return std::size_t{0};  // whatever is sent goes by `send`
  }));
}

net::DatagramSocket* Transport::socket_for(const sip::Hop& to) const {
  const bool is_ipv4 = std::holds_alternative<Ipv4Address>(to.address);
  const auto is_of_family = [&](const auto& socket) {
    return net::unmapped(socket->local().address).is_v4() == is_ipv4;
  };
  // What was stored by another start may speak of other sockets.
  const bool is_known = to.connection > 0 && to.connection <= sockets_.size();
  if (is_known && is_of_family(sockets_[to.connection - 1])) return sockets_[to.connection - 1].get();
  const auto found = std::ranges::find_if(sockets_, is_of_family);
  return found == sockets_.end() ? nullptr : found->get();
}

std::optional<sip::Hop> Transport::connect(const sip::Hop& to) {
  if (to.transport != sip::Transport::tcp || own_connections_ == own_connections_max) return std::nullopt;
  ++own_connections_;
  auto hop = to;
  hop.connection = ++last_connection_;
  const auto connection = std::make_shared<Connection>(Connection{.stream = {}, .hop = hop});
  connection->is_connected = false;
  connection->is_writing = true;  // so that what is sent waits
  connections_.emplace(hop.connection, connection);
  worker_.spawn(connect(connection));
  return hop;
}

net::Task<void> Transport::connect(std::shared_ptr<Connection> connection) {
  const net::Endpoint peer{"tcp", to_asio(connection->hop), connection->hop.port};
  auto stream = co_await net::Stream::connect(worker_.executor(), peer, connect_timeout);
  if (stream && !connection->is_closing) {
    connection->stream = *std::move(stream);
    connection->stream.count_for(worker_);
    connection->is_connected = true;
    worker_.spawn(write_rest(connection));
    co_await receive(connection);
  }
  --own_connections_;
  close(*connection);
}

bool Transport::send(Bytes message, const sip::Hop& to) {
  sent_.count(message);
  if (to.transport == sip::Transport::udp) {
    auto* const socket = socket_for(to);
    if (socket == nullptr) return false;
    const net::Peer peer{.address = {to_asio(to), to.port}};
    // What the system does not take now is as good as lost on the way.
    socket->send_to(message, peer);
    return true;
  }
  const auto found = connections_.find(to.connection);
  if (found == connections_.end()) return false;
  const auto connection = found->second;
  if (connection->is_closing) return false;
  const std::array pieces{message};
  if (!connection->is_writing && connection->stream.write_at_once(pieces)) return true;
  if (connection->unsent.size() + message.size() > unsent_bytes_max) {
    log::warning("a connection is closed whose peer does not read", {{"peer", sip::to_string(to)}});
    connection->is_closing = true;
    // Not at once: whoever sends may be what the news of it would take away.
    worker_.post([this, connection] { close(*connection); });
    return false;
  }
  connection->unsent.insert(connection->unsent.end(), message.begin(), message.end());
  if (!std::exchange(connection->is_writing, true)) worker_.spawn(write_rest(connection));
  return true;
}

sip::Hop Transport::local(const sip::Hop& to) {
  const auto found = connections_.find(to.connection);
  if (found != connections_.end() && found->second->is_connected) {
    const auto& local = found->second->stream.local();
    return {to.transport, to_ip(local.address), local.port, 0};
  }
  if (sip::is_stream(to.transport)) return {to.transport, address_towards(to), listening_port(to.transport), 0};
  const auto* const socket = socket_for(to);
  return {to.transport, address_towards(to), socket == nullptr ? std::uint16_t{0} : socket->local().port, 0};
}

std::uint16_t Transport::listening_port(sip::Transport transport) const {
  const auto found = std::ranges::find(listening_, transport, &Listening::transport);
  return found == listening_.end() ? sip::default_port(transport) : found->port;
}

IpAddress Transport::address_towards(const sip::Hop& to) {
  const auto* const socket = socket_for(to);
  if (socket != nullptr && !socket->local().address.is_unspecified()) return to_ip(socket->local().address);
  if (own_addresses_.size() >= own_addresses_max) own_addresses_.clear();
  const auto [place, is_new] = own_addresses_.try_emplace(sip::scoped_address_text(to), to.address);
  if (is_new) place->second = own_address_towards(to);
  return place->second;
}

// Connections

void Transport::serve(std::unique_ptr<net::Listener> listener, bool is_secure) {
  auto& one = *listeners_.emplace_back(std::move(listener));
  listening_.push_back({is_secure ? sip::Transport::tls : sip::Transport::tcp, one.local().port});
  worker_.spawn(one.serve([this, is_secure](net::Stream stream) { return serve(std::move(stream), is_secure); }));
}

net::Task<void> Transport::serve(net::Stream stream, bool is_secure) {
  if (is_secure) {
    if (!tls_) co_return;
    const auto secured = co_await stream.accept_tls(tls_);
    if (!secured) co_return;
  }
  const auto number = ++last_connection_;
  const auto& peer = stream.peer();
  const sip::Hop hop{is_secure ? sip::Transport::tls : sip::Transport::tcp, to_ip(peer.address), peer.port, number,
                     scope_of(peer.address)};
  const auto connection = std::make_shared<Connection>(Connection{std::move(stream), hop});
  connections_.emplace(number, connection);
  co_await receive(connection);
  close(*connection);
}

net::Task<void> Transport::receive(std::shared_ptr<Connection> connection) {
  net::ReadBuffer buffer{read_bytes_first, sip::head_bytes_max + sip::body_bytes_max};
  sip::StreamSplitter splitter;
  const auto first_until = net::Clock::now() + limits_.first_message_timeout;
  bool is_known = false;
  for (;;) {
    // Whoever has said nothing yet has so long for all of his first message, and not from one byte to the next.
    const auto until = is_known ? net::Clock::now() + limits_.idle_timeout : first_until;
    const auto count = co_await connection->stream.read_some(buffer.room(), until);
    if (!count) co_return;
    buffer.add(*count);
    for (;;) {
      const auto piece = splitter.next(buffer.unread());
      if (!piece) {
        receiver_.on_broken(buffer.unread(), piece.error(), connection->hop);
        co_await connection->stream.finish(write_timeout);
        co_return;
      }
      if (piece->kind == sip::Piece::Kind::none) break;
      if (piece->kind == sip::Piece::Kind::ping) send(as_bytes(pong), connection->hop);
      const auto bytes = buffer.unread().first(piece->bytes);
      if (piece->kind == sip::Piece::Kind::message && receiver_.on_message(bytes, connection->hop)) is_known = true;
      buffer.skip(piece->bytes);
    }
    buffer.shrink();
  }
}

net::Task<void> Transport::write_rest(std::shared_ptr<Connection> connection) {
  while (!connection->unsent.empty()) {
    const auto bytes = std::exchange(connection->unsent, {});
    const auto written = co_await connection->stream.write(bytes, write_timeout);
    if (!written) {
      close(*connection);
      co_return;
    }
  }
  connection->is_writing = false;
}

void Transport::close(Connection& connection) {
  connection.stream.close();
  if (connections_.erase(connection.hop.connection) > 0) receiver_.on_closed(connection.hop);
}

}  // namespace labnet::sip_server
