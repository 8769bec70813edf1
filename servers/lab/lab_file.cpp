#include "servers/lab/lab_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "common/base/fnv1a.hpp"
#include "common/base/text.hpp"
#include "common/settings/document.hpp"
#include "servers/lab/service_plan.hpp"

namespace labnet::lab {
namespace {

namespace fs = std::filesystem;
using settings::Section;
using settings::Value;

/// The keys of a host that are not the name of a network.
constexpr std::array<std::string_view, 4> host_keys{"services", "resolver", "router", "gateway"};

/// A label of a host name (RFC 1123, section 2.1), short enough to be a link's name too.
bool is_name(std::string_view text) {
  const auto is_letter_or_digit = [](char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z'); };
  return !text.empty() && text.size() <= name_bytes_max && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [&](char c) { return is_letter_or_digit(c) || c == '-'; });
}

std::string expected_name(std::string_view found) {
  return fmt::format("expected a name of 1 to {} letters, digits and hyphens, found \"{}\"", name_bytes_max, found);
}

/// "192.168.1.10:80" as a Publication's `from`, "web:80" as its `to`.
struct PortText {
  std::string before;
  std::uint16_t port;
};
std::optional<PortText> parse_port_text(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0) return std::nullopt;
  return PortText{std::string{text.substr(0, colon)}, *port};
}

/// Carries what later entries are checked against: what is taken already, and by whom.
class Loader {
 public:
  explicit Loader(settings::Document& document) : root_{document.root()} {}

  Lab load() {
    root_.require("name", lab_.name, lab_name_kind());
    read_all("networks", "network", lab_.networks,
             [this](const auto& name, Value value) { read_network(name, value); });
    read_all("hosts", "host", lab_.hosts, [this](const auto& name, Value value) { read_host(name, value); });
    root_.list("publish", [this](Value value) { read_publication(value); });
    return std::move(lab_);
  }

 private:
  /// A section of which one entry at least is needed; a faulty one is no reason to say that there is none.
  void read_all(std::string_view key, std::string_view what, const auto& entries,
                const std::function<void(const std::string&, Value)>& read_one) {
    if (!root_.has(key)) return root_.fail(key, fmt::format("missing: expected at least one {}", what));
    root_.entries(key, read_one);
    if (entries.empty()) {
      root_.fail(key, fmt::format("expected at least one {} below this key, indented, found none", what));
    }
  }

  void read_network(const std::string& name, Value value) {
    if (!is_name(name)) return value.fail_key(expected_name(name));
    if (std::ranges::find(host_keys, name) != host_keys.end() || name == "lo") {
      return value.fail_key("this word has another meaning in a lab file; give the network another name");
    }
    if (lab_.networks.size() == networks_max) {
      return value.fail_key(fmt::format("a lab has at most {} networks", networks_max));
    }
    auto section = value.section();
    if (!section) return;
    Network network{name, {}};
    // At once, since whatever stands in this network would seem to be wrong otherwise.
    if (!section->has("subnet")) section->fail("subnet", "missing: expected a network such as 192.168.1.0/24");
    if (!section->get("subnet", network.subnet)) return;
    if (network.subnet.prefix_bits < 8 || network.subnet.prefix_bits > 30) {
      return section->fail("subnet",
                           fmt::format("expected a prefix of 8 to 30 bits, found {}", to_string(network.subnet)));
    }
    for (const auto& other : lab_.networks) {
      if (other.subnet.overlaps(network.subnet)) {
        section->fail("subnet", fmt::format("{} overlaps {} of network {}", to_string(network.subnet),
                                            to_string(other.subnet), other.name));
      }
    }
    lab_.networks.push_back(std::move(network));
  }

  void read_host(const std::string& name, Value value) {
    if (!is_name(name)) return value.fail_key(expected_name(name));
    if (lab_.hosts.size() == hosts_max) return value.fail_key(fmt::format("a lab has at most {} hosts", hosts_max));
    auto section = value.section();
    if (!section) return;
    Host host;
    host.name = name;
    section->get("router", host.router);
    value.entries([&](const std::string& key, Value entry) {
      if (std::ranges::find(host_keys, key) == host_keys.end()) read_interface(host, key, entry);
    });
    if (host.interfaces.empty()) value.fail_key("a host stands in at least one network");
    section->get("gateway", host.gateway);
    if (host.gateway && host.router) {
      section->fail("gateway",
                    "found both gateway: and router: true, expected one of them; a router finds its routes by itself");
    }
    if (host.gateway && !is_neighbour(host, *host.gateway)) {
      section->fail("gateway", fmt::format("{} is in none of the host's networks", to_string(*host.gateway)));
    }
    section->entries("services", [&](const std::string& service, Value entry) { read_service(host, service, entry); });
    if (const auto resolver = section->section("resolver")) read_resolver(host, *resolver);
    lab_.hosts.push_back(std::move(host));
  }

