// Broken messages within a call between two phones: requests of both sides, re-INVITEs above all, and their answers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "common/base/text.hpp"
#include "tests/servers/sip/datagram_client.hpp"
#include "tests/servers/sip/mutations.hpp"
#include "tests/servers/sip/played_network.hpp"
#include "tests/servers/sip/service_phone.hpp"
#include "tests/support/running_service.hpp"

namespace labnet::sip_server {
namespace {

using test::RunningService;
using testing::StartsWith;

constexpr int calls_at_a_time_max = 4;

int status_in(const std::string& response) {
  return parse_integer<int>(std::string_view{response}.substr(8, 3)).value_or(0);
}

/// One side's view of the call.
struct PhoneDialog {
  std::string local, remote;  // From and To of its requests, with tags
  int cseq = 1;
};

/// A phone that answers everything, and now and then by what is broken.
class BreakingPhone {
 public:
  BreakingPhone(const RunningService& server, Mutations& mutations, std::string user, const std::string& password)
      : server_port_{server.port("udp")}, mutations_{mutations}, user_{std::move(user)} {
    register_by(client_, server_port_, user_, password);
  }

  void invite(const std::string& callee, int number) {
    has_ended_ = false;
    refusal_.reset();
    dialog_.reset();
    call_id_ = fmt::format("broken-{}-", number);
    invite_ = text_of({.method = "INVITE",
                       .uri = fmt::format("sip:{}@labnet", callee),
                       .from = fmt::format("<sip:{}@labnet>;tag=a{}", user_, number),
                       .to = fmt::format("<sip:{}@labnet>", callee),
                       .call_id = call_id_,
                       .more = {contact()},
                       .body = description(1)});
    send_invite();
  }
  /// Again, as phones do until they hear something.
  void send_invite() const { client_.send(invite_, server_port_); }
  /// A request within the call; broken, but for some.
  void send_something() {
    static constexpr std::array methods{"INVITE", "INVITE", "INVITE",  "INVITE", "INVITE", "UPDATE", "INFO",
                                        "ACK",    "BYE",    "OPTIONS", "CANCEL", "PRACK",  "REFER",  "NOTIFY"};
    static constexpr std::array directions{"sendrecv", "sendonly", "inactive", "recvonly"};
    if (!dialog_) return;
    const std::string method = methods[mutations_.random(methods.size())];
    auto request = within(method);
    if (method == "INVITE" || method == "UPDATE") {
      request.body = description(1, directions[mutations_.random(directions.size())], "8 0", ++version_);
    }
    auto text = text_of(request);
    const bool is_whole = method != "BYE" && method != "CANCEL" && mutations_.random(8) == 0;
    if (!is_whole) mutations_.break_up(text);
    client_.send(text, server_port_);
  }
  void hang_up() {
    if (dialog_) send(within("BYE"));
  }
  /// Answers all that has come.
  void take_what_came() {
    while (client_.has_received()) take(client_.receive());
  }

  bool is_talking() const { return dialog_.has_value() && !has_ended_; }
  bool has_ended() const { return has_ended_; }
  /// The status by which its INVITE was refused.
  std::optional<int> refusal() const { return refusal_; }
  int accepted_changes() const { return accepted_changes_; }

 private:
  std::string contact() const { return fmt::format("Contact: <sip:{}@127.0.0.1:{}>", user_, client_.port()); }
  PhoneRequest within(const std::string& method) {
    return {.method = method,
            .uri = "sip:127.0.0.1",
            .from = dialog_->local,
            .to = dialog_->remote,
            .call_id = call_id_,
            .cseq = ++dialog_->cseq,
            .more = {contact()}};
  }
  void send(const PhoneRequest& request) { client_.send(text_of(request), server_port_); }

