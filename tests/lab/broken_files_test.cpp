// Files with a mistake in them, each given to the program as its user would: one line says where it is, what was found
// and what was expected, and nothing is started.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;

const std::string good_lab = R"(name: small
networks:
  lan: { subnet: 192.168.1.0/24 }
hosts:
  dns:
    lan: { address: 192.168.1.7, mac: 00:0c:29:8d:07:ce }
    services: { dns: dns.yaml }
  pc1:
    lan: { address: 192.168.1.6, ttl: 128 }
    resolver: { server: 192.168.1.7, cache: true }
publish:
  - { from: 127.0.0.1:5300, to: dns:53 }
)";

const std::string good_dns = R"(zones:
  example.org: example.org.zone
recursion:
  tries: 3
)";

const std::string good_zone = R"($TTL 60
@    IN SOA ns hostmaster 1 7200 900 1209600 60
@    IN NS  ns
ns   IN A   192.0.2.1
)";

const std::string good_scenario = R"(activity: "9.9"
title: { en: A test }
captures:
  - { file: a.pcap, host: pc1, steps: [one] }
steps:
  - { id: one, on: pc1, do: ping, host: 192.168.1.7 }
  - { id: two, on: pc1, run: "ip neighbour" }
)";

/// The text with the first `from` in it replaced.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) ADD_FAILURE() << from << " is not in\n" << text;
  return text.replace(at, from.size(), to);
}
std::string lab(const std::string& from, const std::string& to) {
  return with(good_lab, from, to);
}
std::string dns(const std::string& from, const std::string& to) {
  return with(good_dns, from, to);
}
std::string zone(const std::string& from, const std::string& to) {
  return with(good_zone, from, to);
}
std::string scenario(const std::string& from, const std::string& to) {
  return with(good_scenario, from, to);
}

/// `make(i)` for each i below count, one after the other.
std::string repeated(int count, const auto& make) {
  std::string text;
  for (int i = 0; i < count; ++i) text += make(i);
  return text;
}

/// A value that an alias repeats ten times, which is repeated ten times...
std::string alias_bomb() {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    text += fmt::format("{0}: &{0} [{1}]\n", c, repeated(10, [&](int) { return fmt::format("*{}, ", char(c - 1)); }));
  }
  return text + good_lab;
}

std::string every_octet() {
  return repeated(256, [](int i) { return std::string(1, static_cast<char>(i)); });
}

struct Broken {
  std::string what;
  std::string text;
  std::string place;  // "9:39"; empty where no line is to blame but the file as a whole
  std::string said;   // the gist
};

class BrokenFiles : public LabTest {
 protected:
  BrokenFiles() {
    write("f/lab.yaml", good_lab);
    write("f/dns.yaml", good_dns);
    write("f/example.org.zone", good_zone);
    write("f/scenario.yaml", good_scenario);
  }

  /// Runs the command where the files are: its one line must name `file` and the place.
  void expect_one_line(const std::vector<std::string>& command, const std::string& file, const Broken& broken) const {
    SCOPED_TRACE(broken.what + ": labnet " + testing::PrintToString(command));
    const auto outcome = labnet(command, {.folder = folder() + "/f"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.output, "");
    const auto place = broken.place.empty() ? "" : ":" + broken.place;
    EXPECT_EQ(outcome.errors.substr(0, file.size() + place.size() + 2), file + place + ": ") << outcome.errors;
    EXPECT_EQ(outcome.errors.find('\n'), outcome.errors.size() - 1) << "one line: " << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr(broken.said));
    EXPECT_TRUE(processes().empty());
    EXPECT_EQ(runtime_files(), std::set<std::string>{});
    EXPECT_FALSE(fs::exists(folder() + "/f/lab-out"));
  }

  /// Puts each text in the place of `file`, and the good one back at the end.
  void expect_each(const std::vector<Broken>& files, const std::string& file, const std::string& good_text,
                   const std::vector<std::vector<std::string>>& commands) const {
    for (const auto& broken : files) {
      write("f/" + file, broken.text);
      for (const auto& command : commands) expect_one_line(command, file, broken);
    }
    write("f/" + file, good_text);
    for (const auto& command : commands) {
      if (command.front() != "up") {
        EXPECT_EQ(labnet(command, {.folder = folder() + "/f"}).exit_code, 0) << "the good one is good";
      }
    }
  }

