// labnet sip as a user runs it: against labnet serve sip, and from phone to phone.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "common/audio/tone.hpp"
#include "common/audio/wav.hpp"
#include "common/base/text.hpp"
#include "tests/support/child.hpp"
#include "tests/support/running_service.hpp"
#include "tests/support/tcp.hpp"

namespace labnet::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

Words sip_command(const std::string& verb, const Words& arguments) {
  Words words{labnet(), "sip", verb};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Outcome sip(const std::string& verb, const Words& arguments) {
  return run(sip_command(verb, arguments), {.patience = std::chrono::seconds{30}});
}

std::string last_line(const Outcome& outcome) {
  const auto lines = split(std::string_view{outcome.output}.substr(0, outcome.output.rfind('\n')), '\n');
  return std::string{lines.back()};
}

Words with_number(const std::string& number, Words words) {
  words.insert(words.begin(), number);
  return words;
}

/// The first lines that -v has shown: "-> REGISTER", "<- 401".
Words dialogue_of(const Outcome& outcome) {
  Words words;
  for (const auto line : split(outcome.errors, '\n')) {
    if (line.size() < 4) continue;
    const bool is_response = line.substr(3).starts_with("SIP/2.0 ");
    if (!is_response && !line.ends_with(" SIP/2.0")) continue;
    const auto rest = line.substr(is_response ? 11 : 3);
    words.push_back(fmt::format("{} {}", line.substr(0, 2), rest.substr(0, rest.find(' '))));
  }
  return words;
}

/// A phone that waits for a call, and where.
struct Answering {
  explicit Answering(const Words& arguments)
      : child{sip_command("answer", arguments), {.patience = std::chrono::seconds{30}}} {
    while (const auto line = child.line()) {
      if (!line->starts_with("ready at udp ")) continue;
      place = line->substr(13);
      break;
    }
    EXPECT_NE(place, "");
  }
  Child child;
  std::string place;  // "127.0.0.1:40000"
};

struct Exchange : testing::Test {
  std::string server(const std::string& scheme = "udp") const {
    return fmt::format("{}:127.0.0.1:{}", scheme, service.port(scheme));
  }
  Words as(const std::string& user, Words more = {}) const {
    more.insert(more.begin(), {"--user", user, "--server", server()});
    return more;
  }
  RunningService service{"sip", {"--user", "101:secret", "--user", "102:geheim"}};
};

TEST_F(Exchange, RegistersAnswersOptionsAndUnregisters) {
  const auto outcome = sip("register", as("101:secret", {"-v", "--duration", "300ms"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith("registered sip:101@127.0.0.1"));
  EXPECT_THAT(outcome.output, EndsWith("unregistered\n"));
  const auto dialogue = dialogue_of(outcome);
  const Words beginning{"-> REGISTER", "<- 401", "-> REGISTER", "<- OPTIONS"};
  ASSERT_GE(dialogue.size(), 6u);
  EXPECT_EQ(Words(dialogue.begin(), dialogue.begin() + 4), beginning) << outcome.errors;
  EXPECT_THAT(dialogue, testing::Contains("-> 200"));
}

TEST_F(Exchange, AWrongPasswordIsToldAtOnce) {
  const auto outcome = sip("register", as("101:wrong"));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the registration has failed: the server does not accept the number"));
}

TEST_F(Exchange, ConnectsTwoPhonesThatHearEachOther) {
  Answering phone{as("102:geheim", {"--play", "tone:880", "--expect-tone", "440", "--answer-after", "200ms"})};
  const auto outcome = sip("call", with_number("102", as("101:secret", {"--play", "tone:440", "--expect-tone", "880",
                                                                        "--duration", "2500ms", "--dtmf", "12#"})));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_EQ(last_line(outcome), "answered");
  EXPECT_THAT(outcome.output, HasSubstr("ringing (180)\n"));
  const auto other = phone.child.wait();
  EXPECT_EQ(other.exit_code, 0) << other.output << other.errors;
  EXPECT_EQ(last_line(other), "answered");
  EXPECT_THAT(other.output, HasSubstr("keys      12#\n"));
}

TEST_F(Exchange, RecordsTheEchoOfItsTone) {
  const TemporaryFolder folder;
  const auto file = folder.path() + "/heard.wav";
  const auto outcome = sip("call", with_number("600", as("101:secret", {"--play", "tone:440", "--expect-tone", "440",
                                                                        "--record", file, "--duration", "1500ms"})));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  const auto bytes = read_file(file);
  const auto wav = audio::parse_wav(as_bytes(bytes));
  ASSERT_TRUE(wav);
  const auto samples = audio::telephone_audio_of(*wav);
  ASSERT_GT(samples.size(), 8000u);
  EXPECT_GT(audio::tone_level(audio::Samples{samples}.subspan(4000, 3200), 440).share, 0.9);
}

TEST_F(Exchange, IsToldThatThePhoneIsGoneOnceTheCallIsOver) {
  Answering phone{as("102:geheim")};
  const auto outcome = sip("call", with_number("102", as("101:secret", {"--duration", "300ms", "-v"})));
  const auto dialogue = dialogue_of(outcome);
  ASSERT_GE(dialogue.size(), 4u) << outcome.errors;
  EXPECT_EQ(Words(dialogue.end() - 4, dialogue.end()), (Words{"-> BYE", "<- 200", "-> REGISTER", "<- 200"}));
}

TEST_F(Exchange, ProvesWhoWasHeard) {
  const TemporaryFolder folder;
  const auto report = folder.path() + "/report.json";
  Answering phone{as("102:geheim", {"--play", "speech:102", "--expect-sound", "speech:103"})};
  const auto outcome =
      sip("call", with_number("102", as("101:secret", {"--play", "speech:101", "--expect-sound", "speech:102",
                                                       "--report", report, "--duration", "4s"})));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("sound     speech:102: "));
  const auto measured = boost::json::parse(read_file(report)).as_object();
  EXPECT_EQ(measured.at("codec").as_string(), "PCMA");
  EXPECT_EQ(measured.at("sound").at("name").as_string(), "speech:102");
  EXPECT_GT(measured.at("sound").at("similarity").to_number<double>(), 0.8);
  EXPECT_EQ(measured.at("received").at("loss_percent").to_number<double>(), 0);
  EXPECT_GT(measured.at("mos").to_number<double>(), 4);
  const auto other = phone.child.wait();
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_EQ(last_line(other), "answered, and speech:103 was not heard");
}

TEST_F(Exchange, KnowsAPhoneThatStaysUntilItIsRemoved) {
  EXPECT_EQ(sip("register", as("102:geheim", {"--duration", "0s", "--stay"})).exit_code, 0);
  const auto called = [&] {
    return last_line(sip("call", with_number("102", as("101:secret", {"--ring-timeout", "1s"}))));
  };
  EXPECT_THAT(called(), testing::Not(StartsWith("no answer: 480"))) << "it is registered, but not there";
  const auto removed = sip("unregister", as("102:geheim"));
  EXPECT_EQ(removed.exit_code, 0) << removed.errors;
  EXPECT_EQ(last_line(removed), "no phone is registered as 102 any more");
  EXPECT_THAT(called(), StartsWith("no answer: 480"));
  const auto refused = sip("unregister", as("102:wrong"));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors,
              HasSubstr("the phones are still registered: the server does not accept the number and its password"));
}

TEST_F(Exchange, LooksForNoSoundThatCannotBeTold) {
  for (const auto* const sound : {"speech", "tone:440", "silence"}) {
    EXPECT_EQ(sip("call", with_number("600", as("101:secret", {"--expect-sound", sound}))).exit_code, 2) << sound;
  }
  EXPECT_EQ(sip("call", with_number("600", as("101:secret", {"--expect-sound", "/none.wav"}))).exit_code, 1);
}

TEST_F(Exchange, AToneThatIsNotHeardIsAFailure) {
  const auto outcome =
      sip("call",
          with_number("600", as("101:secret", {"--play", "tone:440", "--expect-tone", "1000", "--duration", "1s"})));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(last_line(outcome), "answered, and the tone of 1000 Hz was not heard");
}

TEST(SilentServer, IsSaidToBeSilentWhileItIsWaitedFor) {
  const TcpListener silent;
  const auto place = fmt::format("127.0.0.1:{}", silent.port());
  Child phone{sip_command("register", {"--user", "101:secret", "--server", "tcp:" + place})};
  EXPECT_EQ(phone.line(), "no answer yet from tcp " + place);
  phone.signal(SIGINT);
  EXPECT_EQ(phone.wait().exit_code, 1);
}

TEST_F(Exchange, TheLastLineSaysWhyNobodyAnswered) {
  const auto last_of = [&](const std::string& number, const Words& more = {}) {
    const auto outcome = sip("call", with_number(number, as("101:secret", more)));
    EXPECT_EQ(outcome.exit_code, 1) << number;
    return last_line(outcome);
  };
  EXPECT_EQ(last_of("602"), "busy: 486 Busy Here");
  const auto busy = sip("call", with_number("602", as("101:secret"))).output;
  EXPECT_EQ(busy.find("486"), busy.rfind("486")) << "once is enough: " << busy;
  EXPECT_EQ(last_of("603"), "declined: 603 Decline");
  EXPECT_EQ(last_of("604", {"--ring-timeout", "1s"}), "no answer within 1 s");
  EXPECT_THAT(last_of("999"), StartsWith("there is no such number: 404"));
  EXPECT_THAT(last_of("102"), StartsWith("no answer: 480"));
}

TEST_F(Exchange, ServesOverTcpAsWell) {
  const auto outcome = sip("call", {"600", "--user", "101:secret", "--server", server("tcp"), "--play", "tone:440",
                                    "--expect-tone", "440", "--duration", "1500ms"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

TEST(SecureExchange, ServesOverTlsOnceItsCertificateIsTrusted) {
  const TemporaryFolder folder;
  const auto certificate = make_certificate(folder);
  RunningService service{"sip",
                         {"--user", "101:secret", "--listen", "tls://127.0.0.1:0", "--cert", certificate.certificate,
                          "--key", certificate.key}};
  Words words{"600",    "--user",   "101:secret",    "--server", fmt::format("tls:127.0.0.1:{}", service.port("tls")),
              "--play", "tone:440", "--expect-tone", "440",      "--duration",
              "1500ms"};
  const auto refused = sip("call", words);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("no TLS with 127.0.0.1"));
  words.emplace_back("--insecure");
  const auto outcome = sip("call", words);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

TEST_F(Exchange, ShowsFirstLinesAloneIfAsked) {
  const auto outcome = sip("register", as("101:secret", {"--dialogue", "--duration", "0s"}));
  EXPECT_THAT(outcome.errors, StartsWith("-> REGISTER sip:127.0.0.1"));
  EXPECT_THAT(outcome.errors, HasSubstr("\n<- SIP/2.0 401 Unauthorized\n"));
  EXPECT_THAT(outcome.errors, testing::Not(HasSubstr("Via")));
}

TEST_F(Exchange, IsFoundAtAnAddressWhateverItsNameStandsFor) {
  const auto server = fmt::format("nowhere.invalid:{}", service.port("udp"));
  const auto outcome = sip("register", {"--user", "101:secret", "--server", server, "--server-address", "127.0.0.1",
                                        "-v", "--duration", "0s"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, StartsWith("-> REGISTER sip:nowhere.invalid:"));
  EXPECT_EQ(sip("register", {"--user", "101:x", "--server", server, "--server-address", "web"}).exit_code, 2);
}

TEST_F(Exchange, ShowsWholeMessages) {
  const auto outcome = sip("call", with_number("600", as("101:secret", {"-v", "--duration", "200ms"})));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.errors, testing::ContainsRegex("-> REGISTER sip:[^\n]*\n-> Via: SIP/2.0/UDP 127.0.0.1"));
  EXPECT_THAT(outcome.errors, HasSubstr("\n<- WWW-Authenticate: Digest realm="));
  EXPECT_THAT(outcome.errors, testing::ContainsRegex("-> Content-Length: [0-9]+\n->\n-> v=0\n"));
  EXPECT_THAT(outcome.errors, testing::Not(HasSubstr("\\r")));
}

TEST_F(Exchange, IsKnownByAnotherNameInTheRealmThatSaysSo) {
  const auto good = sip("register", as("101:wrong", {"--duration", "0s", "--login", "labnet=101:secret"}));
  EXPECT_EQ(good.exit_code, 0) << good.errors;
  const auto bad = sip("register", as("101:secret", {"--duration", "0s", "--login", "labnet=101:wrong"}));
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_EQ(sip("register", as("101:secret", {"--login", "labnet"})).exit_code, 2);
}

TEST_F(Exchange, AConnectionThatEndsIsTold) {
  Child phone{sip_command("answer", {"--user", "102:geheim", "--server", server("tcp")})};
  ASSERT_TRUE(phone.line());
  service.terminate();
  phone.signal(SIGINT);
  const auto outcome = phone.wait();
  EXPECT_THAT(outcome.output, HasSubstr("the connection to the server is gone"));
}

bool waits_for_line(Child& child, std::string_view beginning) {
  while (const auto line = child.line()) {
    if (line->starts_with(beginning)) return true;
  }
  return false;
}

TEST(RestartedExchange, IsFoundAgainByAPhoneOnAConnection) {
  const Words users{"--user", "101:secret", "--user", "102:geheim"};
  auto service = std::make_unique<RunningService>("sip", users);
  const auto port = service->port("tcp");
  const auto server = fmt::format("tcp:127.0.0.1:{}", port);
  Child phone{sip_command("answer", {"--user", "102:geheim", "--server", server, "--calls", "2"}),
              {.patience = std::chrono::seconds{30}}};
  ASSERT_TRUE(waits_for_line(phone, "ready at tcp "));
  Child caller{sip_command("call", {"102", "--user", "101:secret", "--server", server, "--duration", "60s"}),
               {.patience = std::chrono::seconds{30}}};
  ASSERT_TRUE(waits_for_line(caller, "answered"));

  service.reset();
  ASSERT_TRUE(waits_for_line(phone, "the connection to the server is gone"));
  auto again = users;
  again.insert(again.end(), {"--listen", fmt::format("tcp://127.0.0.1:{}", port)});
  service = std::make_unique<RunningService>("sip", again);
  EXPECT_TRUE(waits_for_line(phone, "answered, and failed: the connection to the server is gone"));
  const auto first = caller.wait();
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_EQ(last_line(first), "answered, and failed: the connection to the server is gone");
  EXPECT_TRUE(waits_for_line(phone, "connected to the server again"));
  EXPECT_TRUE(waits_for_line(phone, "registered sip:102@127.0.0.1"));
  const auto second = sip("call", {"102", "--user", "101:secret", "--server", server, "--duration", "200ms"});
  EXPECT_EQ(second.exit_code, 0) << second.output << second.errors;
  EXPECT_EQ(phone.wait().exit_code, 1) << "the first call has failed";
}

TEST_F(Exchange, ATextIsDeliveredOrNot) {
  Answering phone{as("102:geheim")};
  const auto sent = sip("message", {"102", "good morning", "--user", "101:secret", "--server", server()});
  EXPECT_EQ(sent.exit_code, 0) << sent.output << sent.errors;
  EXPECT_EQ(last_line(sent), "delivered");
  phone.child.signal(SIGINT);
  EXPECT_THAT(phone.child.wait().output, HasSubstr("good morning"));
  EXPECT_EQ(sip("message", {"999", "hello", "--user", "101:secret", "--server", server()}).exit_code, 1);
}

TEST_F(Exchange, CtrlCHangsUpAndUnregisters) {
  Answering phone{as("102:geheim")};
  Child caller{sip_command("call", with_number("102", as("101:secret", {"--duration", "60s", "-v"})))};
  while (const auto line = caller.line()) {
    if (*line == "answered") break;
  }
  caller.signal(SIGINT);
  const auto outcome = caller.wait();
  const auto dialogue = dialogue_of(outcome);
  EXPECT_THAT(dialogue, testing::Contains("-> BYE")) << outcome.errors;
  EXPECT_EQ(std::ranges::count(dialogue, "-> REGISTER"), 3);
  EXPECT_THAT(phone.child.wait().output, HasSubstr("hung up by the other side\n"));
}

TEST(PhoneToPhone, HoldsAndResumesWithoutAServer) {
  Answering phone{{"--listen", "127.0.0.1:0", "--play", "silence"}};
  const auto outcome = sip("call", {"5", "--server", phone.place, "--hold-after", "300ms", "--hold-time", "500ms",
                                    "--duration", "1200ms", "-v"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_EQ(std::ranges::count(dialogue_of(outcome), "-> INVITE"), 3);
  EXPECT_THAT(phone.child.wait().output, HasSubstr("on hold: the other side does not listen\n"));
}

TEST(PhoneToPhone, APhoneThatListensAtAllAddressesSaysTheOneOnTheWay) {
  for (const auto& [all, one] : {std::pair{"0.0.0.0", "127.0.0.1"}, {"[::]", "[::1]"}}) {
    Answering phone{{"--listen", fmt::format("{}:0", all), "--play", "tone:880"}};
    const auto place = fmt::format("{}{}", one, phone.place.substr(phone.place.rfind(':')));
    const auto outcome = sip("call", {"5", "--server", place, "-v", "--expect-tone", "880", "--duration", "1500ms"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr(fmt::format("\n<- Contact: <sip:phone@{}>\n", place)));
    EXPECT_THAT(outcome.errors, testing::Not(HasSubstr(fmt::format("IP4 {}\n", all))));
  }
}

TEST(PhoneToPhone, APhoneMayRefuse) {
  Answering phone{{"--listen", "127.0.0.1:0", "--reject", "486"}};
  const auto outcome = sip("call", {"5", "--server", phone.place});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(last_line(outcome), "busy: 486 Busy Here");
  EXPECT_EQ(phone.child.wait().exit_code, 0);
}

TEST(PhoneToPhone, APhoneMayTakeCallAfterCall) {
  Answering phone{{"--listen", "127.0.0.1:0", "--calls", "2"}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(sip("call", {"5", "--server", phone.place, "--duration", "200ms"}).exit_code, 0) << i;
  }
  const auto outcome = phone.child.wait();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(std::ranges::count(split(outcome.output, '\n'), "a call from sip:phone@" + phone.place), 2)
      << outcome.output;
}

TEST(PhoneToPhone, APhoneThatNobodyCallsEndsAtCtrlCWithoutComplaint) {
  Answering phone{{"--listen", "127.0.0.1:0"}};
  phone.child.signal(SIGINT);
  const auto outcome = phone.child.wait();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.errors, "");
}

TEST(PhoneToPhone, AFileThatHasBeenPlayedEndsTheCall) {
  const TemporaryFolder folder;
  const audio::SampleBuffer samples(8000, 1000);
  const auto wav = audio::wav_of(samples, audio::WavCoding::pcm16);
  const auto file = folder.write("a.wav", std::string{as_text(wav)});
  Answering phone{{"--listen", "127.0.0.1:0"}};
  const auto outcome = sip("call", {"5", "--server", phone.place, "--play", file});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("sent      5"));  // 50 packets and one or two more
}

TEST(SipUsage, WhatMakesNoSenseIsTold) {
  EXPECT_EQ(sip("register", {"--user", "101:a"}).exit_code, 2);
  EXPECT_EQ(sip("call", {"102"}).exit_code, 2);
  EXPECT_EQ(sip("answer", {}).exit_code, 2);
  EXPECT_EQ(sip("call", {"102", "--server", "udp:"}).exit_code, 2);
  EXPECT_EQ(sip("call", {"102", "--server", "127.0.0.1", "--play", "tone:1"}).exit_code, 2);
  EXPECT_EQ(sip("call", {"102", "--server", "127.0.0.1", "--dtmf", "1x"}).exit_code, 2);
  EXPECT_EQ(sip("answer", {"--listen", "127.0.0.1:0", "--reject", "200"}).exit_code, 2);
  EXPECT_EQ(sip("message", {"102", std::string(1001, 'a'), "--server", "127.0.0.1"}).exit_code, 2);
  EXPECT_EQ(sip("call", {"102", "--server", "127.0.0.1", "--play", "no-such.wav"}).exit_code, 1);
}

}  // namespace
}  // namespace labnet::test
