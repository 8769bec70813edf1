// The service as a user runs it: sockets, connections, TLS, a store, and what strangers send.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "common/base/text.hpp"
#include "common/sip/message.hpp"
#include "tests/servers/sip/datagram_client.hpp"
#include "tests/servers/sip/played_network.hpp"
#include "tests/support/running_service.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::literals;
using test::RunningService;
using test::TcpClient;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::string> two_users{"--user", "101:secret", "--user", "102:geheim"};

std::vector<std::string> with(std::vector<std::string> options, const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

std::string options_request(std::uint16_t port, int number, const std::string& transport = "UDP") {
  return fmt::format(
      "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{} 127.0.0.1:{};branch=z9hG4bKo{};rport\r\nMax-Forwards: 70\r\n"
      "From: <sip:101@labnet>;tag=o\r\nTo: <sip:127.0.0.1>\r\nCall-ID: o{}\r\nCSeq: 1 OPTIONS\r\nContent-Length: "
      "0\r\n\r\n",
      transport, port, number, number);
}

/// A registration by digest, over the wire.
void register_by(const DatagramClient& phone, std::uint16_t server, const std::string& user,
                 const std::string& password) {
  PhoneRequest request{.method = "REGISTER",
                       .uri = "sip:labnet",
                       .from = fmt::format("<sip:{}@labnet>;tag=r", user),
                       .to = fmt::format("<sip:{}@labnet>", user),
                       .call_id = fmt::format("reg-{}", user),
                       .more = {fmt::format("Contact: <sip:{}@127.0.0.1:{}>", user, phone.port())}};
  phone.send(text_of(request), server);
  const auto challenge = sip::parse_challenge(header_of(phone.receive(), "WWW-Authenticate"));
  ASSERT_TRUE(challenge);
  digest::Credentials credentials{
      .user = user, .realm = challenge->realm, .nonce = challenge->nonce, .uri = "sip:labnet", .cnonce = "c"};
  credentials.response = digest::response_of(
      credentials, "REGISTER", digest::secret_of(digest::Algorithm::md5, user, challenge->realm, password));
  request.cseq = 2;
  request.more.push_back("Authorization: " + digest::to_text(credentials));
  phone.send(text_of(request), server);
  const auto options = phone.receive();
  EXPECT_THAT(options, StartsWith(fmt::format("OPTIONS sip:{}@127.0.0.1:{} SIP/2.0", user, phone.port())));
  EXPECT_THAT(phone.receive(), StartsWith("SIP/2.0 200 OK"));
  phone.send(answer_to(options, {}), server);
}

TEST(SipService, AnswersByUdpTcpAndTls) {
  const test::TemporaryFolder folder;
  const auto certificate = test::make_certificate(folder);
  RunningService server{
      "sip", with(two_users, {"--listen", "udp://127.0.0.1:0", "--listen", "tcp://127.0.0.1:0", "--listen",
                              "tls://127.0.0.1:0", "--cert", certificate.certificate, "--key", certificate.key})};
  const DatagramClient udp{"127.0.0.1"};
  udp.send(options_request(udp.port(), 1), server.port("udp"));
  EXPECT_THAT(udp.receive(), StartsWith("SIP/2.0 200 OK"));
  const TcpClient tcp{server.port("tcp")};
  tcp.send(options_request(5060, 2, "TCP"));
  EXPECT_THAT(tcp.receive(), StartsWith("SIP/2.0 200 OK"));
  TcpClient tls{server.port("tls")};
  ASSERT_TRUE(tls.begin_tls());
  tls.send(options_request(5061, 3, "TLS"));
  EXPECT_THAT(tls.receive(), StartsWith("SIP/2.0 200 OK"));
}

TEST(SipService, PutsTheMessagesOfAConnectionTogetherAndAnswersPings) {
  RunningService server{"sip", with(two_users, {"--listen", "tcp://127.0.0.1:0"})};
  const TcpClient client{server.port("tcp")};
  const auto count_of_answers = [&](std::size_t count) {
    std::string all;
    std::size_t found = 0;
    while (found < count) {
      const auto some = client.receive();
      if (some.empty()) break;
      all += some;
      found = 0;
      for (auto at = all.find("SIP/2.0 200 OK"); at != all.npos; at = all.find("SIP/2.0 200 OK", at + 1)) ++found;
    }
    return found;
  };
  client.send(options_request(5060, 1, "TCP") + options_request(5060, 2, "TCP"));
  EXPECT_EQ(count_of_answers(2), 2u);
  const auto third = options_request(5060, 3, "TCP");
  for (std::size_t i = 0; i < third.size(); i += 50) client.send(third.substr(i, 50));
  EXPECT_EQ(count_of_answers(1), 1u);
  client.send("\r\n\r\n");
  EXPECT_EQ(client.receive(), "\r\n");
  client.send("\r\n" + options_request(5060, 4, "TCP"));
  EXPECT_EQ(count_of_answers(1), 1u);
  auto endless = options_request(5060, 5, "TCP");
  endless.erase(endless.find("Content-Length: 0\r\n"), 19);
  client.send(endless);
  EXPECT_THAT(client.receive_all(), HasSubstr("SIP/2.0 400 "));  // and then the end
}

TEST(SipService, KeepsItsRegistrationsWhenItIsKilled) {
  const test::TemporaryFolder folder;
  RunningService server{
      "sip", with(two_users, {"--listen", "udp://127.0.0.1:0", "--store", folder.path() + "/exchange.sqlite"})};
  const DatagramClient phone1{"127.0.0.1"}, phone2{"127.0.0.1"};
  register_by(phone1, server.port("udp"), "101", "secret");
  register_by(phone2, server.port("udp"), "102", "geheim");
  server.kill_and_restart();
  phone1.send(text_of({.method = "INVITE",
                       .uri = "sip:102@labnet",
                       .from = "<sip:101@labnet>;tag=a",
                       .to = "<sip:102@labnet>",
                       .call_id = "after",
                       .more = {fmt::format("Contact: <sip:101@127.0.0.1:{}>", phone1.port())},
                       .body = description(1)}),
              server.port("udp"));
  EXPECT_THAT(phone1.receive(), StartsWith("SIP/2.0 100 Trying"));
  const auto invite = phone2.receive();
  EXPECT_THAT(invite, StartsWith(fmt::format("INVITE sip:102@127.0.0.1:{} SIP/2.0", phone2.port())));
  phone2.send(answer_to(invite, {.status = 486}), server.port("udp"));
  EXPECT_THAT(phone2.receive(), StartsWith("ACK "));
  EXPECT_THAT(phone1.receive(), StartsWith("SIP/2.0 486 "));
}

TEST(SipService, EndsItsCallsWhenItIsToldToEnd) {
  RunningService server{"sip", with(two_users, {"--listen", "udp://127.0.0.1:0"})};
  const DatagramClient caller{"127.0.0.1"};
  caller.send(text_of({.method = "INVITE",
                       .uri = "sip:service@labnet",
                       .from = "<sip:sipp@labnet>;tag=a",
                       .to = "<sip:service@labnet>",
                       .call_id = "end",
                       .more = {fmt::format("Contact: <sip:sipp@127.0.0.1:{}>", caller.port())},
                       .body = description(1)}),
              server.port("udp"));
  EXPECT_THAT(caller.receive(), StartsWith("SIP/2.0 100 Trying"));
  const auto answer = caller.receive();
  ASSERT_THAT(answer, StartsWith("SIP/2.0 200 OK"));
  caller.send(text_of({.method = "ACK",
                       .uri = "sip:127.0.0.1",
                       .from = "<sip:sipp@labnet>;tag=a",
                       .to = header_of(answer, "To"),
                       .call_id = "end"}),
              server.port("udp"));
  caller.send(options_request(caller.port(), 9), server.port("udp"));
  EXPECT_THAT(caller.receive(), StartsWith("SIP/2.0 200 OK"));  // the ACK has arrived, too
  EXPECT_EQ(server.terminate(), 0);
  EXPECT_THAT(caller.receive(), StartsWith(fmt::format("BYE sip:sipp@127.0.0.1:{} SIP/2.0", caller.port())));
}

TEST(SipService, ReadsItsUsersAgain) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("sip.yaml", "users: { 101: { password: secret } }\n");
  RunningService server{"sip", {"-c", file, "--listen", "udp://127.0.0.1:0"}};
  const DatagramClient phone{"127.0.0.1"};
  register_by(phone, server.port("udp"), "101", "secret");
  folder.write("sip.yaml", "users: { 103: { password: nuevo } }\n");
  server.signal(SIGHUP);
  server.wait_for_log("read again");
  register_by(phone, server.port("udp"), "103", "nuevo");
  folder.write("sip.yaml", "users: { 103: { pasword: x } }\n");
  server.signal(SIGHUP);
  EXPECT_THAT(server.wait_for_log("stay as they are"), HasSubstr("pasword"));
}

