#include "servers/http/counts.hpp"

#include <fmt/format.h>

namespace labnet::http_server {

void RequestCounts::measure(control::Metrics& out) const {
  for (std::size_t slot = 0; slot < counts_.size(); ++slot) {
    for (std::size_t place = 0; place < statuses; ++place) {
      const auto count = counts_[slot][place];
      if (count == 0) continue;
      out.counter("labnet_http_requests_total", "Requests by their method and the status of what was answered.",
                  static_cast<double>(count),
                  {{"method", slot < methods.size() ? std::string{methods[slot]} : "other"},
                   {"status", fmt::format("{}", status_min + static_cast<int>(place))}});
    }
  }
}

}  // namespace labnet::http_server
