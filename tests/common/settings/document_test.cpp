// A program reads its settings: defaults, values, and one clear fault.
#include "common/settings/document.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace labnet::settings {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct Config {
  std::uint16_t port = 5300;
  bool tls = false;
  std::string banner = "ready";
  std::chrono::seconds idle_timeout{300};
  std::vector<std::string> zones{"default"};
  std::optional<Ipv4Address> server;
  std::size_t line_bytes_max = 4096;

  bool operator==(const Config&) const = default;
};

Result<Config, Fault> read_config(Document& document) {
  Config config;
  auto root = document.root();
  root.get("port", config.port, between<std::uint16_t>(1, 65535));
  root.get("tls", config.tls);
  root.get("banner", config.banner);
  root.get("idle_timeout", config.idle_timeout);
  root.get("zones", config.zones);
  root.get("server", config.server);
  if (auto limits = root.section("limits"))
    limits->get("line_bytes_max", config.line_bytes_max, byte_size<std::size_t>(64, 65536));
  return document.finish(config);
}

Result<Config, Fault> read(std::string_view text) {
  auto document = parse(text, "dns.yaml");
  if (!document) return document.error();
  return read_config(*document);
}

std::string fault_of(std::string_view text) {
  const auto config = read(text);
  return config ? "no fault" : to_string(config.error());
}

TEST(Document, MissingKeysLeaveTheDefaults) {
  EXPECT_EQ(*read(""), Config{});
}

TEST(Document, ReadsEveryValue) {
  const auto config = *read(
      "port: 53\ntls: true\nbanner: hello\nidle_timeout: 2min\nzones: [a, b]\nserver: 192.168.1.7\n"
      "limits:\n  line_bytes_max: 1 KiB\n");
  EXPECT_EQ(config, (Config{53, true, "hello", 120s, {"a", "b"}, parse_ipv4("192.168.1.7"), 1024}));
}

TEST(Document, TheProgramDecidesTheType) {
  EXPECT_EQ(read("banner: 0123")->banner, "0123");
  EXPECT_EQ(read("banner: no")->banner, "no");
  EXPECT_EQ(read("port: \"53\"")->port, 53);
  EXPECT_EQ(read("banner: \"\"")->banner, "");
}

TEST(Document, EmptySectionsAndListsAreEmpty) {
  EXPECT_EQ(read("zones:\nlimits:\n")->zones, std::vector<std::string>{});
  EXPECT_EQ(read("limits: {}")->line_bytes_max, 4096u);
}

TEST(Fault, SaysWhatWasExpectedAndFound) {
  EXPECT_EQ(fault_of("tls: true\nport: http"),
            "dns.yaml:2:7: port: expected a whole number from 1 to 65535, found \"http\"");
  EXPECT_EQ(fault_of("port: 65536"), "dns.yaml:1:7: port: expected a whole number from 1 to 65535, found \"65536\"");
  EXPECT_EQ(fault_of("port: [1]"), "dns.yaml:1:7: port: expected a whole number from 1 to 65535, found a list");
  EXPECT_EQ(fault_of("banner:\ntls: true"), "dns.yaml:1:1: banner: expected a text, found nothing");
  EXPECT_EQ(fault_of("limits: 5"), "dns.yaml:1:9: limits: expected a section (lines of \"key: value\"), found \"5\"");
  EXPECT_EQ(
      fault_of("limits:\n  line_bytes_max: 63"),
      "dns.yaml:2:19: limits.line_bytes_max: expected a size from 64 to 65536 bytes, such as 4096, 64 KiB or 10 MB, "
      "found \"63\"");
}

TEST(Fault, ASingleItemIsNotAList) {
  EXPECT_EQ(fault_of("zones: a"),
            "dns.yaml:1:8: zones: expected a list (each item on a line of its own after \"- \"), found \"a\"");
  EXPECT_EQ(fault_of("zones:\n- a\n- {b: c}"), "dns.yaml:3:3: zones.2: expected a text, found a section (key: value)");
}

