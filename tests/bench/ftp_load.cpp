// A load for FTP servers: each session is a thread with blocking sockets, passive mode and TYPE I.
//
//   ftp_load ADDRESS PORT USER PASSWORD plain|tls SESSIONS WHAT
//
// tls is AUTH TLS with PROT P; data connections resume the TLS session of the control connection. WHAT is one of
//
//   retr NAME BYTES   every session logs in, then all of them at once fetch the file NAME
//   stor NAME BYTES   the same; each stores a file of that size as NAME and its own number
//   list NAME         the same; MLSD of the folder NAME
//   session NAME BYTES SECONDS   whole sessions, one after the other: connect, login, TYPE, PASV, RETR, QUIT
//   idle              every session logs in and stays; prints "held" and waits for the end of standard input. They come
//                     from several addresses, as a server admits only so many from one.
//   statx FOLDER      no server at all: the bare system calls of a listing, in one thread
//
// Prints: BYTES DONE FAILED SECONDS, from when all had logged in until the last had its 226.
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t chunk_bytes = 256 * 1024;
constexpr int seconds_max = 60;
constexpr int silence_seconds_max = 10;
constexpr int sessions_per_address = 50;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Load {
  sockaddr_in server{};
  std::string user, password;
  SSL_CTX* tls = nullptr;  // null: plain
  std::string what, name;
  long bytes = 0;
  double seconds = 0;
  std::atomic<long> moved{0}, done{0}, failed{0};
};

class Connection {
 public:
  Connection(const Load& load, std::uint16_t port, int number) : tls_{load.tls} {
    const int one = 1;
    const timeval silence{silence_seconds_max, 0};
    auto to = load.server;
    if (port != 0) to.sin_port = htons(port);
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
    if (number > 0) {
      sockaddr_in from{};
      from.sin_family = AF_INET;
      from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<unsigned>(number / sessions_per_address));
      bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from);
    }
    is_there_ = connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~Connection() {
    SSL_free(ssl_);
    close(socket_);
  }
  Connection(const Connection&) = delete;

  bool is_there() const { return is_there_; }

  bool secure(SSL* resumed) {
    ssl_ = SSL_new(tls_);
    SSL_set_fd(ssl_, socket_);
    if (resumed != nullptr) SSL_set_session(ssl_, SSL_get0_session(resumed));
    return SSL_connect(ssl_) == 1;
  }
  SSL* ssl() const { return ssl_; }

  long read(std::span<char> room) {
    if (ssl_ != nullptr) return SSL_read(ssl_, room.data(), static_cast<int>(room.size()));
    return recv(socket_, room.data(), room.size(), 0);
  }
  /// Bytes that nobody looks at: plain ones are not even copied.
  long drop(std::span<char> room) {
    if (ssl_ != nullptr) return read(room);
    return recv(socket_, room.data(), room.size(), MSG_TRUNC);
  }
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const long count = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                         : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  /// To close at once would take with it what was sent, if the peer has sent something that nobody has read (tickets).
  void end_writing() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    shutdown(socket_, SHUT_WR);
  }

 private:
  SSL_CTX* tls_;
  int socket_;
  SSL* ssl_ = nullptr;
  bool is_there_;
};

class Session {
 public:
  Session(Load& load, int number) : load_{load}, number_{number}, control_{load, 0, number} {}

  bool log_in() {
    if (!control_.is_there() || reply() != 220) return false;
    if (load_.tls != nullptr) {
      if (command("AUTH TLS") != 234 || !control_.secure(nullptr)) return false;
      if (command("PBSZ 0") != 200 || command("PROT P") != 200) return false;
    }
    auto code = command("USER " + load_.user);
    if (code == 331) code = command("PASS " + load_.password);
    return code == 230 && command("TYPE I") == 200;
  }

  /// True if all of it has come, or gone, and 226 followed. `expected` of 0: any size but none.
  bool transfer(const std::string& words, long expected) {
    if (command("PASV") != 227) return false;
    unsigned high = 0, low = 0;
    const auto place = line_.find('(');
    if (place == line_.npos || std::sscanf(line_.c_str() + place, "(%*u,%*u,%*u,%*u,%u,%u)", &high, &low) != 2) {
      return false;
    }
    Connection data{load_, static_cast<std::uint16_t>(high * 256 + low), number_};
    if (!data.is_there() || command(words) / 100 != 1) return false;
    if (load_.tls != nullptr && !data.secure(control_.ssl())) return false;
    const auto total = words.starts_with("STOR") ? give(data, expected) : take(data);
    data.end_writing();
    return (expected == 0 ? total > 0 : total == expected) && reply() == 226;
  }

  bool quit() { return command("QUIT") == 221; }

