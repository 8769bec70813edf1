// Players of an RTMP stream, as a load: one thread for all of them.
//
//   rtmp_load ADDRESS PORT APPLICATION STREAM PLAYERS SECONDS FRAME_MS
//
// Each asks for the stream and counts what comes. They begin evenly over the first fifth of the time. Prints "playing"
// once all have had their first key frame, and at the end:
//
//   PLAYER_SECONDS BYTES FRAMES MISSING FAILED KEY_MS KEY_P99_MS BEHIND_MS
//
//   FRAMES      of video, from each player's first key frame on
//   MISSING     by their timestamps, of which there is one for each FRAME_MS
//   FAILED      players who had no key frame, or whose connection ended
//   KEY_MS      from connect(2) to the first key frame: the average, and what 99 of 100 players have waited at most
//   BEHIND_MS   how much older the last frame of a player is than the newest that any player has
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "tests/bench/open_files.hpp"
#include "tests/bench/rtmp_bytes.hpp"

namespace {

using namespace rtmp_bytes;

constexpr int players_max = 20'000;
constexpr double seconds_max = 60;
constexpr int events_max = 256;
constexpr std::size_t chunk_streams_max = 64;
constexpr std::size_t body_bytes_kept = 64;  // of each message: enough to tell what it is

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Wanted {
  std::string host, app, stream;
};

class Player {
 public:
  Player(const Wanted& wanted, const sockaddr_in& server) : wanted_{wanted}, began_{now()} {
    const int one = 1;
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    is_alive_ = connect(socket_, reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0;
    send(std::string("\3", 1) + std::string(handshake_bytes, '\0'));  // C0, C1
  }

  int socket() const { return socket_; }
  bool is_alive() const { return is_alive_; }
  bool has_key() const { return key_came_ > 0; }
  double key_s() const { return key_came_ - began_; }
  double plays_for(double time) const { return has_key() ? time - key_came_ : 0; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t frames() const { return frames_; }
  std::uint32_t newest() const { return newest_; }
  std::uint64_t due(std::uint32_t frame_ms) const { return (newest_ - key_time_ + frame_ms / 2) / frame_ms + 1; }

  void lose() { is_alive_ = false; }

  void take(std::string_view input, double time) {
    bytes_ += input.size();
    if (greeting_left_ > 0) {
      const auto taken = std::min(input.size(), greeting_left_);
      greeting_left_ -= taken;
      input.remove_prefix(taken);
      if (greeting_left_ > 0) return;
      send(std::string(handshake_bytes, '\0') + connect_message());  // C2
    }
    while (!input.empty() && is_alive_) input = current_ == nullptr ? take_header(input) : take_body(input, time);
    if (window_ > 0 && bytes_ - acknowledged_ >= window_) acknowledge();
  }

 private:
  struct ChunkStream {
    std::uint32_t timestamp = 0, delta = 0, size = 0, come = 0;
    std::uint8_t type = 0;
    bool is_extended = false;
    std::string body;  // the first bytes
  };

  void send(const std::string& bytes) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(bytes.size())) is_alive_ = false;
  }

  std::string connect_message() const {
    const auto url = "rtmp://" + wanted_.host + "/" + wanted_.app;
    const auto body = amf("connect") + amf(1) + amf_object + amf_key("app") + amf(wanted_.app) + amf_key("flashVer") +
                      amf("LNX 9,0,124,2") + amf_key("tcUrl") + amf(url) + amf_object_end;
    return chunks(3, command, 0, 0, body, chunk_bytes_first);
  }

  void ask_to_play(std::uint32_t message_stream) {
    const auto play = amf("play") + amf(4) + amf_null + amf(wanted_.stream) + amf(-2000);
    std::string buffer("\0\3", 2);  // SetBufferLength
    append_number(buffer, message_stream, 4);
    append_number(buffer, 1000, 4);
    send(chunks(8, command, message_stream, 0, play, chunk_bytes_first) +
         chunks(2, user_control, 0, 0, buffer, chunk_bytes_first));
  }

  void acknowledge() {
    acknowledged_ = bytes_;
    std::string body;
    append_number(body, acknowledged_, 4);
    send(chunks(2, acknowledgement, 0, 0, body, chunk_bytes_first));
  }

