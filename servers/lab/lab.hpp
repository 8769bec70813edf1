// A lab as its file describes it: networks, the hosts that stand in them, and what runs on each host.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/address.hpp"

namespace labnet::lab {

/// An Ethernet segment: a bridge to which hosts are plugged.
struct Network {
  std::string name;
  Ipv4Subnet subnet;
};

/// A host's network card. Cards are named eth0, eth1... in the order of the lab file.
struct Interface {
  std::string network;
  std::vector<Ipv4Address> addresses;  // at least one; the first is the one a packet leaves from
  MacAddress mac;
  std::optional<int> ttl;  // of packets that the host sends, 1 to 255; the system's default if not given
};

/// One service process on a host.
struct Service {
  std::string name;                    // unique on its host: "dns"
  std::string protocol;                // what `labnet serve` takes: "dns"
  std::filesystem::path config;        // absolute
  std::vector<Ipv4Address> addresses;  // where it listens; all addresses of the host if empty
};

/// How programs on a host look names up.
struct Resolver {
  Ipv4Address server;
  bool cache = true;  // a caching resolver on the host's loopback address stands between programs and `server`
};

struct Host {
  std::string name;
  std::vector<Interface> interfaces;
  std::vector<Service> services;
  std::optional<Resolver> resolver;
  bool router = false;                 // forwards packets between its networks
  std::optional<Ipv4Address> gateway;  // of a host that is no router; by default the router of its first network

  /// Nothing if the host has no card in that network.
  const Interface* interface_in(std::string_view network) const;
};

/// A port of the real machine's loopback that leads to a service of a lab host.
struct Publication {
  Ipv4Address address;
  std::uint16_t port = 0;
  std::string host;
  std::uint16_t host_port = 0;
};

struct Lab {
  std::string name;
  std::filesystem::path file;
  std::vector<Network> networks;
  std::vector<Host> hosts;
  std::vector<Publication> publications;

  /// Nothing if there is none of that name.
  const Network* find_network(std::string_view wanted) const;
  const Host* find_host(std::string_view wanted) const;
};

/// One line of a host's routing table besides its own networks.
struct Route {
  Ipv4Subnet destination;
  Ipv4Address gateway;
};

/// The default route of a host, or for a router the way to each network that it does not stand in (fewest routers
/// first). Empty for a host whose networks have no router.
std::vector<Route> routes_of(const Lab& lab, const Host& host);

}  // namespace labnet::lab
