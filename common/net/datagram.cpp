#include "common/net/datagram.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/log/log.hpp"
#include "common/net/address_in_use.hpp"

namespace labnet::net {
namespace {

using Socket = asio::basic_datagram_socket<asio::ip::udp, Executor>;

// Room for the one control message that names the address asked, of either family.
constexpr std::size_t control_bytes = CMSG_SPACE(sizeof(in6_pktinfo));
struct alignas(cmsghdr) Control {
  std::array<std::byte, control_bytes> bytes;
};

void read_asked_address(msghdr& message, Peer& peer) {
  peer.asked = {};
  for (auto* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(item), sizeof info);
      std::memcpy(peer.asked.data(), &info.ipi_spec_dst, sizeof info.ipi_spec_dst);
    } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(item), sizeof info);
      if (!IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) std::memcpy(peer.asked.data(), &info.ipi6_addr, 16);
    }
  }
}

template <class Info>
void write_control(msghdr& message, Control& control, int level, int type, const Info& info) {
  message.msg_control = control.bytes.data();
  message.msg_controllen = CMSG_SPACE(sizeof info);
  control.bytes.fill(std::byte{0});
  auto* const item = CMSG_FIRSTHDR(&message);
  item->cmsg_level = level;
  item->cmsg_type = type;
  item->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(item), &info, sizeof info);
}

/// Addresses a message to a peer, from the address that it asked.
void write_address(msghdr& message, Control& control, Peer& peer) {
  message.msg_name = peer.address.data();
  message.msg_namelen = static_cast<socklen_t>(peer.address.size());
  message.msg_control = nullptr;
  message.msg_controllen = 0;
  if (peer.asked == decltype(peer.asked){}) return;
  if (peer.address.data()->sa_family == AF_INET) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, peer.asked.data(), sizeof info.ipi_spec_dst);
    write_control(message, control, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, peer.asked.data(), sizeof info.ipi6_addr);
    write_control(message, control, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

int set_option(Socket& socket, int level, int option, int value) {
  return ::setsockopt(socket.native_handle(), level, option, &value, sizeof value);
}

/// True if the socket tells the address asked: it is bound to a wildcard and the system has agreed.
bool ask_for_asked_address(Socket& socket, const Endpoint& local) {
  if (!local.address.is_unspecified()) return false;
  if (local.address.is_v4()) return set_option(socket, IPPROTO_IP, IP_PKTINFO, 1) == 0;
  return set_option(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) == 0;
}

}  // namespace

/// What one call of recvmmsg fills and one of sendmmsg empties. The large buffers are not initialized: the system
/// gives memory only to the slots that a batch has reached.
struct DatagramSocket::Batch {
  explicit Batch(const DatagramOptions& options)
      : datagram_bytes{options.datagram_bytes_max},
        reply_bytes{options.reply_bytes_max},
        received{std::make_unique_for_overwrite<std::byte[]>(datagram_bytes * batch_datagrams_max)},
        replies{std::make_unique_for_overwrite<std::byte[]>(reply_bytes * batch_datagrams_max)} {}

  std::span<std::byte> received_slot(std::size_t i) { return {received.get() + i * datagram_bytes, datagram_bytes}; }
  std::span<std::byte> reply_slot(std::size_t i) { return {replies.get() + i * reply_bytes, reply_bytes}; }

  int receive(int socket, bool with_control) {
    for (std::size_t i = 0; i < batch_datagrams_max; ++i) {
      const auto slot = received_slot(i);
      vectors[i] = {slot.data(), slot.size()};
      auto& message = in[i].msg_hdr;
      message.msg_name = peers[i].address.data();
      message.msg_namelen = static_cast<socklen_t>(peers[i].address.capacity());
      message.msg_iov = &vectors[i];
      message.msg_iovlen = 1;
      message.msg_control = with_control ? controls[i].bytes.data() : nullptr;
      message.msg_controllen = with_control ? control_bytes : 0;
      message.msg_flags = 0;
    }
    return ::recvmmsg(socket, in.data(), batch_datagrams_max, MSG_DONTWAIT, nullptr);
  }

  Datagram datagram(std::size_t i, bool with_control) {
    auto& message = in[i].msg_hdr;
    peers[i].address.resize(message.msg_namelen);
    if (with_control) read_asked_address(message, peers[i]);
    return {received_slot(i).first(in[i].msg_len), (message.msg_flags & MSG_TRUNC) != 0, peers[i]};
  }

  /// The reply that stands in slot `i` goes to the peer of slot `i`.
  void add_reply(std::size_t i, std::size_t bytes) {
    auto& vector = reply_vectors[replies_count];
    auto& message = out[replies_count++].msg_hdr;
    vector = {reply_slot(i).data(), bytes};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_flags = 0;
    write_address(message, controls[i], peers[i]);
  }

  std::size_t datagram_bytes;
  std::size_t reply_bytes;
  std::unique_ptr<std::byte[]> received;
  std::unique_ptr<std::byte[]> replies;
  std::size_t replies_count = 0;
  std::size_t replies_sent = 0;
  std::array<Peer, batch_datagrams_max> peers;
  std::array<Control, batch_datagrams_max> controls;
  std::array<iovec, batch_datagrams_max> vectors;
  std::array<iovec, batch_datagrams_max> reply_vectors;
  std::array<mmsghdr, batch_datagrams_max> in;
  std::array<mmsghdr, batch_datagrams_max> out;
};

