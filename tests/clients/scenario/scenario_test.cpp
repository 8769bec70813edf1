// Scenario files: what is read of a good one, and the one error that each broken one gets.
#include "clients/scenario/scenario.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/scenario/command.hpp"
#include "tests/support/child.hpp"

namespace labnet::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string good = R"(activity: "8.1"
title: { en: Ping, es: Eco }
captures:
  - { file: a.pcap, host: pc1, network: lan, filter: icmp, steps: [flush, ping], expect: { protocols: [ARP, ICMP], echoes: 4 } }
steps:
  - { id: flush, on: pc1, do: neighbours.flush }
  - { id: ping, on: pc1, do: ping, host: 192.168.1.7, like: windows, count: 4, expect: { contains: [Received] } }
  - { id: look, on: pc2, run: "ip neighbour", time_limit: 5s, expect: { exit_code: 3, lacks: [x] } }
)";

struct ScenarioFile : testing::Test {
  Result<Scenario, settings::Fault> load(const std::string& text) {
    return load_scenario(folder.write("scenario.yaml", text));
  }
  /// "line:column: message" of the fault; empty if it loads.
  std::string fault_of(const std::string& piece, const std::string& replacement) {
    auto text = good;
    const auto at = text.find(piece);
    EXPECT_NE(at, text.npos) << piece;
    const auto scenario = load(text.replace(at, piece.size(), replacement));
    if (scenario) return "";
    const auto& fault = scenario.error();
    return fmt::format("{}:{}: {}", fault.mark.line, fault.mark.column, fault.message);
  }
  test::TemporaryFolder folder;
};

TEST_F(ScenarioFile, IsReadWhole) {
  const auto scenario = load(good);
  ASSERT_TRUE(scenario) << settings::to_string(scenario.error());
  EXPECT_EQ(scenario->activity, "8.1");
  EXPECT_EQ(scenario->title.in(Language::spanish), "Eco");
  ASSERT_EQ(scenario->steps.size(), 3u);
  const auto& [flush, ping, look] = std::tie(scenario->steps[0], scenario->steps[1], scenario->steps[2]);
  EXPECT_THAT(flush.words, ElementsAre("neighbours", "flush", "pc1"));
  EXPECT_EQ(flush.place, Step::Place::outside);
  EXPECT_THAT(ping.words, ElementsAre("ping", "192.168.1.7", "--like", "windows", "--count", "4"));
  EXPECT_THAT(ping.expect.contains, ElementsAre("Received"));
  EXPECT_THAT(look.words, ElementsAre("sh", "-c", "ip neighbour"));
  EXPECT_FALSE(look.is_labnet);
  EXPECT_EQ(look.expect.exit_code, 3);
  EXPECT_EQ(look.time_limit, std::chrono::seconds{5});
  ASSERT_EQ(scenario->captures.size(), 1u);
  const auto& capture = scenario->captures[0];
  EXPECT_EQ(capture.file, "a.pcap");
  EXPECT_EQ(capture.network, "lan");
  EXPECT_EQ(capture.first_step, 0u);
  EXPECT_EQ(capture.last_step, 1u);
  EXPECT_EQ(capture.expect.echoes, 4u);
  EXPECT_FALSE(capture.expect.dns);
}

/// The steps of a file, each a line of YAML without braces.
std::string with_steps(const std::vector<std::string>& steps) {
  std::string text = "activity: \"1\"\ntitle: { en: x }\nsteps:\n";
  for (std::size_t i = 0; i < steps.size(); ++i) text += fmt::format("  - {{ id: s{}, on: pc1, {} }}\n", i, steps[i]);
  return text;
}

