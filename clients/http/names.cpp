#include "clients/http/names.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/client/tls.hpp"

namespace labnet::http_client {

using net::Clock;

struct Names::Lookup {
  explicit Lookup(net::Executor executor) : has_ended{executor, Clock::time_point::max()} {}

  net::asio::basic_waitable_timer<Clock, net::asio::wait_traits<Clock>, net::Executor> has_ended;
  bool is_under_way = true;
  Result<std::vector<IpAddress>> addresses = Error{};
};

std::optional<KnownAddress> parse_known_address(std::string_view text) {
  const auto host_end = text.find(':');
  if (host_end == text.npos || host_end == 0) return std::nullopt;
  const auto rest = text.substr(host_end + 1);
  const auto port_end = std::min(rest.find(':'), rest.size());
  const auto port = parse_integer<std::uint16_t>(rest.substr(0, port_end));
  auto place = rest.substr(std::min(port_end + 1, rest.size()));
  if (place.starts_with('[') && place.ends_with(']')) place = place.substr(1, place.size() - 2);
  const auto address = parse_ip(place);
  if (!port || *port == 0 || !address) return std::nullopt;
  return KnownAddress{to_lower(text.substr(0, host_end)), *port, *address};
}

Names::Names(net::Worker& worker, resolver::Options options, std::vector<KnownAddress> known)
    : worker_{worker},
      options_{std::move(options)},
      known_{std::move(known)},
      stop_{make_pipe()},
      on_stop_{worker.on_stop([this] {
        if (stop_) stop_->writing.reset();
      })} {
  if (stop_) options_.stop = stop_->reading.get();
}

Task<Result<std::vector<net::Endpoint>>> Names::find(const Origin& origin, Patience patience, Timing& timing) {
  std::vector<net::Endpoint> servers;
  const auto add = [&](const IpAddress& address) {
    servers.push_back(client::endpoint_of(address, origin.port, "tcp"));
  };
  for (const auto& known : known_) {
    if (known.host == origin.host && known.port == origin.port) add(known.address);
  }
  if (!servers.empty()) co_return servers;
  if (const auto address = parse_ip(origin.host)) {
    add(*address);
    co_return servers;
  }
  const auto began = Clock::now();
  auto lookup = lookups_[origin.host];
  const auto is_known = lookup && !lookup->is_under_way;
  if (!lookup) {
    lookup = lookups_[origin.host] = std::make_shared<Lookup>(worker_.executor());
    co_await look_up(*lookup, origin.host, patience.within(resolver::patience));
  } else if (lookup->is_under_way) {
    co_await lookup->has_ended.async_wait(net::as_result);
  }
  if (!is_known) timing.lookup = Clock::now() - began;
  if (!lookup->addresses) {
    if (lookups_[origin.host] == lookup) lookups_.erase(origin.host);
    co_return lookup->addresses.error();
  }
  for (const auto& address : *lookup->addresses) add(address);
  co_return servers;
}

Task<void> Names::look_up(Lookup& lookup, std::string host, Timeout timeout) {
  lookup.addresses = co_await worker_.run_blocking([&] { return resolver::resolve(host, timeout, options_); });
  lookup.is_under_way = false;
  lookup.has_ended.cancel();
}

}  // namespace labnet::http_client
