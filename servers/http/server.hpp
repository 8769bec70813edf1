// The HTTP service: listeners on every worker, and a connection for each client.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "common/control/metrics.hpp"
#include "common/control/server.hpp"
#include "common/net/handed_in.hpp"
#include "common/net/listener.hpp"
#include "common/net/quota.hpp"
#include "common/net/runtime.hpp"
#include "common/net/tls.hpp"
#include "servers/http/connection.hpp"

namespace labnet::http_server {

class Server {
 public:
  struct Options {
    Config config;
    std::vector<net::HandedIn> handed_in{};        // those with the name "https": TLS from the first byte on
    std::function<Result<Config>()> read_again{};  // at a reload; none: the configuration stays
  };
  /// Whether all that a configuration names can be read: roots, certificates, stores. Makes nothing. A fault is a
  /// sentence. Returns what is perhaps not meant, see Site::doubts.
  static Result<std::vector<std::string>> check(Config config);

  Server(net::Runtime& runtime, Options options);
  ~Server();

  Result<void> start();
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

  /// Answers a lab's request: "reload".
  control::asio::awaitable<control::json::object> answer(control::json::object request);
  /// What a worker has counted (service::run): requests by method and status.
  void measure(const net::Worker& worker, control::Metrics& out);

 private:
  control::json::object reload();
  Result<std::shared_ptr<const net::TlsServer>> load_tls(const Config& config) const;
  Result<void> reload_from(Config config);
  Result<void> listen(const net::ListenerOptions& options);
  Result<void> adopt(const net::ListenerOptions& options);
  void serve(Context& context, std::unique_ptr<net::Listener> listener, bool is_secure);
  net::Task<void> serve(Context& context, net::Stream stream, bool is_secure);

  net::Runtime& runtime_;
  Options options_;
  std::shared_ptr<net::Quota> quota_;
  std::atomic<std::shared_ptr<const net::TlsServer>> tls_;  // null: none
  std::shared_ptr<const SiteSet> sites_;                    // as they were read last
  std::deque<Context> contexts_;                            // one of each worker
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::vector<net::Endpoint> endpoints_;
  net::Worker::Registration on_reload_;
};

}  // namespace labnet::http_server
