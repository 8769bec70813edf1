// Hosts to the addresses of their servers; each is looked up once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/http/connect.hpp"
#include "clients/http/url.hpp"
#include "common/base/pipe.hpp"
#include "common/resolver/resolver.hpp"

namespace labnet::http_client {

/// "web.lab:443:127.0.0.1": an address to be taken in place of what name servers say.
struct KnownAddress {
  std::string host;  // in small letters
  std::uint16_t port = 0;
  IpAddress address{};

  bool operator==(const KnownAddress&) const = default;
};
/// An IPv6 address may stand in brackets.
std::optional<KnownAddress> parse_known_address(std::string_view text);

class Names {
 public:
  /// options  their `stop` is its own
  Names(net::Worker& worker, resolver::Options options, std::vector<KnownAddress> known);

  /// timing  is told how long it took, if there was something to look up
  Task<Result<std::vector<net::Endpoint>>> find(const Origin& origin, Patience patience, Timing& timing);

 private:
  struct Lookup;

  Task<void> look_up(Lookup& lookup, std::string host, Timeout timeout);

  net::Worker& worker_;
  resolver::Options options_;
  std::vector<KnownAddress> known_;
  std::map<std::string, std::shared_ptr<Lookup>> lookups_;  // under way, and done well
  Result<Pipe> stop_;                                       // becomes readable when the program is to end
  net::Worker::Registration on_stop_;
};

}  // namespace labnet::http_client
