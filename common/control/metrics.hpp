// Numbers for whoever watches over a service, as Prometheus reads them (text exposition format 0.0.4).
//
//   Metrics metrics;
//   metrics.counter("labnet_dns_queries_total", "Questions by type.", 3, {{"type", "AAAA"}});
//
//   # HELP labnet_dns_queries_total Questions by type.
//   # TYPE labnet_dns_queries_total counter
//   labnet_dns_queries_total{type="AAAA"} 3
//
// Names are Prometheus' own way of naming: the unit in full and in its base (seconds, bytes), and `_total` behind what
// only grows. What is left of a name without that is no other one's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace labnet::control {

class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string>>;  // in this order; values may be any text

  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  /// What only grows, until the program begins anew. What has the same name and labels is added up.
  void counter(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  /// What goes up and down; is added up, too.
  void gauge(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  /// All of another worker's.
  void add(const Metrics& other);

  /// Families in the order in which they came, their samples by their labels.
  std::string text() const;

 private:
  struct Family {
    std::string name, help;
    std::string_view type;
    std::map<std::string, double> samples;  // by labels as they are written: {type="AAAA"}
  };
  Family& family(std::string_view name, std::string_view help, std::string_view type);

  std::vector<Family> families_;
};

}  // namespace labnet::control
