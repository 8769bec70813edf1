// The settings of a DNS service: the shipped files, every key, and one clear fault for each mistake.
#include "servers/dns/config.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "servers/dns/load_zones.hpp"
#include "tests/support/child.hpp"

namespace labnet::dns_server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path config_folder{LABNET_CONFIG_DIR};

std::string text_of(const net::Endpoint& endpoint) {
  return net::to_string(endpoint);
}
std::string text_of(const Ipv4Subnet& subnet) {
  return to_string(subnet);
}
std::string text_of(const ZoneFile& zone) {
  return fmt::format("{} {}", dns::to_text(zone.origin), zone.file.filename().string());
}
std::string text_of(const ForwardServer& server) {
  return fmt::format("{}:{}", to_string(server.address), server.port);
}
std::string text_of(const ForwardRule& rule) {
  auto text = dns::to_text(rule.domain);
  for (const auto& server : rule.servers) text += ' ' + text_of(server);
  return text;
}
std::vector<std::string> texts_of(const auto& all) {
  std::vector<std::string> lines;
  for (const auto& one : all) lines.push_back(text_of(one));
  return lines;
}

Config load_file(const std::filesystem::path& file) {
  auto document = settings::load(file);
  if (!document) throw std::runtime_error{to_string(document.error())};
  auto config = load_config(*document);
  if (!config) throw std::runtime_error{to_string(config.error())};
  return *std::move(config);
}

TEST(DnsConfig, TheShippedFileShowsEveryKey) {
  auto document = settings::load(config_folder / "dns.yaml");
  ASSERT_TRUE(document);
  const auto config = load_config(*document);
  ASSERT_TRUE(config) << to_string(config.error());
  const auto keys = document->known_keys();
  EXPECT_EQ(keys.size(), 30u);
  for (const auto& key : keys) {
    EXPECT_TRUE(key.given) << key.path;
    EXPECT_FALSE(key.changed) << key.path;
  }
}

TEST(DnsConfig, TheShippedFileSaysWhatHoldsWithoutOne) {
  const auto shipped = load_file(config_folder / "dns.yaml");
  const Config built_in;
  EXPECT_EQ(texts_of(shipped.listen), texts_of(built_in.listen));
  EXPECT_EQ(texts_of(shipped.zones), texts_of(built_in.zones));
  EXPECT_EQ(texts_of(shipped.recursion.allow), texts_of(built_in.recursion.allow));
  EXPECT_THAT(texts_of(shipped.recursion.allow), ElementsAre("127.0.0.0/8"));
  EXPECT_EQ(texts_of(shipped.recursion.forward), texts_of(built_in.recursion.forward));
  EXPECT_EQ(texts_of(shipped.recursion.root), texts_of(built_in.recursion.root));
  EXPECT_EQ(texts_of(shipped.transfer.allow), texts_of(built_in.transfer.allow));
  EXPECT_EQ(shipped.identity.version, built_in.identity.version);
  EXPECT_EQ(shipped.identity.server, built_in.identity.server);
  EXPECT_EQ(shipped.recursion.edns, built_in.recursion.edns);
  EXPECT_EQ(shipped.recursion.random_case, built_in.recursion.random_case);
  EXPECT_EQ(shipped.recursion.timeout, built_in.recursion.timeout);
  EXPECT_EQ(shipped.recursion.tries, built_in.recursion.tries);
  EXPECT_EQ(shipped.recursion.questions_max, built_in.recursion.questions_max);
  EXPECT_EQ(shipped.recursion.questions_per_address_max, built_in.recursion.questions_per_address_max);
  EXPECT_EQ(shipped.recursion.questions_per_zone_max, built_in.recursion.questions_per_zone_max);
  EXPECT_EQ(shipped.cache.entries_max, built_in.cache.entries_max);
  EXPECT_EQ(shipped.cache.bytes_max, built_in.cache.bytes_max);
  EXPECT_EQ(shipped.cache.ttl_max, built_in.cache.ttl_max);
  EXPECT_EQ(shipped.cache.negative_ttl_max, built_in.cache.negative_ttl_max);
  EXPECT_EQ(shipped.udp_bytes_max, built_in.udp_bytes_max);
  EXPECT_EQ(shipped.connections_max, built_in.connections_max);
  EXPECT_EQ(shipped.connections_per_address_max, built_in.connections_per_address_max);
  EXPECT_EQ(shipped.idle_timeout, built_in.idle_timeout);
  EXPECT_EQ(shipped.query_log, built_in.query_log);
}

