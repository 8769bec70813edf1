// Lab files: what is read from a good one, and the one error that each broken one gets.
#include "servers/lab/lab_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace labnet::lab {
namespace {

namespace fs = std::filesystem;

/// Writes a lab file into a folder of its own, with an empty dns.yaml beside it.
class LabFile : public testing::Test {
 protected:
  LabFile() {
    std::string path = (fs::temp_directory_path() / "labnet-test-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    std::ofstream{folder_ / "dns.yaml"} << "\n";
  }
  ~LabFile() override { fs::remove_all(folder_); }

  Result<Lab, settings::Fault> load(const std::string& text) {
    std::ofstream{folder_ / "lab.yaml"} << text;
    return load_lab(folder_ / "lab.yaml");
  }
  /// "line:column: message" of the fault of a text; empty if it loads.
  std::string fault_of(const std::string& text) {
    const auto lab = load(text);
    if (lab) return "";
    return fmt::format("{}:{}: {}", lab.error().mark.line, lab.error().mark.column, lab.error().message);
  }

  fs::path folder_;
};

const std::string good = R"(name: small
networks:
  lan: { subnet: 192.168.1.0/24 }
hosts:
  dns:
    lan: { address: 192.168.1.7, mac: 00:0c:29:8d:07:ce }
    services: { dns: dns.yaml }
  pc1:
    lan: { address: 192.168.1.6, ttl: 128 }
    resolver: { server: 192.168.1.7 }
publish:
  - { from: 127.0.0.1:5300, to: dns:53 }
)";

/// The good file with one piece replaced; the piece must be there.
std::string with(const std::string& piece, const std::string& replacement) {
  auto text = good;
  const auto at = text.find(piece);
  EXPECT_NE(at, text.npos) << piece;
  return text.replace(at, piece.size(), replacement);
}

/// addresses  of the second one
std::string with_two_services(const std::string& addresses) {
  return with("{ address: 192.168.1.7, mac: 00:0c:29:8d:07:ce }\n    services: { dns: dns.yaml }",
              "{ addresses: [192.168.1.7, 192.168.1.8] }\n    services:\n"
              "      one: { protocol: dns, config: dns.yaml, addresses: [192.168.1.7] }\n"
              "      two: { protocol: dns, config: dns.yaml" +
                  addresses + " }");
}

TEST_F(LabFile, IsReadWhole) {
  const auto lab = load(good);
  ASSERT_TRUE(lab) << settings::to_string(lab.error());
  EXPECT_EQ(lab->name, "small");
  ASSERT_EQ(lab->hosts.size(), 2u);
  const auto* dns = lab->find_host("dns");
  ASSERT_NE(dns, nullptr);
  EXPECT_EQ(to_string(dns->interfaces.at(0).mac), "00:0c:29:8d:07:ce");
  EXPECT_EQ(dns->services.at(0).config, folder_ / "dns.yaml");
  const auto* pc1 = lab->find_host("pc1");
  EXPECT_EQ(pc1->interfaces.at(0).ttl, 128);
  EXPECT_TRUE(pc1->resolver->cache);
  EXPECT_EQ(lab->publications.at(0).host_port, 53);
}

TEST_F(LabFile, AMacThatIsNotGivenIsLocalAndAlwaysTheSame) {
  const auto first = load(good);
  const auto second = load(good);
  ASSERT_TRUE(first && second);
  const auto mac = first->find_host("pc1")->interfaces[0].mac;
  EXPECT_EQ(mac, second->find_host("pc1")->interfaces[0].mac);
  EXPECT_EQ(mac.octets[0], 0x02);
}

TEST_F(LabFile, AServiceMayListenOnSomeAddressesOnly) {
  const auto lab =
      load(with("{ dns: dns.yaml }", "{ root: { protocol: dns, config: dns.yaml, addresses: [192.168.1.7] } }"));
  ASSERT_TRUE(lab) << settings::to_string(lab.error());
  EXPECT_EQ(lab->hosts[0].services[0].name, "root");
  EXPECT_EQ(lab->hosts[0].services[0].addresses.size(), 1u);
}

struct Broken {
  const char* name;
  std::string text;
  std::string expected;  // where it is found, and the gist of what is said
};

TEST_F(LabFile, EachBrokenOneGetsItsErrorAtItsPlace) {
  const std::vector<Broken> files{
      {"unknown key", with("publish:", "publsh:"), "11:1: "},
      {"unknown key of a host", with("resolver: {", "resolvr: {"), "10:"},
      {"unknown key of an interface", with("ttl: 128", "tlt: 128"), "9:"},
      {"wrong type of a section", with("{ address: 192.168.1.6, ttl: 128 }", "192.168.1.6"), "9:10: "},
      {"wrong type of a number", with("ttl: 128", "ttl: many"), "9:"},
      {"no name", with("name: small\n", ""), "1:1: "},
      {"bad name", with("name: small", "name: no spaces"), "1:7: "},
      {"name too long", with("name: small", "name: sixteen-letters1"), "1:7: "},
      {"address outside its subnet", with("192.168.1.6,", "192.168.2.6,"), "192.168.1.0/24"},
      {"broadcast address", with("192.168.1.6,", "192.168.1.255,"), "expected an address of a host"},
      {"no address", with("192.168.1.6,", "192.168.1.600,"), "9:"},
      {"duplicate address", with("192.168.1.6,", "192.168.1.7,"), "belongs to host dns already"},
      {"duplicate mac", with("ttl: 128", "mac: 00:0c:29:8d:07:ce"), "belongs to host dns already"},
      {"group mac", with("00:0c:29:8d:07:ce", "01:0c:29:8d:07:ce"), "its first octet must be even"},
      {"no mac", with("00:0c:29:8d:07:ce", "00:0c:29:8d:07"), "6:"},
      {"ttl out of range", with("ttl: 128", "ttl: 256"), "1 to 255"},
      {"ttl below its range", with("ttl: 128", "ttl: 0"), "1 to 255"},
      {"missing file", with("dns: dns.yaml", "dns: missing.yaml"), "cannot read"},
      {"unknown service", with("{ dns: dns.yaml }", "{ gopher: dns.yaml }"), "there is no service \"gopher\""},
      {"unknown network", with("lan: { address: 192.168.1.6", "lam: { address: 192.168.1.6"), "did you mean lan?"},
      {"subnet with host bits", with("192.168.1.0/24 }", "192.168.1.5/24 }"), "3:"},
      {"subnet too small", with("192.168.1.0/24 }", "192.168.1.0/31 }"), "8 to 30 bits"},
      {"overlapping subnets", with("hosts:", "  other: { subnet: 192.168.0.0/16 }\nhosts:"), "overlaps"},
      {"publish to nobody", with("dns:53 }", "web:53 }"), "no host of this lab is named web"},
      {"publish a port nobody serves", with("dns:53 }", "dns:80 }"), "no service of host dns listens at port 80"},
      {"two services of one protocol at all addresses", with_two_services(""),
       "9:7: hosts.dns.services.two: services one and two of host dns would listen at the same ports of dns"},
      {"two services of one protocol at one address", with_two_services(", addresses: [192.168.1.8, 192.168.1.7]"),
       "9:7: hosts.dns.services.two: services one and two of host dns would listen at the same ports of dns"},
      {"published port of two services", with_two_services(", addresses: [192.168.1.8]"),
       "14:33: publish.1.to: dns:53 is where services one and two of host dns listen"},
      {"published port out of range", with("127.0.0.1:5300", "127.0.0.1:65536"), "12:"},
      {"published twice", good + "  - { from: 127.0.0.1:5300, to: dns:53 }\n", "leads to dns:53 already"},
      {"gateway elsewhere", with("resolver: {", "gateway: 10.0.0.1\n    resolver: {"),
       "in none of the host's networks"},
      {"resolver beside a DNS service", with("services:", "resolver: { server: 192.168.1.7 }\n    services:"),
       "runs a DNS service of its own"},
      {"address twice over", with("address: 192.168.1.6", "addresses: []"), "at least one address"},
      {"a network named like a key", with("lan: { subnet", "router: { subnet"), "another meaning"},
      {"syntax", with("hosts:", "hosts: ]["), "4:"},
      {"key twice", with("hosts:", "name: again\nhosts:"), "4:1: "},
      {"no hosts", "name: a\nnetworks: { lan: { subnet: 10.0.0.0/24 } }\n", "missing: expected at least one host"},
      {"hosts without one", "name: a\nnetworks: { lan: { subnet: 10.0.0.0/24 } }\nhosts: {}\n",
       "expected at least one host below"},
      {"networks without one", "name: a\nnetworks: {}\nhosts: {}\n", "expected at least one network below"},
      {"a list for a section", with("  lan: { subnet: 192.168.1.0/24 }", "  - lan"), "3:"},
  };
  for (const auto& file : files) {
    const auto fault = fault_of(file.text);
    EXPECT_NE(fault.find(file.expected), std::string::npos) << file.name << ": " << fault;
    EXPECT_NE(fault.substr(0, 2), "0:") << file.name << ": has no place: " << fault;
  }
}

TEST_F(LabFile, OnePastEachLimitIsRefused) {
  std::string networks;
  for (std::size_t i = 0; i <= networks_max; ++i) networks += fmt::format("  n{}: {{ subnet: 10.{}.0.0/24 }}\n", i, i);
  EXPECT_NE(fault_of(with("  lan: { subnet: 192.168.1.0/24 }\n", networks)).find("at most 16 networks"),
            std::string::npos);
  std::string hosts;
  for (std::size_t i = 0; i < hosts_max; ++i) {
    hosts += fmt::format("  h{}: {{ lan: {{ address: 192.168.1.{} }} }}\n", i, i + 20);
  }
  EXPECT_NE(fault_of(with("  pc1:\n", hosts + "  pc1:\n")).find("at most 200 hosts"), std::string::npos);
  std::string addresses;
  for (std::size_t i = 0; i <= addresses_max; ++i) addresses += fmt::format("192.168.1.{}, ", i + 20);
  EXPECT_NE(fault_of(with("address: 192.168.1.6", "addresses: [" + addresses + "]")).find("at most 64 addresses"),
            std::string::npos);
}

TEST_F(LabFile, AMissingFileIsAFault) {
  EXPECT_FALSE(load_lab(folder_ / "nothing.yaml"));
}

}  // namespace
}  // namespace labnet::lab
