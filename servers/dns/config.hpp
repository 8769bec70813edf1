// The configuration of a DNS service.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/address.hpp"
#include "common/dns/name.hpp"
#include "common/net/endpoint.hpp"
#include "common/service/options.hpp"
#include "common/settings/document.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/cache.hpp"

namespace labnet::dns_server {

inline constexpr std::size_t zones_max = 10'000;
inline constexpr std::size_t forward_rules_max = 1'000;
inline constexpr std::size_t forward_servers_max = 8;  // of one rule
inline constexpr std::size_t root_servers_max = 26;    // the Internet has 13, each with two addresses

struct ZoneFile {
  dns::Name origin;
  std::filesystem::path file;
};

/// A server to ask. Port 0: the usual one.
struct ForwardServer {
  Ipv4Address address;
  std::uint16_t port = 0;
};

/// Whom to ask for names at or below a domain; the rule with the longest domain counts.
struct ForwardRule {
  dns::Name domain;
  std::vector<ForwardServer> servers;  // in this order
};

struct RecursionConfig {
  /// Whose questions outside the zones are looked up, if they ask for it (RD): they see RA in every reply.
  std::vector<Ipv4Subnet> allow{{{127u << 24}, 8}};
  std::vector<ForwardRule> forward;
  /// The root's name servers: names that no forward rule is about are looked up from there, from zone to zone. A port
  /// is that of all servers on the way. Without these and without rules nothing is looked up, and RA is not offered.
  std::vector<ForwardServer> root;
  bool edns = true;         // an OPT record in the questions
  bool random_case = true;  // 0x20: letters of questions in random case, which a forger would have to guess
  std::chrono::milliseconds timeout{1500};      // of one try at one server
  int tries = 2;                                // at each server
  std::size_t questions_max = 1000;             // under way at a time, for all clients; the next one gets SERVFAIL
  std::size_t questions_per_address_max = 250;  // so that one client leaves room for others
  std::size_t questions_per_zone_max = 500;     // that wait for the servers of one zone or rule: they may be silent
};

struct TransferConfig {
  std::vector<Ipv4Subnet> allow;  // who gets a zone whole (AXFR)
};

struct Config {
  std::vector<net::Endpoint> listen;  // none: udp and tcp at 127.0.0.1:5300
  service::CommonConfig common;
  std::vector<ZoneFile> zones;
  RecursionConfig recursion;
  CacheLimits cache;
  TransferConfig transfer;
  Identity identity;
  std::size_t udp_bytes_max = dns::edns_udp_bytes_default;  // of a reply, and offered in EDNS
  std::size_t connections_max = 2000;                       // over TCP, of all clients
  std::size_t connections_per_address_max = 500;
  std::chrono::milliseconds idle_timeout{10'000};  // between two questions over TCP (RFC 7766, section 6.2.3)
  bool query_log = false;                          // a line for each question
};

/// Faults: unknown keys, wrong types, what is no name, address or subnet, a name twice, limits, a missing zone file.
Result<Config, settings::Fault> load_config(settings::Document& document);

/// "labredes71.com=zones/labredes71.com.zone", or the file alone if it tells which zone it is (guess_origin). The Error
/// is a sentence for the command line.
Result<ZoneFile> zone_file_of(const std::string& text);

/// How addresses, names, servers are written on the command line, too.
Kind<dns::Name> domain_kind();
Kind<ForwardServer> forward_server_kind();  // "192.168.1.7" or "192.168.1.7:5300"
Kind<net::Endpoint> listen_kind();

}  // namespace labnet::dns_server