DatagramSocket::DatagramSocket(Worker& worker, Socket socket, const DatagramOptions& options)
    : socket_{std::move(socket)}, options_{options}, worker_counts_{worker.counts()}, on_stop_{worker.on_stop([this] {
        stop();
      })} {}

DatagramSocket::~DatagramSocket() = default;

Result<std::unique_ptr<DatagramSocket>> DatagramSocket::open(Worker& worker, const Endpoint& endpoint,
                                                             const DatagramOptions& options) {
  const auto fault = [&](const boost::system::error_code& error) { return cannot_listen(endpoint, error); };
  boost::system::error_code error;
  Socket socket{worker.executor()};
  const auto address = endpoint.udp();
  socket.open(address.protocol(), error);
  if (error) return fault(error);
  if (worker.index() == 0) error = address_in_use(address);
  if (error) return fault(error);
  const bool v6 = endpoint.address.is_v6();
  if (set_option(socket, SOL_SOCKET, SO_REUSEPORT, 1) != 0 ||
      (v6 && set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) != 0)) {
    return fault({errno, boost::system::system_category()});
  }
  socket.bind(address, error);
  if (error) return fault(error);
  return prepare(worker, std::move(socket), options);
}

Result<std::unique_ptr<DatagramSocket>> DatagramSocket::adopt(Worker& worker, FileDescriptor descriptor,
                                                              const DatagramOptions& options) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  if (::getsockname(descriptor.get(), reinterpret_cast<sockaddr*>(&address), &bytes) != 0) {
    return system_error("cannot use a UDP socket");
  }
  boost::system::error_code error;
  Socket socket{worker.executor()};
  const auto protocol = address.ss_family == AF_INET6 ? asio::ip::udp::v6() : asio::ip::udp::v4();
  socket.assign(protocol, descriptor.get(), error);
  if (error) return Error{"cannot use a UDP socket: ", error.message()};
  descriptor.release();
  return prepare(worker, std::move(socket), options);
}

Result<std::unique_ptr<DatagramSocket>> DatagramSocket::prepare(Worker& worker, Socket socket,
                                                                const DatagramOptions& options) {
  boost::system::error_code error;
  const auto local = socket.local_endpoint(error);
  if (error) return Error{"cannot learn the address of a UDP socket: ", error.message()};
  if (options.receive_queue_bytes > 0) {
    // The system gives at most net.core.rmem_max, and less is no fault.
    set_option(socket, SOL_SOCKET, SO_RCVBUF, static_cast<int>(options.receive_queue_bytes));
  }
  std::unique_ptr<DatagramSocket> made{new DatagramSocket{worker, std::move(socket), options}};
  made->local_ = to_endpoint("udp", local);
  made->tells_asked_address_ = ask_for_asked_address(made->socket_, made->local_);
  return made;
}

void DatagramSocket::stop() {
  stopped_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

Task<void> DatagramSocket::serve(Handler handler) {
  if (!batch_) batch_ = std::make_unique<Batch>(options_);
  auto& batch = *batch_;
  while (!stopped_) {
    const auto [error] = co_await socket_.async_wait(Socket::wait_read, as_result);
    if (error) co_return;
    for (int turn = 0; turn < batches_per_turn_max && !stopped_; ++turn) {
      // A failure is "none left" or the news, by ICMP, that an earlier reply did not arrive: nothing to do about
      // either.
      const auto count = batch.receive(socket_.native_handle(), tells_asked_address_);
      if (count <= 0) break;
      counters_.received += static_cast<std::uint64_t>(count);
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        std::size_t reply_bytes = 0;
        worker_counts_.bytes_received += batch.in[i].msg_len;
        if (handle(batch.datagram(i, tells_asked_address_), handler, batch.reply_slot(i), reply_bytes)) {
          batch.add_reply(i, reply_bytes);
        }
      }
      while (!send_replies() && !stopped_) co_await socket_.async_wait(Socket::wait_write, as_result);
      if (static_cast<std::size_t>(count) < batch_datagrams_max) break;
    }
  }
}

bool DatagramSocket::handle(const Datagram& datagram, const Handler& handler, std::span<std::byte> reply,
                            std::size_t& reply_bytes) {
  try {
    reply_bytes = std::min(handler(datagram, reply), reply.size());
  } catch (const std::exception& error) {
    log::error("a datagram could not be handled", {{"exception", error.what()}});
    return false;
  }
  return reply_bytes > 0;
}

bool DatagramSocket::send_replies() {
  auto& batch = *batch_;
  while (batch.replies_sent < batch.replies_count) {
    const auto left = static_cast<unsigned>(batch.replies_count - batch.replies_sent);
    const auto sent = ::sendmmsg(socket_.native_handle(), &batch.out[batch.replies_sent], left, MSG_DONTWAIT);
    if (sent > 0) {
      for (int i = 0; i < sent; ++i) worker_counts_.bytes_sent += batch.out[batch.replies_sent++].msg_len;
      counters_.sent += static_cast<std::uint64_t>(sent);
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      // The first one cannot be sent, whatever the reason; the ones after it may.
      ++batch.replies_sent;
      ++counters_.unsent;
    }
  }
  batch.replies_count = batch.replies_sent = 0;
  return true;
}

bool DatagramSocket::send_to(Bytes bytes, const Peer& peer) {
  Peer to = peer;
  Control control;
  iovec vector{const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  write_address(message, control, to);
  const bool taken = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT) >= 0;
  ++(taken ? counters_.sent : counters_.unsent);
  if (taken) worker_counts_.bytes_sent += bytes.size();
  return taken;
}

}  // namespace labnet::net
