// The zones of the default lab: all of them load without a word, and answer what the lab shows.
#include <gtest/gtest.h>

#include <filesystem>

#include "common/dns/message.hpp"
#include "servers/dns/answer.hpp"
#include "tests/servers/dns/zone_text.hpp"

namespace labnet::dns_server {
namespace {

const std::filesystem::path zones_dir = std::filesystem::path{LABNET_CONFIG_DIR} / "labredes71" / "zones";

ZoneSet load_folder(const std::filesystem::path& folder) {
  std::vector<std::shared_ptr<const Zone>> zones;
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().extension() != ".zone") continue;
    const auto built = load_zone(file.path(), name(file.path().stem().string()));
    for (const auto& fault : built.faults) ADD_FAILURE() << to_text(fault);
    for (const auto& warning : built.warnings) ADD_FAILURE() << to_text(warning);
    if (built.zone) zones.push_back(built.zone);
  }
  return *ZoneSet::make(zones);
}

dns::Message ask(const ZoneSet& zones, std::string_view text, dns::Type type) {
  dns::Message query;
  query.header.recursion_desired = true;
  query.question = dns::Question{name(text), type, dns::Class::in};
  Buffer wire;
  write_message(query, wire);
  Buffer reply;
  answer(wire, zones, {}, reply);
  return dns::parse_message(reply)->message;
}

std::vector<std::string> answers(const dns::Message& message) {
  std::vector<std::string> lines;
  for (const auto& record : message.answers) lines.push_back(to_text(record));
  return lines;
}

TEST(LabZones, NameTheServers) {
  const auto zones = load_folder(zones_dir);
  const auto address = [&](std::string_view text) { return answers(ask(zones, text, dns::Type::a)).at(0); };
  EXPECT_EQ(address("dns.labredes71.com."), "dns.labredes71.com. 3600 IN A 192.168.1.7");
  EXPECT_EQ(address("web.labredes71.com."), "web.labredes71.com. 3600 IN A 192.168.1.10");
  EXPECT_EQ(address("ftp.labredes71.com."), "ftp.labredes71.com. 3600 IN A 192.168.1.11");
  EXPECT_EQ(address("voip.labredes71.com."), "voip.labredes71.com. 3600 IN A 172.20.10.12");
  EXPECT_EQ(address("rtmp.labredes71.com."), "rtmp.labredes71.com. 3600 IN A 172.20.10.6");
}

TEST(LabZones, NameTheAddressOfTheNameServer) {
  EXPECT_EQ(answers(ask(load_folder(zones_dir), "7.1.168.192.in-addr.arpa.", dns::Type::ptr)),
            (std::vector<std::string>{"7.1.168.192.in-addr.arpa. 3600 IN PTR dns.labredes71.com."}));
}

TEST(LabZones, TheOutsideWorldHasTheChainOfAliases) {
  const auto reply = ask(load_folder(zones_dir / "internet"), "www.bing.com.", dns::Type::a);
  EXPECT_TRUE(reply.header.authoritative);
  EXPECT_EQ(answers(reply), (std::vector<std::string>{
                                "www.bing.com. 21600 IN CNAME www-www.bing.com.trafficmanager.net.",
                                "www-www.bing.com.trafficmanager.net. 60 IN CNAME www.bing.com.edgekey.net.",
                                "www.bing.com.edgekey.net. 21600 IN CNAME e86303.dscx.akamaiedge.net.",
                                "e86303.dscx.akamaiedge.net. 20 IN A 203.0.113.10",
                            }));
}

}  // namespace
}  // namespace labnet::dns_server