  void take(const std::string& text) {
    if (text.starts_with("SIP/2.0 ")) return take_response(text);
    const auto method = text.substr(0, text.find(' '));
    if (method == "ACK") return;
    if (method == "BYE" && header_of(text, "Call-ID") == call_id_)
      has_ended_ = true;  // of an earlier one it may be late
    PhoneResponse response{.to_tag = "b"};
    if (method == "INVITE") {
      response.contact = contact().substr(9);
      response.body = description(1);
      if (header_of(text, "To").find(";tag=") == std::string::npos) {
        has_ended_ = false;
        call_id_ = header_of(text, "Call-ID");
        dialog_ = PhoneDialog{.local = header_of(text, "To") + ";tag=b", .remote = header_of(text, "From")};
        return client_.send(answer_to(text, response), server_port_);  // the call itself is not to fail
      }
    }
    auto answer = answer_to(text, response);  // what the exchange sends can be read, whatever it has got
    if (mutations_.random(4) == 0 && method != "BYE") mutations_.break_up(answer);
    client_.send(answer, server_port_);
  }

  void take_response(const std::string& text) {
    const auto cseq = header_of(text, "CSeq");
    const auto status = status_in(text);
    if (status < 200 || !cseq.ends_with(" INVITE")) return;
    const bool is_success = status < 300;
    const bool is_of_call = header_of(text, "Call-ID") == call_id_;
    const auto number = parse_integer<int>(split(cseq, ' ').front()).value_or(0);
    if (is_of_call && is_success && dialog_) ++accepted_changes_;
    if (is_of_call && is_success && !dialog_) {
      dialog_ = PhoneDialog{.local = header_of(text, "From"), .remote = header_of(text, "To")};
    }
    if (is_of_call && !is_success && !dialog_) refusal_ = status;
    client_.send(fmt::format("ACK sip:127.0.0.1 SIP/2.0\r\nVia: {}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\n"
                             "CSeq: {} ACK\r\nContent-Length: 0\r\n\r\n",
                             is_success ? fmt::format("SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKack{};rport", ++acks_)
                                        : header_of(text, "Via"),
                             header_of(text, "From"), header_of(text, "To"), header_of(text, "Call-ID"), number),
                 server_port_);
  }

  std::uint16_t server_port_;
  Mutations& mutations_;
  std::string user_;
  DatagramClient client_{"127.0.0.1"};
  std::string call_id_, invite_;
  std::optional<PhoneDialog> dialog_;
  std::optional<int> refusal_;
  bool has_ended_ = false;
  int version_ = 1;
  int acks_ = 0;
  int accepted_changes_ = 0;
};

class MutatedCalls : public testing::Test {
 protected:
  static std::string config() {
    // No transaction is kept for longer than 64 times t1, so that there are soon as many as there will ever be.
    return fmt::format(
        "users: {{ 101: {{ password: secret }}, 102: {{ password: geheim }} }}\nt1: 10ms\n"
        "limits: {{ calls_max: {} }}\n",
        calls_at_a_time_max);
  }

  /// All that was sent before has reached the exchange, and what it has sent because of it is answered.
  bool settle() {
    for (int look = 0; look < 3; ++look) {
      probe_.send(text_of({.method = "OPTIONS",
                           .uri = "sip:127.0.0.1",
                           .from = "<sip:probe@labnet>;tag=p",
                           .to = "<sip:127.0.0.1>",
                           .call_id = fmt::format("probe{}", ++probes_)}),
                  server_.port("udp"));
      if (header_of(probe_.receive(), "Call-ID") != fmt::format("probe{}", probes_)) return false;
      caller_.take_what_came();
      callee_.take_what_came();
    }
    return true;
  }
  /// A call of its own; where one before has not come to its end yet, after that.
  bool establish() {
    return test::eventually([&] {
      caller_.invite("102", ++calls_);
      return test::eventually([&] {
               caller_.send_invite();
               settle();
               return caller_.is_talking() || caller_.refusal();
             }) &&
             caller_.is_talking();
    });
  }
  void end_call() {
    caller_.hang_up();
    callee_.hang_up();
    settle();
  }
  /// How many calls of an extension are answered, each begun while those before it go on.
  int answered_at_once(int wanted) {
    std::vector<std::string> ends;
    int answered = 0;
    for (int i = 0; i < wanted; ++i) {
      PhoneRequest invite{.method = "INVITE",
                          .uri = "sip:service@labnet",
                          .from = "<sip:probe@labnet>;tag=p",
                          .to = "<sip:service@labnet>",
                          .call_id = fmt::format("at-once-{}-", ++calls_),
                          .more = {fmt::format("Contact: <sip:probe@127.0.0.1:{}>", probe_.port())},
                          .body = description(1)};
      probe_.send(text_of(invite), server_.port("udp"));
      auto answer = probe_.receive();
      while (!answer.empty() && (status_in(answer) < 200 || header_of(answer, "Call-ID") != invite.call_id)) {
        answer = probe_.receive();
      }
      if (status_in(answer) != 200) break;
      ++answered;
      for (const auto* const method : {"ACK", "BYE"}) {
        invite.method = method;
        invite.to = header_of(answer, "To");
        invite.body.clear();
        const auto text = text_of(invite);
        ++invite.cseq;
        if (method == std::string_view{"ACK"}) {
          probe_.send(text, server_.port("udp"));
        } else {
          ends.push_back(text);
        }
      }
    }
    for (const auto& bye : ends) probe_.send(bye, server_.port("udp"));
    while (!ends.empty() && header_of(probe_.receive(), "CSeq") != "2 BYE") {
    }
    return answered;
  }

