// The service as a user runs it: sockets, connections, TLS, a store, and what strangers send.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "common/base/text.hpp"
#include "common/sip/message.hpp"
#include "tests/servers/sip/datagram_client.hpp"
#include "tests/servers/sip/mutations.hpp"
#include "tests/servers/sip/played_network.hpp"
#include "tests/servers/sip/service_phone.hpp"
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

TEST(SipService, ClosesAConnectionThatSpeaksTlsWhereItDoesNot) {
  RunningService server{"sip", with(two_users, {"--listen", "tcp://127.0.0.1:0"})};
  const TcpClient client{server.port("tcp")};
  client.send("\x16\x03\x01\x02");
  EXPECT_TRUE(client.is_at_end());
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

TEST(SipService, ChecksWhetherThereArePortsForAllCalls) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("sip.yaml", "users: { 101: { password: x } }\nlimits: { calls_max: 2000 }\n");
  const auto outcome = test::run({test::labnet(), "serve", "sip", "-c", file, "--check"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("ports for 1000 calls, and limits.calls_max is 2000"));
  EXPECT_THAT(outcome.errors, HasSubstr("(warning)"));
}

TEST(SipService, ChecksWhetherItsAnnouncementCanBePlayed) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("sip.yaml", "users: { 101: { password: x } }\nmedia: { announcement: hello.wav }\n");
  const std::vector<std::string> check{test::labnet(), "serve", "sip", "-c", file, "--check"};
  const auto missing = test::run(check);
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.errors, HasSubstr("there is no file " + folder.path() + "/hello.wav"));
  folder.write("hello.wav", "RIFF");
  EXPECT_THAT(test::run(check).errors, HasSubstr("hello.wav: it is no WAV file"));
}

TEST(SipService, CountsWrongPasswordsOfTheLoopbackNetworkIfItIsToldTo) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("sip.yaml",
                                 "users: { 101: { password: secret } }\nlimits: { wrong_passwords_at_once: 2, "
                                 "wrong_passwords_per_minute: 1, exempts_loopback: false }\n");
  RunningService server{"sip", {"-c", file, "--listen", "udp://127.0.0.1:0"}};
  const auto exit_code_with = [&](const std::string& password) {
    return test::run({test::labnet(), "sip", "register", "--user", "101:" + password, "--server",
                      fmt::format("127.0.0.1:{}", server.port("udp")), "--duration", "0s"})
        .exit_code;
  };
  EXPECT_EQ(exit_code_with("secret"), 0);
  EXPECT_EQ(exit_code_with("wrong"), 1);
  EXPECT_EQ(exit_code_with("wrong"), 1);
  EXPECT_EQ(exit_code_with("secret"), 1);
  EXPECT_THAT(server.wait_for_log("too many wrong passwords"), HasSubstr("127.0.0.1"));
}

