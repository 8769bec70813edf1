// A request whose head is whole and right.
#pragma once

#include <string_view>

#include "common/http/accept.hpp"
#include "common/http/request_head.hpp"
#include "common/http/target.hpp"
#include "servers/http/site.hpp"

namespace labnet::http_server {

/// Views.
struct Request {
  const http::RequestHead& head;
  http::Target target;
  http::Authority authority;
  const Site& site;
  bool is_secure = false;
  std::string_view client{};  // its address

  bool is_get_or_head() const { return head.method() == "GET" || head.method() == "HEAD"; }
  /// Where a page is there as HTML and as JSON: HTML, unless the client likes JSON better.
  bool prefers_json() const {
    return http::quality_of_media_type(head.fields(), "application/json") >
           http::quality_of_media_type(head.fields(), "text/html");
  }
};

}  // namespace labnet::http_server
