#include "tests/servers/sip/datagram_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <stdexcept>

#include "tests/support/child.hpp"

namespace labnet::sip_server {
namespace {

sockaddr_in loopback_address(const std::string& address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &out.sin_addr);
  return out;
}

}  // namespace

DatagramClient::DatagramClient(const std::string& address, std::uint16_t port)
    : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
  const auto own = loopback_address(address, port);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) < 0) {
    throw std::runtime_error{"cannot bind " + address};
  }
}

void DatagramClient::send(std::string_view bytes, std::uint16_t server_port) const {
  const auto to = loopback_address("127.0.0.1", server_port);
  ::sendto(socket_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

std::string DatagramClient::receive() const {
  pollfd wait{socket_.get(), POLLIN, 0};
  const auto patience = std::chrono::milliseconds{test::patience};
  if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return {};
  std::array<char, 65536> bytes;
  const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  return count < 0 ? std::string{} : std::string(bytes.data(), static_cast<std::size_t>(count));
}

bool DatagramClient::has_received() const {
  pollfd look{socket_.get(), POLLIN, 0};
  return ::poll(&look, 1, 0) > 0;
}

std::uint16_t DatagramClient::port() const {
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&own), &size);
  return ntohs(own.sin_port);
}

}  // namespace labnet::sip_server
