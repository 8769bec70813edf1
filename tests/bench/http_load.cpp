// A load for HTTP servers that wrk does not make: new TLS connections, and connections that do nothing or hardly
// anything.
//
//   http_load ADDRESS PORT plain|tls HOST PATH WHAT
//
// HOST is asked for, by TLS, too (server name indication). WHAT is one of
//
//   new CLIENTS SECONDS
//     Each client makes one connection after the other: TLS 1.3 with a full handshake, HEAD, the end.
//
//   idle CONNECTIONS
//     Each asks once and stays; prints "held" and waits for the end of standard input. Those that the server has ended
//     meanwhile are failed.
//
//   slow CONNECTIONS
//     The same, in clear, of which a byte moves twice a second: a third are heads, a third bodies for /echo, and a
//     third read what PATH has.
//
// Prints: DONE FAILED SECONDS.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/open_files.hpp"

namespace {

constexpr int seconds_max = 60;
constexpr int silence_seconds_max = 10;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Load {
  sockaddr_in server{};
  bool is_secure = false;
  std::string host, path;
  std::atomic<long> done{0}, failed{0};
};

SSL_CTX* make_tls() {
  auto* const tls = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
  return tls;
}

class Connection {
 public:
  Connection(const Load& load, SSL_CTX* tls) {
    const int one = 1;
    const timeval silence{silence_seconds_max, 0};
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
    is_there_ = connect(socket_, reinterpret_cast<const sockaddr*>(&load.server), sizeof load.server) == 0;
    if (tls == nullptr || !is_there_) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket_);
    SSL_set_tlsext_host_name(ssl_, load.host.c_str());
    is_there_ = SSL_connect(ssl_) == 1 && SSL_session_reused(ssl_) == 0;
  }
  ~Connection() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    SSL_free(ssl_);
    close(socket_);
  }
  Connection(const Connection&) = delete;

  /// True if the answer is 200, and has come whole.
  bool ask(const Load& load, std::string_view method, std::string_view fields) {
    if (!is_there_) return false;
    const auto request = std::string{method} + " " + load.path + " HTTP/1.1\r\nHost: " + load.host + "\r\n" +
                         std::string{fields} + "\r\n";
    if (!write(request)) return false;
    std::string answer;
    std::size_t end = 0;
    while ((end = answer.find("\r\n\r\n")) == answer.npos) {
      if (!read(answer)) return false;
    }
    if (!answer.starts_with("HTTP/1.1 200")) return false;
    if (method == "HEAD") return true;
    constexpr std::string_view length = "\r\nContent-Length: ";
    const auto place = answer.find(length);
    if (place > end) return false;
    const auto whole = end + 4 + static_cast<std::size_t>(std::atol(answer.c_str() + place + length.size()));
    while (answer.size() < whole) {
      if (!read(answer)) return false;
    }
    return true;
  }

  bool has_ended() const {
    char one;
    return !is_there_ || recv(socket_, &one, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }

 private:
  bool write(std::string_view bytes) {
    const auto count = static_cast<int>(bytes.size());
    if (ssl_ != nullptr) return SSL_write(ssl_, bytes.data(), count) == count;
    return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == count;
  }
  bool read(std::string& into) {
    char some[4096];
    const long count = ssl_ != nullptr ? SSL_read(ssl_, some, sizeof some) : recv(socket_, some, sizeof some, 0);
    if (count > 0) into.append(some, static_cast<std::size_t>(count));
    return count > 0;
  }

  int socket_ = -1;
  SSL* ssl_ = nullptr;
  bool is_there_ = false;
};

/// One that the end of the time cuts off is neither done nor failed.
void connect_again_and_again(Load& load, double until) {
  auto* const tls = load.is_secure ? make_tls() : nullptr;  // of its own: nobody waits for a lock
  while (now() < until) {
    const bool is_well = Connection{load, tls}.ask(load, "HEAD", "Connection: close\r\n");
    if (now() < until) ++(is_well ? load.done : load.failed);
  }
  SSL_CTX_free(tls);
}

double connect_anew(Load& load, int clients, double seconds) {
  const auto until = now() + seconds;
  std::vector<std::jthread> threads;
  for (int i = 0; i < clients; ++i) threads.emplace_back([&] { connect_again_and_again(load, until); });
  threads.clear();
  return seconds;
}

