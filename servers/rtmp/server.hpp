// The RTMP service: listeners on every worker, and a connection for each client.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/control/metrics.hpp"
#include "common/control/server.hpp"
#include "common/net/handed_in.hpp"
#include "common/net/listener.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "common/net/tls.hpp"
#include "servers/rtmp/service.hpp"
#include "servers/rtmp/tunnels.hpp"

namespace labnet::rtmp_server {

class Server {
 public:
  struct Options {
    Config config;
    std::vector<net::HandedIn> handed_in{};        // what is spoken at them is their name: "rtmps", "rtmpt"
    std::function<Result<Config>()> read_again{};  // at a reload; none: the configuration stays
  };
  /// Whether all that a configuration names can be read. Makes nothing. A fault is a sentence.
  static Result<void> check(const Config& config);

  Server(net::Runtime& runtime, Options options);
  ~Server();

  Result<void> start();
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

  /// Answers a lab's request: "reload", "streams".
  control::asio::awaitable<control::json::object> answer(control::json::object request);
  /// What a worker has counted (service::run): publishers, players, octets.
  void measure(const net::Worker& worker, control::Metrics& out);

 private:
  struct Shared;

  control::json::object reload();
  control::json::object show_streams() const;
  Result<std::shared_ptr<const Shared>> load(const Config& config) const;
  Result<void> listen(const net::ListenerOptions& options);
  Result<void> adopt(const net::ListenerOptions& options);
  void serve(net::Worker& worker, std::unique_ptr<net::Listener> listener, const std::string& scheme);
  net::Task<bool> secure(net::Stream& stream, const Shared& shared, bool gives_tickets);
  net::Task<void> serve(net::Worker& worker, net::Stream stream, bool by_tls, bool within_http);

  net::Runtime& runtime_;
  Options options_;
  std::shared_ptr<net::Quota> quota_;
  Lasting lasting_;
  std::shared_ptr<Tunnels> tunnels_;
  std::atomic<std::shared_ptr<const Shared>> shared_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::vector<net::Endpoint> endpoints_;
  net::Worker::Registration on_reload_;
};

}  // namespace labnet::rtmp_server