  void read_interface(Host& host, const std::string& network_name, Value value) {
    const auto* network = lab_.find_network(network_name);
    if (network == nullptr) return value.fail_key(no_such_key(network_name));
    if (host.interfaces.size() == interfaces_max) {
      return value.fail_key(fmt::format("a host has at most {} interfaces", interfaces_max));
    }
    auto section = value.section();
    if (!section) return;
    Interface card;
    card.network = network_name;
    read_addresses(*section, *network, host, card);
    read_mac(*section, host, card);
    section->get("ttl", card.ttl, between(1, 255));
    for (const auto& other : host.interfaces) {
      if (other.ttl != card.ttl && other.ttl && card.ttl) {
        section->fail("ttl", "a host has one TTL, whichever interface a packet leaves by");
      }
    }
    host.interfaces.push_back(std::move(card));
  }

  void read_addresses(Section& section, const Network& network, const Host& host, Interface& card) {
    if (section.has("address") == section.has("addresses")) {
      return section.fail("address", "expected either address: or addresses:");
    }
    const auto take = [&](Value value) {
      Ipv4Address address;
      if (!value.read(address)) return;
      if (!network.subnet.is_host(address)) {
        return value.fail(fmt::format("expected an address of a host in {} (network {}), found {}",
                                      to_string(network.subnet), network.name, to_string(address)));
      }
      const auto [owner, is_new] = address_owners_.try_emplace(address, host.name);
      if (!is_new) return value.fail(fmt::format("{} belongs to host {} already", to_string(address), owner->second));
      if (card.addresses.size() == addresses_max) {
        return value.fail(fmt::format("an interface has at most {} addresses", addresses_max));
      }
      card.addresses.push_back(address);
    };
    if (auto one = section.value("address")) take(*one);
    section.list("addresses", take);
    if (section.has("addresses") && card.addresses.empty()) section.fail("addresses", "expected at least one address");
  }

  void read_mac(Section& section, const Host& host, Interface& card) {
    if (!section.get("mac", card.mac)) {
      card.mac = made_up_mac(host.name, card.network);
    } else if (card.mac.is_multicast() || card.mac == MacAddress{}) {
      return section.fail(
          "mac", fmt::format("{} is no address of a single card (its first octet must be even)", to_string(card.mac)));
    }
    const auto [owner, is_new] = mac_owners_.try_emplace(card.mac, host.name);
    if (!is_new && owner->second != host.name) {
      section.fail("mac", fmt::format("{} belongs to host {} already", to_string(card.mac), owner->second));
    }
  }

  /// Where the file is silent: locally administered, the same at every start (FNV-1a of the names).
  MacAddress made_up_mac(std::string_view host, std::string_view network) const {
    constexpr std::uint8_t no_character = 0xff;
    Fnv1a hash;
    for (const auto text : {std::string_view{lab_.name}, host, network}) hash.add(text).add(no_character);
    MacAddress mac{{0x02}};
    for (std::size_t i = 1; i < mac.octets.size(); ++i)
      mac.octets[i] = static_cast<std::uint8_t>(hash.value() >> (8 * i));
    return mac;
  }

  void read_resolver(Host& host, Section section) {
    Resolver resolver;
    section.require("server", resolver.server);
    section.get("cache", resolver.cache);
    if (resolver.cache && std::ranges::any_of(host.services, [](const auto& s) { return s.protocol == "dns"; })) {
      section.fail("cache", "this host runs a DNS service of its own, expected cache: false");
    }
    host.resolver = resolver;
  }

  /// `dns: dns.yaml`, or `root: { protocol: dns, config: root.yaml, addresses: [203.0.113.2] }`.
  void read_service(Host& host, const std::string& name, Value value) {
    if (!is_name(name)) return value.fail_key(expected_name(name));
    if (name == "resolver") return value.fail_key("this name is kept for the host's own resolver");
    Service service;
    service.name = service.protocol = name;
    if (!value.is_section()) {
      value.read(service.config);
    } else {
      auto section = value.section();
      section->get("protocol", service.protocol);
      section->require("config", service.config);
      section->list("addresses", [&](Value entry) {
        Ipv4Address address;
        if (!entry.read(address)) return;
        if (!owns(host, address)) entry.fail(fmt::format("{} is no address of this host", to_string(address)));
        service.addresses.push_back(address);
      });
    }
    if (!is_known_protocol(service.protocol)) {
      const auto message =
          fmt::format("there is no service \"{}\"; known: {}", service.protocol, join(known_protocols(), ", "));
      if (auto protocol = value.is_section() ? value.section()->value("protocol") : std::nullopt) {
        return protocol->fail(message);
      }
      return value.fail_key(message);
    }
    if (!service.config.empty() && access(service.config.c_str(), R_OK) < 0) {
      return value.fail(system_error(fmt::format("cannot read {}", service.config.string())).message);
    }
    std::error_code ignored;
    if (fs::is_directory(service.config, ignored)) {
      return value.fail(fmt::format("{} is a folder; expected a file", service.config.string()));
    }
    service.config = fs::absolute(service.config, ignored);  // whoever reads it may stand elsewhere
    if (const auto clash = find_clash(host, service)) return value.fail_key(*clash);
    host.services.push_back(std::move(service));
  }

