// Names of hosts to their addresses, through c-ares.
#include "common/resolver/resolver.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"

namespace labnet::resolver {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct DestroyChannel {
  void operator()(ares_channeldata* channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, DestroyChannel>;

bool is_host_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > Options::name_bytes_max) return false;
  return std::ranges::all_of(split(name, '.'), [](std::string_view label) {
    return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, [](char c) {
      return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '_';
    });
  });
}

std::string list_of(const std::vector<Server>& servers) {
  std::vector<std::string> texts;
  for (const auto& server : servers) texts.push_back(to_string(server));
  return join(texts, ",");
}

Result<Channel> open_channel(const Options& options, bool searches) {
  ares_options settings{};
  std::array<char, 3> lookups{"fb"};  // the hosts file, then DNS, whatever nsswitch.conf says
  settings.lookups = lookups.data();
  settings.timeout = static_cast<int>(options.attempt_timeout.count());
  settings.tries = options.attempts;
  settings.ndomains = 0;
  ares_channel channel = nullptr;
  int mask = ARES_OPT_LOOKUPS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
  if (!searches) mask |= ARES_OPT_DOMAINS;  // none: ares_getaddrinfo does not heed ARES_FLAG_NOSEARCH
  int status = ares_init_options(&channel, &settings, mask);
  if (status != ARES_SUCCESS) return Error{"cannot set name resolution up: ", ares_strerror(status)};
  Channel owned{channel};
  if (!options.servers.empty()) {
    status = ares_set_servers_ports_csv(channel, list_of(options.servers).c_str());
    if (status != ARES_SUCCESS) return Error{"cannot use these name servers: ", ares_strerror(status)};
  }
  return owned;
}

IpAddress to_address(const sockaddr& from) {
  if (from.sa_family == AF_INET) return Ipv4Address{ntohl(reinterpret_cast<const sockaddr_in&>(from).sin_addr.s_addr)};
  Ipv6Address address;
  std::memcpy(address.octets.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, address.octets.size());
  return address;
}

/// What c-ares reports, once.
struct Answer {
  std::optional<int> status;
  std::vector<IpAddress> addresses{};

  static void take(void* self, int status, int /*timeouts*/, ares_addrinfo* found) {
    auto& answer = *static_cast<Answer*>(self);
    answer.status = status;
    if (found == nullptr) return;
    for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
      answer.addresses.push_back(to_address(*node->ai_addr));
    }
    ares_freeaddrinfo(found);
  }
};

int family_of(Family family) {
  return family == Family::ipv4 ? AF_INET : family == Family::ipv6 ? AF_INET6 : AF_UNSPEC;
}

std::string_view reason_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
      return "there is no such name";
    case ARES_ENODATA:
      return "the name has no such address";
    case ARES_ETIMEOUT:
      return "no name server answered";
    case ARES_ECONNREFUSED:  // what c-ares says as well after SERVFAIL, NOTIMP and REFUSED of every server
      return "the name servers cannot be reached, or could not find out";
    default:
      return ares_strerror(status);
  }
}

/// Waits for c-ares' sockets and lets it read from them, until `end` at the latest. False if `stop` is readable.
bool wait(ares_channeldata* channel, Steady::time_point end, int stop) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const auto wanted = ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size()));
  std::vector<pollfd> events;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    short what = 0;
    if (ARES_GETSOCK_READABLE(wanted, i)) what |= POLLIN;
    if (ARES_GETSOCK_WRITABLE(wanted, i)) what |= POLLOUT;
    if (what != 0) events.push_back({sockets[i], what, 0});
  }
  events.push_back({stop, POLLIN, 0});
  const auto left = std::max<std::int64_t>(std::chrono::ceil<milliseconds>(end - Steady::now()).count(), 0);
  timeval longest{left / 1000, left % 1000 * 1000};
  timeval buffer{};
  const auto* const time = ares_timeout(channel, &longest, &buffer);
  const auto wait_ms = time->tv_sec * 1000 + (time->tv_usec + 999) / 1000;
  ::poll(events.data(), events.size(), static_cast<int>(wait_ms));
  if (events.back().revents != 0) return false;
  events.pop_back();
  for (const auto& event : events) {
    const auto socket_if = [&](int flags) { return (event.revents & flags) != 0 ? event.fd : ARES_SOCKET_BAD; };
    ares_process_fd(channel, socket_if(POLLIN | POLLERR | POLLHUP), socket_if(POLLOUT));
  }
  ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // for the attempts whose time is over
  return true;
}

}  // namespace

Result<std::vector<IpAddress>> resolve(const std::string& name, milliseconds deadline, const Options& options) {
  const auto end = Steady::now() + deadline;
  const auto fault = [&](std::string_view reason) {
    return Error{fmt::format("no address of \"{}\" was found: {}", printable(name, 60), reason)};
  };
  if (const auto address = parse_ip(name)) {
    const bool is_ipv4 = std::holds_alternative<Ipv4Address>(*address);
    if (options.family == (is_ipv4 ? Family::ipv6 : Family::ipv4)) return fault(reason_of(ARES_ENODATA));
    return std::vector{*address};
  }
  if (!is_host_name(name)) return fault("this is no host name");
  Answer answer;
  const auto channel = open_channel(options, name.find('.') == name.npos);  // goes first, and so never calls back late
  if (!channel) return channel.error();
  ares_addrinfo_hints hints{};
  hints.ai_family = family_of(options.family);
  hints.ai_flags = ARES_AI_NOSORT;  // the order is the server's
  ares_getaddrinfo(channel->get(), name.c_str(), nullptr, &hints, &Answer::take, &answer);
  while (!answer.status) {
    if (Steady::now() >= end) return fault(reason_of(ARES_ETIMEOUT));
    if (!wait(channel->get(), end, options.stop)) return fault("stopped");
  }
  if (*answer.status != ARES_SUCCESS) return fault(reason_of(*answer.status));
  if (answer.addresses.empty()) return fault(reason_of(ARES_ENODATA));
  return std::move(answer.addresses);
}

Result<std::vector<Server>> system_servers() {
  const auto channel = open_channel({}, false);
  if (!channel) return channel.error();
  ares_addr_port_node* list = nullptr;
  const int status = ares_get_servers_ports(channel->get(), &list);
  if (status != ARES_SUCCESS) return Error{"cannot read the list of name servers: ", ares_strerror(status)};
  std::vector<Server> servers;
  for (const auto* node = list; node != nullptr; node = node->next) {
    Server server;
    if (node->family == AF_INET) {
      server.address = Ipv4Address{ntohl(node->addr.addr4.s_addr)};
    } else {
      Ipv6Address address;
      std::memcpy(address.octets.data(), &node->addr.addr6, address.octets.size());
      server.address = address;
    }
    if (node->udp_port != 0) server.port = static_cast<std::uint16_t>(node->udp_port);
    servers.push_back(server);
  }
  ares_free_data(list);
  return servers;
}

}  // namespace labnet::resolver