TEST(Fault, ShowsHostileTextSafelyAndShort) {
  EXPECT_EQ(fault_of("port: \"\\e[2J\\n\""),
            "dns.yaml:1:7: port: expected a whole number from 1 to 65535, found \"\\x1b[2J\\n\"");
  const auto fault = fault_of("port: " + std::string(5000, 'x'));
  EXPECT_LT(fault.size(), 200u);
}

TEST(Fault, AnUnknownKeyIsNamedWithTheNearest) {
  EXPECT_EQ(fault_of("prot: 53"),
            "dns.yaml:1:1: unknown key \"prot\"; did you mean \"port\"? (known here: port, tls, banner, idle_timeout, "
            "zones, server, limits)");
  EXPECT_EQ(fault_of("limits:\n  colour: 1"),
            "dns.yaml:2:3: unknown key \"colour\" in limits (known here: line_bytes_max)");
  EXPECT_EQ(fault_of("limits: {colour: 1}\nprot: 1").substr(0, 13), "dns.yaml:1:10") << "the first in the file";
}

TEST(Fault, TheFirstWrongValueWins) {
  EXPECT_EQ(fault_of("colour: 1\ntls: maybe\nport: x").substr(0, 13), "dns.yaml:3:7:") << "in the program's order";
}

TEST(Fault, AMissingKeyStandsAtItsSection) {
  auto document = *parse("name: x\nhost:\n  mac: 1\n", "lab.yaml");
  std::string address;
  std::string mac;
  auto host = document.root().section("host");
  document.root().value("name");
  host->get("mac", mac);
  host->require("address", address);
  EXPECT_EQ(to_string(*document.fault()), "lab.yaml:3:3: key \"address\" is missing in host");
}

TEST(Fault, AMisspeltKeyIsTheCauseOfAMissingOne) {
  auto document = *parse("adress: 1\n", "lab.yaml");
  std::string address;
  document.root().require("address", address);
  EXPECT_EQ(to_string(*document.fault()),
            "lab.yaml:1:1: unknown key \"adress\"; did you mean \"address\"? (known here: address)");
}

TEST(Section, WithoutAnyKnownKeyRefusesAll) {
  auto document = *parse("a: {b: 1}", "f");
  document.root().section("a");
  EXPECT_EQ(to_string(*document.fault()), "f:1:5: unknown key \"b\" in a (known here: none)");
}

TEST(Section, FreeKeysKeepTheirOrder) {
  auto document = *parse("users: {zoe: a, adam: b}\nnobody:\n", "f");
  std::vector<std::string> seen;
  const auto note = [&](const std::string& name, Value password) {
    std::string text;
    password.read(text);
    seen.push_back(fmt::format("{}={}@{}", name, text, password.mark().column));
  };
  document.root().entries("users", note);
  document.root().entries("nobody", note);
  document.root().entries("absent", note);
  EXPECT_THAT(seen, ElementsAre("zoe=a@14", "adam=b@23"));
  EXPECT_FALSE(document.fault());
}

TEST(Section, SectionsInAListAreReadOneByOne) {
  auto document = *parse("publish:\n  - { from: 8080, to: web }\n  - { from: 8081, to: x, too: y }\n", "f");
  std::vector<std::uint16_t> ports;
  document.root().list("publish", [&](Value item) {
    auto section = item.section();
    ASSERT_TRUE(section);
    std::string to;
    section->require("from", ports.emplace_back());
    section->require("to", to);
  });
  EXPECT_THAT(ports, ElementsAre(8080, 8081));
  EXPECT_EQ(to_string(*document.fault()),
            "f:3:26: unknown key \"too\" in publish.2; did you mean \"to\"? (known here: from, to)");
}

TEST(Section, NothingIsReadAfterAFault) {
  auto document = *parse("a: x\nb: 2\nlist: [1, 2]\n", "f");
  auto root = document.root();
  int a = 1;
  int b = 1;
  int calls = 0;
  EXPECT_FALSE(root.get("a", a));
  EXPECT_FALSE(root.get("b", b));
  root.list("list", [&](Value) { ++calls; });
  EXPECT_EQ(a, 1);
  EXPECT_EQ(b, 1);
  EXPECT_EQ(calls, 0);
}

