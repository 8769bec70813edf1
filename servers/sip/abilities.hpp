// What the exchange is able to: methods, extensions, kinds of bodies.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/sip/request_check.hpp"

namespace labnet::sip_server {

inline constexpr std::array exchange_methods{
    sip::Method::invite,    sip::Method::ack,  sip::Method::cancel, sip::Method::bye,     sip::Method::options,
    sip::Method::register_, sip::Method::info, sip::Method::update, sip::Method::message,
};
inline constexpr std::string_view description_type = "application/sdp";

/// "INVITE, ACK, ...": the value of Allow.
inline const std::string& exchange_allow() {
  static const std::string text = sip::allow_text(exchange_methods);
  return text;
}

/// The body, if it is a session description; else empty.
inline std::string_view description_of(const sip::Message& message) {
  const auto type = message.headers().first(sip::HeaderName::content_type);
  return type && type->starts_with(description_type) ? as_text(message.body()) : std::string_view{};
}

}  // namespace labnet::sip_server