TEST_F(ScenarioFile, HasCommandsThatAPersonCanType) {
  const std::string common =
      "user: 'ann:se cret', tls_max: 1.2, resolver: 192.168.1.1, cookies: jar, fields: { Connection: keep-alive }";
  const auto scenario = load(with_steps({
      "do: http.get, url: https://a/b, to: b, compressed: true, cache: b.cache, " + common,
      "do: http.head, url: https://a/b, " + common,
      "do: http.post, url: https://a/b, to: b, form: { name: Ann, comment: \"it's 1 & 2\" }, " + common,
      "do: http.browse, url: https://a/, cache: seen, " + common,
      "do: http.browse, url: http://a/",
  }));
  ASSERT_TRUE(scenario) << settings::to_string(scenario.error());
  const std::string shown =
      "--user 'ann:se cret' --tls-max 1.2 --dns-servers 192.168.1.1 --cookie-jar jar --header "
      "'Connection: keep-alive' ";
  std::vector<std::string> commands, in_results;
  for (const auto& step : scenario->steps) {
    commands.push_back(Command{.is_labnet = step.is_labnet, .words = step.words}.shown());
    std::string names;
    for (const auto place : step.words_in_results) names += step.words.at(place) + " ";
    in_results.push_back(names);
  }
  EXPECT_THAT(commands,
              ElementsAre("labnet http get --verbose " + shown + "--compressed --cache b.cache --output b https://a/b",
                          "labnet http head " + shown + "https://a/b",
                          "labnet http post --verbose --location " + shown +
                              "--data-urlencode name=Ann --data-urlencode 'comment=it'\\''s 1 & 2' --output b "
                              "https://a/b",
                          "labnet http browse " + shown + "--cache seen https://a/", "labnet http browse http://a/"));
  EXPECT_THAT(in_results, ElementsAre("jar b.cache b ", "jar ", "jar b ", "jar seen ", ""));
  EXPECT_EQ(scenario->steps[2].received, "b");
  // A name server of the lab tells addresses that only the lab has.
  EXPECT_TRUE(scenario->steps[3].needs_namespaces);
  EXPECT_FALSE(scenario->steps[4].needs_namespaces);
}

TEST_F(ScenarioFile, HasPhonesThatAPersonCanUse) {
  const auto scenario = load(with_steps({
      "do: sip.register, user: '101:x', server: voip.lab, stay: true, duration: 2s",
      "do: sip.unregister, user: '101:x', server: 'tls:voip.lab', server_address: 10.0.0.1, like: zoiper",
      "do: sip.call, number: 102, user: '101:x', server: voip.lab, like: zoiper, stay: true, play: speech:1, "
      "hears: speech:2, suppress_silence: true, duration: 1.5s, ring_timeout: 20s, record: a.wav, report: a.json",
      "do: sip.answer, user: '102:x', server: voip.lab, answer_after: 1s, reject: 486",
      "do: sip.message, number: 102, text: good morning, user: '101:x', server: voip.lab",
  }));
  ASSERT_TRUE(scenario) << settings::to_string(scenario.error());
  std::vector<std::string> commands;
  for (const auto& step : scenario->steps) {
    commands.push_back(Command{.is_labnet = step.is_labnet, .words = step.words}.shown());
  }
  EXPECT_THAT(
      commands,
      ElementsAre(
          "labnet sip register --dialogue --user 101:x --server voip.lab --stay --duration 2000ms",
          "labnet sip unregister --dialogue --user 101:x --server tls:voip.lab --server-address 10.0.0.1 --like "
          "zoiper",
          "labnet sip call 102 --dialogue --user 101:x --server voip.lab --like zoiper --ring-timeout 20s --stay "
          "--play speech:1 --expect-sound speech:2 --suppress-silence --duration 1500ms --record a.wav "
          "--report a.json",
          "labnet sip answer --dialogue --user 102:x --server voip.lab --answer-after 1000ms --reject 486",
          "labnet sip message 102 'good morning' --dialogue --user 101:x --server voip.lab"));
  EXPECT_THAT(scenario->steps[2].kept, ElementsAre("a.wav", "a.json"));
  EXPECT_EQ(scenario->steps[2].report, "a.json");
}

