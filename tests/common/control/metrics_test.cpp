#include "common/control/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/control/process_metrics.hpp"

namespace labnet::control {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  Metrics metrics;
  metrics.counter("labnet_dns_queries_total", "Questions by type.", 3, {{"type", "A"}});
  metrics.gauge("labnet_dns_open", "Open.", 0.5);
  metrics.counter("labnet_dns_queries_total", "Questions by type.", 1, {{"type", "AAAA"}});
  EXPECT_EQ(metrics.text(),
            "# HELP labnet_dns_queries_total Questions by type.\n"
            "# TYPE labnet_dns_queries_total counter\n"
            "labnet_dns_queries_total{type=\"A\"} 3\n"
            "labnet_dns_queries_total{type=\"AAAA\"} 1\n"
            "# HELP labnet_dns_open Open.\n"
            "# TYPE labnet_dns_open gauge\n"
            "labnet_dns_open 0.5\n");
}

TEST(Metrics, OfSeveralWorkersAreAddedUp) {
  Metrics one, other;
  one.counter("a_total", "A.", 1, {{"k", "x"}});
  other.counter("a_total", "A.", 2, {{"k", "x"}});
  other.counter("a_total", "A.", 4, {{"k", "y"}});
  other.gauge("b", "B.", 7);
  one.add(other);
  EXPECT_THAT(one.text(),
              AllOf(HasSubstr("a_total{k=\"x\"} 3\n"), HasSubstr("a_total{k=\"y\"} 4\n"), HasSubstr("\nb 7\n")));
}

TEST(Metrics, NothingInALabelOrAHelpBeginsALineOfItsOwn) {
  Metrics metrics;
  metrics.gauge("g", "a\nb\\c \"d\"", 1, {{"k", "a\n\"b\"\\"}, {"l", "\xff"}});
  EXPECT_EQ(metrics.text(), "# HELP g a\\nb\\\\c \"d\"\n# TYPE g gauge\ng{k=\"a\\n\\\"b\\\"\\\\\",l=\"\\\\xff\"} 1\n");
}

TEST(Metrics, LargeCountsKeepTheirDigits) {
  Metrics metrics;
  metrics.counter("a_total", "A.", 1234567890123.0);
  EXPECT_THAT(metrics.text(), HasSubstr("a_total 1234567890123"));
}

TEST(ProcessMetrics, TellOfThisProcess) {
  Metrics metrics;
  add_process_metrics(metrics);
  const auto text = metrics.text();
  EXPECT_THAT(text, ContainsRegex("\nprocess_start_time_seconds [1-9]"));
  EXPECT_THAT(text, ContainsRegex("\nprocess_cpu_seconds_total [0-9]"));
  EXPECT_THAT(text, ContainsRegex("\nprocess_resident_memory_bytes [1-9]"));
  EXPECT_THAT(text, ContainsRegex("\nprocess_open_fds [1-9]"));
  EXPECT_THAT(text, ContainsRegex("\nprocess_max_fds [1-9]"));
  EXPECT_THAT(text, ContainsRegex("\nprocess_threads [1-9]"));
}

}  // namespace
}  // namespace labnet::control