// The torture messages

struct Torture {
  std::string file, kind, expected;

  bool is_response() const { return kind.find("response") != kind.npos || expected.find("drop") == 0; }
  bool has_to_be_taken() const {
    return kind == "valid" || kind == "backward-compat" || expected.find("register normally") == 0 ||
           expected.find("parse") == 0;
  }
  /// Whether the answer with this status is one of those that the table allows.
  bool allows(int status) const {
    if (has_to_be_taken()) return status >= 200 && status != 400 && status != 505;
    if (expected.find("fall back") != expected.npos) return status >= 200;
    std::set<int> named;
    static const std::regex number{R"(\b[2-6]\d\d\b)"};
    for (std::sregex_iterator it{expected.begin(), expected.end(), number}, end; it != end; ++it) {
      named.insert(std::stoi(it->str()));
    }
    return named.contains(status);
  }
};

std::vector<Torture> all_torture() {
  std::ifstream in{LABNET_SIP_TORTURE "/expected.tsv"};
  std::vector<Torture> all;
  std::string line;
  std::getline(in, line);  // the names of the columns
  while (std::getline(in, line)) {
    const auto cells = split(line, '\t');
    all.push_back({std::string{cells.at(0)}, std::string{cells.at(3)}, std::string{cells.at(4)}});
  }
  EXPECT_EQ(all.size(), 61u);
  return all;
}