  const std::vector<std::vector<std::string>> lab_commands{{"up", "-f", "lab.yaml"}, {"lint", "lab.yaml"}};
  const std::vector<std::vector<std::string>> dns_commands{
      {"serve", "dns", "-c", "dns.yaml", "--check"}, {"lint", "dns.yaml"}, {"up", "-d", "-f", "lab.yaml"}};
  const std::vector<std::vector<std::string>> scenario_commands{{"run", "--check", "scenario.yaml"},
                                                                {"lint", "scenario.yaml"}};
};
INSTANTIATE_TEST_SUITE_P(Lab, BrokenFiles, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(BrokenFiles, OfALab) {
  const std::vector<Broken> files{
      {"unknown key", lab("publish:", "publsh:"), "11:1", "did you mean \"publish\"?"},
      {"unknown key of a host", lab("resolver: {", "resolvr: {"), "10:5", "did you mean resolver?"},
      {"unknown key of a card", lab("ttl: 128", "tlt: 128"), "9:34", "did you mean \"ttl\"?"},
      {"a word for a number", lab("ttl: 128", "ttl: many"), "9:39", "from 1 to 255, found \"many\""},
      {"a value for a section", lab("{ address: 192.168.1.6, ttl: 128 }", "192.168.1.6"), "9:10",
       "expected a section (lines of \"key: value\"), found \"192.168.1.6\""},
      {"a list for a section", lab("{ dns: dns.yaml }", "[dns.yaml]"), "7:15", "found a list"},
      {"a word for yes or no", lab("cache: true", "cache: perhaps"), "10:45", "true or false, found \"perhaps\""},
      {"duplicate MAC", lab("ttl: 128", "mac: 00:0c:29:8d:07:ce"), "9:39", "belongs to host dns already"},
      {"half a MAC", lab("00:0c:29:8d:07:ce", "00:0c:29:8d:07"), "6:39", "expected a MAC address such as"},
      {"duplicate address", lab("192.168.1.6", "192.168.1.7"), "9:21", "192.168.1.7 belongs to host dns already"},
      {"address outside its subnet", lab("192.168.1.6", "192.168.2.6"), "9:21",
       "expected an address of a host in 192.168.1.0/24 (network lan), found 192.168.2.6"},
      {"the network's own address", lab("192.168.1.6", "192.168.1.0"), "9:21", "found 192.168.1.0"},
      {"the broadcast address", lab("192.168.1.6", "192.168.1.255"), "9:21", "found 192.168.1.255"},
      {"no address", lab("address: 192.168.1.6, ", ""), "9:10", "expected either address: or addresses:"},
      {"overlapping subnets", lab("hosts:", "  all: { subnet: 192.168.0.0/16 }\nhosts:"), "4:18",
       "192.168.0.0/16 overlaps 192.168.1.0/24 of network lan"},
      {"no subnet", lab("{ subnet: 192.168.1.0/24 }", "{}"), "3:8", "such as 192.168.1.0/24"},
      {"networks that are not indented", lab("  lan: { subnet", "lan: { subnet"), "2:1",
       "expected at least one network"},
      {"missing file", lab("dns: dns.yaml", "dns: missing.yaml"), "7:22",
       "cannot read missing.yaml: No such file or directory"},
      {"a folder for a file", lab("dns: dns.yaml", "dns: ."), "7:22", "is a folder; expected a file"},
      {"no file at all", lab("dns: dns.yaml", "dns:"), "7:17", "found nothing"},
      {"unknown protocol", lab("dns: dns.yaml", "gopher: dns.yaml"), "7:17",
       "there is no service \"gopher\"; known: dns"},
      {"unknown protocol by key", lab("dns: dns.yaml", "a: { protocol: gopher, config: dns.yaml }"), "7:32",
       "there is no service \"gopher\"; known: dns"},
      {"port out of range", lab("127.0.0.1:5300", "127.0.0.1:65536"), "12:13", "found \"127.0.0.1:65536\""},
      {"port 0", lab("127.0.0.1:5300", "127.0.0.1:0"), "12:13", "found \"127.0.0.1:0\""},
      {"every address by an asterisk", lab("127.0.0.1:5300", "*:5300"), "12:13", "in quotes"},
      {"TTL 256", lab("ttl: 128", "ttl: 256"), "9:39", "expected a whole number from 1 to 255, found \"256\""},
      {"name too long", lab("pc1:", "sixteen-letters1:"), "8:3", "a name of 1 to 15 letters"},
      {"no name", lab("name: small\n", ""), "1:1", "key \"name\" is missing"},
      {"router with a gateway", lab("resolver: {", "router: true\n    gateway: 192.168.1.7\n    resolver: {"), "11:14",
       "found both gateway: and router: true, expected one of them"},
      {"gateway that is no neighbour", lab("resolver: {", "gateway: 10.0.0.1\n    resolver: {"), "10:14",
       "10.0.0.1 is in none of the host's networks"},
      {"cache on a DNS host", lab("services:", "resolver: { server: 192.168.1.7 }\n    services:"), "7:15",
       "expected cache: false"},
      {"publish a port nobody serves", lab("dns:53 }", "dns:80 }"), "12:33",
       "no service of host dns listens at port 80"},
      {"publish of nobody", lab("dns:53 }", "web:53 }"), "12:33", "no host of this lab is named web"},
      {"published twice", good_lab + "  - { from: 127.0.0.1:5300, to: dns:53 }\n", "13:13", "leads to dns:53 already"},
      {"a bracket too many", lab("hosts:", "hosts: ]["), "4:8", "this is not valid YAML"},
      {"a brace too few", lab("to: dns:53 }", "to: dns:53"), "12:5", "expected a key here"},
      {"a colon too few", lab("name: small", "name small"), "2:9", "a colon is not expected here"},
      {"a key that is indented otherwise", lab("  pc1:", " pc1:"), "8:2", "indented"},
      {"a key twice", lab("hosts:", "name: again\nhosts:"), "4:1", "the first is on line 1"},
      {"a second document", good_lab + "---\n" + good_lab, "13:1", "a settings file has one"},
      {"a list for the whole", "- name: small\n", "1:1", "as the whole of the file"},
      {"alias bomb", alias_bomb(), "5:20", "more than 50000 values in one file"},
      {"alias of what it stands in", lab("hosts:\n", "hosts: &all\n  again: *all\n"), "5:10",
       "this alias stands inside the value that it repeats"},
      {"a tab", lab("  lan: { subnet", "\tlan: { subnet"), "3:1", "a tab indents this line"},
      {"an empty file", "", "1:1", "expected"},
      {"a binary file", every_octet(), "1:1", "control character 0x00"},
      {"text of another encoding", lab("pc1:", "pc\xe9:"), "8:5", "not UTF-8"},
      // One past each limit.
      {"17 networks",
       lab("hosts:",
           repeated(16, [](int i) { return fmt::format("  n{0}: {{ subnet: 10.{0}.0.0/24 }}\n", i); }) + "hosts:"),
       "19:3", "a lab has at most 16 networks"},
      {"201 hosts",
       lab("publish:",
           repeated(199,
                    [](int i) { return fmt::format("  h{}: {{ lan: {{ address: 192.168.1.{} }} }}\n", i, i + 20); }) +
               "publish:"),
       "209:3", "a lab has at most 200 hosts"},
      {"65 addresses",
       lab("address: 192.168.1.6",
           "addresses: [" + repeated(65, [](int i) { return fmt::format("192.168.1.{},", i + 20); }) + "]"),
       "9:856", "an interface has at most 64 addresses"},
      {"33 sections in one another",
       "a: " + repeated(33, [](int) { return "["; }) + repeated(33, [](int) { return "]"; }), "1:35",
       "more than 32 lists and sections inside one another"},
      {"more than a file may hold", std::string(100'000'000, '#'), "", "larger than 1048576 bytes"},
  };
  expect_each(files, "lab.yaml", good_lab, lab_commands);
}

TEST_P(BrokenFiles, OfAService) {
  const std::vector<Broken> files{
      {"unknown key", dns("zones:", "zone:"), "1:1", "did you mean \"zones\"?"},
      {"wrong type", dns("recursion:\n  tries: 3\n", "recursion: [3]\n"), "3:12", "found a list"},
      {"too many tries", dns("tries: 3", "tries: 11"), "4:10", "from 1 to 10, found \"11\""},
      {"too short a time", dns("tries: 3", "timeout: 1ms"), "4:12", "from 10 ms to 1 min"},
      {"no questions", dns("tries: 3", "questions_max: 0"), "4:18", "found \"0\""},
      {"no network", dns("tries: 3", "allow: [10.0.0.0/33]"), "4:11", "found \"10.0.0.0/33\""},
      {"no server", dns("tries: 3", "forward: { .: [] }"), "4:17", "expected 1 to 8 servers, found 0"},
      {"9 servers",
       dns("tries: 3",
           "forward: { .: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5, 1.1.1.6, 1.1.1.7, "
           "1.1.1.8, 1.1.1.9] }"),
       "4:17", "expected 1 to 8 servers, found 9"},
      {"port out of range", "listen: [udp://127.0.0.1:65536]\n" + good_dns, "1:10", "found \"udp://127.0.0.1:65536\""},
      {"missing file", dns("example.org.zone", "missing.zone"), "2:16",
       "cannot read missing.zone: No such file or directory"},
      {"a zone twice", dns("recursion:", "  EXAMPLE.ORG: example.org.zone\nrecursion:"), "3:16", "is here twice"},
      {"a tab", dns("  tries", "\ttries"), "4:1", "a tab indents this line"},
      {"a binary file", every_octet(), "1:1", "control character 0x00"},
      {"more than a file may hold", std::string(100'000'000, '#'), "", "larger than 1048576 bytes"},
  };
  expect_each(files, "dns.yaml", good_dns, dns_commands);
}

TEST_P(BrokenFiles, OfAZone) {
  const std::vector<Broken> files{
      {"no SOA", zone("@    IN SOA ns hostmaster 1 7200 900 1209600 60\n", ""), "2:1",
       "found a NS record and no SOA record, expected the SOA record of example.org. first"},
      {"no NS", zone("@    IN NS  ns\n", ""), "2:1", "found no NS record of example.org. beside its SOA record"},
      {"bad address", zone("192.0.2.1", "192.0.2.300"), "4:13", "found \"192.0.2.300\", expected address"},
      {"CNAME beside other data", good_zone + "ns IN CNAME other\n", "5:1", "expected no other data beside a CNAME"},
      {"record outside the zone", good_zone + "www.example.com. IN A 192.0.2.2\n", "5:1",
       "found a record of www.example.com., expected names at or below example.org."},
      {"a parenthesis that stays open", zone("1 7200", "( 1 7200"), "2:27", "'(' that is never closed"},
      {"a parenthesis too many", zone("1209600 60", "1209600 60 )"), "2:49", "')' without '(' before it"},
      {"unknown type", good_zone + "www IN AX 192.0.2.2\n", "5:8", "found \"AX\""},
      {"a quote that stays open", good_zone + "www IN TXT \"a\n", "5:12", "a quote that is not closed"},
      {"a label too long", good_zone + std::string(64, 'w') + " IN A 192.0.2.2\n", "5:1", "longer than 63 octets"},
      {"includes without end", good_zone + "$INCLUDE example.org.zone\n", "5:10", "no more than 10 files"},
      {"an include of nothing", good_zone + "$INCLUDE missing.inc\n", "5:10",
       "found \"missing.inc\", expected a file to include: missing.inc cannot be read: No such file or directory"},
      {"an empty file", "", "1:1", "found no record, expected the SOA record of example.org. first"},
      {"not text", "$TTL 60\n@ " + every_octet(), "2:3", "found an octet 0, expected text"},
  };
  expect_each(files, "example.org.zone", good_zone, dns_commands);
}

TEST_P(BrokenFiles, OfAScenario) {
  const std::vector<Broken> files{
      {"unknown key", scenario("title:", "titel:"), "1:1", "title: missing"},
      {"unknown key of a step", scenario("host: 192", "hots: 192"), "6:35", "did you mean \"host\"?"},
      {"unknown host of a step", scenario("on: pc1, do", "on: pc9, do"), "6:5",
       "no host of this lab is named \"pc9\"; there are "},
      {"unknown host of a capture", scenario("host: pc1,", "host: pc9,"), "4:5",
       "no host of this lab is named \"pc9\""},
      {"unknown kind", scenario("do: ping", "do: pong"), "6:29", "expected one of ping, "},
      {"no kind", scenario("do: ping, host: 192.168.1.7", "time_limit: 1s"), "6:5", "key \"do\" is missing"},
      {"both do and run", scenario("do: ping", "do: ping, run: ls"), "6:40", "a step has either do or run"},
      {"duplicate id", scenario("id: two", "id: one"), "7:11", "another step is named \"one\" too"},
      {"capture of an unknown step", scenario("[one]", "[three]"), "4:39", "there is no step \"three\""},
      {"capture of steps apart", scenario("[one]", "[two, one]"), "4:39", "does not follow"},
      {"a folder in a file name", scenario("a.pcap", "a/b.pcap"), "4:13", "without a folder, found \"a/b.pcap\""},
      {"an escape in a file name", scenario("a.pcap", "\"a\\e[2J.pcap\""), "4:13",
       "without control characters and without a folder, found \"a\\x1b[2J.pcap\""},
      {"a NUL in a file name", scenario("a.pcap", "\"a\\0.pcap\""), "4:13", "without control characters"},
      {"a C1 control in a title", scenario("A test", "\"A\\x9b2J\""), "2:14", "without control characters"},
      {"an OSC in a title", scenario("A test", "\"\\e]0;gone\\a\""), "2:14", "without control characters"},
      {"an escape in a Spanish title", scenario("A test", "A test, es: \"\\e[31m\""), "2:26",
       "without control characters"},
      {"a title that is turned round", scenario("A test", "\"\\u202e\""), "2:14", "without control characters"},
      {"time limit too long", scenario("id: two,", "id: two, time_limit: 2h,"), "7:28", "from 100 ms to 1 h"},
      {"time limit too short", scenario("id: two,", "id: two, time_limit: 1ms,"), "7:28", "from 100 ms to 1 h"},
      {"exit code 256", scenario("\"ip neighbour\"", "ls, expect: { exit_code: 256 }"), "7:55", "from 0 to 255"},
      {"no steps",
       scenario("steps:\n  - { id: one, on: pc1, do: ping, host: 192.168.1.7 }\n  - { id: two, on: pc1, "
                "run: \"ip neighbour\" }\n",
                ""),
       "1:1", "a scenario has at least one step"},
      {"a brace too few", scenario("neighbour\" }", "neighbour\""), "7:5", "expected a key here"},
      {"an empty list", "steps: []\n", "1:1", "title: missing"},
      // One past each limit.
      {"201 steps",
       scenario("  - { id: two",
                repeated(199, [](int i) { return fmt::format("  - {{ id: s{}, on: pc1, run: ls }}\n", i); }) +
                    "  - { id: two"),
       "206:5", "a scenario has at most 200 steps"},
      {"51 captures",
       scenario(
           "steps:\n",
           repeated(50, [](int i) { return fmt::format("  - {{ file: {}.pcap, host: pc1, steps: [one] }}\n", i); }) +
               "steps:\n"),
       "54:5", "a scenario has at most 50 captures"},
      {"an id too long", scenario("id: two", "id: " + std::string(41, 'i')), "7:11", "1 to 40 letters"},
      {"a command too long", scenario("ip neighbour", std::string(4097, 'x')), "7:30", "1 to 4096 bytes"},
  };
  expect_each(files, "scenario.yaml", good_scenario, scenario_commands);
}

TEST_P(BrokenFiles, AScenarioOfAnotherLabIsToldSoAndNothingIsStarted) {
  write("f/scenario.yaml", scenario("on: pc1, do", "on: pc9, do"));
  const auto small = write("f/small.yaml", small_lab);
  const auto outcome = labnet({"run", "scenario.yaml", "--lab", "small.yaml"}, {.folder = folder() + "/f"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.output, "");
  EXPECT_EQ(outcome.errors, "scenario.yaml:6:5: no host of this lab is named \"pc9\"; there are one, two\n");
  EXPECT_TRUE(processes().empty());
  EXPECT_FALSE(fs::exists(folder() + "/f/lab-out"));
}

TEST_P(BrokenFiles, AFolderAndAFileThatIsNotThere) {
  fs::create_directory(folder() + "/f/folder.yaml");
  for (const auto& [file, said] : {std::pair{"folder.yaml", "cannot be read: Is a directory"},
                                   std::pair{"missing.yaml", "cannot be read: No such file or directory"}}) {
    const Broken broken{file, "", "", said};
    expect_one_line({"up", "-f", file}, file, broken);
    expect_one_line({"up", "-d", "-f", file}, file, broken);
    expect_one_line({"lint", file}, file, broken);
    expect_one_line({"run", "--check", file}, file, broken);
    expect_one_line({"serve", "dns", "-c", file, "--check"}, file, broken);
  }
}

/// A program without the lab that comes with it, in a folder without one.
TEST(LabFile, IfThereIsNoneItIsToldWhereItWasLookedFor) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() + "/bin");
  fs::copy_file(labnet(), folder.path() + "/bin/labnet");
  for (const std::string command : {"up -d", "run"}) {
    const auto outcome = run({"sh", "-c", fmt::format("cd {} && exec bin/labnet {}", folder.path(), command)});
    EXPECT_EQ(outcome.exit_code, 2) << command;
    EXPECT_THAT(outcome.errors, HasSubstr("there is no lab.yaml in this folder")) << command;
    EXPECT_THAT(outcome.errors, HasSubstr("config/labredes71/lab.yaml")) << command;
  }
}

}  // namespace
}  // namespace labnet::test
