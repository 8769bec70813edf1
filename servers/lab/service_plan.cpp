#include "servers/lab/service_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "servers/lab/host_files.hpp"

namespace labnet::lab {
namespace {

struct Port {
  std::string_view scheme;
  std::uint16_t in_lab;
  std::uint16_t on_loopback;
  bool needs_certificate = false;  // the service listens there if it has one

  Transport transport() const { return scheme == "udp" ? Transport::udp : Transport::tcp; }
};

/// Where a service listens on a lab host. A new service of `labnet serve` is a row here.
struct Protocol {
  std::string_view name;
  std::vector<Port> ports;
  bool maps_addresses = false;  // it tells addresses of the lab, which are others on the loopback network
  bool stores_files = false;    // clients may write: that is kept in a folder of the lab's own
};
constexpr std::uint16_t loopback_dns_port = 5300;
const std::array protocols{
    Protocol{.name = "dns",
             .ports = {{"udp", 53, loopback_dns_port}, {"tcp", 53, loopback_dns_port}},
             .maps_addresses = true},
    Protocol{.name = "ftp", .ports = {{"ftp", 21, 2121}, {"ftps", 990, 9990, true}}, .stores_files = true},
    Protocol{.name = "http", .ports = {{"http", 80, 8080}, {"https", 443, 8443, true}}, .stores_files = true},
    Protocol{.name = "rtmp", .ports = {{"rtmp", 1935, 1935}, {"rtmpt", 80, 8935}, {"rtmps", 443, 1936, true}}},
    Protocol{.name = "sip", .ports = {{"udp", 5060, 5060}, {"tcp", 5060, 5060}, {"tls", 5061, 5061, true}}},
};

const Protocol* find_protocol(std::string_view name) {
  const auto found = std::ranges::find(protocols, name, &Protocol::name);
  return found == protocols.end() ? nullptr : &*found;
}

/// Builds the command lines of one lab in one mode.
class Planner {
 public:
  Planner(const Lab& lab, NetworkMode mode, const std::vector<PublishedSocket>& published,
          const std::filesystem::path& files)
      : lab_{lab}, mode_{mode}, published_{published}, files_{files} {}

  std::vector<ServicePlan> plan() {
    for (const auto& host : lab_.hosts) {
      for (const auto& service : host.services) plan_service(host, service);
      if (host.resolver && host.resolver->cache) plan_resolver(host);
    }
    return std::move(plans_);
  }

 private:
  void plan_service(const Host& host, const Service& service) {
    ServicePlan plan{host.name, service.name, service.protocol, {"serve", service.protocol}, {}};
    add(plan, {"-c", service.config.string(), "--workers", "1", "--log-format", "json"});
    auto addresses = service.addresses;
    if (addresses.empty()) {
      for (const auto& card : host.interfaces) {
        addresses.insert(addresses.end(), card.addresses.begin(), card.addresses.end());
      }
    }
    for (const auto address : addresses) listen(plan, address);
    const auto& protocol = *find_protocol(service.protocol);
    if (mode_ == NetworkMode::loopback && protocol.maps_addresses) map_addresses(plan);
    if (protocol.stores_files) add(plan, {"--scratch", (files_ / (host.name + "-" + service.name)).string()});
    for (const auto& socket : published_) {
      const auto* const port = port_of(service.protocol, socket);
      if (socket.publication->host == host.name && port != nullptr) {
        plan.handed_in.push_back({socket.descriptor, std::string{port->scheme}});
      }
    }
    plans_.push_back(std::move(plan));
  }

  /// Forwards each question as it is, without EDNS: what a client's own resolver sends.
  void plan_resolver(const Host& host) {
    ServicePlan plan{host.name, "resolver", "dns", {"serve", "dns"}, {}};
    add(plan, {"--edns", "off", "--workers", "1", "--log-format", "json", "--forward"});
    if (mode_ == NetworkMode::namespaces) {
      add(plan, {to_string(host.resolver->server)});
      listen(plan, loopback_address);
    } else {
      // Programs run on the real machine, whose loopback address is everybody's: each host's cache is at its own twin.
      add(plan, {fmt::format("{}:{}", to_string(loopback_twin(lab_, host.resolver->server)), loopback_dns_port)});
      for (const auto& card : host.interfaces) listen(plan, card.addresses.front());
    }
    plans_.push_back(std::move(plan));
  }