  /// Two services of one protocol listen at the same ports: only at addresses of their own.
  static std::optional<std::string> find_clash(const Host& host, const Service& service) {
    for (const auto& other : host.services) {
      const auto is_taken = [&](Ipv4Address address) { return std::ranges::count(other.addresses, address) > 0; };
      const auto share =
          service.addresses.empty() || other.addresses.empty() || std::ranges::any_of(service.addresses, is_taken);
      if (other.protocol != service.protocol || !share) continue;
      return fmt::format(
          "services {} and {} of host {} would listen at the same ports of {}; give each its own addresses:",
          other.name, service.name, host.name, service.protocol);
    }
    return std::nullopt;
  }

  void read_publication(Value value) {
    auto section = value.section();
    if (!section) return;
    std::string from;
    std::string to;
    if (!section->require("from", from) || !section->require("to", to)) return;
    const auto real = parse_port_text(from);
    const auto address = real ? parse_ipv4(real->before) : std::nullopt;
    if (!address) {
      return section->fail("from",
                           fmt::format("expected an address and a port as in 127.0.0.1:8080, found \"{}\"", from));
    }
    const auto target = parse_port_text(to);
    if (!target) return section->fail("to", fmt::format("expected a host and a port as in web:80, found \"{}\"", to));
    const auto* host = lab_.find_host(target->before);
    if (host == nullptr) return section->fail("to", fmt::format("no host of this lab is named {}", target->before));
    for (const auto& other : lab_.publications) {
      if (other.address == *address && other.port == real->port) {
        section->fail("from", fmt::format("{} leads to {}:{} already", from, other.host, other.host_port));
      }
    }
    if (transports_at(*host, target->port).empty()) {
      return section->fail("to", fmt::format("no service of host {} listens at port {}", host->name, target->port));
    }
    if (const auto services = services_at(*host, target->port); services.size() > 1) {
      return section->fail("to",
                           fmt::format("{} is where services {} of host {} listen, each at its own address; {} can "
                                       "lead to one alone: give the others a host of their own",
                                       to, join(services, " and "), host->name, from));
    }
    lab_.publications.push_back({*address, real->port, target->before, target->port});
  }

  static bool owns(const Host& host, Ipv4Address address) {
    return std::ranges::any_of(host.interfaces, [&](const Interface& card) {
      return std::ranges::find(card.addresses, address) != card.addresses.end();
    });
  }

  bool is_neighbour(const Host& host, Ipv4Address address) const {
    return std::ranges::any_of(host.interfaces, [&](const Interface& card) {
      return lab_.find_network(card.network)->subnet.is_host(address);
    });
  }

  std::string no_such_key(const std::string& key) const {
    std::vector<std::string> known{host_keys.begin(), host_keys.end()};
    for (const auto& network : lab_.networks) known.push_back(network.name);
    const auto meant = closest(key, known);
    return fmt::format("no network and no key of a host has this name{}; there are {}",
                       meant.empty() ? "" : fmt::format(" (did you mean {}?)", meant), join(known, ", "));
  }

  Section root_;
  Lab lab_;
  std::map<Ipv4Address, std::string> address_owners_;
  std::map<MacAddress, std::string> mac_owners_;
};

}  // namespace

Kind<std::string> lab_name_kind() {
  return {fmt::format("a name of 1 to {} letters, digits and hyphens", name_bytes_max),
          [](std::string_view text) { return is_name(text) ? std::optional{std::string{text}} : std::nullopt; }};
}

Result<Lab, settings::Fault> load_lab(const fs::path& file) {
  auto document = settings::load(file);
  if (!document) return document.error();
  auto lab = Loader{*document}.load();
  std::error_code ignored;
  lab.file = fs::absolute(file, ignored);
  return document->finish(std::move(lab));
}

}  // namespace labnet::lab
