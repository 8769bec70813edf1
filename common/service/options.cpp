#include "common/service/options.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <thread>

namespace labnet::service {
namespace {

bool is_connected_local_socket(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  return ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.ss_family == AF_UNIX;
}

/// The descriptor has to be open already: the lab hands it in.
Kind<int> control_kind() {
  const auto number = between(3, 1023);
  return {number.expected + ", that of a connected local socket which is open",
          [number](std::string_view text) -> std::optional<int> {
            const auto descriptor = number.parse(text);
            return descriptor && is_connected_local_socket(*descriptor) ? descriptor : std::nullopt;
          }};
}

/// An address of HTTP.
Kind<net::Endpoint> admin_kind() {
  return {"ADDRESS:PORT, such as 127.0.0.1:9180", [](std::string_view text) -> std::optional<net::Endpoint> {
            auto endpoint = net::parse_endpoint(text);
            if (!endpoint || (!endpoint->scheme.empty() && endpoint->scheme != "http")) return std::nullopt;
            endpoint->scheme = "http";
            return *std::move(endpoint);
          }};
}

}  // namespace

void read_common(settings::Section& root, CommonConfig& config) {
  root.get("admin", config.admin, admin_kind());
}

CommonInput::CommonInput() : workers{std::clamp(std::thread::hardware_concurrency(), 1u, workers_max)} {}

void declare(program::Options& options, CommonInput& input, const std::string& usual_listen,
             const Kind<net::Endpoint>& listen_kind) {
  options.option("-c,--config", "FILE", input.config, "the configuration; without one: what the options say");
  options.flag("--check", input.check, "say whether the configuration and what it names are right, and do nothing");
  options.repeatable("--listen", "[PROTO://]ADDR:PORT", input.listen,
                     "where to answer, in place of what the configuration says; default: " + usual_listen, listen_kind);
  options.option("--workers", "N", input.workers, "threads that answer; default: one per core",
                 between(1u, workers_max));
  options.option("--control-fd", "N", input.control, "a connected socket on which to answer a lab's requests",
                 control_kind());
  options.option("--admin", "ADDR:PORT", input.admin,
                 "where to answer /healthz, /readyz and /metrics over HTTP, to anybody: an address that only this host "
                 "reaches, such as 127.0.0.1:9180; default: nowhere",
                 admin_kind());
  options.option("--log-format", "FORMAT", input.log_format, "text or json",
                 one_of<log::Format>({{"text", log::Format::text}, {"json", log::Format::json}}));
  options.note("Environment:",
               "LABNET_<SERVICE>_<KEY>  a key of the configuration, over what the file says:\n"
               "                        LABNET_HTTP_LIMITS_CONNECTIONS_MAX=100\n"
               "LABNET_<OPTION>         an option that is not given here: LABNET_WORKERS=2\n");
}

void listen_by_udp_and_tcp(std::vector<net::Endpoint>& listen) {
  for (std::size_t i = 0; i < listen.size(); ++i) {
    if (!listen[i].scheme.empty()) continue;
    listen[i].scheme = "udp";
    auto over_tcp = listen[i];
    over_tcp.scheme = "tcp";
    listen.push_back(std::move(over_tcp));
  }
}

std::string to_text(const std::vector<net::Endpoint>& endpoints) {
  std::string text;
  for (const auto& endpoint : endpoints) {
    if (!text.empty()) text += ' ';
    text += net::to_string(endpoint);
  }
  return text;
}

}  // namespace labnet::service
