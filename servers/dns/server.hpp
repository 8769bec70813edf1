// The DNS service: UDP and TCP, own zones first, then the resolver.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/control/metrics.hpp"
#include "common/control/server.hpp"
#include "common/net/handed_in.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "servers/dns/address_map.hpp"
#include "servers/dns/config.hpp"
#include "servers/dns/reload.hpp"
#include "servers/dns/resolver.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

class Server {
 public:
  struct Options {
    Config config;
    AddressMap addresses;             // moves zones; the configuration's own addresses are moved already
    std::uint16_t forward_port = 53;  // for servers without a port
    ZoneSet zones;
    std::optional<ConfigFile> config_file;
    std::vector<net::HandedIn> handed_in;
  };

  Server(net::Runtime& runtime, Options options);
  ~Server();

  /// Opens all sockets and begins to serve on every worker. A fault names the address that is taken.
  Result<void> start();

  /// Where it listens.
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

  /// Answers a lab's request: cache.show, cache.flush, reload.
  control::asio::awaitable<control::json::object> answer(control::json::object request);
  /// What a worker has counted (service::run): questions, replies, the cache.
  void measure(const net::Worker& worker, control::Metrics& out);

 private:
  struct WorkerState;

  control::json::object show_cache();
  control::json::object flush_cache(const control::json::object& request);
  control::asio::awaitable<control::json::object> reload();
  void serve_zones(const std::shared_ptr<const ZoneSet>& zones);

  net::Runtime& runtime_;
  Options options_;
  SharedCache cache_;
  std::shared_ptr<net::Quota> connections_;
  std::shared_ptr<net::Quota> questions_, questions_per_zone_;  // that the resolvers are asking
  std::vector<std::unique_ptr<WorkerState>> workers_;
  std::vector<net::Endpoint> endpoints_;
  net::Worker::Registration on_reload_;
  std::optional<Reloader> reloader_;
};

}  // namespace labnet::dns_server