TEST(DnsConfig, AnEmptyFileIsTheShippedOne) {
  auto document = settings::parse("", "dns.yaml");
  const auto config = load_config(*document);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->recursion.timeout, Config{}.recursion.timeout);
  EXPECT_THAT(config->listen, IsEmpty());
}

TEST(DnsConfig, ReadsEveryKey) {
  const test::TemporaryFolder folder;
  folder.write("zones/example.zone", "");
  const auto config = load_file(folder.write("dns.yaml",
                                             "listen: [udp://127.0.0.1:53, 127.0.0.2:5353]\n"
                                             "zones: { example: zones/example.zone }\n"
                                             "recursion:\n"
                                             "  allow: [192.168.1.0/24, 10.0.0.1/32]\n"
                                             "  forward:\n"
                                             "    .: [192.168.1.1]\n"
                                             "    labredes71.com: [192.168.1.7, 192.168.1.8:5300]\n"
                                             "  root: [127.0.0.2:5301, 127.0.0.3:5301]\n"
                                             "  edns: false\n"
                                             "  random_case: false\n"
                                             "  timeout: 10ms\n"
                                             "  tries: 10\n"
                                             "  questions_max: 1\n"
                                             "  questions_per_address_max: 2\n"
                                             "  questions_per_zone_max: 3\n"
                                             "cache:\n"
                                             "  entries_max: 0\n"
                                             "  bytes_max: 1 MiB\n"
                                             "  ttl_max: 2h\n"
                                             "  negative_ttl_max: 5s\n"
                                             "transfer: { allow: [10.0.0.0/8] }\n"
                                             "identity: { version: '7', server: here }\n"
                                             "limits:\n"
                                             "  udp_bytes_max: 4096\n"
                                             "  connections_max: 2\n"
                                             "  connections_per_address_max: 1\n"
                                             "  idle_timeout: 100ms\n"
                                             "query_log: true\n"));
  EXPECT_THAT(texts_of(config.listen), ElementsAre("udp://127.0.0.1:53", "127.0.0.2:5353"));
  EXPECT_THAT(texts_of(config.zones), ElementsAre("example. example.zone"));
  EXPECT_EQ(config.zones.front().file, std::filesystem::path{folder.path()} / "zones/example.zone")
      << "relative to the file";
  EXPECT_THAT(texts_of(config.recursion.allow), ElementsAre("192.168.1.0/24", "10.0.0.1/32"));
  EXPECT_THAT(texts_of(config.recursion.forward),
              ElementsAre(". 192.168.1.1:0", "labredes71.com. 192.168.1.7:0 192.168.1.8:5300"));
  EXPECT_THAT(texts_of(config.recursion.root), ElementsAre("127.0.0.2:5301", "127.0.0.3:5301"));
  EXPECT_THAT(texts_of(config.transfer.allow), ElementsAre("10.0.0.0/8"));
  EXPECT_EQ(config.identity.version, "7");
  EXPECT_EQ(config.identity.server, "here");
  EXPECT_FALSE(config.recursion.edns);
  EXPECT_FALSE(config.recursion.random_case);
  EXPECT_EQ(config.recursion.timeout, 10ms);
  EXPECT_EQ(config.recursion.tries, 10);
  EXPECT_EQ(config.recursion.questions_max, 1u);
  EXPECT_EQ(config.recursion.questions_per_address_max, 2u);
  EXPECT_EQ(config.recursion.questions_per_zone_max, 3u);
  EXPECT_EQ(config.cache.entries_max, 0u);
  EXPECT_EQ(config.cache.bytes_max, 1u << 20);
  EXPECT_EQ(config.cache.ttl_max, 2h);
  EXPECT_EQ(config.cache.negative_ttl_max, 5s);
  EXPECT_EQ(config.udp_bytes_max, 4096u);
  EXPECT_EQ(config.connections_max, 2u);
  EXPECT_EQ(config.connections_per_address_max, 1u);
  EXPECT_EQ(config.idle_timeout, 100ms);
  EXPECT_TRUE(config.query_log);
}

