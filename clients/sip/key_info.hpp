// A key that the other side has pressed and tells by INFO, as exchanges do that have no telephone-event.
//
//   Content-Type: application/dtmf-relay      Content-Type: application/dtmf
//
//   Signal=5                                  5
//   Duration=160
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "common/sip/message.hpp"

namespace labnet::sip_client {

/// The types of bodies that an INFO may have here.
inline constexpr std::array<std::string_view, 2> key_media_types{"application/dtmf-relay", "application/dtmf"};

/// 0 to 9, *, # or A to D; also by the number of its event (RFC 4733, section 3.2): "11" is "#". Nothing if the body
/// tells no key.
std::optional<char> key_in(const sip::Message& info);

}  // namespace labnet::sip_client
