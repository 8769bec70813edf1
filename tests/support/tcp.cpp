#include "tests/support/tcp.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace labnet::test {
namespace {

constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds{patience}.count());

sockaddr_in on_loopback(std::uint16_t port, std::uint8_t last_octet = 1) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last_octet);
  return address;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool is_ready(int socket) {
  pollfd event{socket, POLLIN, 0};
  return poll(&event, 1, patience_ms) == 1;
}

}  // namespace

Certificate make_certificate(const TemporaryFolder& folder) {
  Certificate made{folder.path() + "/certificate.pem", folder.path() + "/key.pem"};
  const auto outcome = run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-days", "2", "-subj", "/CN=labnet", "-addext", "subjectAltName=IP:127.0.0.1", "-out",
                            made.certificate, "-keyout", made.key});
  if (outcome.exit_code != 0) throw std::runtime_error{outcome.errors};
  return made;
}

TcpClient::TcpClient(std::uint16_t port, std::uint8_t from)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const int yes = 1;  // the port is chosen when it connects, and may be one that leads elsewhere already
  setsockopt(socket_.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const auto own = on_loopback(0, from);
  const auto address = on_loopback(port);
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) < 0 ||
      connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
}

void TcpClient::send(std::string_view bytes) const {
  EXPECT_TRUE(try_send(bytes));
}

bool TcpClient::try_send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void TcpClient::send_urgent(std::string_view bytes) const {
  EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_OOB),
            static_cast<ssize_t>(bytes.size()));
}

std::string TcpClient::receive() const {
  std::string text(64 * 1024, '\0');
  ssize_t count = 0;
  if (tls_) {
    count = SSL_read(tls_.get(), text.data(), static_cast<int>(text.size()));
  } else if (is_ready(socket_.get())) {
    count = ::recv(socket_.get(), text.data(), text.size(), 0);
  }
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  return text;
}

std::string TcpClient::receive_all() const {
  std::string all;
  for (auto more = receive(); !more.empty(); more = receive()) all += more;
  return all;
}

bool TcpClient::has_received() const {
  pollfd event{socket_.get(), POLLIN, 0};
  return poll(&event, 1, 0) == 1;
}

bool TcpClient::begin_tls(const TcpClient* first) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  tls_ = {SSL_new(context.get()), SSL_free};
  SSL_set_fd(tls_.get(), socket_.get());
  if (first != nullptr) {
    const std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)> session{SSL_get1_session(first->tls_.get()),
                                                                       SSL_SESSION_free};
    SSL_set_session(tls_.get(), session.get());
  }
  const timeval limit{patience.count(), 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return SSL_connect(tls_.get()) == 1;
}

bool TcpClient::has_resumed() const {
  return SSL_session_reused(tls_.get()) == 1;
}

std::string TcpClient::ticket() const {
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  SSL_SESSION_get0_ticket(SSL_get_session(tls_.get()), &bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

void TcpClient::end_tls() const {
  SSL_shutdown(tls_.get());
  end_sending();
}

void TcpClient::send_with_close_notify(std::string_view bytes) const {
  const auto hold_back = [&](int is_on) { setsockopt(socket_.get(), IPPROTO_TCP, TCP_CORK, &is_on, sizeof is_on); };
  hold_back(1);
  send(bytes);
  SSL_shutdown(tls_.get());
  hold_back(0);
}

bool TcpClient::is_at_end() const {
  char octet{};
  if (tls_) return SSL_read(tls_.get(), &octet, 1) <= 0;
  return is_ready(socket_.get()) && ::recv(socket_.get(), &octet, 1, 0) <= 0;
}

void TcpClient::end_sending() const {
  shutdown(socket_.get(), SHUT_WR);
}

void TcpClient::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

std::uint16_t TcpClient::local_port() const {
  return port_of(socket_.get());
}

TcpListener::TcpListener(int backlog) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const auto address = on_loopback(0);
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      listen(socket_.get(), backlog) < 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
}

TcpListener TcpListener::that_is_silent() {
  TcpListener silent{0};
  silent.waiting_.emplace_back(silent.port());  // it has room for one
  return silent;
}

TcpListener TcpListener::for_both_families() {
  FileDescriptor socket{::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int no = 0;
  setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) < 0 || listen(socket.get(), 8) < 0) {
    throw std::runtime_error{std::strerror(errno)};
  }
  return TcpListener{std::move(socket)};
}

void TcpListener::copy_to(int descriptor) const {
  ::dup2(socket_.get(), descriptor);
}

std::uint16_t TcpListener::port() const {
  return port_of(socket_.get());
}

TcpClient TcpListener::accept() const {
  if (!is_ready(socket_.get())) throw std::runtime_error{"nobody connects"};
  return TcpClient{FileDescriptor{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)}};
}

}  // namespace labnet::test
