// A load for name servers that is many times lighter than a server: one thread, UDP, queries sent and replies received
// in batches.
//
//   dns_flood ADDRESS PORT SECONDS NAMES SOCKETS WINDOW WHAT
//
// NAMES    a file with a domain name on each line; each is asked for its A records, in random order
// WINDOW   how many queries are under way on each socket at most
// WHAT     "records": a reply has to have NOERROR and an answer; "echo": it has to be the query with QR set
//
// A socket without a reply for 100 ms gives its queries up as lost. Prints: REPLIES LOST WRONG SECONDS.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t reply_bytes_max = 1500;
constexpr int sockets_max = 64;
constexpr double seconds_max = 10;
constexpr double silence_max = 0.1;

using Query = std::vector<std::uint8_t>;

Query query_for(const std::string& name) {
  Query query(12);
  query[5] = 1;  // one question
  for (std::size_t start = 0; start < name.size();) {
    const auto end = std::min(name.find('.', start), name.size());
    query.push_back(static_cast<std::uint8_t>(end - start));
    query.insert(query.end(), name.begin() + static_cast<std::ptrdiff_t>(start),
                 name.begin() + static_cast<std::ptrdiff_t>(end));
    start = end + 1;
  }
  for (const std::uint8_t octet : {0, 0, 1, 0, 1}) query.push_back(octet);  // the root, A, IN
  return query;
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Counters {
  long replies = 0, lost = 0, wrong = 0;
};

class Flood {
 public:
  Flood(const sockaddr_in& server, std::vector<Query> queries, int sockets, int window, bool is_echo)
      : queries_{std::move(queries)}, window_{window}, is_echo_{is_echo} {
    for (int i = 0; i < sockets; ++i) {
      const int one = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
      if (connect(one, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) std::exit(1);
      lanes_.push_back({one, 0, 0});
      events_.push_back({one, POLLIN, 0});
    }
    for (std::size_t i = 0; i < batch; ++i) {
      receive_pieces_[i] = {replies_[i].data(), replies_[i].size()};
      received_[i].msg_hdr.msg_iov = &receive_pieces_[i];
      sent_[i].msg_hdr.msg_iov = &send_pieces_[i];
      received_[i].msg_hdr.msg_iovlen = sent_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  Counters run(double seconds) {
    auto time = now();
    const auto end = time + seconds;
    for (auto& lane : lanes_) lane.heard = time;
    while (time < end + 2 * silence_max) {
      bool is_idle = true;
      for (auto& lane : lanes_) {
        if (time < end) refill(lane);
        if (lane.under_way > 0 && drain(lane, time)) is_idle = false;
      }
      if (is_idle) poll(events_.data(), events_.size(), 1);
      time = now();
    }
    return counters_;
  }

 private:
  struct Lane {
    int socket;
    int under_way;
    double heard;
  };

  void refill(Lane& lane) {
    const auto room = std::min<int>(window_ - lane.under_way, batch);
    if (room < window_ / 2 && room < static_cast<int>(batch)) return;  // in batches
    for (std::size_t i = 0; i < static_cast<std::size_t>(room); ++i) {
      random_ = random_ * 1664525 + 1013904223;
      auto& query = queries_[(random_ >> 8) % queries_.size()];
      send_pieces_[i] = {query.data(), query.size()};
    }
    const int count = sendmmsg(lane.socket, sent_.data(), static_cast<unsigned>(room), 0);
    if (count > 0) lane.under_way += count;
  }

  bool drain(Lane& lane, double time) {
    const int count = recvmmsg(lane.socket, received_.data(), batch, MSG_DONTWAIT, nullptr);
    if (count <= 0) {
      if (time - lane.heard <= silence_max) return false;
      counters_.lost += std::exchange(lane.under_way, 0);
      lane.heard = time;
      return false;
    }
    lane.heard = time;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      ++(is_right(replies_[i], received_[i].msg_len) ? counters_.replies : counters_.wrong);
    }
    lane.under_way -= std::min(count, lane.under_way);
    return true;
  }

  bool is_right(const std::array<std::uint8_t, reply_bytes_max>& reply, unsigned bytes) const {
    const bool is_reply = bytes > 12 && (reply[2] & 0x80) != 0;
    return is_reply && (is_echo_ || ((reply[3] & 0x0f) == 0 && reply[7] > 0));
  }

  std::vector<Query> queries_;
  int window_;
  bool is_echo_;
  std::uint32_t random_ = static_cast<std::uint32_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  std::vector<Lane> lanes_;
  std::vector<pollfd> events_;
  Counters counters_;
  std::array<std::array<std::uint8_t, reply_bytes_max>, batch> replies_;
  std::array<iovec, batch> send_pieces_{}, receive_pieces_{};
  std::array<mmsghdr, batch> sent_{}, received_{};
};

}  // namespace

int main(int count, char** words) {
  if (count != 8) {
    std::fprintf(stderr, "usage: %s ADDRESS PORT SECONDS NAMES SOCKETS WINDOW records|echo\n", words[0]);
    return 2;
  }
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
  if (inet_pton(AF_INET, words[1], &server.sin_addr) != 1 || (ntohl(server.sin_addr.s_addr) >> 24) != 127) {
    std::fprintf(stderr, "%s: the server is to be on the loopback network\n", words[0]);
    return 2;
  }
  const auto seconds = std::min(std::atof(words[3]), seconds_max);
  std::vector<Query> queries;
  std::ifstream names{words[4]};
  for (std::string name; std::getline(names, name);) queries.push_back(query_for(name));
  const auto sockets = std::clamp(std::atoi(words[5]), 1, sockets_max);
  if (queries.empty() || seconds <= 0) return 2;
  static Flood flood{server, std::move(queries), sockets, std::atoi(words[6]), std::strcmp(words[7], "echo") == 0};
  const auto counters = flood.run(seconds);
  std::printf("%ld %ld %ld %.3f\n", counters.replies, counters.lost, counters.wrong, seconds);
}