TEST(DnsConfig, OfTheLabLoads) {
  const auto config = load_file(config_folder / "labredes71/dns.yaml");
  EXPECT_THAT(texts_of(config.zones),
              ElementsAre("labredes71.com. labredes71.com.zone", "1.168.192.in-addr.arpa. 1.168.192.in-addr.arpa.zone",
                          "10.20.172.in-addr.arpa. 10.20.172.in-addr.arpa.zone"));
  EXPECT_THAT(texts_of(config.recursion.forward), ElementsAre(". 192.168.1.1:0"));
  EXPECT_THAT(texts_of(config.recursion.allow), ElementsAre("127.0.0.0/8", "192.168.1.0/24", "172.20.10.0/28"));
}

TEST(DnsConfig, OfTheLabsRouterLoads) {
  const auto config = load_file(config_folder / "labredes71/gw-dns.yaml");
  EXPECT_THAT(config.zones, IsEmpty());
  EXPECT_THAT(texts_of(config.recursion.forward),
              ElementsAre("labredes71.com. 192.168.1.7:0", "1.168.192.in-addr.arpa. 192.168.1.7:0",
                          "10.20.172.in-addr.arpa. 192.168.1.7:0"));
  EXPECT_THAT(texts_of(config.recursion.root), ElementsAre("203.0.113.2:0"));
}

TEST(DnsConfig, OfTheOutsideWorldLoads) {
  const auto config = load_file(config_folder / "labredes71/internet-dns.yaml");
  EXPECT_EQ(config.zones.size(), 13u);
  for (const auto* file : {"internet-dns.yaml", "internet-tld-dns.yaml", "internet-root-dns.yaml"}) {
    const auto part = load_file(config_folder / "labredes71" / file);
    EXPECT_THAT(part.recursion.forward, IsEmpty()) << "it looks nothing up";
    EXPECT_THAT(part.recursion.root, IsEmpty());
  }
}

TEST(DnsConfig, TheZonesOfAllLabFilesAreWhole) {
  for (const auto* file :
       {"dns.yaml", "gw-dns.yaml", "internet-dns.yaml", "internet-tld-dns.yaml", "internet-root-dns.yaml"}) {
    const auto config = load_file(config_folder / "labredes71" / file);
    const auto loaded = load_zones(config.zones, {});
    EXPECT_EQ(loaded.zones.zones().size(), config.zones.size()) << file;
    for (const auto& fault : loaded.faults) ADD_FAILURE() << to_text(fault);
    for (const auto& warning : loaded.warnings) ADD_FAILURE() << to_text(warning);
  }
}

/// What is wrong with a file, without its folder.
std::string config_fault(const std::string& text) {
  const test::TemporaryFolder folder;
  folder.write("one.zone", "");
  auto document = settings::load(folder.write("dns.yaml", text));
  const auto without_folder = [&](std::string fault) {
    for (auto at = fault.find(folder.path()); at != fault.npos; at = fault.find(folder.path())) {
      fault.erase(at, folder.path().size() + 1);
    }
    return fault;
  };
  if (!document) return without_folder(to_string(document.error()));
  const auto config = load_config(*document);
  return config ? "no fault" : without_folder(to_string(config.error()));
}

TEST(DnsConfigFault, UnknownKeys) {
  EXPECT_EQ(config_fault("query_log: true\nzone: {}\n"),
            "dns.yaml:2:1: unknown key \"zone\"; did you mean \"zones\"? (known here: listen, zones, admin, recursion, "
            "cache, "
            "transfer, identity, limits, query_log)");
  EXPECT_EQ(config_fault("recursion:\n  edns: true\n  alow: [127.0.0.0/8]\n"),
            "dns.yaml:3:3: unknown key \"alow\" in recursion; did you mean \"allow\"? (known here: allow, forward, "
            "root, edns, random_case, timeout, tries, questions_max, questions_per_address_max, "
            "questions_per_zone_max)");
  EXPECT_EQ(
      config_fault("cache: {size: 1}\n"),
      "dns.yaml:1:9: unknown key \"size\" in cache (known here: entries_max, bytes_max, ttl_max, negative_ttl_max)");
  EXPECT_EQ(config_fault("limits:\n  zones_max: 1\n"),
            "dns.yaml:2:3: unknown key \"zones_max\" in limits (known here: udp_bytes_max, connections_max, "
            "connections_per_address_max, idle_timeout)");
}

