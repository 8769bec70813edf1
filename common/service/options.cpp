#include "common/service/options.hpp"

#include <algorithm>
#include <thread>

namespace labnet::service {

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
                 between(3, 1023));
  options.option("--log-format", "FORMAT", input.log_format, "text or json",
                 one_of<log::Format>({{"text", log::Format::text}, {"json", log::Format::json}}));
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
