// What FTP costs at the least: a server of the bare system calls. A thread for each session, sendfile(2) for RETR,
// splice(2) for STOR; nobody is asked who they are, and nothing is checked.
//
//   ftp_null ADDRESS PORT FOLDER
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

constexpr std::size_t piece_bytes = 1024 * 1024;

void say(int control, std::string_view text) {
  send(control, text.data(), text.size(), MSG_NOSIGNAL);
}

/// A listening socket at the address and a port of the system's choice; the port goes to `port`.
int listen_at(sockaddr_in address, std::uint16_t& port) {
  const int one = 1;
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t bytes = sizeof address;
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listening, reinterpret_cast<const sockaddr*>(&address), bytes) != 0 || listen(listening, 1024) != 0) {
    return -1;
  }
  getsockname(listening, reinterpret_cast<sockaddr*>(&address), &bytes);
  port = ntohs(address.sin_port);
  return listening;
}

void give(int data, const std::string& name) {
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  fstat(file, &status);
  for (off_t place = 0; place < status.st_size;) {
    if (sendfile(data, file, &place, 4 * piece_bytes) <= 0) break;
  }
  close(file);
}

void take(int data, const std::string& name) {
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  fcntl(ends[1], F_SETPIPE_SZ, piece_bytes);
  for (ssize_t held; (held = splice(data, nullptr, ends[1], nullptr, piece_bytes, SPLICE_F_MOVE)) > 0;) {
    while (held > 0) {
      const auto count = splice(ends[0], nullptr, file, nullptr, static_cast<std::size_t>(held), SPLICE_F_MOVE);
      if (count <= 0) break;
      held -= count;
    }
  }
  close(ends[0]);
  close(ends[1]);
  close(file);
}

void serve(int control, sockaddr_in address) {
  std::uint16_t port = 0;
  int listening = -1;
  say(control, "220 null\r\n");
  std::string unread;
  for (char some[512];;) {
    const auto count = recv(control, some, sizeof some, 0);
    if (count <= 0) break;
    unread.append(some, static_cast<std::size_t>(count));
    const auto end = unread.find("\r\n");
    if (end == unread.npos) continue;
    const auto line = unread.substr(0, end);
    unread.erase(0, end + 2);
    if (line == "PASV") {
      address.sin_port = 0;
      listening = listen_at(address, port);
      say(control, "227 (127,0,0,1," + std::to_string(port / 256) + "," + std::to_string(port % 256) + ")\r\n");
    } else if (line.starts_with("RETR ") || line.starts_with("STOR ")) {
      say(control, "150 begins\r\n");
      const int data = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
      close(listening);
      (line[0] == 'R' ? give : take)(data, line.substr(5));
      close(data);
      say(control, "226 done\r\n");
    } else if (line == "QUIT") {
      say(control, "221 bye\r\n");
      break;
    } else {
      say(control, line.starts_with("USER ") ? "230 in\r\n" : "200 ok\r\n");
    }
  }
  close(control);
}

}  // namespace

int main(int count, char** words) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::uint16_t port = 0;
  if (count != 4 || inet_pton(AF_INET, words[1], &address.sin_addr) != 1 || chdir(words[3]) != 0) {
    std::fprintf(stderr, "usage: %s ADDRESS PORT FOLDER\n", words[0]);
    return 2;
  }
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  std::signal(SIGPIPE, SIG_IGN);
  const int listening = listen_at(address, port);
  if (listening < 0) return 1;
  for (;;) {
    const int control = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    const int one = 1;
    if (control < 0) continue;
    setsockopt(control, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    std::thread{serve, control, address}.detach();
  }
}