TEST(DnsConfigFault, WrongTypes) {
  EXPECT_EQ(config_fault("zones: [one.zone]\n"),
            "dns.yaml:1:8: zones: expected a section (lines of \"key: value\"), found a list");
  EXPECT_EQ(config_fault("listen: udp://127.0.0.1:53\n"),
            "dns.yaml:1:9: listen: expected a list (each item on a line of its own after \"- \"), found "
            "\"udp://127.0.0.1:53\"");
  EXPECT_EQ(config_fault("recursion:\n  edns: maybe\n"),
            "dns.yaml:2:9: recursion.edns: expected true or false, found \"maybe\"");
  EXPECT_EQ(config_fault("query_log: 1\n"), "dns.yaml:1:12: query_log: expected true or false, found \"1\"");
  EXPECT_EQ(config_fault("cache: 10\n"),
            "dns.yaml:1:8: cache: expected a section (lines of \"key: value\"), found \"10\"");
  EXPECT_EQ(config_fault("recursion: [\n"),
            "dns.yaml:2:1: this is not valid YAML: a bracket is not closed; it was opened in line 1, column 12");
}

TEST(DnsConfigFault, WhereNobodyCanListen) {
  const auto expected = [](int column, int item, const char* found) {
    return fmt::format(
        "dns.yaml:1:{}: listen.{}: expected ADDRESS:PORT, such as 127.0.0.1:5300, with udp:// or tcp:// in front for "
        "one of them alone, found \"{}\"",
        column, item, found);
  };
  EXPECT_EQ(config_fault("listen: [udp://127.0.0.1:65536]"), expected(10, 1, "udp://127.0.0.1:65536"));
  EXPECT_EQ(config_fault("listen: [127.0.0.1]"), expected(10, 1, "127.0.0.1"));
  EXPECT_EQ(config_fault("listen: [udp://127.0.0.1]"), expected(10, 1, "udp://127.0.0.1"));
  EXPECT_EQ(config_fault("listen: [http://127.0.0.1:80]"), expected(10, 1, "http://127.0.0.1:80"));
  EXPECT_EQ(config_fault("listen: [127.0.0.1:80, tcp://300.0.0.1:53]"), expected(24, 2, "tcp://300.0.0.1:53"));
}

TEST(DnsConfigFault, NetworksThatAreNone) {
  for (const auto* text : {"127.0.0.1", "127.0.0.0/33", "127.0.0.1/8", "all"}) {
    EXPECT_EQ(
        config_fault(fmt::format("recursion:\n  allow:\n  - 10.0.0.0/8\n  - {}\n", text)),
        fmt::format("dns.yaml:4:5: recursion.allow.2: expected a network such as 192.168.1.0/24, its host bits 0, "
                    "found \"{}\"",
                    text));
  }
}

TEST(DnsConfigFault, ServersThatAreNone) {
  for (const auto* text : {"192.168.1", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:", "dns.example", "::1"}) {
    EXPECT_EQ(config_fault(fmt::format("recursion:\n  forward:\n    example: ['{}']\n", text)),
              fmt::format("dns.yaml:3:15: recursion.forward.example.1: expected an IPv4 address, with or without a "
                          "port, such as 192.168.1.7 or 192.168.1.7:5300, found \"{}\"",
                          text));
  }
}

std::string list_of(std::size_t count, const std::string& item) {
  std::string list = "[";
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ", ") + item;
  return list + "]";
}

TEST(DnsConfigFault, ForwardingToNobodyOrToTooMany) {
  EXPECT_EQ(config_fault("recursion:\n  forward:\n    example: []\n"),
            "dns.yaml:3:14: recursion.forward.example: expected 1 to 8 servers, found 0");
  EXPECT_EQ(config_fault("recursion:\n  forward:\n    example:\n"),
            "dns.yaml:3:5: recursion.forward.example: expected 1 to 8 servers, found 0");
  EXPECT_EQ(config_fault("recursion:\n  forward:\n    example: 10.0.0.1\n"),
            "dns.yaml:3:14: recursion.forward.example: expected a list (each item on a line of its own after \"- \"), "
            "found \"10.0.0.1\"");
  EXPECT_EQ(config_fault("recursion:\n  forward:\n    example: " + list_of(forward_servers_max, "10.0.0.1")),
            "no fault");
  EXPECT_EQ(config_fault("recursion:\n  forward:\n    example: " + list_of(forward_servers_max + 1, "10.0.0.1")),
            "dns.yaml:3:14: recursion.forward.example: expected 1 to 8 servers, found 9");
}