  /// Of the chunk header that begins with header_, as far as that can be told yet.
  std::size_t header_bytes() const {
    constexpr std::array<std::size_t, 4> message_header{11, 7, 3, 0};
    const auto first = static_cast<std::uint8_t>(header_[0]);
    const auto bytes = 1 + message_header[first >> 6];
    if (header_.size() < bytes) return bytes;
    const bool is_extended =
        first >> 6 == 3 ? chunk_streams_[first & 63].is_extended : read_number(header_.substr(1, 3)) == 0xFFFFFF;
    return bytes + (is_extended ? 4 : 0);
  }

  std::string_view take_header(std::string_view input) {
    header_ += input.front();
    input.remove_prefix(1);
    if ((header_[0] & 63) < 2) is_alive_ = false;  // no server uses so many chunk streams
    if (header_.size() < header_bytes()) return input;
    const auto format = static_cast<std::uint8_t>(header_[0]) >> 6;
    current_ = &chunk_streams_[header_[0] & 63];
    auto& stream = *current_;
    if (format < 3) {
      auto time = read_number(header_.substr(1, 3));
      stream.is_extended = time == 0xFFFFFF;
      if (stream.is_extended) time = read_number(header_.substr(header_.size() - 4));
      stream.delta = format == 0 ? 0 : time;
      stream.timestamp = format == 0 ? time : stream.timestamp + time;
      stream.come = 0;
    } else if (stream.come == 0) {
      stream.timestamp += stream.delta;
    }
    if (format < 2) {
      stream.size = read_number(header_.substr(4, 3));
      stream.type = static_cast<std::uint8_t>(header_[7]);
    }
    if (stream.come == 0) stream.body.clear();
    left_ = std::min(stream.size - stream.come, chunk_bytes_);
    header_.clear();
    return input;
  }

  std::string_view take_body(std::string_view input, double time) {
    auto& stream = *current_;
    const auto taken = std::min<std::size_t>(input.size(), left_);
    if (stream.body.size() < body_bytes_kept) {
      stream.body.append(input.substr(0, std::min(taken, body_bytes_kept - stream.body.size())));
    }
    stream.come += static_cast<std::uint32_t>(taken);
    left_ -= static_cast<std::uint32_t>(taken);
    input.remove_prefix(taken);
    if (left_ > 0) return input;
    current_ = nullptr;
    if (stream.come < stream.size) return input;
    stream.come = 0;
    on_message(stream, time);
    return input;
  }

  void on_message(const ChunkStream& message, double time) {
    const std::string_view body = message.body;
    if (message.type == set_chunk_size) {
      chunk_bytes_ = read_number(body.substr(0, 4));
    } else if (message.type == window) {
      window_ = read_number(body.substr(0, 4));
    } else if (message.type == user_control && body.starts_with(std::string_view{"\0\6", 2})) {  // PingRequest
      send(chunks(2, user_control, 0, 0, std::string("\0\7", 2).append(body.substr(2, 4)), chunk_bytes_first));
    } else if (message.type == command && body.starts_with(std::string_view{"\2\0\7_result", 10})) {
      if (++results_ == 1) {
        send(chunks(3, command, 0, 0, amf("createStream") + amf(2) + amf_null, chunk_bytes_first));
      } else if (results_ == 2) {
        // A number, of which servers give small ones.
        std::uint64_t bits = 0;
        for (const char byte : body.substr(body.size() - 8)) bits = bits << 8 | static_cast<std::uint8_t>(byte);
        ask_to_play(static_cast<std::uint32_t>(std::bit_cast<double>(bits)));
      }
    } else if (message.type == video && body.size() > 1 && body[1] == 1) {  // a frame, not a header
      on_frame((static_cast<std::uint8_t>(body[0]) >> 4) == 1, message.timestamp, time);
    }
  }

  void on_frame(bool is_key, std::uint32_t timestamp, double time) {
    if (!has_key()) {
      if (!is_key) return;
      key_came_ = time;
      key_time_ = timestamp;
    }
    ++frames_;
    newest_ = timestamp;
  }

