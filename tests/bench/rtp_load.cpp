// A load for relays of media: calls whose ends send 50 RTP packets per second each, of 20 ms of G.711, and receive what
// the other end has sent. One thread.
//
//   rtp_load CALLS
//
// Opens two sockets for each call and prints their ports, a line "CALLER CALLEE" for each. Then it reads whereto these
// are to send, a line "ADDRESS PORT ADDRESS PORT" for each. Each further line is a number of seconds: it sends for so
// long, waits for what is still under way, and prints
//
//   SENT RECEIVED WRONG AVERAGE_US P99_US
//
// WRONG counts packets that are not what the other end of their call has sent; the times are from a packet's sending to
// when it was received. Ends with its input.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/open_files.hpp"

namespace {

constexpr std::size_t calls_max = 5000;
constexpr double seconds_max = 10;
constexpr double under_way_max_s = 0.5;

constexpr std::size_t header_bytes = 12;
constexpr std::size_t packet_bytes = header_bytes + 160;
constexpr std::size_t ticks_per_packet = 20;  // of 1 ms each: in each of them one socket in twenty sends
constexpr std::uint32_t rtp_ticks_per_ms = 8;
constexpr std::size_t us_max = 200'000;  // what takes longer counts as so much

using Packet = std::array<std::uint8_t, packet_bytes>;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 || (ntohl(address.sin_addr.s_addr) >> 24) != 127) {
    std::fprintf(stderr, "%s is not on the loopback network\n", host.c_str());
    std::exit(2);
  }
  return address;
}

/// One end of a call.
struct End {
  int socket = -1;
  std::uint16_t port = 0;
  std::uint32_t source = 0;
  std::uint16_t sequence = 0;
};

/// A socket at that port, or at one of the system's choice if it is 0; goes to `port`. Below 0 if it is taken.
int open_socket(std::uint16_t& port) {
  const int opened = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  auto address = address_of("127.0.0.1", port);
  socklen_t bytes = sizeof address;
  if (opened < 0) fail("socket");
  if (bind(opened, reinterpret_cast<const sockaddr*>(&address), bytes) != 0) {
    close(opened);
    return -1;
  }
  getsockname(opened, reinterpret_cast<sockaddr*>(&address), &bytes);
  port = ntohs(address.sin_port);
  return opened;
}

/// At an even port. The next one is the end's, too, as relays send RTCP there, which nobody reads here.
End open_end(std::uint32_t source) {
  for (int tries = 0; tries < 1000; ++tries) {
    End end{-1, 0, source, 0};
    end.socket = open_socket(end.port);
    auto next = static_cast<std::uint16_t>(end.port + 1);
    if (end.socket >= 0 && end.port % 2 == 0 && open_socket(next) >= 0) return end;
    close(end.socket);
  }
  fail("no two ports in a row are free");
}

struct Counts {
  std::uint64_t sent = 0, received = 0, wrong = 0, us_sum = 0;
  std::vector<std::uint32_t> by_us = std::vector<std::uint32_t>(us_max + 1);

  void add(std::int64_t ns) {
    const auto us = std::clamp<std::int64_t>(ns / 1000, 0, us_max);
    us_sum += static_cast<std::uint64_t>(us);
    ++by_us[static_cast<std::size_t>(us)];
    ++received;
  }
  std::size_t p99_us() const {
    std::uint64_t seen = 0;
    std::size_t us = 0;
    while (us < us_max && (seen += by_us[us]) * 100 < received * 99) ++us;
    return us;
  }
};

class Load {
 public:
  explicit Load(std::size_t calls) {
    for (std::uint32_t i = 0; i < 2 * calls; ++i) ends_.push_back(open_end(i));
    for (std::size_t i = 0; i < ends_.size(); ++i) wait_for(ends_[i].socket, i);
    itimerspec each_ms{{0, 1'000'000}, {0, 1'000'000}};
    timerfd_settime(timer_, 0, &each_ms, nullptr);
    wait_for(timer_, ends_.size());
  }

  std::span<const End> ends() const { return ends_; }

  void aim(std::size_t end, const std::string& host, std::uint16_t port) const {
    const auto address = address_of(host, port);
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    if (connect(ends_[end].socket, to, sizeof address) != 0) fail("connect");
  }