  const test::TemporaryFolder folder_;
  RunningService server_{"sip", {"-c", folder_.write("sip.yaml", config()), "--listen", "udp://127.0.0.1:0"}};
  Mutations mutations_{{"SIP/2.0", "INVITE sip:102@labnet SIP/2.0\r\nVia: ", "Contact: <sip:", ";tag=", "\r\n\r\n",
                        "m=audio 0 RTP/AVP 8\r\n", "c=IN IP4 0.0.0.0\r\n", "Replaces: a;to-tag=b;from-tag=c\r\n"}};
  BreakingPhone caller_{server_, mutations_, "101", "secret"};
  BreakingPhone callee_{server_, mutations_, "102", "geheim"};
  DatagramClient probe_{"127.0.0.1"};
  int probes_ = 0;
  int calls_ = 0;
};

TEST_F(MutatedCalls, LeaveTheServiceAliveAndSmallAndNoCallBehind) {
  constexpr int messages_per_round = 20;
  constexpr int rounds_per_call = 5;
  const int rounds = mutations_wanted() / 5 / messages_per_round;
  ASSERT_GT(rounds, 2 * rounds_per_call);
  std::size_t resident_after_warm_up = 0;
  for (int round = 0; round < rounds; ++round) {
    if (round % rounds_per_call == 0 || !caller_.is_talking() || !callee_.is_talking()) {
      end_call();
      ASSERT_TRUE(establish()) << "round " << round << ", refused by " << caller_.refusal().value_or(0);
    }
    for (int i = 0; i < messages_per_round; ++i) (mutations_.random(2) == 0 ? caller_ : callee_).send_something();
    ASSERT_TRUE(settle()) << "round " << round;
    if (round == rounds / 2) resident_after_warm_up = server_.resident_bytes();
  }
  end_call();
  EXPECT_GT(caller_.accepted_changes() + callee_.accepted_changes(), rounds / 4) << "few re-INVITEs get through";
  EXPECT_TRUE(test::eventually([&] {
    caller_.take_what_came();
    callee_.take_what_came();
    return answered_at_once(calls_at_a_time_max) == calls_at_a_time_max;
  })) << "some calls have not ended";
  EXPECT_EQ(answered_at_once(calls_at_a_time_max + 1), calls_at_a_time_max);
  if (!is_memory_its_own()) return;
  EXPECT_LT(server_.resident_bytes(), resident_after_warm_up + 4 * 1024 * 1024) << resident_after_warm_up;
  RecordProperty("resident_kib_at_the_half", std::to_string(resident_after_warm_up / 1024));
  RecordProperty("resident_kib_at_the_end", std::to_string(server_.resident_bytes() / 1024));
}

}  // namespace
}  // namespace labnet::sip_server
