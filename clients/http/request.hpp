// A request as a connection sends it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/http/body.hpp"
#include "clients/http/limits.hpp"
#include "common/http/fields.hpp"
#include "common/http/head.hpp"

namespace labnet::http_client {

struct Request {
  Request() = default;  // no aggregate: GCC 12 destroys temporaries of these wrongly within co_await

  std::string method = "GET";
  std::string target = "/";
  http::Version version = http::Version::http_1_1;
  /// In this order. Content-Length and Transfer-Encoding are added if there is a body and neither is among them.
  std::vector<http::FieldText> fields{};
  std::shared_ptr<Body> body{};   // null: none
  bool takes_off_gzip = false;    // from the response's body, if it has that coding
  bool expects_continue = false;  // asks before it sends the body, and waits for 100 a while
  std::uint64_t body_bytes_max = download_bytes_max_default;  // of the response, as it is handed on

  const http::FieldText* find(std::string_view name) const;
  /// In place of those with that name; behind all others if there is none.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
};

/// Doing it twice is as good as once (RFC 9110, section 9.2.2).
bool is_idempotent(std::string_view method);

}  // namespace labnet::http_client