TEST(Section, ChecksOfTheProgramAreFaultsToo) {
  auto document = *parse("first: 5\nlast: 3\n", "f");
  auto root = document.root();
  int first = 0;
  int last = 0;
  root.get("first", first);
  root.get("last", last);
  root.fail("last", "the range ends before it begins");
  EXPECT_EQ(to_string(document.finish(1).error()), "f:2:7: last: the range ends before it begins");
}

TEST(Mark, OutlivesTheDocument) {
  Mark mark;
  {
    auto document = *parse("hosts:\n  pc1: { mac: a }\n", "lab.yaml");
    mark = document.root().section("hosts")->section("pc1")->mark("mac");
  }
  EXPECT_EQ(to_string(Fault{mark, "pc2 has the same address"}), "lab.yaml:2:15: pc2 has the same address");
}

TEST(Paths, AreRelativeToTheFile) {
  auto document = *parse("root: ../site\nabsolute: /srv\nzones: [a.zone, b.zone]\nempty: ''\n", "config/lab/http.yaml");
  auto root = document.root();
  std::filesystem::path site;
  std::filesystem::path absolute;
  std::vector<std::filesystem::path> zones;
  root.get("root", site);
  root.get("absolute", absolute);
  root.get("zones", zones);
  EXPECT_EQ(site, "config/site");
  EXPECT_EQ(absolute, "/srv");
  EXPECT_THAT(zones, ElementsAre("config/lab/a.zone", "config/lab/b.zone"));
  EXPECT_FALSE(root.get("empty", site));
}

TEST(OwnTypes, AreReadByTheirKind) {
  struct Name {
    std::string text;
  };
  const Kind<Name> name{"a name that begins with a letter", [](std::string_view text) -> std::optional<Name> {
                          if (text.empty() || is_digit(text[0])) return std::nullopt;
                          return Name{std::string{text}};
                        }};
  auto document = *parse("one: web\nmany: [a, 1]\n", "f");
  Name one;
  std::vector<Name> many;
  document.root().get("one", one, name);
  document.root().get("many", many, name);
  EXPECT_EQ(one.text, "web");
  EXPECT_TRUE(many.empty()) << "a list is read whole or not at all";
  EXPECT_EQ(to_string(*document.fault()), "f:2:11: many.2: expected a name that begins with a letter, found \"1\"");
}

TEST(KnownKeys, SayWhatIsGivenAndWhatDiffersFromTheDefault) {
  auto document = *parse("port: 53\ntls: false\nlimits:\n", "f");
  ASSERT_TRUE(read_config(document));
  std::vector<std::string> given;
  std::vector<std::string> absent;
  std::vector<std::string> changed;
  for (const auto& key : document.known_keys()) {
    (key.given ? given : absent).push_back(key.path);
    if (key.changed) changed.push_back(key.path);
  }
  EXPECT_THAT(given, ElementsAre("port", "tls", "limits"));
  EXPECT_THAT(absent, ElementsAre("banner", "idle_timeout", "zones", "server", "limits.line_bytes_max"));
  EXPECT_THAT(changed, ElementsAre("port"));
}

TEST(Load, ReadsAFileAndFindsItsNeighbours) {
  std::string folder = testing::TempDir() + "labnet-settings-XXXXXX";
  ASSERT_TRUE(mkdtemp(folder.data()));
  std::ofstream{folder + "/a.yaml"} << "root: site\n";
  auto document = load(folder + "/a.yaml");
  ASSERT_TRUE(document) << to_string(document.error());
  std::filesystem::path site;
  document->root().get("root", site);
  EXPECT_EQ(site, folder + "/site");
  EXPECT_EQ(load(folder + "/a.yaml", {.file_bytes_max = 10}).error().message, "larger than 10 bytes");
  std::filesystem::remove_all(folder);
}

TEST(Load, AFileThatCannotBeReadIsAFaultWithoutAPlace) {
  EXPECT_EQ(to_string(load("/nowhere/lab.yaml").error()),
            "/nowhere/lab.yaml: cannot be read: No such file or directory");
  EXPECT_EQ(to_string(load("/").error()), "/: cannot be read: Is a directory");
  EXPECT_EQ(load("/dev/zero").error().message, "larger than 1048576 bytes");
}

}  // namespace
}  // namespace labnet::settings
