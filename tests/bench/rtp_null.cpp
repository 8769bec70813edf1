// What relaying media costs at the least: the bare system calls. For each leg of a call a socket, connected to its end;
// what comes on one is sent on the other as it is. Two threads, which share the calls, as the relays that are measured
// have two workers.
//
//   rtp_null CALLS
//
// Reads a line "CALLER CALLEE" for each call, the ports of its ends at 127.0.0.1, and prints whereto these are to send,
// a line "ADDRESS PORT ADDRESS PORT" for each. Ends at SIGTERM.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "tests/bench/open_files.hpp"

namespace {

constexpr int calls_max = 5000;
constexpr std::size_t packet_bytes_max = 2048;
constexpr int threads = 2;

/// A socket with a port of the system's choice, which goes to `port`.
int open_leg(std::uint16_t end, std::uint16_t& port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  const int leg = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  bool is_open = bind(leg, reinterpret_cast<const sockaddr*>(&address), bytes) == 0;
  getsockname(leg, reinterpret_cast<sockaddr*>(&address), &bytes);
  port = ntohs(address.sin_port);
  address.sin_port = htons(end);
  is_open = is_open && connect(leg, reinterpret_cast<const sockaddr*>(&address), bytes) == 0;
  if (is_open) return leg;
  std::perror("rtp_null");
  std::exit(1);
}

void join(int set, int from, int to) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(from) << 32 | static_cast<std::uint64_t>(to);
  if (epoll_ctl(set, EPOLL_CTL_ADD, from, &event) == 0) return;
  std::perror("rtp_null");
  std::exit(1);
}

void relay(int set) {
  std::array<epoll_event, 128> events;
  std::array<std::uint8_t, packet_bytes_max> packet;
  for (;;) {
    const int ready = epoll_wait(set, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const auto legs = events[static_cast<std::size_t>(i)].data.u64;
      const auto bytes = recv(static_cast<int>(legs >> 32), packet.data(), packet.size(), 0);
      if (bytes > 0) send(static_cast<int>(legs & 0xffffffff), packet.data(), static_cast<std::size_t>(bytes), 0);
    }
  }
}

}  // namespace

int main(int count, char** words) {
  const int calls = count == 2 ? std::atoi(words[1]) : 0;
  if (calls < 1 || calls > calls_max) {
    std::fprintf(stderr, "usage: %s CALLS, of which there are %d at most\n", words[0], calls_max);
    return 2;
  }
  allow_many_files();
  std::array<int, threads> sets{};
  for (auto& set : sets) set = epoll_create1(0);
  for (int i = 0; i < calls; ++i) {
    std::uint16_t caller = 0, callee = 0, to_caller = 0, to_callee = 0;
    if (!(std::cin >> caller >> callee)) return 2;
    const int legs[]{open_leg(caller, to_caller), open_leg(callee, to_callee)};
    const int set = sets[static_cast<std::size_t>(i % threads)];
    join(set, legs[0], legs[1]);
    join(set, legs[1], legs[0]);
    // What an end sends comes in by the leg that is connected to it.
    std::printf("127.0.0.1 %u 127.0.0.1 %u\n", to_caller, to_callee);
  }
  std::fflush(stdout);
  std::thread second{relay, sets[1]};
  relay(sets[0]);
}
