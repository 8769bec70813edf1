#include "common/sip/dialog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace labnet::sip {
namespace {

std::vector<std::string> record_routes_of(const Message& message) {
  std::vector<std::string> routes;
  message.headers().for_each_element(HeaderName::record_route,
                                     [&](std::string_view route) { routes.emplace_back(route); });
  return routes;
}

std::string contact_uri_of(const Message& message) {
  std::string uri;
  message.headers().for_each_element(HeaderName::contact, [&](std::string_view value) {
    if (!uri.empty()) return;
    if (const auto contact = parse_name_address(value)) uri = contact->uri_text;
  });
  return uri;
}

/// A value of From or To, with a tag that it may not have yet.
std::string with_tag(const Message& message, HeaderName name, std::string_view tag) {
  const std::string value{message.headers().first(name).value_or(std::string_view{})};
  const auto& address = name == HeaderName::from ? message.from() : message.to();
  return tag.empty() || !address.tag().empty() ? value : fmt::format("{};tag={}", value, tag);
}

/// The URI of a route: "<sip:proxy.lab;lr>" or "Proxy <sip:proxy.lab;lr>;x=y".
struct RouteUri {
  std::string_view text;
  bool is_loose = true;  // section 16.12: its proxy leaves the Request-URI alone
};
RouteUri uri_of_route(std::string_view route) {
  const auto address = parse_name_address(route);
  if (!address) return {};
  return {address->uri_text, address->uri.has_parameter("lr")};
}

}  // namespace

Dialog Dialog::of_server(const Message& request, std::string_view local_tag) {
  Dialog dialog;
  dialog.id_ = {std::string{request.call_id()}, std::string{local_tag}, std::string{request.from_tag()}};
  dialog.local_ = with_tag(request, HeaderName::to, local_tag);
  dialog.remote_ = with_tag(request, HeaderName::from, {});
  dialog.remote_target_ = contact_uri_of(request);
  dialog.routes_ = record_routes_of(request);
  dialog.remote_cseq_ = request.cseq().number;
  return dialog;
}

Dialog Dialog::of_client(const Message& request, const Message& response) {
  Dialog dialog;
  dialog.id_ = {std::string{request.call_id()}, std::string{request.from_tag()}, std::string{response.to_tag()}};
  dialog.local_ = with_tag(request, HeaderName::from, {});
  dialog.remote_ = with_tag(response, HeaderName::to, {});
  dialog.remote_target_ = contact_uri_of(response);
  // Without a Contact, which it must have (section 12.1.1), at least where it was found.
  if (dialog.remote_target_.empty()) dialog.remote_target_ = request.request_uri_text();
  dialog.set_routes_of(response);
  dialog.local_cseq_ = request.cseq().number;
  return dialog;
}

Dialog Dialog::of_record(DialogRecord record) {
  const auto tag_of = [](std::string_view value) {
    const auto address = parse_name_address(value);
    return std::string{address ? address->tag() : std::string_view{}};
  };
  Dialog dialog;
  dialog.id_ = {std::move(record.call_id), tag_of(record.local), tag_of(record.remote)};
  dialog.local_ = std::move(record.local);
  dialog.remote_ = std::move(record.remote);
  dialog.remote_target_ = std::move(record.remote_target);
  dialog.routes_ = std::move(record.routes);
  dialog.local_cseq_ = record.local_cseq;
  return dialog;
}

DialogRecord Dialog::record() const {
  return {.call_id = id_.call_id,
          .local = local_,
          .remote = remote_,
          .remote_target = remote_target_,
          .routes = routes_,
          .local_cseq = local_cseq_};
}

void Dialog::set_routes_of(const Message& response) {
  routes_ = record_routes_of(response);
  std::ranges::reverse(routes_);
}

std::string_view Dialog::next_hop() const {
  return routes_.empty() ? std::string_view{remote_target_} : uri_of_route(routes_.front()).text;
}

void Dialog::begin_request(MessageWriter& writer, Method method, std::string_view via, std::string_view contact) {
  begin(writer, method, ++local_cseq_, via, contact);
}

void Dialog::begin_ack(MessageWriter& writer, std::uint32_t cseq, std::string_view via) const {
  begin(writer, Method::ack, cseq, via, {});
}

void Dialog::begin(MessageWriter& writer, Method method, std::uint32_t cseq, std::string_view via,
                   std::string_view contact) const {
  std::vector<std::string_view> routes{routes_.begin(), routes_.end()};
  std::string_view request_uri = remote_target_;
  std::string target_as_route;
  if (!routes.empty() && !uri_of_route(routes.front()).is_loose) {
    // A strict router takes the next address from the Request-URI (section 12.2.1.1).
    request_uri = uri_of_route(routes.front()).text;
    target_as_route = fmt::format("<{}>", remote_target_);
    routes.erase(routes.begin());
    routes.push_back(target_as_route);
  }
  writer.begin_request({.method = name_of(method),
                        .uri = request_uri,
                        .via = via,
                        .routes = routes,
                        .contact = contact,
                        .to = remote_,
                        .from = local_,
                        .call_id = id_.call_id,
                        .cseq = cseq});
}

bool Dialog::accept(const Message& request) {
  const auto number = request.cseq().number;
  if (remote_cseq_ && number < *remote_cseq_) return false;
  remote_cseq_ = number;
  return true;
}

bool Dialog::refresh_target(const Message& message) {
  if (!row_of(message.method()).refreshes_target) return false;
  auto uri = contact_uri_of(message);
  if (uri.empty() || uri == remote_target_) return false;
  remote_target_ = std::move(uri);
  return true;
}

}  // namespace labnet::sip