  void listen(ServicePlan& plan, Ipv4Address address) const {
    for (const auto& port : find_protocol(plan.protocol)->ports) {
      const auto in_lab = mode_ == NetworkMode::namespaces;
      add(plan, {port.needs_certificate ? "--listen-tls" : "--listen",
                 fmt::format("{}://{}:{}", port.scheme, to_string(in_lab ? address : loopback_twin(lab_, address)),
                             in_lab ? port.in_lab : port.on_loopback)});
    }
  }

  void map_addresses(ServicePlan& plan) const {
    for (std::size_t i = 0; i < lab_.networks.size(); ++i) {
      const auto& subnet = lab_.networks[i].subnet;
      add(plan, {"--map", fmt::format("{}={}", to_string(subnet), to_string(loopback_twin(lab_, subnet.network)))});
    }
  }

  /// Null if a service of that protocol does not listen there.
  static const Port* port_of(std::string_view protocol, const PublishedSocket& socket) {
    const auto& ports = find_protocol(protocol)->ports;
    const auto found = std::ranges::find_if(ports, [&](const Port& own) {
      return own.in_lab == socket.publication->host_port && own.transport() == socket.transport;
    });
    return found == ports.end() ? nullptr : &*found;
  }

  static void add(ServicePlan& plan, std::initializer_list<std::string> arguments) {
    plan.arguments.insert(plan.arguments.end(), arguments);
  }

  const Lab& lab_;
  NetworkMode mode_;
  const std::vector<PublishedSocket>& published_;
  const std::filesystem::path& files_;
  std::vector<ServicePlan> plans_;
};

/// As it is told in a fault: short for what stands below the current folder.
std::string shown(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto near = std::filesystem::proximate(file, ignored);
  return near.empty() || near.begin()->string() == ".." ? file.string() : near.string();
}

}  // namespace

std::string_view to_string(NetworkMode mode) {
  return mode == NetworkMode::namespaces ? "namespaces" : "loopback";
}

std::vector<ServicePlan> plan_services(const Lab& lab, NetworkMode mode, const std::vector<PublishedSocket>& published,
                                       const std::filesystem::path& files) {
  return Planner{lab, mode, published, files}.plan();
}

std::vector<ServicePlan> plan_checks(const Lab& lab) {
  std::vector<ServicePlan> plans;
  std::set<std::string> seen;
  for (const auto& host : lab.hosts) {
    for (const auto& service : host.services) {
      if (!seen.insert(service.config.string()).second) continue;
      plans.push_back({host.name,
                       service.name,
                       service.protocol,
                       {"serve", service.protocol, "-c", shown(service.config), "--check"},
                       {}});
    }
  }
  return plans;
}

std::vector<Transport> transports_at(const Host& host, std::uint16_t port) {
  std::set<Transport> transports;
  for (const auto& service : host.services) {
    for (const auto& own : find_protocol(service.protocol)->ports) {
      if (own.in_lab == port) transports.insert(own.transport());
    }
  }
  return {transports.begin(), transports.end()};
}

std::vector<std::string> services_at(const Host& host, std::uint16_t port) {
  std::vector<std::string> names;
  for (const auto& service : host.services) {
    const auto listens = [&](const Port& own) { return own.in_lab == port && !own.needs_certificate; };
    if (std::ranges::any_of(find_protocol(service.protocol)->ports, listens)) names.push_back(service.name);
  }
  return names;
}

bool is_known_protocol(std::string_view protocol) {
  return find_protocol(protocol) != nullptr;
}

std::vector<std::string> known_protocols() {
  std::vector<std::string> names;
  for (const auto& protocol : protocols) names.emplace_back(protocol.name);
  return names;
}

Ipv4Address loopback_twin(const Lab& lab, Ipv4Address address) {
  constexpr std::uint32_t twins = 127u << 24 | 71u << 16;  // 127.71.0.0/16
  for (std::size_t i = 0; i < lab.networks.size(); ++i) {
    if (!lab.networks[i].subnet.contains(address)) continue;
    return {twins | static_cast<std::uint32_t>(i + 1) << 8 | (address.value & 0xff)};
  }
  return address;
}

}  // namespace labnet::lab
