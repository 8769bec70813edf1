// The FTP service: listeners on every worker, and a session for each connection.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/control/metrics.hpp"
#include "common/control/server.hpp"
#include "common/net/handed_in.hpp"
#include "common/net/listener.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "common/net/tls.hpp"
#include "servers/ftp/service.hpp"

namespace labnet::ftp_server {

class Server {
 public:
  struct Options {
    Config config;
    std::vector<net::HandedIn> handed_in{};  // those with the name "ftps": TLS from the first byte on
  };
  /// Whether all that a configuration names can be read: root, users, certificate. Makes nothing. A fault is a
  /// sentence.
  static Result<void> check(const Config& config);

  Server(net::Runtime& runtime, Options options);
  ~Server();

  Result<void> start();
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

  /// Answers a lab's request: "reload".
  control::asio::awaitable<control::json::object> answer(control::json::object request);
  /// What a worker has counted (service::run): sessions, commands, transfers.
  void measure(const net::Worker& worker, control::Metrics& out);

 private:
  struct Shared;

  control::json::object reload();
  Result<std::shared_ptr<const Shared>> load() const;
  net::ListenerOptions listener_options(bool is_implicit) const;
  void serve(net::Worker& worker, std::unique_ptr<net::Listener> listener, bool is_implicit);
  net::Task<void> serve(net::Worker& worker, net::Stream stream, bool is_implicit);

  net::Runtime& runtime_;
  Options options_;
  std::shared_ptr<net::Quota> quota_;
  std::shared_ptr<net::PerWorker<Counts>> counts_;
  std::atomic<std::shared_ptr<const Shared>> shared_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::vector<net::Endpoint> endpoints_;
  net::Worker::Registration on_reload_;
};

}  // namespace labnet::ftp_server
