// Names of hosts to their addresses, as this host is set up to find them: /etc/hosts, then the servers of
// /etc/resolv.conf.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/resolver/address.hpp"

namespace labnet::resolver {

/// Each is asked for by a query of its own: A, AAAA or both.
enum class Family { ipv4, ipv6, both };

/// How long a program that has nothing else to do waits for an address.
inline constexpr std::chrono::milliseconds patience{15'000};

struct Options {
  static constexpr std::size_t name_bytes_max = 253;  // RFC 1035, section 2.3.4, as text without the final dot

  Family family = Family::ipv4;
  std::vector<Server> servers{};                    // empty: those of /etc/resolv.conf
  std::chrono::milliseconds attempt_timeout{5000};  // for the first attempt; twice as long for the next one
  int attempts = 2;                                 // at each server
  int stop = -1;                                    // a descriptor of the caller's: readable means to give up; -1: none
};

/// Finds the addresses of a name, at least one; of an address as text, that address. Blocks.
///
/// A name with a dot in it is asked for as it stands; only a name without one is tried below the domains of
/// resolv.conf's search line. So one name of one family costs one query.
///
/// deadline  for all of it
/// faults    one sentence with the name in it: there is no such name, it has no such address, no server answered,
///           the deadline passed, `stop` became readable, or the text is no host name (RFC 1123, section 2.1;
///           underscores are taken too)
Result<std::vector<IpAddress>> resolve(const std::string& name, std::chrono::milliseconds deadline,
                                       const Options& options = {});

/// The name servers of /etc/resolv.conf, in its order; the one at 127.0.0.1 if none is named there.
Result<std::vector<Server>> system_servers();

}  // namespace labnet::resolver
