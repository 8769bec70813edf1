// Phones on a wire that a test plays, with a clock that the test moves: what goes to another phone arrives there, what
// goes to anybody else stands in `sent` until the test takes it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/sip/softphone.hpp"

namespace labnet::sip_client {

inline sip::Hop hop_number(unsigned number) {
  return {.transport = sip::Transport::udp, .address = Ipv4Address{0x7f000000u + number}, .port = 5060};
}
inline const sip::Hop server_hop = hop_number(1);

struct PlayedMessage {
  sip::Hop from, to;
  std::string text;
  std::string first_line() const { return text.substr(0, text.find("\r\n")); }
};

class PlayedPhone;

class PlayedWire {
 public:
  void add(PlayedPhone& phone, const sip::Hop& hop) { phones_[sip::to_string(hop)] = &phone; }
  void put(PlayedMessage message) { under_way_.push_back(std::move(message)); }
  /// Delivers what is under way, and what is sent because of it.
  void settle();
  /// Lets time pass, with all that is to happen in it.
  void pass(sip::Duration time);
  /// What went to nobody on the wire.
  std::vector<PlayedMessage> take_sent() { return std::exchange(sent, {}); }
  /// The first lines of all that was carried since the last call.
  std::vector<std::string> take_lines() { return std::exchange(lines, {}); }

  sip::TimePoint now{std::chrono::hours{1}};
  std::function<bool(const PlayedMessage&)> loses;  // empty: nothing
  std::vector<PlayedMessage> sent;
  std::vector<std::string> lines;

 private:
  std::map<std::string, PlayedPhone*> phones_;
  std::deque<PlayedMessage> under_way_;
};

/// One phone, and what it has told: "registered 60", "ringing 180", "media sendrecv PCMA", "end local 200 hung up".
class PlayedPhone final : public sip::MessageTransport, public PhoneObserver {
 public:
  PlayedPhone(PlayedWire& wire, unsigned number, PhoneConfig config);

  bool send(Bytes message, const sip::Hop& to) override;
  sip::Hop local(const sip::Hop&) override { return hop; }

  void on_registered(std::chrono::seconds granted) override;
  void on_unregistered() override { told.emplace_back("unregistered"); }
  void on_registration_failed(std::string_view why, std::chrono::seconds retry_in) override;
  void on_silence() override { told.emplace_back("silence"); }
  AnswerPlan on_incoming(PhoneCall& call) override;
  void on_ringing(PhoneCall& call, int status) override;
  void on_media(PhoneCall& call, const sdp::Agreement& agreement) override;
  void on_answered(PhoneCall& call) override;
  void on_end(PhoneCall& call, const CallEnd& end) override;
  void on_key(PhoneCall& call, char key) override;
  void on_message(std::string_view from_uri, std::string_view text) override;
  void on_message_sent(int status, std::string_view reason) override;

  std::vector<std::string> take_told() { return std::exchange(told, {}); }
  /// Codecs A-law, mu-law and telephone-event, received at this phone's address.
  sdp::LocalAudio audio() const;
  PhoneCall& call(std::string_view to) { return phone.call(to, audio(), wire.now); }
  /// A message that a server sends, played by the test.
  void hear(const std::string& text) { phone.receive(as_bytes(std::string_view{text}), server_hop, wire.now); }

  PlayedWire& wire;
  sip::Hop hop;
  bool is_broken = false;
  AnswerPlan plan;
  PhoneCall* current = nullptr;  // the last call that it was told of
  std::vector<std::string> told;

 private:
  std::uint64_t random_;

 public:
  Softphone phone;
};

/// 101's phone at 127.0.0.2 and so on: its server is `server`.
PhoneConfig config_of(unsigned number, const sip::Hop& server = server_hop);

/// A response of a server, or of who is behind it.
struct PlayedResponse {
  int status = 200;
  std::vector<std::string> headers{};
  std::string body{};
  std::string to_tag = "server";
};
std::string answer_to(const std::string& request, const PlayedResponse& response);
/// The value of a header of a text, the first one of that name; empty if there is none.
std::string header_of(const std::string& text, std::string_view name);
/// What a server describes: A-law at 127.0.0.1 port 20000.
std::string description(std::string_view direction = "sendrecv", std::string_view formats = "8 101");

inline constexpr std::string_view challenge = R"(WWW-Authenticate: Digest realm="lab", nonce="n1", qop="auth")";
inline constexpr std::string_view server_contact = "Contact: <sip:127.0.0.1:5060>";

}  // namespace labnet::sip_client
