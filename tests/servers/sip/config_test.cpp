// The settings of a SIP service: the shipped file, every key, and one clear fault for each mistake.
#include "servers/sip/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "servers/sip/limits.hpp"
#include "tests/support/child.hpp"

namespace labnet::sip_server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// What is said of a configuration with these lines.
std::string fault_of(const std::string& yaml) {
  auto document = settings::parse(yaml, "sip.yaml");
  if (!document) return to_string(document.error());
  const auto config = load_config(*document);
  return config ? "" : to_string(config.error());
}

TEST(SipConfig, TheShippedFileHasTheDefaults) {
  auto document = settings::load(std::filesystem::path{LABNET_CONFIG_DIR} / "sip.yaml");
  ASSERT_TRUE(document) << to_string(document.error());
  const auto config = load_config(*document);
  ASSERT_TRUE(config) << to_string(config.error());
  for (const auto& key : document->known_keys()) {
    if (key.path.starts_with("extensions.")) continue;  // they are compared below
    EXPECT_TRUE(key.given) << key.path;
    EXPECT_FALSE(key.changed) << key.path;
  }
  EXPECT_EQ(config->extensions, Config{}.extensions);
  EXPECT_TRUE(config->users.empty());
}

TEST(SipConfig, EveryKeyIsRead) {
  auto document = settings::parse(
      "listen: [\"udp://127.0.0.1:5070\", \"tls://127.0.0.1:5071\"]\ndomain: lab.ve\nsoftware: \"\"\n"
      "users: { 101: { password: 0123, name: Ann }, bob: { password: x } }\n"
      "extensions: { 7: { do: echo, open: true } }\ntrusts_registered: false\n"
      "registrations: { expires_default: 600, expires_min: 0s, expires_max: 1h, bindings_per_user_max: 2 }\n"
      "calls: { ring_timeout: 5s, silence_timeout: 6s, hold_timeout: 7s }\nqualify_interval: 0s\nt1: 50ms\nstore: "
      "x.sqlite\n"
      "media: { port_min: 30000, port_max: 30003, latch: never_locked, announcement: hello.wav }\n"
      "limits: { calls_max: 1, connections_max: 2, connections_per_address_max: 3, idle_timeout: 4s,\n"
      "          first_message_timeout: 5s, wrong_passwords_at_once: 6, wrong_passwords_per_minute: 30,\n"
      "          exempts_loopback: false }\n",
      "sip.yaml");
  ASSERT_TRUE(document);
  const auto config = load_config(*document);
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->listen.size(), 2u);
  ASSERT_EQ(config->users.size(), 2u);
  EXPECT_EQ(config->users[0].password, "0123");
  EXPECT_EQ(config->users[0].name, "Ann");
  EXPECT_EQ(config->media.port_max, 30003);
  EXPECT_EQ(config->media.speech, "hello.wav");
  const auto exchange = config->exchange();
  EXPECT_EQ(exchange.calls.domain, "lab.ve");
  EXPECT_EQ(exchange.calls.software, "");
  EXPECT_EQ(exchange.calls.ring_timeout, 5s);
  EXPECT_EQ(exchange.calls.silence_timeout, 6s);
  EXPECT_EQ(exchange.calls.hold_timeout, 7s);
  EXPECT_EQ(exchange.registrar.expires_default, 600s);
  EXPECT_EQ(exchange.registrar.bindings_per_user_max, 2u);
  EXPECT_FALSE(exchange.trusts_registered);
  EXPECT_EQ(exchange.calls_max, 1u);
  EXPECT_EQ(exchange.wrong_passwords, (Rate{.per_second = 0.5, .burst = 6}));
  EXPECT_FALSE(exchange.exempts_loopback);
  EXPECT_EQ(exchange.timers.t1, 50ms);
  EXPECT_EQ(exchange.extensions.at("7").status, 200);
  EXPECT_TRUE(exchange.open_extensions.contains("7"));
}

TEST(SipConfig, MistakesAreToldWithTheirPlace) {
  EXPECT_THAT(fault_of("usres: {}\n"), HasSubstr("sip.yaml:1:1: unknown key \"usres\""));
  EXPECT_THAT(fault_of("users: { 101: {} }\n"), HasSubstr("password"));
  EXPECT_THAT(fault_of("users: { \"1 2\": { password: x } }\n"), HasSubstr("expected a number or a name"));
  EXPECT_THAT(fault_of("users: { \"\": { password: x } }\n"), HasSubstr("expected a number or a name"));
  EXPECT_THAT(fault_of("users: { 600: { password: x } }\nextensions: { 600: { do: echo } }\n"),
              HasSubstr("there is a user with this number"));
  EXPECT_THAT(fault_of("extensions: { 600: { do: sing } }\n"), HasSubstr("never_answer"));
  EXPECT_THAT(fault_of("domain: \"a b\"\n"), HasSubstr("expected a host name"));
  EXPECT_THAT(fault_of("software: \"a\\r\\nb\"\n"), HasSubstr("expected a line of text"));
  EXPECT_THAT(fault_of("registrations: { expires_min: 2h, expires_max: 1h }\n"), HasSubstr("more than expires_max"));
  EXPECT_THAT(fault_of("media: { port_min: 20000, port_max: 20002 }\n"), HasSubstr("a call takes 4 ports"));
  EXPECT_THAT(fault_of("limits: { wrong_passwords_at_once: 0 }\n"), HasSubstr("a whole number from 1 to"));
  EXPECT_THAT(fault_of("limits: { wrong_passwords_per_minute: 1000001 }\n"), HasSubstr("from 0 to 1000000"));
  EXPECT_THAT(fault_of("extensions: { 7: { do: early_media, open: true } }\n"), HasSubstr("a stranger names"));
  EXPECT_THAT(fault_of("listen: [\"http://127.0.0.1:80\"]\n"), HasSubstr("udp://ADDRESS:PORT"));
}

TEST(SipConfig, TellsWhenThereAreFewerPortsThanCalls) {
  EXPECT_THAT(Config{}.warnings(), testing::IsEmpty()) << "the defaults agree";
  Config config;
  config.limits.calls_max = 1001;
  EXPECT_THAT(config.warnings(), testing::ElementsAre(HasSubstr("ports for 1000 calls, and limits.calls_max is 1001")));
}

TEST(SipConfig, NumbersHaveALimit) {
  const std::string longest(number_bytes_max, '1');
  EXPECT_EQ(fault_of("users: { \"" + longest + "\": { password: x } }\n"), "");
  EXPECT_THAT(fault_of("users: { \"" + longest + "1\": { password: x } }\n"), HasSubstr("expected a number or a name"));
}

TEST(SipConfig, OnTheCommandLineAUserIsANumberAndAPassword) {
  const auto user = user_kind().parse("101:se:cret");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->number, "101");
  EXPECT_EQ(user->password, "se:cret");
  EXPECT_FALSE(user_kind().parse("101"));
  EXPECT_FALSE(user_kind().parse(":secret"));
}

}  // namespace
}  // namespace labnet::sip_server
