// Which service processes a lab needs, and with which command line each is started.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "servers/lab/lab.hpp"
#include "servers/lab/process.hpp"

namespace labnet::lab {

/// How the hosts of a lab are told apart.
enum class NetworkMode {
  namespaces,  // each host has a network namespace of its own
  loopback     // each address of the lab has a twin in 127.71.0.0/16, and nothing can be captured
};
std::string_view to_string(NetworkMode mode);

/// One process to be kept running.
struct ServicePlan {
  std::string host;
  std::string name;                    // of the service on its host: "dns", "resolver"
  std::string protocol;                // "dns"
  std::vector<std::string> arguments;  // of labnet, from "serve" on
  std::vector<HandedOver> handed_in;   // listening sockets of the real machine, by what is spoken there
  bool keeps_rights = false;           // those of its host's network, where low ports need them
};

enum class Transport { udp, tcp };

/// A socket of the real machine that a publication asks for, already listening.
struct PublishedSocket {
  const Publication* publication;
  Transport transport;
  int descriptor;
};

/// The services of the lab file, and a caching resolver for each host that wants one.
/// files       a folder of the lab's own, for what services store
/// check_only  command lines that read the configuration, say what is wrong with it and end: only those of services
///             that have a file, each file once
std::vector<ServicePlan> plan_services(const Lab& lab, NetworkMode mode, const std::vector<PublishedSocket>& published,
                                       const std::filesystem::path& files);
std::vector<ServicePlan> plan_checks(const Lab& lab);

/// The transports on which a host's services listen at a port; empty if none of them does.
std::vector<Transport> transports_at(const Host& host, std::uint16_t port);

/// The names of a host's services that listen at a port, whatever their configurations say: not those that do so only
/// if they have a certificate.
std::vector<std::string> services_at(const Host& host, std::uint16_t port);

/// True if `labnet serve` has a service of that name for a lab host.
bool is_known_protocol(std::string_view protocol);
std::vector<std::string> known_protocols();

/// The twin of a lab address on the loopback network: network number n (from 1) and the host part of the address make
/// 127.71.n.h. Both are the lab's own choice; the address itself if it is none of the lab's.
Ipv4Address loopback_twin(const Lab& lab, Ipv4Address address);

}  // namespace labnet::lab
