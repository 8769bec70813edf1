#include "common/control/admin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "common/control/process_metrics.hpp"
#include "common/http/date.hpp"
#include "common/http/head_text.hpp"
#include "common/http/status.hpp"
#include "common/http/target.hpp"
#include "common/log/clock.hpp"
#include "common/net/read_buffer.hpp"

namespace labnet::control {
namespace {

constexpr std::size_t input_bytes_first = 1024;
constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view methods = "GET, HEAD";

/// Sent as it is to whom there is no room for.
std::string full_response(net::Full) {
  constexpr std::string_view why = "There are as many connections to this address as there may be.\n";
  return fmt::format(
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {}\r\nContent-Length: {}\r\nRetry-After: 1\r\n"
      "Connection: close\r\n\r\n{}",
      plain_text, why.size(), why);
}

}  // namespace

struct Admin::Response {
  int status = 200;
  std::string body{};
  std::string_view content_type = plain_text;

  static Response plain(int code, std::string_view word) { return {.status = code, .body = fmt::format("{}\n", word)}; }
  static Response refusal(int code) { return plain(code, http::reason_phrase(code)); }
  static Response of(const Metrics& metrics) {
    return {.status = 200, .body = metrics.text(), .content_type = Metrics::content_type};
  }
  /// 200, or 503 with the workers that have not answered.
  template <class T>
  static Response report_on(const std::vector<std::optional<T>>& answers) {
    Response made{.status = 200, .body = "ok\n"};
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i]) continue;
      if (std::exchange(made.status, 503) == 200) made.body.clear();
      made.body += fmt::format("worker {} does not answer\n", i);
    }
    return made;
  }

  std::string text(bool has_body) const {
    std::string out;
    http::append_status_line(out, status);
    http::append_field(out, "Date", http::Date{seconds_now()}.text());
    http::append_field(out, "Content-Type", content_type);
    http::append_field(out, "Content-Length", fmt::format("{}", body.size()));
    http::append_field(out, "Cache-Control", "no-store");
    if (status == 405) http::append_field(out, "Allow", methods);
    http::append_field(out, "Connection", "close");
    out += "\r\n";
    if (has_body) out += body;
    return out;
  }
};

Admin::Admin(net::Runtime& runtime, std::string version)
    : runtime_{runtime},
      version_{std::move(version)},
      on_drain_{
          runtime.workers().front().on_stop([this] { aside_.worker().post([this] { phase_ = Phase::draining; }); })},
      aside_{runtime} {}

Admin::~Admin() {
  aside_.end();
}

Result<std::unique_ptr<Admin>> Admin::open(net::Runtime& runtime, const net::Endpoint& endpoint, std::string version) {
  std::unique_ptr<Admin> made{new Admin{runtime, std::move(version)}};
  net::ListenerOptions options;
  options.shares_port = false;
  options.quota = net::Quota::make({.all_max = admin_connections_max, .per_address_max = admin_connections_max});
  options.on_full = full_response;
  auto& worker = made->aside_.worker();
  auto listener = net::Listener::open(worker, endpoint, std::move(options));
  if (!listener) return listener.error();
  made->local_ = {"http", endpoint.address, (*listener)->local().port};
  made->listener_ = *std::move(listener);
  worker.spawn(made->listener_->serve([&own = *made](net::Stream stream) { return own.serve(std::move(stream)); }));
  made->aside_.begin();
  return made;
}

void Admin::set_ready(Measure measure) {
  aside_.worker().post([this, measure = std::move(measure)]() mutable {
    measure_ = std::move(measure);
    phase_ = Phase::ready;
  });
}

net::Task<void> Admin::serve(net::Stream stream) {
  const auto on_stop = aside_.worker().on_stop([&stream] { stream.interrupt_read(); });
  const auto until = net::deadline_after(admin_request_timeout);
  net::ReadBuffer input{input_bytes_first, admin_head_bytes_max};
  http::RequestHeadReader reader;
  std::optional<Response> response;
  while (!response) {
    const auto head = reader.read(input.unread());
    const auto room = head && !*head ? input.room() : std::span<std::byte>{};
    if (!head) {
      response = Response::refusal(http::status_of(head.error()));
    } else if (*head) {
      response = co_await answer(reader.head());
    } else if (room.empty()) {
      response = Response::refusal(431);
    } else {
      reader.head().set_base(as_text(input.unread()).data());  // it may have moved
      const auto count = co_await stream.read_some(room, until);
      const bool is_too_slow = !count && count.error() == net::StreamFault::deadline;
      if (!count && (!is_too_slow || aside_.worker().is_stopping())) co_return;
      if (is_too_slow) response = Response::refusal(408);
      if (count) input.add(*count);
    }
  }
  const auto text = response->text(reader.head().method() != "HEAD");
  const auto written = co_await stream.write(text, admin_response_timeout);
  if (written) co_await stream.finish(admin_response_timeout);
}

net::Task<Admin::Response> Admin::answer(const http::RequestHead& request) {
  struct Row {
    std::string_view path;
    net::Task<Response> (Admin::*answer)();
  };
  static constexpr std::array rows{Row{"/healthz", &Admin::tell_health}, Row{"/readyz", &Admin::tell_readiness},
                                   Row{"/metrics", &Admin::tell_metrics}};
  const auto destination = http::destination_of(request);
  if (!destination) co_return Response::refusal(400);
  const auto row = std::ranges::find(rows, destination->target.path, &Row::path);
  if (row == rows.end()) co_return Response::refusal(404);
  if (request.method() != "GET" && request.method() != "HEAD") co_return Response::refusal(405);
  co_return co_await (this->*row->answer)();
}

net::Task<Admin::Response> Admin::tell_health() {
  const std::function<bool(net::Worker&)> ask = [](net::Worker&) { return true; };
  const auto answers = co_await net::ask_workers(aside_.worker(), runtime_.workers(), ask, ping_deadline);
  co_return Response::report_on(answers);
}

net::Task<Admin::Response> Admin::tell_readiness() {
  if (phase_ == Phase::ready) co_return Response::plain(200, "ready");
  co_return Response::plain(503, phase_ == Phase::starting ? "starting" : "draining");
}

net::Task<Admin::Response> Admin::tell_metrics() {
  Metrics all;
  all.gauge("labnet_build_info", "The version of the program; the value is always 1.", 1, {{"version", version_}});
  add_process_metrics(all);
  if (measure_) {
    const std::function<Metrics(net::Worker&)> ask = [this](net::Worker& worker) { return measure_(worker); };
    const auto answers = co_await net::ask_workers(aside_.worker(), runtime_.workers(), ask, ping_deadline);
    // Without a worker's part, what only grows would seem to have shrunk.
    if (auto report = Response::report_on(answers); report.status != 200) co_return report;
    for (const auto& one : answers) all.add(*one);
  }
  co_return Response::of(all);
}

}  // namespace labnet::control
