#include "servers/http/head.hpp"

#include <algorithm>
#include <span>

#include "common/base/text.hpp"
#include "common/http/head_text.hpp"

namespace labnet::http_server {
namespace {

constexpr std::string_view date = "Date", server = "Server", connection = "Connection", others = "";

/// As they were seen on the wire. What is not named stands where `others` does.
using Order = std::span<const std::string_view>;
constexpr std::string_view labnet_order[]{date,
                                          server,
                                          others,
                                          "Content-Type",
                                          "Content-Encoding",
                                          "Content-Length",
                                          "Content-Range",
                                          "Last-Modified",
                                          "ETag",
                                          "Accept-Ranges",
                                          "Vary",
                                          connection};
constexpr std::string_view apache_order[]{
    date,       server,        "Last-Modified",    "ETag",          "Accept-Ranges",
    others,     "Vary",        "Content-Encoding", "Content-Range", "Content-Length",
    connection, "Content-Type"};
constexpr std::string_view nginx_order[]{
    server, date,   "Content-Type", "Content-Length",   "Last-Modified", connection,
    "Vary", "ETag", others,         "Content-Encoding", "Accept-Ranges", "Content-Range"};

Order order_of(Like like) {
  switch (like) {
    case Like::apache:
      return apache_order;
    case Like::nginx:
      return nginx_order;
    case Like::labnet:
      break;
  }
  return labnet_order;
}

}  // namespace

std::string_view server_name(Like like) {
  switch (like) {
    case Like::apache:
      return "Apache";
    case Like::nginx:
      return "nginx";
    case Like::labnet:
      break;
  }
  return "labnet";
}

HeadTemplate::HeadTemplate(Like like, std::string_view server_value, int status, const FieldList& fields) {
  const auto order = order_of(like);
  const auto append_all = [&](auto&& is_here) {
    for (const auto& [name, value] : fields) {
      if (is_here(name)) http::append_field(text_, name, value);
    }
  };
  const auto is_named = [&](std::string_view name) {
    return std::ranges::any_of(order, [&](std::string_view one) { return equals_ignoring_case(one, name); });
  };
  http::append_status_line(text_, status);
  for (const auto& place : order) {
    if (place == date) {
      text_ += "Date: ";
      date_at_ = text_.size();
      text_ += "\r\n";
    } else if (place == server) {
      if (!server_value.empty()) http::append_field(text_, server, server_value);
    } else if (place == connection) {
      connection_at_ = text_.size();
    } else if (place == others) {
      append_all([&](std::string_view name) { return !is_named(name); });
    } else {
      append_all([&](std::string_view name) { return equals_ignoring_case(name, place); });
    }
  }
  text_ += "\r\n";
}

}  // namespace labnet::http_server