double hold(Load& load, int count) {
  auto* const tls = load.is_secure ? make_tls() : nullptr;
  std::vector<std::unique_ptr<Connection>> connections;
  const auto started = now();
  for (int i = 0; i < count; ++i) {
    auto& connection = *connections.emplace_back(std::make_unique<Connection>(load, tls));
    if (!connection.ask(load, "GET", "")) ++load.failed;
  }
  const auto seconds = now() - started;
  std::puts("held");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  load.failed += std::ranges::count_if(connections, [](const auto& one) { return one->has_ended(); });
  load.done = count - load.failed;
  return seconds;
}

/// A connection that keeps the server waiting.
class SlowConnection {
 public:
  enum class Kind { head, body, reading };

  SlowConnection(const Load& load, Kind kind) : kind_{kind} {
    constexpr int small = 2048;
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (kind == Kind::reading) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    const auto is_there = connect(socket_, reinterpret_cast<const sockaddr*>(&load.server), sizeof load.server) == 0;
    const auto host = " HTTP/1.1\r\nHost: " + load.host + "\r\n";
    const auto request = kind == Kind::head   ? "GET /" + host + "X-Slow: "
                         : kind == Kind::body ? "POST /echo" + host + "Content-Length: 100000\r\n\r\n"
                                              : "GET " + load.path + host + "\r\n";
    has_ended_ = !is_there || send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0;
  }
  ~SlowConnection() { close(socket_); }
  SlowConnection(const SlowConnection&) = delete;

  void move_a_byte() {
    char one = 'x';
    const auto count = kind_ == Kind::reading ? recv(socket_, &one, 1, MSG_DONTWAIT)
                                              : send(socket_, &one, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count == 0 || (count < 0 && errno != EAGAIN)) has_ended_ = true;
  }
  bool has_ended() const { return has_ended_; }

 private:
  int socket_ = -1;
  Kind kind_;
  bool has_ended_ = false;
};

double be_slow(Load& load, int count) {
  constexpr int pause_ms = 500;
  constexpr SlowConnection::Kind kinds[]{SlowConnection::Kind::head, SlowConnection::Kind::body,
                                         SlowConnection::Kind::reading};
  std::vector<std::unique_ptr<SlowConnection>> connections;
  const auto started = now();
  for (int i = 0; i < count; ++i) connections.push_back(std::make_unique<SlowConnection>(load, kinds[i % 3]));
  const auto seconds = now() - started;
  std::puts("held");
  std::fflush(stdout);
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (poll(&input, 1, pause_ms) == 0) {
    for (const auto& one : connections) one->move_a_byte();
  }
  load.failed = std::ranges::count_if(connections, [](const auto& one) { return one->has_ended(); });
  load.done = count - load.failed;
  return seconds;
}

}  // namespace

int main(int count, char** words) {
  if (count < 8) {
    std::fprintf(stderr, "usage: %s ADDRESS PORT plain|tls HOST PATH WHAT...\n", words[0]);
    return 2;
  }
  static Load load;
  load.server.sin_family = AF_INET;
  load.server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  if (inet_pton(AF_INET, words[1], &load.server.sin_addr) != 1 || (ntohl(load.server.sin_addr.s_addr) >> 24) != 127) {
    std::fprintf(stderr, "%s: the server is to be on the loopback network\n", words[0]);
    return 2;
  }
  load.is_secure = std::string_view{words[3]} == "tls";
  load.host = words[4];
  load.path = words[5];
  const auto number = std::max(1, std::atoi(words[7]));
  std::signal(SIGPIPE, SIG_IGN);
  alarm(seconds_max);  // whatever happens, it ends
  allow_many_files();
  const std::string_view what{words[6]};
  const auto limit = std::min<double>(count > 8 ? std::atof(words[8]) : 1, silence_seconds_max);
  const auto seconds = what == "idle"   ? hold(load, number)
                       : what == "slow" ? be_slow(load, number)
                                        : connect_anew(load, number, limit);
  std::printf("%ld %ld %.4f\n", load.done.load(), load.failed.load(), seconds);
  return 0;
}