TEST_F(ScenarioFile, HasStepsInTheBackgroundThatOthersWaitFor) {
  const auto scenario = load(with_steps({
      "do: sip.answer, user: '102:x', server: voip.lab, background: true",
      "run: nc -l 80, background: true, ready: listening",
      "run: sleep 1, background: true",
      "do: end, step: s1",
      "do: wait, step: s0, time_limit: 5s",
      "do: wait, step: s2",
  }));
  ASSERT_TRUE(scenario) << settings::to_string(scenario.error());
  const auto& steps = scenario->steps;
  EXPECT_TRUE(steps[0].is_in_background);
  EXPECT_EQ(steps[0].ready, "ready at ");
  EXPECT_EQ(steps[1].ready, "listening");
  EXPECT_EQ(steps[2].ready, "");
  EXPECT_EQ(steps[3].deed, Step::Deed::end);
  EXPECT_EQ(steps[3].awaited, "s1");
  EXPECT_EQ(steps[4].deed, Step::Deed::wait);
}

TEST_F(ScenarioFile, WhoeverIsInTheBackgroundIsWaitedForOnce) {
  const auto fault_with = [&](const std::vector<std::string>& steps) {
    const auto scenario = load(with_steps(steps));
    return scenario ? std::string{} : settings::to_string(scenario.error());
  };
  EXPECT_THAT(fault_with({"run: a, background: true"}),
              HasSubstr("no step waits for \"s0\", which is in the background, or ends it"));
  EXPECT_THAT(fault_with({"run: a", "do: wait, step: s0"}),
              HasSubstr("no step \"s0\" is under way in the background here"));
  EXPECT_THAT(fault_with({"do: wait, step: s1", "run: a, background: true"}), HasSubstr("no step \"s1\" is under way"));
  EXPECT_THAT(fault_with({"run: a, background: true", "do: wait, step: s0", "do: end, step: s0"}),
              HasSubstr("no step \"s0\" is under way"));
  EXPECT_THAT(fault_with({"run: a, ready: x"}), HasSubstr("only a step in the background has it"));
  const auto elsewhere = load(
      "activity: \"1\"\ntitle: { en: x }\nsteps:\n"
      "  - { id: a, on: pc1, run: a, background: true }\n"
      "  - { id: b, on: pc2, do: wait, step: a }\n");
  ASSERT_FALSE(elsewhere);
  EXPECT_THAT(settings::to_string(elsewhere.error()), HasSubstr("5:18: steps.2.on: \"a\" is on pc1"));
}

TEST_F(ScenarioFile, HasExpectationsOfACall) {
  const auto scenario = load(with_steps({"run: a"}) + R"(captures:
  - file: a.pcap
    host: pc1
    steps: [s0]
    expect:
      sip: [{ between: [10.0.0.1, 10.0.0.2], messages: [INVITE, 100, 200 INVITE], bindings: 1 }]
      rtp: [{ from: 10.0.0.1, to: 10.0.0.2, payload_type: 8, frame_bytes: 214, packets_min: 9, lost: 2,
              opening_bytes: 55, begins_with_marker: true }]
)");
  ASSERT_TRUE(scenario) << settings::to_string(scenario.error());
  const auto& expect = scenario->captures.at(0).expect;
  const auto& dialogue = expect.sip.value().at(0);
  EXPECT_EQ(to_string(dialogue.one), "10.0.0.1");
  EXPECT_EQ(to_string(dialogue.other), "10.0.0.2");
  EXPECT_THAT(dialogue.messages, ElementsAre("INVITE", "100", "200 INVITE"));
  EXPECT_EQ(dialogue.bindings, 1u);
  const auto& stream = expect.rtp.value().at(0);
  EXPECT_EQ(stream.payload_type, 8);
  EXPECT_EQ(stream.frame_bytes, 214u);
  EXPECT_EQ(stream.packets_min, 9u);
  EXPECT_EQ(stream.lost, 2u);
  EXPECT_EQ(stream.opening_bytes, 55u);
  EXPECT_EQ(stream.begins_with_marker, true);
}