  const Wanted& wanted_;
  double began_;
  int socket_ = -1;
  bool is_alive_ = false;
  std::size_t greeting_left_ = 1 + 2 * handshake_bytes;
  std::array<ChunkStream, chunk_streams_max> chunk_streams_;
  std::string header_;
  ChunkStream* current_ = nullptr;  // whose chunk comes; null: a header
  std::uint32_t left_ = 0;          // of it
  std::uint32_t chunk_bytes_ = chunk_bytes_first, window_ = 0;
  int results_ = 0;
  double key_came_ = 0;
  std::uint32_t key_time_ = 0, newest_ = 0;
  std::uint64_t bytes_ = 0, acknowledged_ = 0, frames_ = 0;
};

void print(const std::vector<std::unique_ptr<Player>>& players, double ended, std::uint32_t frame_ms) {
  double player_seconds = 0, sum = 0;
  std::uint64_t bytes = 0, frames = 0, missing = 0;
  std::size_t failed = 0;
  std::uint32_t newest = 0, oldest = UINT32_MAX;
  std::vector<double> keys;
  for (const auto& player : players) {
    bytes += player->bytes();
    if (!player->is_alive() || !player->has_key()) {
      ++failed;
      continue;
    }
    player_seconds += player->plays_for(ended);
    frames += player->frames();
    missing += player->due(frame_ms) - std::min(player->due(frame_ms), player->frames());
    keys.push_back(player->key_s() * 1e3);
    sum += keys.back();
    newest = std::max(newest, player->newest());
    oldest = std::min(oldest, player->newest());
  }
  std::ranges::sort(keys);
  const auto count = static_cast<double>(std::max<std::size_t>(keys.size(), 1));
  std::printf("%.3f %lu %lu %lu %zu %.3f %.3f %u\n", player_seconds, bytes, frames, missing, failed, sum / count,
              keys.empty() ? 0 : keys[keys.size() * 99 / 100], keys.empty() ? 0 : newest - oldest);
}

}  // namespace

int main(int count, char** words) {
  sockaddr_in server{};
  server.sin_family = AF_INET;
  const int wanted_players = count == 8 ? std::atoi(words[5]) : 0;
  const double seconds = count == 8 ? std::atof(words[6]) : 0;
  const int frame_ms = count == 8 ? std::atoi(words[7]) : 0;
  if (wanted_players < 1 || wanted_players > players_max || seconds <= 0 || seconds > seconds_max || frame_ms < 1 ||
      inet_pton(AF_INET, words[1], &server.sin_addr) != 1) {
    std::fprintf(stderr, "usage: %s ADDRESS PORT APPLICATION STREAM PLAYERS SECONDS FRAME_MS\n", words[0]);
    return 2;
  }
  server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  const Wanted wanted{std::string{words[1]} + ":" + words[2], words[3], words[4]};
  allow_many_files();
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Player>> players;
  std::vector<char> buffer(256 * 1024);
  std::size_t with_key = 0;
  const auto began = now();
  double time = began;
  for (; time - began < seconds; time = now()) {
    const auto due = std::min(1.0, (time - began) * 5 / seconds) * wanted_players;
    while (static_cast<double>(players.size()) < due) {
      players.push_back(std::make_unique<Player>(wanted, server));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = players.back().get();
      epoll_ctl(epoll, EPOLL_CTL_ADD, players.back()->socket(), &event);
    }
    std::array<epoll_event, events_max> events;
    const bool are_all = players.size() == static_cast<std::size_t>(wanted_players);
    const int ready = epoll_wait(epoll, events.data(), events_max, are_all ? 20 : 1);
    for (int i = 0; i < ready; ++i) {
      auto& player = *static_cast<Player*>(events[static_cast<std::size_t>(i)].data.ptr);
      const bool had_key = player.has_key();
      const auto come = recv(player.socket(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (come > 0) player.take({buffer.data(), static_cast<std::size_t>(come)}, time);
      if (come == 0 || (come < 0 && errno != EAGAIN)) player.lose();
      if (!player.is_alive()) epoll_ctl(epoll, EPOLL_CTL_DEL, player.socket(), nullptr);
      if (had_key || !player.has_key()) continue;
      if (++with_key < static_cast<std::size_t>(wanted_players)) continue;
      std::puts("playing");
      std::fflush(stdout);
    }
  }
  print(players, time, static_cast<std::uint32_t>(frame_ms));
}