TEST(DnsConfigFault, RootServers) {
  EXPECT_EQ(config_fault("recursion:\n  root: " + list_of(root_servers_max, "10.0.0.1")), "no fault");
  EXPECT_EQ(config_fault("recursion:\n  root: " + list_of(root_servers_max + 1, "10.0.0.1")),
            "dns.yaml:2:9: recursion.root: expected at most 26 servers, found 27");
  EXPECT_EQ(config_fault("recursion:\n  root: [10.0.0.1, 10.0.0.2:54]\n"),
            "dns.yaml:2:9: recursion.root: expected the same port at all of them: it is that of all servers on the way "
            "from there");
}

TEST(DnsConfigFault, AnIdentityThatFitsNoRecord) {
  EXPECT_EQ(config_fault("identity:\n  server: " + std::string(255, 'x')), "no fault");
  EXPECT_THAT(config_fault("identity:\n  server: " + std::string(256, 'x')),
              testing::StartsWith("dns.yaml:2:11: identity.server: expected a text of at most 255 bytes, found \"xxx"));
}

TEST(DnsConfigFault, KeysThatAreNoNamesOrStandTwice) {
  EXPECT_EQ(config_fault("zones:\n  a..b: one.zone\n"),
            "dns.yaml:2:9: zones.a..b: expected a domain name such as labredes71.com as key, found \"a..b\"");
  EXPECT_EQ(config_fault("zones:\n  example: one.zone\n  EXAMPLE.: one.zone\n"),
            "dns.yaml:3:13: zones.EXAMPLE.: EXAMPLE. is here twice");
  EXPECT_EQ(config_fault("zones:\n  example: one.zone\n  example: one.zone\n"),
            "dns.yaml:3:3: key \"example\" stands here a second time; the first is on line 2");
  EXPECT_EQ(config_fault("recursion:\n  forward:\n    a.: [10.0.0.1]\n    A: [10.0.0.1]\n"),
            "dns.yaml:4:8: recursion.forward.A: A. is here twice");
  const std::string too_long(64, 'a');
  EXPECT_EQ(config_fault("recursion:\n  forward: { " + too_long + ": [10.0.0.1] }"),
            "dns.yaml:2:80: recursion.forward." + too_long +
                ": expected a domain name such as labredes71.com as key, found \"" + too_long + "\"");
}

TEST(DnsConfigFault, ZoneFilesThatAreMissing) {
  EXPECT_EQ(config_fault("zones:\n  example: missing.zone\n"),
            "dns.yaml:2:12: zones.example: cannot read missing.zone: No such file or directory");
  EXPECT_EQ(config_fault("zones:\n  example:\n"),
            "dns.yaml:2:3: zones.example: expected a path, absolute or relative to this file's folder, found nothing");
}

