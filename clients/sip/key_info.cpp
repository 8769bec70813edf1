#include "clients/sip/key_info.hpp"

#include "common/base/text.hpp"
#include "common/rtp/telephone_event.hpp"

namespace labnet::sip_client {
namespace {

/// The value of "Signal"; of a body without names its first line.
std::string_view signal_in(std::string_view body) {
  const bool has_names = body.find('=') != body.npos;
  for (auto line : split(body, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!has_names) return trim(line);
    const auto equals = line.find('=');
    if (equals == line.npos || !equals_ignoring_case(trim(line.substr(0, equals)), "Signal")) continue;
    return trim(line.substr(equals + 1));
  }
  return {};
}

}  // namespace

std::optional<char> key_in(const sip::Message& info) {
  const auto signal = signal_in(as_text(info.body()));
  if (signal.size() == 1) {
    const auto event = rtp::event_of_key(signal.front());
    return event ? rtp::key_of_event(*event) : std::nullopt;
  }
  const auto event = parse_integer<std::uint8_t>(signal);
  return event ? rtp::key_of_event(*event) : std::nullopt;
}

}  // namespace labnet::sip_client
