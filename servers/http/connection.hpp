// One connection: requests in, responses out in the same order, several in one write where they came together.
#pragma once

#include "common/http/date.hpp"
#include "common/net/stream.hpp"
#include "servers/http/access_log.hpp"
#include "servers/http/config.hpp"
#include "servers/http/counts.hpp"
#include "servers/http/responder.hpp"

namespace labnet::http_server {

/// The field Date, written once in a second.
class DateText {
 public:
  std::string_view of(http::Time now) {
    if (now != time_) date_ = http::Date{time_ = now};
    return date_.text();
  }

 private:
  http::Time time_{};
  http::Date date_{time_};
};

/// What the connections of a worker share.
struct Context {
  net::Worker& worker;
  LimitsConfig limits;
  Like like = Like::labnet;
  Responder responder;
  std::unique_ptr<AccessLog> access_log{};  // null: none is kept
  RequestCounts counts{};
  DateText date{};
  std::string spare_text{};  // room for what a connection writes, while none does
};

/// Serves until the client or the server ends it. A secured stream has shaken hands already.
/// objection  what the first request is refused with (400), whatever it is; empty: it is answered
net::Task<void> serve_connection(Context& context, net::Stream stream, std::string_view objection = {});

}  // namespace labnet::http_server
