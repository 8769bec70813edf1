// A socket for echo requests: ICMP datagram or raw (icmp(7), raw(7), ip(7)).
#include "clients/ping/echo_socket.hpp"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <random>

#include "common/packet/ipv4.hpp"

namespace labnet::ping {
namespace {

constexpr std::size_t datagram_bytes_max = 65'535;

sockaddr_in to_sockaddr(Ipv4Address address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(address.value);
  out.sin_port = htons(port);
  return out;
}
Ipv4Address to_address(const sockaddr_in& address) {
  return {ntohl(address.sin_addr.s_addr)};
}

/// What the kernel says beside a message: its time, its TTL, the error it is about.
struct Ancillary {
  std::optional<Timestamp> time;
  std::uint8_t ttl = 0;
  std::optional<sock_extended_err> error;
  Ipv4Address error_from;
};

template <class Value>
Value value_of(const cmsghdr* message) {
  Value value{};
  std::memcpy(&value, CMSG_DATA(message), sizeof value);
  return value;
}

Ancillary read_ancillary(msghdr& header) {
  Ancillary ancillary;
  for (auto* message = CMSG_FIRSTHDR(&header); message != nullptr; message = CMSG_NXTHDR(&header, message)) {
    if (message->cmsg_level == SOL_SOCKET && message->cmsg_type == SO_TIMESTAMPNS) {
      const auto time = value_of<timespec>(message);
      ancillary.time = Timestamp{std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec}};
    } else if (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_TTL) {
      ancillary.ttl = static_cast<std::uint8_t>(value_of<int>(message));
    } else if (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_RECVERR) {
      struct ErrorAndOffender {  // SO_EE_OFFENDER of ip(7)
        sock_extended_err error;
        sockaddr_in offender;
      };
      const auto value = value_of<ErrorAndOffender>(message);
      ancillary.error = value.error;
      ancillary.error_from = to_address(value.offender);
    }
  }
  return ancillary;
}

struct Arrived {
  std::size_t bytes = 0;
  Ipv4Address from;
  Ancillary ancillary;
};

/// recvmsg with all that comes along; nothing, and errno, if it fails.
std::optional<Arrived> receive_with_ancillary(int socket, Buffer& buffer, int flags) {
  alignas(cmsghdr) std::array<char, 512> control{};
  sockaddr_in from{};
  iovec piece{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_name = &from;
  header.msg_namelen = sizeof from;
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const auto bytes = ::recvmsg(socket, &header, flags | MSG_DONTWAIT);
  if (bytes < 0) return std::nullopt;
  return Arrived{static_cast<std::size_t>(bytes), to_address(from), read_ancillary(header)};
}

Result<void> set(int socket, int level, int name, int value, std::string_view what) {
  if (::setsockopt(socket, level, name, &value, sizeof value) != 0) return system_error(what);
  return {};
}

Error no_socket_error(int error_number) {
  if (error_number != EPERM && error_number != EACCES) return system_error("cannot open an ICMP socket", error_number);
  return {
      "this user may not send echo requests: have the administrator widen net.ipv4.ping_group_range "
      "(sysctl -w net.ipv4.ping_group_range='0 2147483647'), or run it inside a lab host (labnet exec HOST -- ...)"};
}

FileDescriptor open_socket(EchoSocket::Kind kind) {
  const int type = kind == EchoSocket::Kind::raw ? SOCK_RAW : SOCK_DGRAM;
  return FileDescriptor{::socket(AF_INET, type | SOCK_CLOEXEC, IPPROTO_ICMP)};
}

}  // namespace

Result<EchoSocket> EchoSocket::open(const Options& options) {
  auto socket = open_socket(Kind::datagram);
  return socket ? take_over(std::move(socket), Kind::datagram, options) : open(options, Kind::raw);
}

Result<EchoSocket> EchoSocket::open(const Options& options, Kind kind) {
  auto socket = open_socket(kind);
  if (!socket) return no_socket_error(errno);
  return take_over(std::move(socket), kind, options);
}

Result<EchoSocket> EchoSocket::take_over(FileDescriptor socket, Kind kind, const Options& options) {
  EchoSocket opened{std::move(socket), kind};
  if (const auto configured = opened.configure(options); !configured) return configured.error();
  if (const auto chosen = opened.choose_identifier(options.identifier); !chosen) return chosen.error();
  opened.buffer_.resize(datagram_bytes_max);
  return opened;
}

Result<void> EchoSocket::configure(const Options& options) {
  const auto socket = socket_.get();
  if (kind_ == Kind::raw) {
    icmp_filter filter{};
    filter.data = ~(1u << packet::Icmp::echo_reply);  // a set bit keeps that type out; errors come by IP_RECVERR
    if (::setsockopt(socket, SOL_RAW, ICMP_FILTER, &filter, sizeof filter) != 0) return system_error("ICMP_FILTER");
  }
  // Windows lets routers cut its echo requests to size; Linux finds out what the path can take.
  const int discover = options.style == Style::windows ? IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
  for (const auto& [level, name, value, what] : std::initializer_list<std::tuple<int, int, int, std::string_view>>{
           {IPPROTO_IP, IP_TTL, options.ttl, "cannot set the time to live"},
           {IPPROTO_IP, IP_MTU_DISCOVER, discover, "IP_MTU_DISCOVER"},
           {IPPROTO_IP, IP_RECVTTL, 1, "IP_RECVTTL"},
           {IPPROTO_IP, IP_RECVERR, 1, "IP_RECVERR"},
           {SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS"},
           {SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR"}}) {  // two runs may have the same identifier
    if (const auto done = set(socket, level, name, value, what); !done) return done;
  }
  return {};
}

/// A raw socket writes into its requests whatever it likes; for a datagram socket, whose "port" the identifier is, the
/// kernel writes it.
Result<void> EchoSocket::choose_identifier(std::optional<std::uint16_t> wanted) {
  if (kind_ == Kind::raw) {
    identifier_ = wanted ? *wanted : static_cast<std::uint16_t>(std::random_device{}());
    return {};
  }
  auto address = to_sockaddr({}, wanted.value_or(0));
  if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return system_error("cannot choose the identifier of echo requests");
  }
  socklen_t size = sizeof address;
  if (::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return system_error("getsockname");
  identifier_ = ntohs(address.sin_port);
  return {};
}

Result<void> EchoSocket::send(Ipv4Address destination, std::uint16_t sequence_number, Bytes payload) {
  Buffer message;
  ByteWriter writer{message};
  packet::Icmp request;
  request.identifier = identifier_;
  request.sequence_number = sequence_number;
  request.payload = payload;
  write(request, writer);
  const auto address = to_sockaddr(destination, 0);
  const auto try_once = [&] {
    return ::sendto(socket_.get(), message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                    sizeof address) >= 0;
  };
  // An ICMP error for an earlier request makes the next call fail, whatever that call is: the second try tells.
  if (!try_once() && !try_once()) return system_error("cannot send");
  return {};
}

std::optional<Received> EchoSocket::receive() {
  while (true) {
    if (auto error = receive_error()) return error;
    const auto arrived = receive_with_ancillary(socket_.get(), buffer_, 0);
    if (!arrived) return receive_error();  // it may have come between the two calls, and made the second one fail
    const auto message = own_reply(Bytes{buffer_}.first(arrived->bytes));
    if (!message) continue;
    const auto time = arrived->ancillary.time.value_or(std::chrono::system_clock::now());
    return EchoReply{arrived->from, arrived->ancillary.ttl, time, *message};
  }
}

std::optional<EchoError> EchoSocket::receive_error() {
  while (const auto arrived = receive_with_ancillary(socket_.get(), buffer_, MSG_ERRQUEUE)) {
    const auto& error = arrived->ancillary.error;
    if (!error || error->ee_origin != SO_EE_ORIGIN_ICMP) continue;
    // What is quoted of the request is shorter than the request: only its header counts.
    const auto quoted = packet::parse_icmp(Bytes{buffer_}.first(arrived->bytes));
    if (!quoted || quoted->type != packet::Icmp::echo_request || quoted->identifier != identifier_) continue;
    return EchoError{arrived->ancillary.error_from, error->ee_type, error->ee_code, quoted->sequence_number};
  }
  return std::nullopt;
}

/// The reply in what was received, if it is one to this socket's requests: a raw socket gets all that the host gets.
std::optional<packet::Icmp> EchoSocket::own_reply(Bytes received) const {
  if (kind_ == Kind::raw) {
    const auto datagram = packet::parse_ipv4_datagram(received);
    if (!datagram) return std::nullopt;
    received = datagram->payload;
  }
  const auto message = packet::parse_icmp(received);
  if (!message || message->type != packet::Icmp::echo_reply || message->identifier != identifier_) return std::nullopt;
  return *message;
}

}  // namespace labnet::ping
