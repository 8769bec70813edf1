// What it costs at the least to send a live stream to many players: messages that lie ready as chunks, and one
// writev(2) for each player and message. It plays an FLV file over and over in its own time, as if somebody published
// it.
//
//   rtmp_null ADDRESS PORT FILE
//
// To what a player asks it gives the answers that are usual, in their order, whatever it is; who begins gets what has
// come since the last key frame. One thread. Ends at SIGTERM.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "tests/bench/open_files.hpp"
#include "tests/bench/rtmp_bytes.hpp"

namespace {

using namespace rtmp_bytes;

constexpr int events_max = 256;
constexpr int backlog = 4096;
constexpr int tick_ms = 1;
constexpr std::size_t chunk_bytes = 4096;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Message {
  std::uint32_t timestamp;
  bool is_header, is_key;
  std::string chunks;
};

/// The tags of an FLV file, behind its header of 9 bytes and a size of 4.
std::vector<Message> read_messages(const char* path) {
  std::ifstream file{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  std::string_view left = bytes;
  std::vector<Message> messages;
  for (left.remove_prefix(std::min<std::size_t>(13, left.size())); left.size() > 15;) {
    const auto type = static_cast<Type>(left[0]);
    const auto size = read_number(left.substr(1, 3));
    const auto timestamp = read_number(left.substr(4, 3));
    const auto body = left.substr(11, size);
    const bool is_header = type == data || body[1] == 0;  // of a decoder, which every player needs first
    const bool is_key = type == video && !is_header && (body[0] >> 4) == 1;
    const std::uint8_t chunk_stream = type == audio ? 4 : type == video ? 6 : 5;
    messages.push_back({timestamp, is_header, is_key, chunks(chunk_stream, type, 1, timestamp, body, chunk_bytes)});
    left.remove_prefix(std::min<std::size_t>(11 + size + 4, left.size()));
  }
  return messages;
}

std::string event_message(std::uint16_t event, std::uint32_t value) {
  std::string body;
  append_number(body, event, 2);
  append_number(body, value, 4);
  return chunks(2, user_control, 0, 0, body, chunk_bytes);
}

std::string number_message(Type type, std::uint32_t number, std::string_view more = {}) {
  std::string body;
  append_number(body, number, 4);
  return chunks(2, type, 0, 0, body.append(more), chunk_bytes);
}

std::string status(std::string_view code) {
  return chunks(5, command, 1, 0,
                amf("onStatus") + amf(0) + amf_null + amf_object + amf_key("level") + amf("status") + amf_key("code") +
                    amf(code) + amf_object_end,
                chunk_bytes);
}

/// The answers to what a player says after its handshake: connect, createStream, play.
std::array<std::string, 3> make_answers() {
  const auto connected = amf("_result") + amf(1) + amf_object + amf_key("fmsVer") + amf("FMS/3,0,1,123") +
                         amf_object_end + amf_object + amf_key("level") + amf("status") + amf_key("code") +
                         amf("NetConnection.Connect.Success") + amf_object_end;
  return {number_message(window, 5'000'000) + number_message(static_cast<Type>(6), 5'000'000, "\2") +
              number_message(set_chunk_size, chunk_bytes) + chunks(3, command, 0, 0, connected, chunk_bytes),
          chunks(3, command, 0, 0, amf("_result") + amf(2) + amf_null + amf(1), chunk_bytes),
          event_message(0, 1) + status("NetStream.Play.Reset") + status("NetStream.Play.Start")};
}

struct Player {
  int socket = -1;
  std::size_t hello_left = 1 + handshake_bytes;  // of C0 and C1
  std::size_t answered = 0;
  bool plays = false;
  std::string waiting;  // what it did not take at once
};

class Server {
 public:
  Server(const sockaddr_in& address, std::vector<Message> messages)
      : messages_{std::move(messages)}, answers_{make_answers()} {
    const int one = 1;
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listening_, backlog) != 0) {
      std::perror("rtmp_null");
      std::exit(1);
    }
    watch(listening_, nullptr, EPOLLIN);
    // A file that is played again goes on with the time that a frame lasts.
    duration_ = (messages_.back().timestamp / 1000 + 1) * 1000;
  }

