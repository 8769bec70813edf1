// An exchange among phones that a test plays, with a clock that the test moves and a network that may lose, double and
// reorder what is sent.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/sip/authorization.hpp"
#include "common/sip/message.hpp"
#include "servers/sip/exchange.hpp"

namespace labnet::sip_server {

inline const sip::Hop exchange_hop{.transport = sip::Transport::udp, .address = Ipv4Address{0x7f000001}, .port = 5060};
inline sip::Hop phone_hop(int number) {
  return {.transport = sip::Transport::udp,
          .address = Ipv4Address{0x7f000000u + static_cast<unsigned>(number)},
          .port = 5060};
}

/// The same by TCP, on the connection with that number.
inline sip::Hop connection_hop(int phone, std::uint64_t number) {
  auto hop = phone_hop(phone);
  hop.transport = sip::Transport::tcp;
  hop.connection = number;
  return hop;
}

/// Ports without sockets.
class PlayedMedia final : public MediaPlane {
 public:
  struct Bridge final : MediaBridge {
    Bridge(PlayedMedia& owner, int sides) : all{owner}, ports{sides} {
      ++all.open_bridges;
      all.open_ports += ports;
    }
    ~Bridge() override {
      --all.open_bridges;
      all.open_ports -= ports;
    }
    IpAddress address(Side) const override { return Ipv4Address{0x7f000001}; }
    std::uint16_t port(Side side) const override { return side == Side::caller ? 20000 : 20002; }
    void connect(Side side, const sdp::Agreement& agreement) override {
      all.agreements[side == Side::caller ? 0 : 1] = agreement;
    }
    void play(Side, Announcement what) override { all.played = what; }
    MediaCounts counts(Side) const override { return {.packets = all.packets}; }
    PlayedMedia& all;
    int ports;
  };
  std::unique_ptr<MediaBridge> open(const IpAddress&, const std::optional<IpAddress>& callee) override {
    return is_full ? nullptr : std::make_unique<Bridge>(*this, callee ? 2 : 1);
  }

  bool is_full = false;
  int open_bridges = 0;
  int open_ports = 0;  // pairs
  std::uint64_t packets = 0;
  sdp::Agreement agreements[2];
  Announcement played = Announcement::none;
};

/// The exchange and the wire around it. What the exchange sends stands in `sent` until the test takes it.
class PlayedNetwork final : public sip::MessageTransport, public ExchangeObserver {
 public:
  struct Sent {
    sip::Hop to;
    std::string text;
    std::string first_line() const { return text.substr(0, text.find("\r\n")); }
  };

  explicit PlayedNetwork(ExchangeConfig config)
      : exchange{
            std::move(config),
            {*this, media, *this, [this] { return ++random_; }, [this](const sip::Hop& to) { return connect(to); }},
            now,
            WallTime{wall_start}} {}

  bool send(Bytes message, const sip::Hop& to) override {
    if (is_broken || broken_connections.contains(to.connection)) return false;
    sent.push_back({to, std::string{as_text(message)}});
    return true;
  }
  sip::Hop local(const sip::Hop&) override { return exchange_hop; }
  std::optional<sip::Hop> connect(const sip::Hop& to) {
    if (new_connection == 0) return std::nullopt;
    auto hop = to;
    hop.connection = new_connection;
    return hop;
  }
  /// A phone's connection ends.
  void break_connection(const sip::Hop& hop) {
    broken_connections.insert(hop.connection);
    exchange.on_transport_fault(hop, now);
  }

  void on_bindings(const std::string& user, const std::vector<Binding>& bindings, std::function<void()> then) override {
    stored[user] = bindings;
    if (is_disk_slow) {
      unstored.push_back(std::move(then));
    } else {
      then();
    }
  }
  /// What was to be stored is.
  void store_all() {
    for (const auto& then : std::exchange(unstored, {})) then();
  }
  void on_call_under_way(const KeptCall& call) override { kept[call.number] = call; }
  bool keeps_calls() const override { return true; }
  void on_call_end(const CallRecord& record) override {
    records.push_back(record);
    kept.erase(record.number);
  }
  void on_refusal(const sip::Hop&, std::string_view what, std::string_view why) override {
    refusals.push_back(std::string{what} + ": " + std::string{why});
  }

  void arrive(const std::string& text, const sip::Hop& from) { exchange.receive(as_bytes(text), from, now); }
  /// Lets time pass, with all that is to happen in it.
  void pass(sip::Duration time) {
    const auto until = now + time;
    while (exchange.next() <= until) {
      now = std::max(now, exchange.next());
      exchange.on_timer(now);
    }
    now = until;
  }
  std::vector<Sent> take_sent() { return std::exchange(sent, {}); }
  /// The first lines of what was sent since the last call.
  std::vector<std::string> lines() {
    std::vector<std::string> all;
    for (const auto& one : take_sent()) all.push_back(one.first_line());
    return all;
  }

  static constexpr std::chrono::seconds wall_start{1'700'000'000};

 private:
  std::uint64_t random_ = 0x1234;

 public:
  PlayedMedia media;
  bool is_broken = false;
  std::set<std::uint64_t> broken_connections;
  std::uint64_t new_connection = 0;  // that the exchange gets if it wants one; 0: none
  bool is_disk_slow = false;
  std::vector<std::function<void()>> unstored;
  std::map<std::uint64_t, KeptCall> kept;  // by number
  std::vector<Sent> sent;
  std::map<std::string, std::vector<Binding>> stored;
  std::vector<CallRecord> records;
  std::vector<std::string> refusals;
  sip::TimePoint now{std::chrono::hours{1}};
  Exchange exchange;
};

/// The text of a request as a phone sends it.
struct PhoneRequest {
  std::string method;
  std::string uri;
  int phone = 2;     // 127.0.0.PHONE
  std::string from;  // "<sip:101@labnet>;tag=f"
  std::string to;
  std::string call_id = "c1";
  int cseq = 1;
  std::string branch{};  // empty: made of the above
  std::vector<std::string> more{};
  std::string body{};
};
std::string text_of(const PhoneRequest& request);

/// What a phone answers to a request that the exchange has sent to it.
struct PhoneResponse {
  int status = 200;
  std::string reason = "X";
  std::string to_tag = "phone";
  std::string contact{};
  std::string body{};
};
std::string answer_to(const std::string& request, const PhoneResponse& response);

/// A description that offers or answers PCMA and PCMU.
std::string description(int phone, const std::string& direction = "sendrecv", const std::string& formats = "8 0",
                        int version = 1);

/// Registers 127.0.0.PHONE as the user, with the password, at the exchange; what is sent meanwhile is taken.
/// hop  where it comes from; by default by UDP
void register_phone(PlayedNetwork& network, const std::string& user, const std::string& password, int phone,
                    const sip::Hop& hop);
inline void register_phone(PlayedNetwork& network, const std::string& user, const std::string& password, int phone) {
  register_phone(network, user, password, phone, phone_hop(phone));
}

/// The value of a header of a text, the first one of that name; empty if there is none.
std::string header_of(const std::string& text, const std::string& name);

}  // namespace labnet::sip_server
