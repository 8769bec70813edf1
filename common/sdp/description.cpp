// Descriptions as values: look-ups, and faults in words.
#include "common/sdp/description.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/address.hpp"

namespace labnet::sdp {
namespace {

std::string_view reason_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::too_long:
      return "is more than may be";
    case FaultKind::not_a_line:
      return "is not a letter with a value";
    case FaultKind::bad_version:
      return "is not v=0";
    case FaultKind::missing_origin:
      return "has no o=";
    case FaultKind::malformed:
      return "does not say what it should";
    case FaultKind::repeated:
      return "is there for the second time";
    case FaultKind::out_of_place:
      return "does not belong there";
  }
  return {};
}

}  // namespace

std::string_view name_of(AddressFamily family) {
  return family == AddressFamily::ip4 ? "IP4" : "IP6";
}

bool Connection::is_unspecified() const {
  if (family == AddressFamily::ip4) return parse_ipv4(address) == Ipv4Address{};
  return parse_ipv6(address) == Ipv6Address{};
}

const Attribute* Section::find(std::string_view name) const {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

std::string_view Section::value_of(std::string_view name) const {
  const auto* const attribute = find(name);
  return attribute != nullptr && attribute->value ? std::string_view{*attribute->value} : std::string_view{};
}

std::string describe(const Fault& fault) {
  if (fault.line == 0) return fmt::format("the description {}", reason_of(fault.kind));
  return fmt::format("line {} of the description {}", fault.line, reason_of(fault.kind));
}

}  // namespace labnet::sdp
