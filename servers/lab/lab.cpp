#include "servers/lab/lab.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace labnet::lab {
namespace {

template <class Items>
auto find_by_name(Items& items, std::string_view name) {
  const auto found = std::ranges::find(items, name, [](const auto& item) -> std::string_view { return item.name; });
  return found == items.end() ? nullptr : &*found;
}

/// Breadth first over the routers that share a network: for each network, the neighbour through which `start` reaches
/// it by the fewest routers.
std::vector<Route> routes_of_router(const Lab& lab, const Host& start) {
  std::vector<Route> routes;
  std::map<std::string_view, std::optional<Ipv4Address>> gateway_to;  // nothing: directly attached
  std::deque<std::string_view> reached;
  for (const auto& card : start.interfaces) {
    gateway_to[card.network] = std::nullopt;
    reached.push_back(card.network);
  }
  for (; !reached.empty(); reached.pop_front()) {
    const auto here = reached.front();
    for (const auto& router : lab.hosts) {
      const auto* card_here = router.interface_in(here);
      if (!router.router || &router == &start || card_here == nullptr) continue;
      const auto gateway = gateway_to[here].value_or(card_here->addresses.front());
      for (const auto& card : router.interfaces) {
        if (!gateway_to.try_emplace(card.network, gateway).second) continue;
        reached.push_back(card.network);
        routes.push_back({lab.find_network(card.network)->subnet, gateway});
      }
    }
  }
  return routes;
}

std::optional<Ipv4Address> default_gateway(const Lab& lab, const Host& host) {
  if (host.gateway) return host.gateway;
  for (const auto& card : host.interfaces) {
    for (const auto& router : lab.hosts) {
      const auto* card_of_router = router.interface_in(card.network);
      if (router.router && card_of_router != nullptr) return card_of_router->addresses.front();
    }
  }
  return std::nullopt;
}

}  // namespace

const Interface* Host::interface_in(std::string_view network) const {
  const auto found = std::ranges::find(interfaces, network, &Interface::network);
  return found == interfaces.end() ? nullptr : &*found;
}

const Network* Lab::find_network(std::string_view wanted) const {
  return find_by_name(networks, wanted);
}

const Host* Lab::find_host(std::string_view wanted) const {
  return find_by_name(hosts, wanted);
}

std::vector<Route> routes_of(const Lab& lab, const Host& host) {
  if (host.router) return routes_of_router(lab, host);
  if (const auto gateway = default_gateway(lab, host)) return {{Ipv4Subnet{}, *gateway}};
  return {};
}

}  // namespace labnet::lab