TEST_F(ScenarioFile, EachBrokenOneGetsItsErrorAtItsPlace) {
  EXPECT_THAT(fault_of("activity: \"8.1\"", "activity: \"8 1\""), HasSubstr("1:11: activity: expected the number"));
  EXPECT_THAT(fault_of("{ en: Ping, es: Eco }", "{ es: Eco }"), HasSubstr("2:8: "));
  EXPECT_THAT(fault_of("title:", "titel:"), HasSubstr("title"));
  EXPECT_THAT(fault_of("do: ping", "do: pong"), HasSubstr("7:30: steps.2.do: expected one of ping, dns"));
  EXPECT_THAT(fault_of("id: look", "id: ping"), HasSubstr("another step is named \"ping\" too"));
  EXPECT_THAT(fault_of("host: 192.168.1.7", "host: -f"), HasSubstr("expected a host name or an address, found \"-f\""));
  EXPECT_THAT(fault_of("host: 192.168.1.7, ", ""), HasSubstr("host"));
  EXPECT_THAT(fault_of("count: 4", "count: 0"), HasSubstr("expected a whole number from 1 to 1000, found \"0\""));
  EXPECT_THAT(fault_of("like: windows", "like: macos"), HasSubstr("expected one of iputils, windows"));
  EXPECT_THAT(fault_of("run: \"ip neighbour\"", "run: \"ip neighbour\", do: ping"), HasSubstr("either do or run"));
  EXPECT_THAT(fault_of("[flush, ping]", "[flush, pong]"), HasSubstr("there is no step \"pong\""));
  EXPECT_THAT(fault_of("[flush, ping]", "[flush, look]"), HasSubstr("step \"look\" does not follow \"flush\""));
  EXPECT_THAT(fault_of("[flush, ping]", "[]"), HasSubstr("at least one step"));
  EXPECT_THAT(fault_of("file: a.pcap", "file: ../a.pcap"), HasSubstr("without a folder"));
  EXPECT_THAT(fault_of("file: a.pcap", "file: a.txt"), HasSubstr("ends with .pcap"));
  EXPECT_THAT(fault_of("echoes: 4", "echos: 4"), HasSubstr("echoes"));
  EXPECT_THAT(fault_of("[ARP, ICMP]", "[ARP, IMCP]"),
              HasSubstr("expected ARP, ICMP, DNS, SIP, RTP, RTCP, UDP, FTP, FTP-DATA, HTTP, RTMP, TLS, TCP, IPv4 or"));
  EXPECT_EQ(fault_of("[ARP, ICMP]", "[0x86dd, TCP]"), "");
  EXPECT_THAT(fault_of("filter: icmp", "filter: icpm"),
              HasSubstr("4:54: captures.1.filter: the filter \"icpm\" is not"));
  EXPECT_THAT(fault_of("echoes: 4", "dns: [{ name: x, type: AX }]"), HasSubstr("expected a type of record"));
  EXPECT_THAT(fault_of("echoes: 4", "dns: [{ name: x, rcode: NXDOMIAN }]"), HasSubstr("expected a response code"));
  EXPECT_THAT(fault_of("time_limit: 5s", "time_limit: 5y"), HasSubstr("expected a time"));
  EXPECT_THAT(fault_of("exit_code: 3", "exit_code: 256"), HasSubstr("expected a whole number from 0 to 255"));
  EXPECT_THAT(fault_of("steps:\n", "stps:\n"), HasSubstr("steps"));
}

TEST_F(ScenarioFile, OnePastEachLimitIsRefused) {
  const auto so_many = [](std::size_t count) { return with_steps(std::vector<std::string>(count, "do: cache.show")); };
  EXPECT_TRUE(load(so_many(steps_max)));
  EXPECT_THAT(settings::to_string(load(so_many(steps_max + 1)).error()), HasSubstr("at most 200 steps"));
  const auto with_captures = [&](std::size_t count) {
    auto text = so_many(1) + "captures:\n";
    for (std::size_t i = 0; i < count; ++i) text += fmt::format("  - {{ file: f{}.pcap, host: a, steps: [s0] }}\n", i);
    return text;
  };
  EXPECT_TRUE(load(with_captures(captures_max)));
  EXPECT_THAT(settings::to_string(load(with_captures(captures_max + 1)).error()), HasSubstr("at most 50 captures"));
  EXPECT_THAT(fault_of("id: look", "id: " + std::string(identifier_bytes_max + 1, 'x')), HasSubstr("1 to 40 letters"));
  EXPECT_THAT(fault_of("ip neighbour", std::string(command_bytes_max + 1, 'x')), HasSubstr("1 to 4096 bytes"));
}

}  // namespace
}  // namespace labnet::scenario
