#include "common/service/run.hpp"

namespace labnet::service {

void add_common_metrics(std::string_view name, const net::Worker& worker, control::Metrics& metrics) {
  const auto& counts = worker.counts();
  const auto counter = [&](std::string_view what, std::string_view help, std::uint64_t value) {
    metrics.counter(fmt::format("labnet_{}_{}", name, what), help, static_cast<double>(value));
  };
  metrics.gauge(fmt::format("labnet_{}_workers", name), "Threads that answer.", 1);
  counter("connections_total", "TCP connections that were accepted.", counts.connections);
  counter("connections_refused_total", "TCP connections beyond a limit that were closed at once.",
          counts.connections_refused);
  counter("received_bytes_total", "Octets that came over TCP and UDP, without what TLS adds.", counts.bytes_received);
  counter("sent_bytes_total", "Octets that were sent over TCP and UDP, without what TLS adds.", counts.bytes_sent);
  metrics.counter(fmt::format("labnet_{}_tls_handshakes_total", name),
                  "TLS handshakes with clients, by how they ended.", static_cast<double>(counts.tls_handshakes),
                  {{"result", "done"}});
  metrics.counter(fmt::format("labnet_{}_tls_handshakes_total", name),
                  "TLS handshakes with clients, by how they ended.", static_cast<double>(counts.tls_handshakes_failed),
                  {{"result", "failed"}});
}

}  // namespace labnet::service
