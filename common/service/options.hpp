// What every `labnet serve` program is told in the same words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "common/net/endpoint.hpp"
#include "common/program/options.hpp"
#include "common/settings/document.hpp"

namespace labnet::service {

inline constexpr unsigned workers_max = 256;

/// What every configuration of a service has at its top, in the same words.
struct CommonConfig {
  std::optional<net::Endpoint> admin{};  // where /healthz, /readyz and /metrics are answered (control/admin.hpp)
};
void read_common(settings::Section& root, CommonConfig& config);

struct CommonInput {
  CommonInput();

  std::optional<std::string> config;
  bool check = false;
  std::vector<net::Endpoint> listen;
  unsigned workers;  // one per core
  std::optional<int> control;
  std::optional<net::Endpoint> admin;
  log::Format log_format = log::Format::text;
  /// Listening sockets were: then the service answers nowhere else, unless it is told where.
  bool is_handed_in = false;
};

/// usual_listen  what the help calls the default: "127.0.0.1:5300"
void declare(program::Options& options, CommonInput& input, const std::string& usual_listen,
             const Kind<net::Endpoint>& listen_kind);

/// Of a protocol with datagrams and a stream for what is too long for them: at a place without a scheme, by both.
void listen_by_udp_and_tcp(std::vector<net::Endpoint>& listen);

/// "udp://127.0.0.1:5300 tcp://127.0.0.1:5300", as the line "ready" has them.
std::string to_text(const std::vector<net::Endpoint>& endpoints);

}  // namespace labnet::service