TEST(SipService, AnnouncesBySpeechThatAPhoneRecognizes) {
  RunningService server{"sip", with(two_users, {"--listen", "udp://127.0.0.1:0"})};
  const auto outcome =
      test::run({test::labnet(), "sip", "call", "606", "--user", "101:secret", "--server",
                 fmt::format("127.0.0.1:{}", server.port("udp")), "--expect-sound", "speech:606", "--duration", "4"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

TEST(SipService, AConnectionThatSaysNothingWholeIsNotKeptLong) {
  const test::TemporaryFolder folder;
  const auto file =
      folder.write("sip.yaml", "users: { 101: { password: x } }\nlimits: { first_message_timeout: 300ms }\n");
  RunningService server{"sip", {"-c", file, "--listen", "tcp://127.0.0.1:0"}};
  const TcpClient known{server.port("tcp")};
  known.send(options_request(5060, 1, "TCP"));
  EXPECT_THAT(known.receive(), StartsWith("SIP/2.0 200 OK"));
  const TcpClient silent{server.port("tcp")}, slow{server.port("tcp")}, pinging{server.port("tcp")},
      wrong{server.port("tcp")};
  wrong.send("WHAT IS THIS\r\nContent-Length: 0\r\n\r\n");
  const auto request = options_request(5060, 2, "TCP");
  bool has_slow_ended = false;
  for (std::size_t i = 0; i + 1 < request.size() && !has_slow_ended; ++i) {
    has_slow_ended = !slow.try_send(request.substr(i, 1)) || slow.is_at_end();
    (void)pinging.try_send("\r\n\r\n");
    test::pause();
  }
  EXPECT_TRUE(has_slow_ended);
  (void)silent.receive_all();
  EXPECT_TRUE(silent.is_at_end());
  (void)pinging.receive_all();
  (void)wrong.receive_all();
  known.send(options_request(5060, 3, "TCP"));
  EXPECT_THAT(known.receive(), StartsWith("SIP/2.0 200 OK"));
}

TEST(SipService, SaysByeByAConnectionOfItsOwnToAPhoneThatHasLostIts) {
  const test::TemporaryFolder folder;
  const auto file = folder.write(
      "sip.yaml", "users: { 101: { password: x } }\nt1: 10ms\n");  // no ACK is waited for as long as 64 of them
  RunningService server{"sip", {"-c", file, "--listen", "tcp://127.0.0.1:0"}};
  const test::TcpListener phone;
  TcpClient caller{server.port("tcp")};
  caller.send(by_tcp(text_of({.method = "INVITE",
                              .uri = "sip:service@labnet",
                              .from = "<sip:sipp@labnet>;tag=a",
                              .to = "<sip:service@labnet>",
                              .call_id = "lost",
                              .more = {fmt::format("Contact: <sip:sipp@127.0.0.1:{};transport=tcp>", phone.port())},
                              .body = description(1)})));
  EXPECT_THAT(caller.receive(), StartsWith("SIP/2.0 100 "));
  caller.close();
  const auto back = phone.accept();
  const auto bye = back.receive();
  EXPECT_THAT(bye, StartsWith(fmt::format("BYE sip:sipp@127.0.0.1:{};transport=tcp SIP/2.0", phone.port())));
  EXPECT_THAT(header_of(bye, "Via"), StartsWith(fmt::format("SIP/2.0/TCP 127.0.0.1:{};", server.port("tcp"))));
  back.send(answer_to(bye, {.to_tag = ""}));
  back.send(by_tcp(options_request(5060, 1)));
  EXPECT_THAT(back.receive(), StartsWith("SIP/2.0 200 OK")) << "it serves like any other";
}

/// The use of what was freed that this is for happened when the unsent bytes of a connection became too many within a
/// message of somebody else's: the sanitizers see it.
TEST(SipService, APhoneThatDoesNotReadIsLetGoInAFloodOfCalls) {
  const test::TemporaryFolder folder;
  // Ports and calls enough for all of them, none of what other exchanges use, and nothing is sent again meanwhile.
  const auto file = folder.write("sip.yaml",
                                 "users: { 101: { password: secret }, 102: { password: geheim } }\nt1: 10s\n"
                                 "media: { port_min: 4000, port_max: 19999 }\nlimits: { calls_max: 4000 }\n");
  RunningService server{"sip", {"-c", file, "--listen", "udp://127.0.0.1:0", "--listen", "tcp://127.0.0.1:0"}};
  const TcpClient phone2{server.port("tcp")};
  register_by_tcp(phone2, "102", "geheim");
  const DatagramClient phone1{"127.0.0.1"};
  register_by(phone1, server.port("udp"), "101", "secret");
  const std::string long_name(12'000, 'A');  // goes on with each INVITE: the system's buffers hold megabytes
  const auto call = [&](const std::string& method, int number, const std::string& body) {
    return text_of({.method = method,
                    .uri = "sip:102@labnet",
                    .from = fmt::format("\"{}\" <sip:101@labnet>;tag=a", long_name),
                    .to = "<sip:102@labnet>",
                    .call_id = fmt::format("flood{}", number),
                    .branch = fmt::format("z9hG4bKflood{}", number),
                    .more = {fmt::format("Contact: <sip:101@127.0.0.1:{}>", phone1.port())},
                    .body = body});
  };
  const auto answer_to_options = [&](int number, bool* is_let_go) {
    phone1.send(options_request(phone1.port(), number), server.port("udp"));
    for (;;) {
      const auto answer = phone1.receive();
      if (answer.empty() || header_of(answer, "Call-ID") == fmt::format("o{}", number)) return answer;
      if (answer.starts_with("SIP/2.0 480 ")) *is_let_go = true;  // 102 has no phone any more
    }
  };
  constexpr int calls_max = 4'000, calls_at_a_time = 5;
  bool is_let_go = false;
  for (int number = 0; number < calls_max && !is_let_go; ++number) {
    phone1.send(call("INVITE", number, description(1)), server.port("udp"));
    phone1.send(call("CANCEL", number, ""), server.port("udp"));
    if (number % calls_at_a_time == 0) {
      ASSERT_NE(answer_to_options(number, &is_let_go), "") << number;
    }
  }
  EXPECT_TRUE(is_let_go);
  EXPECT_THAT(server.wait_for_log("does not read"), HasSubstr("tcp 127.0.0.1"));
  EXPECT_THAT(answer_to_options(calls_max, &is_let_go), StartsWith("SIP/2.0 200 OK"));
}

/// In namespaces of its own, where ::1 has a link-local address beside it.
TEST(SipService, AnswersAtALinkLocalAddressAndSaysThatMediaCannotGoThere) {
  const auto outcome = test::run({"unshare", "--user", "--map-root-user", "--net", test::debian_python,
                                  LABNET_SIP_TESTS "/link_local_client.py", test::labnet()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("OPTIONS sip:101@[fe80::71]"));
  EXPECT_THAT(outcome.output, HasSubstr("SIP/2.0 488 "));
  EXPECT_THAT(outcome.output, HasSubstr("media cannot go to or from a link-local address such as fe80::7"));
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

/// Sends messages that are broken at random: those of the torture test, and calls of an extension, which are read as a
/// whole, description and all. What is answered all the same is acknowledged and ended.
class Mutator {
 public:
  explicit Mutator(std::uint16_t server_port) : server_port_{server_port} {}

  void send_one() {
    auto text = mutations_.random(2) == 0 ? invite() : texts_[mutations_.random(texts_.size())];
    mutations_.break_up(text);
    client_.send(text, server_port_);
  }
  /// Whether the server answers OPTIONS, behind all that was sent before.
  bool is_answered() {
    const auto number = ++last_number_;
    client_.send(options_request(client_.port(), number), server_port_);
    for (;;) {
      const auto answer = client_.receive();
      if (answer.empty()) return false;
      if (header_of(answer, "Call-ID") == fmt::format("o{}", number)) return true;
      if (answer.starts_with("SIP/2.0 200 ") && header_of(answer, "CSeq").ends_with(" INVITE")) hang_up(answer);
    }
  }
  int answered_calls() const { return answered_calls_; }

 private:
  static std::vector<std::string> torture_texts() {
    std::vector<std::string> texts;
    for (const auto& torture : all_torture()) texts.push_back(torture_text(torture));
    return texts;
  }
  std::string invite() {
    return text_of({.method = "INVITE",
                    .uri = "sip:service@labnet",
                    .from = "<sip:sipp@labnet>;tag=a",
                    .to = "<sip:service@labnet>",
                    .call_id = fmt::format("m{}", ++last_number_),
                    .more = {fmt::format("Contact: <sip:sipp@127.0.0.1:{}>", client_.port())},
                    .body = description(1)});
  }
  void hang_up(const std::string& answer) {
    ++answered_calls_;
    auto cseq = parse_integer<std::uint32_t>(split(header_of(answer, "CSeq"), ' ').front()).value_or(0);
    for (const auto* const method : {"ACK", "BYE"}) {
      client_.send(fmt::format("{0} sip:labnet SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKh{1};rport\r\n"
                               "From: {2}\r\nTo: {3}\r\nCall-ID: {4}\r\nCSeq: {5} {0}\r\nContent-Length: 0\r\n\r\n",
                               method, ++last_number_, header_of(answer, "From"), header_of(answer, "To"),
                               header_of(answer, "Call-ID"), cseq++),
                   server_port_);
    }
  }

  std::uint16_t server_port_;
  DatagramClient client_{"127.0.0.1"};
  std::vector<std::string> texts_ = torture_texts();
  Mutations mutations_{texts_};
  int last_number_ = 0;
  int answered_calls_ = 0;
};

TEST(SipTorture, MutatedMessagesLeaveTheServiceAliveAndSmall) {
  const test::TemporaryFolder folder;
  // No transaction is kept for longer than 64 times t1, so that there are soon as many as there will ever be.
  const auto file = folder.write("sip.yaml", "users: { 101: { password: secret } }\nt1: 10ms\n");
  RunningService server{"sip", {"-c", file, "--listen", "udp://127.0.0.1:0"}};
  Mutator mutator{server.port("udp")};
  constexpr int messages_per_round = 50;
  const int rounds = mutations_wanted() / messages_per_round;
  ASSERT_GT(rounds, 4);
  std::size_t resident_after_warm_up = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < messages_per_round; ++i) mutator.send_one();
    ASSERT_TRUE(mutator.is_answered()) << "round " << round;
    if (round == rounds / 2) resident_after_warm_up = server.resident_bytes();
  }
  EXPECT_GT(mutator.answered_calls(), rounds) << "most do not get as far as a description";
  if (!is_memory_its_own()) return;
  EXPECT_LT(server.resident_bytes(), resident_after_warm_up + 4 * 1024 * 1024) << resident_after_warm_up;
  RecordProperty("resident_kib_at_the_half", std::to_string(resident_after_warm_up / 1024));
  RecordProperty("resident_kib_at_the_end", std::to_string(server.resident_bytes() / 1024));
}

}  // namespace
}  // namespace labnet::sip_server