std::string torture_text(const Torture& torture) {
  std::ifstream in{LABNET_SIP_TORTURE "/" + torture.file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

int status_of(const std::string& response) {
  return response.starts_with("SIP/2.0 ") ? parse_integer<int>(response.substr(8, 3)).value_or(0) : 0;
}

TEST(SipTorture, IsAnsweredByUdpAsTheRfcsWant) {
  RunningService server{"sip", with(two_users, {"--listen", "udp://127.0.0.1:0"})};
  int number = 0;
  for (const auto& torture : all_torture()) {
    const auto text = torture_text(torture);
    sip::Message message;
    (void)message.read(as_bytes(text));
    const DatagramClient client{fmt::format("127.0.9.{}", ++number), message.via().port_or_default()};
    client.send(text, server.port("udp"));
    client.send(options_request(client.port(), number), server.port("udp"));
    const auto first = client.receive();
    const bool is_dropped = header_of(first, "Call-ID") == fmt::format("o{}", number);
    if (torture.is_response()) {
      EXPECT_TRUE(is_dropped) << torture.file << ": " << first;
      continue;
    }
    ASSERT_FALSE(is_dropped) << torture.file;
    auto final = first;
    if (status_of(first) == 100) final = client.receive();
    EXPECT_TRUE(torture.allows(status_of(final))) << torture.file << ": " << torture.expected << "\n" << final;
    EXPECT_THAT(client.receive(), HasSubstr(fmt::format("Call-ID: o{}\r\n", number))) << torture.file;
  }
}

TEST(SipTorture, IsAnsweredByTcpAsTheRfcsWant) {
  RunningService server{"sip", with(two_users, {"--listen", "tcp://127.0.0.1:0"})};
  for (const auto& torture : all_torture()) {
    const auto text = torture_text(torture);
    const TcpClient client{server.port("tcp")};
    client.send(text);
    client.end_sending();
    const auto answer = client.receive_all();
    const auto status = status_of(answer);
    if (torture.is_response()) {
      EXPECT_EQ(answer, "") << torture.file;
      continue;
    }
    // Without Content-Length nobody knows where a message ends: 400, and the end of the connection. One that is longer
    // than what comes is waited for.
    const bool is_endless = status == 400 || (status == 0 && torture.file.ends_with("clerr.dat"));
    EXPECT_TRUE(torture.allows(status) || is_endless) << torture.file << ": " << torture.expected << "\n" << answer;
  }
  const TcpClient last{server.port("tcp")};
  last.send(options_request(5060, 1, "TCP"));
  EXPECT_THAT(last.receive(), StartsWith("SIP/2.0 200 OK"));
}

TEST(SipTorture, MutatedMessagesLeaveTheServiceAliveAndSmall) {
  RunningService server{"sip", with(two_users, {"--listen", "udp://127.0.0.1:0"})};
  const DatagramClient client{"127.0.0.1"};
  std::vector<std::string> texts;
  for (const auto& torture : all_torture()) texts.push_back(torture_text(torture));
  std::uint32_t state = 1;
  const auto random = [&](std::size_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  const auto is_alive = [&](int number) {
    client.send(options_request(client.port(), 100'000 + number), server.port("udp"));
    for (;;) {
      const auto answer = client.receive();
      if (answer.empty()) return false;
      if (answer.find(fmt::format("Call-ID: o{}\r\n", 100'000 + number)) != answer.npos) return true;
    }
  };
  constexpr int rounds = 200, messages_per_round = 50;
  [[maybe_unused]] std::size_t resident_after_warm_up = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < messages_per_round; ++i) {
      auto text = texts[random(texts.size())];
      for (auto changes = 1 + random(4); changes > 0; --changes) {
        const auto at = random(text.size());
        if (random(3) == 0) {
          text.erase(at, 1 + random(20));
        } else if (random(2) == 0) {
          text.insert(at, texts[random(texts.size())].substr(0, random(40)));
        } else {
          text[at] = static_cast<char>(random(256));
        }
        if (text.empty()) text = "x";
      }
      client.send(text, server.port("udp"));
    }
    ASSERT_TRUE(is_alive(round)) << "round " << round;
    if (round == rounds / 4) resident_after_warm_up = server.resident_bytes();
  }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // the memory is the program's own
  EXPECT_LT(server.resident_bytes(), resident_after_warm_up + 4 * 1024 * 1024);
#endif
}

}  // namespace
}  // namespace labnet::sip_server
