// An address of either version of IP.
#include "common/resolver/address.hpp"

#include <fmt/format.h>

namespace labnet::resolver {

std::optional<Address> parse_address(std::string_view text) {
  if (const auto address = parse_ipv4(text)) return *address;
  if (const auto address = parse_ipv6(text)) return *address;
  return std::nullopt;
}

std::string to_string(const Address& address) {
  return std::visit([](const auto& one) { return labnet::to_string(one); }, address);
}

std::string to_string(const Server& server) {
  const auto address = to_string(server.address);
  if (std::holds_alternative<Ipv6Address>(server.address)) return fmt::format("[{}]:{}", address, server.port);
  return fmt::format("{}:{}", address, server.port);
}

}  // namespace labnet::resolver
