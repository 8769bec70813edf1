// The files of /etc that each lab host has as its own: their texts.
#pragma once

#include <string>
#include <string_view>

#include "servers/lab/lab.hpp"

namespace labnet::lab {

/// Where a host's caching resolver listens.
inline constexpr Ipv4Address loopback_address{0x7f000001};

/// resolv.conf(5): the host's own cache if it has one, else its server. Without a resolver its own loopback address,
/// where nobody answers, so that a look-up fails at once.
std::string resolv_conf(const Host& host);

/// hosts(5): the loopback names and the host's own name, nothing of the other hosts: those are what DNS is for.
std::string hosts_file(const Host& host);

/// nsswitch.conf(5): what the real machine has, but host names come from files, then DNS. A local resolver daemon of
/// the real machine would answer past resolv.conf.
std::string nsswitch_conf(std::string_view real_one);

}  // namespace labnet::lab
