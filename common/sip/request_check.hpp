// What a server refuses before it looks at what a request wants (RFC 3261, section 8.2), in the order of that section.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/sip/header_name.hpp"
#include "common/sip/message.hpp"
#include "common/sip/methods.hpp"

namespace labnet::sip {

/// What the server is able to.
struct Abilities {
  std::span<const Method> methods;                // that it answers at all
  std::span<const std::string_view> extensions;   // option tags: "100rel", "timer"
  std::span<const std::string_view> media_types;  // of bodies, "application/sdp"; none: any
  std::string_view invite_answer{};  // the type of body that an INVITE is answered with; empty: it does not matter
  bool forwards = false;             // as a proxy: Max-Forwards and Proxy-Require count
};

struct Refusal {
  int status = 400;                       // one of those below
  HeaderName header = HeaderName::other;  // goes with it, if it is one: Allow, Accept, Unsupported, Accept-Encoding
  std::string value{};
  std::string_view reason{};  // empty: the usual one

  bool operator==(const Refusal&) const = default;
};

/// Of a request that was read without a fault; nothing if it may go on. ACK is never answered, and CANCEL is not
/// refused for what it requires (RFC 3261, section 8.2.2.3). In this order:
///
///   400  a header that cannot be read (header_values.hpp)
///   501  a method that is not in the table of methods, 405: one that is, but not among `methods`; with Allow. Not of a
///   proxy 416  another scheme than sip and sips 483  at Max-Forwards 0, for a proxy 420  with Unsupported: what
///   Require names, of a proxy what Proxy-Require names 406  an INVITE whose sender does not take `invite_answer` 415
///   with Accept: a body of another type; with Accept-Encoding: one that is coded. Not of a proxy
std::optional<Refusal> refusal_of(const Message& request, const Abilities& abilities);

/// "INVITE, ACK, BYE": the value of Allow.
std::string allow_text(std::span<const Method> methods);

}  // namespace labnet::sip
