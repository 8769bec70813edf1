// What HTTP costs at the least: a server of the bare system calls. Whatever ends with an empty line is answered with
// what lies ready for the port it came to: small bodies by send(2), others by sendfile(2). Two threads, each with an
// epoll and listening sockets of its own, as the servers that are measured have two workers.
//
//   http_null ADDRESS PORT BYTES [PORT BYTES]...
//
// BYTES is the length of the body. Ends at SIGTERM.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr int threads = 2;
constexpr int events_max = 256;
constexpr int backlog = 4096;
constexpr std::size_t sent_from_memory_max = 256 * 1024;

struct Answer {
  std::string text;  // the head, and the body if it is small
  int file = -1;     // the body if it is not
  off_t file_bytes = 0;
};

struct Peer {
  int socket;
  const Answer* answer;
  bool listens;
  unsigned owed = 0;       // answers to requests that have come
  std::size_t gone = 0;    // of the text of the one that is on its way
  off_t file_gone = 0;     // and of its file
  std::string_view found;  // how much of an empty line has been seen
};

constexpr std::string_view empty_line = "\r\n\r\n";

Answer make_answer(std::size_t bytes) {
  Answer answer;
  answer.text = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n";
  const std::string body(bytes, 'x');
  if (bytes <= sent_from_memory_max) {
    answer.text += body;
    return answer;
  }
  answer.file = memfd_create("body", MFD_CLOEXEC);
  answer.file_bytes = static_cast<off_t>(bytes);
  if (write(answer.file, body.data(), bytes) != answer.file_bytes) std::exit(1);
  return answer;
}

void watch(int epoll, Peer* peer) {
  epoll_event event{};
  event.events = peer->listens ? EPOLLIN : EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = peer;
  epoll_ctl(epoll, EPOLL_CTL_ADD, peer->socket, &event);
}

void count_requests(Peer& peer, std::string_view some) {
  for (const char c : some) {
    auto seen = peer.found.size();
    seen = c == empty_line[seen] ? seen + 1 : c == '\r' ? 1 : 0;
    if (seen == empty_line.size()) {
      ++peer.owed;
      seen = 0;
    }
    peer.found = empty_line.substr(0, seen);
  }
}

/// False once the client takes no more for now, or is gone.
bool send_one(Peer& peer) {
  const auto& [text, file, file_bytes] = *peer.answer;
  while (peer.gone < text.size()) {
    const auto flags = MSG_NOSIGNAL | MSG_DONTWAIT | (file < 0 ? 0 : MSG_MORE);
    const auto count = send(peer.socket, text.data() + peer.gone, text.size() - peer.gone, flags);
    if (count <= 0) return false;
    peer.gone += static_cast<std::size_t>(count);
  }
  while (peer.file_gone < file_bytes) {
    const auto left = static_cast<std::size_t>(file_bytes - peer.file_gone);
    if (sendfile(peer.socket, file, &peer.file_gone, left) <= 0) return false;
  }
  --peer.owed;
  peer.gone = 0;
  peer.file_gone = 0;
  return true;
}

/// False if the client is gone.
bool serve(Peer& peer) {
  std::array<char, 8192> some;
  for (;;) {
    const auto count = recv(peer.socket, some.data(), some.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
    if (count > 0) count_requests(peer, {some.data(), static_cast<std::size_t>(count)});
    if (count < static_cast<ssize_t>(some.size())) break;  // what comes later is another event
  }
  while (peer.owed > 0 && send_one(peer)) {
  }
  return true;
}

void run(sockaddr_in address, const std::vector<std::uint16_t>& ports, const std::vector<Answer>& answers) {
  const int one = 1;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    address.sin_port = htons(ports[i]);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listening, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listening, backlog) != 0) {
      std::perror("http_null");
      std::exit(1);
    }
    watch(epoll, new Peer{listening, &answers[i], true});
  }
  std::array<epoll_event, events_max> events;
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), events_max, -1);
    for (int i = 0; i < count; ++i) {
      auto* const peer = static_cast<Peer*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (peer->listens) {
        const int accepted = accept4(peer->socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0) continue;
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(epoll, new Peer{accepted, peer->answer, false});
      } else if (!serve(*peer)) {
        close(peer->socket);
        delete peer;
      }
    }
  }
}

}  // namespace

int main(int count, char** words) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (count < 4 || count % 2 != 0 || inet_pton(AF_INET, words[1], &address.sin_addr) != 1) {
    std::fprintf(stderr, "usage: %s ADDRESS PORT BYTES [PORT BYTES]...\n", words[0]);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);  // sendfile(2) knows no MSG_NOSIGNAL
  std::vector<std::uint16_t> ports;
  std::vector<Answer> answers;
  for (int i = 2; i < count; i += 2) {
    ports.push_back(static_cast<std::uint16_t>(std::atoi(words[i])));
    answers.push_back(make_answer(static_cast<std::size_t>(std::atol(words[i + 1]))));
  }
  std::vector<std::jthread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back([&] { run(address, ports, answers); });
}
