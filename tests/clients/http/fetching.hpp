// Fetches for tests: what came, and what was told meanwhile.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "clients/http/client.hpp"
#include "tests/common/net/run_task.hpp"

namespace labnet::http_client {

/// Keeps a body as text.
class TextReceiver final : public Receiver {
 public:
  Task<Result<Wish>> on_head(const Response&) override { co_return Wish::take; }
  void on_passing(const Response& response) override { passed.push_back(response.status()); }
  Task<Result<void>> on_body(Bytes piece) override {
    text += as_text(piece);
    co_return Result<void>{};
  }

  std::string text;
  std::vector<int> passed;
};

struct Told final : Observer {
  void on_notice(std::string_view sentence) override { notices.emplace_back(sentence); }
  void on_detail(std::string_view sentence) override { details.emplace_back(sentence); }
  void on_received(std::string_view head) override { heads.emplace_back(head); }
  void on_sent(std::string_view head) override { sent.emplace_back(head); }
  void on_secured(const net::TlsDetails& tls) override { secured.push_back(tls); }

  std::vector<std::string> notices, details, heads, sent;
  std::vector<net::TlsDetails> secured;
};

struct Fetched {
  int status = 0;  // 0: it failed
  std::string error{};
  std::string text{};         // of the body, as far as it came
  std::vector<int> passed{};  // statuses of responses that were not the last
  std::string url{};
  std::uint64_t wire_bytes = 0, body_bytes = 0;
  Timing timing{};
};

inline Task<Fetched> fetch(Client& client, std::string url, Request request = {}) {
  TextReceiver receiver;
  const auto answer = co_await client.fetch(*parse_url(url), std::move(request), receiver);
  Fetched fetched;
  fetched.text = std::move(receiver.text);
  fetched.passed = std::move(receiver.passed);
  if (!answer) {
    fetched.error = answer.error().message;
    co_return fetched;
  }
  fetched.status = answer->response.status();
  fetched.url = to_text(answer->url);
  fetched.wire_bytes = answer->response.wire_bytes;
  fetched.body_bytes = answer->response.body_bytes;
  fetched.timing = answer->response.timing;
  co_return fetched;
}

/// One client on a runtime of its own, and what it has fetched by the end.
class Fetches {
 public:
  explicit Fetches(ClientOptions options = {}) : options_{std::move(options)} {}

  using Work = std::function<Task<void>(Client&)>;
  void run(Work work) {
    net::run_task([&](net::Worker& worker) -> Task<void> {
      Client client{worker, options_, told};
      co_await work(client);
      co_await client.close();
    });
  }
  Fetched one(const std::string& url, const Request& request = {}) {
    Fetched fetched;
    run([&](Client& client) -> Task<void> { fetched = co_await fetch(client, url, request); });
    return fetched;
  }

  Told told;

 private:
  ClientOptions options_;
};

inline Request with_body(std::string method, std::string body) {
  Request request;
  request.method = std::move(method);
  request.body = std::make_shared<Body>();
  request.body->add(std::move(body));
  return request;
}

}  // namespace labnet::http_client
