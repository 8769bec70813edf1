// A name server for tests.
#include "tests/common/resolver/dns_stub.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>

namespace labnet::test {
namespace {

FileDescriptor bound(int type, std::uint16_t& port) {
  FileDescriptor socket{::socket(AF_INET, type | SOCK_CLOEXEC, 0)};
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  socklen_t length = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  port = ntohs(address.sin_port);
  return socket;
}

}  // namespace

dns::Message reply_to(const dns::Message& query) {
  dns::Message reply;
  reply.header = query.header;
  reply.header.response = true;
  reply.header.recursion_available = true;
  reply.question = query.question;
  return reply;
}

Buffer to_wire(const dns::Message& message, std::size_t bytes_max) {
  Buffer wire;
  write_message(message, wire, bytes_max);
  return wire;
}

dns::Name name(std::string_view text) {
  return *dns::parse_name(text);
}

dns::Record record(std::string_view name, dns::Rdata data, std::uint32_t ttl) {
  return {*dns::parse_name(name), dns::Class::in, ttl, std::move(data)};
}

DnsStub::DnsStub(Answer answer, std::uint16_t port, std::chrono::milliseconds octet_interval,
                 std::chrono::milliseconds message_interval)
    : answer_{std::move(answer)},
      octet_interval_{octet_interval},
      message_interval_{message_interval},
      stop_{::eventfd(0, EFD_CLOEXEC)} {
  for (int attempt = 0; attempt < 100 && !tcp_; ++attempt) {  // UDP's free port may be taken on TCP
    port_ = port;
    udp_ = bound(SOCK_DGRAM, port_);
    tcp_ = bound(SOCK_STREAM, port_);
  }
  EXPECT_TRUE(udp_ && tcp_ && ::listen(tcp_.get(), 8) == 0) << "no port for a name server";
  thread_ = std::thread{[this] { serve(); }};
}

DnsStub::~DnsStub() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

std::vector<DnsStub::Query> DnsStub::queries() const {
  const std::lock_guard lock{mutex_};
  return queries_;
}

void DnsStub::serve() {
  while (true) {
    std::array<pollfd, 3> events{{{udp_.get(), POLLIN, 0}, {tcp_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    ::poll(events.data(), events.size(), -1);
    if (events[2].revents != 0) return;
    if (events[0].revents != 0) serve_datagram();
    if (events[1].revents != 0) serve_connection();
  }
}

std::vector<Buffer> DnsStub::take(Bytes query, Transport transport) {
  const auto parsed = dns::parse_message(query);
  EXPECT_TRUE(parsed) << "not a DNS message";
  if (!parsed) return {};
  {
    const std::lock_guard lock{mutex_};
    queries_.push_back({parsed->message, transport});
  }
  return answer_(parsed->message, transport);
}

void DnsStub::serve_datagram() {
  std::array<std::byte, 65'536> buffer{};
  sockaddr_in from{};
  socklen_t length = sizeof from;
  const auto read =
      ::recvfrom(udp_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
  if (read < 0) return;
  for (const auto& reply : take(Bytes{buffer}.first(static_cast<std::size_t>(read)), Transport::udp)) {
    ::sendto(udp_.get(), reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&from), length);
  }
}

void DnsStub::serve_connection() {
  const FileDescriptor peer{::accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  const timeval patience{10, 0};
  ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::array<std::byte, 2> length{};
  if (::recv(peer.get(), length.data(), length.size(), MSG_WAITALL) != 2) return;
  Buffer query(*ByteReader{length}.u16());
  if (::recv(peer.get(), query.data(), query.size(), MSG_WAITALL) != static_cast<ssize_t>(query.size())) return;
  for (const auto& reply : take(query, Transport::tcp)) {
    Buffer framed;
    ByteWriter out{framed};
    out.u16(static_cast<std::uint16_t>(reply.size()));
    out.bytes(reply);
    if (octet_interval_.count() > 0) {
      drip(peer.get(), framed);
      continue;
    }
    // In two pieces: whoever reads must not expect a message in one.
    ::send(peer.get(), framed.data(), 1, MSG_NOSIGNAL);
    ::send(peer.get(), framed.data() + 1, framed.size() - 1, MSG_NOSIGNAL);
    if (!rest(message_interval_)) return;
  }
}

/// Until the peer leaves or the test ends.
void DnsStub::drip(int peer, Bytes octets) const {
  for (const auto octet : octets) {
    if (::send(peer, &octet, 1, MSG_NOSIGNAL) != 1) return;
    if (!rest(octet_interval_)) return;
  }
}

/// False if the test ends meanwhile.
bool DnsStub::rest(std::chrono::milliseconds duration) const {
  pollfd stop{stop_.get(), POLLIN, 0};
  return ::poll(&stop, 1, static_cast<int>(duration.count())) == 0;
}

}  // namespace labnet::test
