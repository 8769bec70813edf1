#include "common/sip/transaction_key.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace labnet::sip {
namespace {

/// No value of a header has a line feed that is not part of a fold.
constexpr char key_separator = '\n';

std::string_view method_of_key(const Message& request, bool as_invite) {
  if (as_invite || request.method() == Method::ack) return name_of(Method::invite);
  return request.method_text();
}

}  // namespace

std::string server_key(const Message& request, bool as_invite) {
  const auto& via = request.via();
  const auto method = method_of_key(request, as_invite);
  if (via.has_unique_branch()) {
    return fmt::format("{}{}{}{}{}{}{}", via.branch, key_separator, to_lower(via.host.text), key_separator,
                       via.port_or_default(), key_separator, method);
  }
  return fmt::format("2543{0}{1}{0}{2}{0}{3}{0}{4}{0}{5}{0}{6}{0}{7}", key_separator, request.request_uri_text(),
                     request.from_tag(), request.call_id(), request.cseq().number, via.host.text, via.port_or_default(),
                     method);
}

std::string ack_key(const Message& request) {
  return fmt::format("ACK{0}{1}{0}{2}{0}{3}", key_separator, request.call_id(), request.from_tag(),
                     request.cseq().number);
}

std::string client_key(const Message& response) {
  return fmt::format("{}{}{}", response.via().branch, key_separator, response.cseq().method_text);
}

}  // namespace labnet::sip
