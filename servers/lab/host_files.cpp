#include "servers/lab/host_files.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace labnet::lab {

std::string resolv_conf(const Host& host) {
  if (!host.resolver) return "# this host has no resolver\nnameserver 127.0.0.1\noptions attempts:1 timeout:1\n";
  return fmt::format("nameserver {}\n", to_string(host.resolver->cache ? loopback_address : host.resolver->server));
}

std::string hosts_file(const Host& host) {
  std::string text = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";
  for (const auto& card : host.interfaces) {
    text += fmt::format("{} {}\n", to_string(card.addresses.front()), host.name);
  }
  return text;
}

std::string nsswitch_conf(std::string_view real_one) {
  std::string text;
  for (const auto line : split(real_one, '\n')) {
    if (!line.empty() && !trim(line).starts_with("hosts:")) text += fmt::format("{}\n", line);
  }
  return text + "hosts: files dns\n";
}

}  // namespace labnet::lab