TEST(DnsConfigFault, OnePastEachLimit) {
  struct Limit {
    std::string section, key;
    std::vector<std::string> right, wrong;
    std::string expected;
  };
  const std::string whole_seconds = "a time in whole seconds such as 90, 1.5s, 50ms or 2h";
  const Limit limits[] = {
      {"recursion",
       "timeout",
       {"10ms", "1min"},
       {"9ms", "60001ms"},
       "a time from 10 ms to 1 min, such as 90, 1.5s, 50ms or 2h"},
      {"recursion", "tries", {"1", "10"}, {"0", "11", "two"}, "a whole number from 1 to 10"},
      {"recursion", "questions_max", {"1", "100000"}, {"0", "100001"}, "a whole number from 1 to 100000"},
      {"recursion", "questions_per_zone_max", {"1", "100000"}, {"0", "100001"}, "a whole number from 1 to 100000"},
      {"recursion", "questions_per_address_max", {"1", "100000"}, {"0", "100001"}, "a whole number from 1 to 100000"},
      {"cache",
       "bytes_max",
       {"0", "4 GB"},
       {"-1", "4000000001"},
       "a size from 0 to 4000000000 bytes, such as 4096, 64 KiB or 10 MB"},
      {"cache", "entries_max", {"0", "10000000"}, {"-1", "10000001"}, "a whole number from 0 to 10000000"},
      {"cache", "ttl_max", {"0", "7d"}, {"-1s", "1.5s"}, whole_seconds},
      {"cache", "negative_ttl_max", {"0", "1d"}, {"soon"}, whole_seconds},
      {"limits", "udp_bytes_max", {"512", "4096"}, {"511", "4097"}, "a whole number from 512 to 4096"},
      {"limits", "connections_max", {"1", "100000"}, {"0", "100001"}, "a whole number from 1 to 100000"},
      {"limits", "connections_per_address_max", {"1", "100000"}, {"0", "100001"}, "a whole number from 1 to 100000"},
      {"limits",
       "idle_timeout",
       {"100ms", "10min"},
       {"99ms", "600001ms"},
       "a time from 100 ms to 10 min, such as 90, 1.5s, 50ms or 2h"},
  };
  for (const auto& [section, key, right, wrong, expected] : limits) {
    for (const auto& value : right) {
      EXPECT_EQ(config_fault(fmt::format("{}:\n  {}: {}\n", section, key, value)), "no fault") << key << " " << value;
    }
    for (const auto& value : wrong) {
      EXPECT_EQ(config_fault(fmt::format("{}:\n  {}: {}\n", section, key, value)),
                fmt::format("dns.yaml:2:{}: {}.{}: expected {}, found \"{}\"", key.size() + 5, section, key, expected,
                            value));
    }
  }
}

TEST(DnsConfigFault, TooManyZonesAndRules) {
  const auto file_with = [](const std::string& head, std::size_t count, const std::string& value) {
    auto text = head;
    for (std::size_t i = 1; i <= count; ++i) text += fmt::format("    n{}: {}\n", i, value);
    return text;
  };
  const auto rules = "recursion:\n  forward:\n";
  EXPECT_EQ(config_fault(file_with(rules, forward_rules_max, "[10.0.0.1]")), "no fault");
  EXPECT_EQ(config_fault(file_with(rules, forward_rules_max + 1, "[10.0.0.1]")),
            "dns.yaml:1003:12: recursion.forward.n1001: expected at most 1000 rules");
  EXPECT_EQ(config_fault(file_with("zones:\n", zones_max, "one.zone")), "no fault");
  EXPECT_EQ(config_fault(file_with("zones:\n", zones_max + 1, "one.zone")),
            "dns.yaml:10002:13: zones.n10001: expected at most 10000 zones");
}

/// As the program says it, with its exit code.
std::string outcome_of(const test::TemporaryFolder& folder, const std::vector<std::string>& options) {
  std::vector<std::string> command{test::labnet(), "serve", "dns", "--check"};
  command.insert(command.end(), options.begin(), options.end());
  const auto outcome = test::run(command, {.folder = folder.path()});
  return fmt::format("{}{}", outcome.errors, outcome.exit_code);
}

const std::string whole_zone = "@ 60 IN SOA ns admin 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n";

TEST(DnsConfigFault, AFaultInAZoneStandsInTheZonesOwnFile) {
  const test::TemporaryFolder folder;
  const auto zone = folder.write("example.zone", whole_zone + "www 60 IN A 192.168.1\n");
  folder.write("dns.yaml", "zones: { example: example.zone }\n");
  EXPECT_EQ(outcome_of(folder, {"-c", "dns.yaml"}),
            "example.zone:4:13: found \"192.168.1\", expected address: an IPv4 address, as in 192.168.1.10\n2");
}

TEST(DnsConfigFault, AZoneOfTheFileAndOneOfTheCommandLineAreTheSame) {
  const test::TemporaryFolder folder;
  folder.write("example.zone", whole_zone);
  folder.write("dns.yaml", "zones: { example: example.zone }\n");
  EXPECT_EQ(outcome_of(folder, {"-c", "dns.yaml"}), "0");
  EXPECT_EQ(outcome_of(folder, {"-c", "dns.yaml", "--zone", "Example=example.zone"}),
            "zones: zone example. is there twice\n2");
}

TEST(DnsConfigFault, AFileThatIsNotThere) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(outcome_of(folder, {"-c", "missing.yaml"}), "missing.yaml: cannot be read: No such file or directory\n2");
}

}  // namespace
}  // namespace labnet::dns_server
