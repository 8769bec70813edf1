#include "clients/http/report.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "common/base/utf8.hpp"
#include "common/json/json_text.hpp"
#include "common/program/table.hpp"

namespace labnet::http_client {
namespace {

namespace json = boost::json;

double milliseconds(Timing::Duration duration) {
  return std::chrono::duration<double, std::milli>{duration}.count();
}

json::array to_array(std::span<const Step> steps) {
  json::array array;
  for (const auto& step : steps) {
    array.push_back(json::object{{"method", as_utf8(step.method)},
                                 {"url", as_utf8(to_text(step.url))},
                                 {"status", step.status},
                                 {"wire_bytes", step.wire_bytes},
                                 {"timing", to_object(step.timing)}});
  }
  return array;
}

}  // namespace

json::object to_object(const Timing& timing) {
  json::object object;
  const auto add = [&](std::string_view key, std::optional<Timing::Duration> duration) {
    if (duration) object[key] = milliseconds(*duration);
  };
  add("dns_ms", timing.lookup);
  add("tcp_ms", timing.connect);
  add("tls_ms", timing.handshake);
  add("wait_ms", timing.wait);
  add("body_ms", timing.body);
  add("total_ms", timing.total());
  return object;
}

std::string milliseconds_text(std::optional<Timing::Duration> duration) {
  return duration ? fmt::format("{:.1f}", milliseconds(*duration)) : "-";
}

std::string timing_text(std::span<const Step> steps) {
  program::Table table{{"DNS", "TCP", "TLS", "WAIT", "BODY", "TOTAL ms", "RESPONSE"}};
  for (const auto& step : steps) {
    const auto& timing = step.timing;
    table.row({milliseconds_text(timing.lookup), milliseconds_text(timing.connect), milliseconds_text(timing.handshake),
               milliseconds_text(timing.wait), milliseconds_text(timing.body), milliseconds_text(timing.total()),
               fmt::format("{} {} {}", step.status, step.method, printable(to_text(step.url)))});
  }
  return table.text();
}

std::string to_json(const Answer& answer) {
  const auto& response = answer.response;
  const auto& fields = response.fields();
  json::array listed;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    listed.push_back(json::array{as_utf8(fields[i].name), as_utf8(fields[i].value)});
  }
  const json::object object{{"url", as_utf8(to_text(answer.url))},
                            {"version", response.head().version() == http::Version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1"},
                            {"status", response.status()},
                            {"reason", as_utf8(response.head().reason())},
                            {"fields", std::move(listed)},
                            {"wire_bytes", response.wire_bytes},
                            {"body_bytes", response.body_bytes},
                            {"steps", to_array(answer.steps)}};
  return json_text(object) + '\n';
}

}  // namespace labnet::http_client