  Counts run(double seconds) {
    counts_ = {};
    ++run_;
    ticks_ = static_cast<std::uint64_t>(seconds * 1000);
    tick_ = 0;
    std::uint64_t missed = 0;
    if (read(timer_, &missed, sizeof missed) < 0) missed = 0;  // those of the time in between
    const auto last = now_ns() + static_cast<std::int64_t>((seconds + under_way_max_s) * 1e9);
    while (now_ns() < last && (tick_ < ticks_ || counts_.received + counts_.wrong < counts_.sent)) {
      std::array<epoll_event, 256> events;
      const int count = epoll_wait(set_, events.data(), events.size(), 10);
      for (int i = 0; i < count; ++i) {
        const auto which = events[static_cast<std::size_t>(i)].data.u64;
        which == ends_.size() ? send_due() : receive(which);
      }
    }
    return counts_;
  }

 private:
  void wait_for(int descriptor, std::size_t number) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    if (epoll_ctl(set_, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
  }

  void send_due() {
    std::uint64_t due = 0;
    if (read(timer_, &due, sizeof due) != sizeof due) return;
    for (; due > 0 && tick_ < ticks_; --due, ++tick_) {
      for (auto i = tick_ % ticks_per_packet; i < ends_.size(); i += ticks_per_packet) send_one(ends_[i]);
    }
  }

  /// Behind the header: when it was sent, by whom, and in which run.
  void send_one(End& end) {
    Packet packet{0x80};
    const auto sequence = htons(end.sequence++);
    const auto now = now_ns();
    // Where nothing was sent for a while, time went on all the same.
    const auto steps = static_cast<std::uint32_t>(now / 1'000'000 / std::int64_t{ticks_per_packet});
    const auto timestamp = htonl(steps * std::uint32_t{ticks_per_packet} * rtp_ticks_per_ms);
    const auto source = htonl(end.source + 1);
    std::memcpy(&packet[2], &sequence, sizeof sequence);
    std::memcpy(&packet[4], &timestamp, sizeof timestamp);
    std::memcpy(&packet[8], &source, sizeof source);
    std::memcpy(&packet[header_bytes], &now, sizeof now);
    std::memcpy(&packet[header_bytes + sizeof now], &end.source, sizeof end.source);
    std::memcpy(&packet[header_bytes + sizeof now + sizeof end.source], &run_, sizeof run_);
    if (send(end.socket, packet.data(), packet.size(), 0) == static_cast<ssize_t>(packet.size())) ++counts_.sent;
  }

  void receive(std::size_t which) {
    Packet packet;
    for (;;) {
      const auto count = recv(ends_[which].socket, packet.data(), packet.size(), MSG_TRUNC);
      if (count < 0) return;
      std::int64_t sent_at = 0;
      std::uint32_t source = 0, run = 0;
      std::memcpy(&sent_at, &packet[header_bytes], sizeof sent_at);
      std::memcpy(&source, &packet[header_bytes + sizeof sent_at], sizeof source);
      std::memcpy(&run, &packet[header_bytes + sizeof sent_at + sizeof source], sizeof run);
      const bool is_whole = count == static_cast<ssize_t>(packet.size()) && packet[0] == 0x80;
      if (is_whole && source == (ends_[which].source ^ 1U)) {
        // One of an earlier run came too late for it, and is missing there.
        if (run == run_) counts_.add(now_ns() - sent_at);
      } else {
        ++counts_.wrong;
      }
    }
  }

  int set_ = epoll_create1(0);
  int timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  std::vector<End> ends_;  // caller, callee, caller, callee ...
  std::uint64_t tick_ = 0, ticks_ = 0;
  std::uint32_t run_ = 0;
  Counts counts_;
};

}  // namespace

int main(int count, char** words) {
  const auto calls = count == 2 ? static_cast<std::size_t>(std::atoi(words[1])) : 0;
  if (calls < 1 || calls > calls_max) {
    std::fprintf(stderr, "usage: %s CALLS, of which there are %zu at most\n", words[0], calls_max);
    return 2;
  }
  allow_many_files();
  Load load{calls};
  const auto ends = load.ends();
  for (std::size_t i = 0; i < ends.size(); i += 2) std::printf("%u %u\n", ends[i].port, ends[i + 1].port);
  std::fflush(stdout);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    std::string host;
    std::uint16_t port = 0;
    if (!(std::cin >> host >> port)) return 2;
    load.aim(i, host, port);
  }
  for (double seconds = 0; std::cin >> seconds;) {
    const auto found = load.run(std::min(seconds, seconds_max));
    const auto average =
        found.received > 0 ? static_cast<double>(found.us_sum) / static_cast<double>(found.received) : 0;
    std::printf("%lu %lu %lu %.2f %zu\n", found.sent, found.received, found.wrong, average, found.p99_us());
    std::fflush(stdout);
  }
}