  [[noreturn]] void run() {
    const itimerspec ticks{{0, tick_ms * 1'000'000}, {0, tick_ms * 1'000'000}};
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    timerfd_settime(timer, 0, &ticks, nullptr);
    watch(timer, &timer_, EPOLLIN);
    began_ = now_ms();
    std::array<epoll_event, events_max> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), events_max, -1);
      for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        auto* const player = static_cast<Player*>(event.data.ptr);
        if (player == nullptr) {
          accept();
        } else if (player == &timer_) {
          std::uint64_t expirations;
          if (read(timer, &expirations, sizeof expirations) > 0) play_what_is_due();
        } else {
          if ((event.events & EPOLLOUT) != 0) send_waiting(*player);
          if ((event.events & ~EPOLLOUT) != 0) receive(*player);
        }
      }
    }
  }

 private:
  void watch(int socket, Player* player, std::uint32_t what) const {
    epoll_event event{};
    event.events = what;
    event.data.ptr = player;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }

  void accept() {
    const int one = 1;
    const int accepted = accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) return;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    auto* const player = new Player;
    player->socket = accepted;
    watch(accepted, player, EPOLLIN | EPOLLOUT | EPOLLET);
  }

  /// Each thing that a player says comes in one piece, as nobody else asks here but rtmp_load.
  void receive(Player& player) {
    std::array<char, 8192> some;
    for (;;) {
      const auto count = recv(player.socket, some.data(), some.size(), 0);
      if (count < 0) return;
      if (count == 0) return lose(player);
      auto left = static_cast<std::size_t>(count);
      if (player.hello_left > 0) {
        const auto taken = std::min(left, player.hello_left);
        player.hello_left -= taken;
        left -= taken;
        if (player.hello_left == 0) send(player, std::string("\3", 1) + std::string(2 * handshake_bytes, '\0'));
      }
      if (left == 0 || player.answered == answers_.size()) continue;
      send(player, answers_[player.answered++]);
      if (player.answered == answers_.size()) begin(player);
    }
  }

  void begin(Player& player) {
    std::string beginning;
    for (const auto& message : messages_) {
      if (message.is_header) beginning += message.chunks;
    }
    for (auto i = key_; i < next_; ++i) beginning += messages_[i].chunks;
    send(player, beginning);
    player.plays = true;
    players_.push_back(&player);
  }

  void lose(Player& player) {
    std::erase(players_, &player);
    close(player.socket);
    delete &player;
  }

  void play_what_is_due() {
    for (;; ++next_) {
      if (next_ == messages_.size()) {
        next_ = 0;
        began_ += duration_;
        passed_ += duration_;
      }
      auto& message = messages_[next_];
      if (now_ms() - began_ < message.timestamp) return;
      if (message.is_header) continue;
      if (message.is_key) key_ = next_;
      std::string time;
      append_number(time, passed_ + message.timestamp, 3);
      message.chunks.replace(1, time.size(), time);
      for (auto* const player : players_) send(*player, message.chunks);
    }
  }

  void send(Player& player, const std::string& bytes) {
    if (!player.waiting.empty()) {
      player.waiting += bytes;
      return;
    }
    const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    const auto sent = writev(player.socket, &piece, 1);
    if (sent != static_cast<ssize_t>(bytes.size()))
      player.waiting = bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent));
  }

  void send_waiting(Player& player) {
    if (!player.waiting.empty()) send(player, std::exchange(player.waiting, {}));
  }

  std::vector<Message> messages_;
  std::array<std::string, 3> answers_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC), listening_ = -1;
  Player timer_;  // stands for it in events
  std::vector<Player*> players_;
  std::int64_t began_ = 0;                   // when the file did
  std::uint32_t duration_ = 0, passed_ = 0;  // of the file in ms, and of the times that it was played
  std::size_t next_ = 0, key_ = 0;
};

}  // namespace

int main(int count, char** words) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (count != 4 || inet_pton(AF_INET, words[1], &address.sin_addr) != 1) {
    std::fprintf(stderr, "usage: %s ADDRESS PORT FILE\n", words[0]);
    return 2;
  }
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  std::signal(SIGPIPE, SIG_IGN);  // writev(2) knows no MSG_NOSIGNAL
  allow_many_files();
  auto messages = read_messages(words[3]);
  if (messages.empty()) {
    std::fprintf(stderr, "rtmp_null: %s has nothing to play\n", words[3]);
    return 2;
  }
  Server{address, std::move(messages)}.run();
}