 private:
  long take(Connection& data) {
    long total = 0;
    for (long count; (count = data.drop(room_)) > 0; total += count) load_.moved += count;
    return total;
  }
  long give(Connection& data, long bytes) {
    long total = 0;
    while (total < bytes) {
      const auto count = std::min<long>(bytes - total, static_cast<long>(room_.size()));
      if (!data.write({room_.data(), static_cast<std::size_t>(count)})) break;
      total += count;
      load_.moved += count;
    }
    return total;
  }

  int command(const std::string& words) { return control_.write(words + "\r\n") ? reply() : 0; }

  /// The code of one reply, whose last line is line_ then; 0 if there is none.
  int reply() {
    for (;;) {
      std::size_t end = 0;
      while ((end = unread_.find('\n')) == unread_.npos) {
        char some[2048];
        const auto count = control_.read(some);
        if (count <= 0) return 0;
        unread_.append(some, static_cast<std::size_t>(count));
      }
      line_ = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line_.size() > 3 && line_[3] == ' ' && line_[0] >= '1' && line_[0] <= '5') return std::atoi(line_.c_str());
    }
  }

  Load& load_;
  int number_;
  Connection control_;
  std::string unread_, line_;
  static thread_local std::vector<char> room_;
};

thread_local std::vector<char> Session::room_(chunk_bytes);

/// Whole sessions until the time is up; one that its end cuts off is neither done nor failed.
void repeat_sessions(Load& load) {
  const auto end = now() + load.seconds;
  while (now() < end) {
    Session session{load, 0};
    const bool is_well = session.log_in() && session.transfer("RETR " + load.name, load.bytes) && session.quit();
    if (now() < end) ++(is_well ? load.done : load.failed);
  }
}

void transfer_once(Load& load, int number, std::barrier<>& together) {
  Session session{load, 0};
  const bool is_in = session.log_in();
  together.arrive_and_wait();
  auto words = load.what == "retr" ? "RETR " + load.name : "MLSD " + load.name;
  if (load.what == "stor") words = "STOR " + load.name + std::to_string(number);
  ++(is_in && session.transfer(words, load.bytes) ? load.done : load.failed);
}

double run_threads(Load& load, int count) {
  std::barrier together{load.what == "session" ? 1 : count + 1};
  std::vector<std::jthread> threads;
  for (int number = 0; number < count; ++number) {
    threads.emplace_back([&load, &together, number] {
      if (load.what == "session") return repeat_sessions(load);
      transfer_once(load, number, together);
    });
  }
  together.arrive_and_wait();
  const auto started = now();
  threads.clear();
  return load.what == "session" ? load.seconds : now() - started;
}

double hold(Load& load, int count) {
  std::vector<std::optional<Session>> sessions(static_cast<std::size_t>(count));
  const auto started = now();
  for (int number = 0; number < count; ++number) {
    auto& session = sessions[static_cast<std::size_t>(number)].emplace(load, number);
    ++(session.log_in() ? load.done : load.failed);
  }
  const auto seconds = now() - started;
  std::puts("held");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return seconds;
}

/// The bare system calls of a listing. Seconds.
double look_up_all(Load& load) {
  const auto started = now();
  DIR* const folder = opendir(load.name.c_str());
  if (folder == nullptr) {
    ++load.failed;
    return 0;
  }
  while (const auto* entry = readdir(folder)) {
    struct statx status {};
    ++(statx(dirfd(folder), entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) == 0 ? load.done
                                                                                                 : load.failed);
  }
  closedir(folder);
  return now() - started;
}

}  // namespace

int main(int count, char** words) {
  if (count < 8) {
    std::fprintf(stderr, "usage: %s ADDRESS PORT USER PASSWORD plain|tls SESSIONS WHAT...\n", words[0]);
    return 2;
  }
  static Load load;
  load.server.sin_family = AF_INET;
  load.server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  if (inet_pton(AF_INET, words[1], &load.server.sin_addr) != 1 || (ntohl(load.server.sin_addr.s_addr) >> 24) != 127) {
    std::fprintf(stderr, "%s: the server is to be on the loopback network\n", words[0]);
    return 2;
  }
  load.user = words[3];
  load.password = words[4];
  const auto sessions = std::max(1, std::atoi(words[6]));
  load.what = words[7];
  if (count > 8) load.name = words[8];
  if (count > 9) load.bytes = std::atol(words[9]);
  if (count > 10) load.seconds = std::min<double>(std::atof(words[10]), silence_seconds_max);
  std::signal(SIGPIPE, SIG_IGN);
  alarm(seconds_max);  // whatever happens, it ends
  if (std::string_view{words[5]} == "tls") {
    load.tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_session_cache_mode(load.tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  }
  const auto seconds = load.what == "idle"    ? hold(load, sessions)
                       : load.what == "statx" ? look_up_all(load)
                                              : run_threads(load, sessions);
  std::printf("%ld %ld %ld %.4f\n", load.moved.load(), load.done.load(), load.failed.load(), seconds);
  return 0;
}
