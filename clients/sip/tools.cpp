#include "clients/sip/tools.hpp"

#include <fmt/format.h>

#include <array>

#include "common/sip/hop.hpp"
#include "common/sip/request_check.hpp"
#include "common/sip/uri.hpp"
#include "common/sip/via.hpp"

namespace labnet::sip_client {

using sip::HeaderName;

std::string PhoneTools::via(const sip::Hop& to) const {
  const auto local = transport.local(to);
  return sip::via_text(local, names.branch());
}

std::string PhoneTools::contact(const sip::Hop& to) const {
  const bool is_to_server = to.transport == config.server.transport && to.address == config.server.address;
  const auto local = is_to_server && seen_at ? *seen_at : transport.local(to);
  std::string parameters;
  if (config.like == Like::zoiper) {
    parameters = fmt::format(";transport={}", sip::via_name(to.transport));
  } else if (to.transport != sip::Transport::udp) {
    parameters = fmt::format(";transport={}", sip::uri_name(to.transport));
  }
  return fmt::format("<sip:{}@{}{}>", sip::escaped_user(config.user), host_port_text(local.address, local.port),
                     parameters);
}

void PhoneTools::add_user_agent(sip::MessageWriter& writer) const {
  if (!config.software.empty()) writer.header(HeaderName::user_agent, config.software);
}

void PhoneTools::add_habits(sip::MessageWriter& writer) const {
  if (config.like == Like::zoiper) writer.header(HeaderName::allow_events, "presence, kpml, talk");
}

void PhoneTools::add_server(sip::MessageWriter& writer) const {
  writer.header(HeaderName::allow, phone_allow());
  if (!config.software.empty()) writer.header(HeaderName::server, config.software);
}

void PhoneTools::answer(const sip::Message& request, const sip::Hop& from, const sip::ResponseParts& parts,
                        sip::TimePoint now, const PhoneHeader& header, std::string_view description) const {
  const auto id = transactions.begin(request, from);
  if (id == sip::ServerId::none) return transactions.answer(request, from, parts);
  Buffer response;
  sip::MessageWriter writer{response};
  writer.begin_response(request, parts);
  if (!header.name.empty()) writer.header(header.name, header.value);
  if (!config.software.empty()) writer.header(HeaderName::server, config.software);
  const auto bytes = description.empty() ? writer.finish() : writer.finish(description_type, as_bytes(description));
  if (bytes) transactions.respond(id, parts.status, *bytes, now);
}

void PhoneTools::answer_options(const sip::Message& options, const sip::Hop& from, const sip::ResponseParts& parts,
                                sip::TimePoint now) const {
  const auto id = transactions.begin(options, from);
  if (id == sip::ServerId::none) return transactions.answer(options, from, {.status = 503});
  answer_options(id, parts, now);
}

void PhoneTools::answer_options(sip::ServerId id, const sip::ResponseParts& parts, sip::TimePoint now) const {
  const auto* const request = transactions.request_of(id);
  if (request == nullptr) return;
  Buffer response;
  sip::MessageWriter writer{response};
  writer.begin_response(*request, parts);
  writer.header(HeaderName::accept, fmt::format("{}, {}", description_type, text_type));
  add_server(writer);
  if (const auto bytes = writer.finish()) transactions.respond(id, parts.status, *bytes, now);
}

const std::string& phone_allow() {
  static const std::string text = sip::allow_text(phone_methods);
  return text;
}

std::string_view description_of(const sip::Message& message) {
  const auto type = message.headers().first(HeaderName::content_type);
  return type && type->starts_with(description_type) ? as_text(message.body()) : std::string_view{};
}

std::string reason_of(const sip::Message& response) {
  auto text = fmt::format("{} {}", response.status(), response.reason());
  if (const auto warning = response.headers().first(HeaderName::warning)) text += fmt::format(" ({})", *warning);
  return text;
}

std::string_view describe(sip::NoResponse reason) {
  switch (reason) {
    case sip::NoResponse::timed_out:
      return "the server does not answer";
    case sip::NoResponse::not_transported:
      return "the server cannot be reached";
    case sip::NoResponse::cancelled_in_vain:
      return "cancelled, and the other side has not confirmed it";
  }
  return "";
}

std::string_view name_of(Ender ender) {
  switch (ender) {
    case Ender::local:
      return "local";
    case Ender::remote:
      return "remote";
    case Ender::fault:
      return "fault";
  }
  return "";
}

}  // namespace labnet::sip_client
