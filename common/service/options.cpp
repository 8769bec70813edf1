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

}  // namespace

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
  options.option("--log-format", "FORMAT", input.log_format, "text or json",
                 one_of<log::Format>({{"text", log::Format::text}, {"json", log::Format::json}}));
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
