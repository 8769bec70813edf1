// Where a name server listens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/address.hpp"

namespace labnet::resolver {

struct Server {
  IpAddress address;
  std::uint16_t port = 53;  // over UDP as over TCP

  bool operator==(const Server&) const = default;
};
/// "192.168.1.7:53", "[fd00::7]:53"
std::string to_string(const Server& server);
/// The same, and without the port: "192.168.1.7", "fd00::7", "[fd00::7]". Nothing for anything else, port 0 included.
std::optional<Server> parse_server(std::string_view text);

}  // namespace labnet::resolver
