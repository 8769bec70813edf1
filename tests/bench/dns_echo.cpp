// The null line of name servers: sends each UDP query back with QR set, and does nothing else. Two threads, each with a
// socket of its own at the port, as the servers that are measured have two workers; the system calls are the same, too.
//
//   dns_echo ADDRESS PORT
//
// Prints "ready" once it answers; ends at SIGTERM.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

constexpr unsigned batch = 64;
constexpr std::size_t query_bytes_max = 1500;
constexpr int threads = 2;

int open_socket(const sockaddr_in& address) {
  const int one = socket(AF_INET, SOCK_DGRAM, 0);
  const int yes = 1;
  setsockopt(one, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  if (bind(one, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return one;
  std::perror("dns_echo");
  std::exit(1);
}

void serve(int socket) {
  std::array<std::array<std::uint8_t, query_bytes_max>, batch> queries;
  std::array<iovec, batch> pieces{};
  std::array<sockaddr_in, batch> peers{};
  std::array<mmsghdr, batch> messages{};
  pollfd event{socket, POLLIN, 0};
  for (;;) {
    for (unsigned i = 0; i < batch; ++i) {
      pieces[i] = {queries[i].data(), queries[i].size()};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = &peers[i];
      messages[i].msg_hdr.msg_namelen = sizeof peers[i];
    }
    const int count = recvmmsg(socket, messages.data(), batch, MSG_DONTWAIT, nullptr);
    if (count <= 0) {
      poll(&event, 1, -1);
      continue;
    }
    for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
      pieces[i].iov_len = messages[i].msg_len;
      if (messages[i].msg_len > 2) queries[i][2] |= 0x80;
    }
    for (int sent = 0; sent < count;) {
      const int more = sendmmsg(socket, messages.data() + sent, static_cast<unsigned>(count - sent), 0);
      if (more <= 0) break;
      sent += more;
    }
  }
}

}  // namespace

int main(int count, char** words) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (count != 3 || inet_pton(AF_INET, words[1], &address.sin_addr) != 1) return 2;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  std::array<int, threads> sockets{};
  for (auto& one : sockets) one = open_socket(address);
  std::puts("ready");
  std::fflush(stdout);
  std::thread second{serve, sockets[1]};
  serve(sockets[0]);
}
