// The methods: what a request asks for.
#pragma once

#include <cstdint>
#include <string_view>

namespace labnet::sip {

enum class Method : std::uint8_t {
  invite,
  ack,
  bye,
  cancel,
  options,
  register_,  // RFC 3261 has these six
  prack,      // RFC 3262
  update,     // RFC 3311
  info,       // RFC 6086
  message,    // RFC 3428
  subscribe,
  notify,   // RFC 6665
  refer,    // RFC 3515
  publish,  // RFC 3903
  other,    // one that is not in the table; its text stands in the message
};

struct MethodRow {
  Method method;
  std::string_view name;
  bool creates_dialog;    // its 2xx does (RFC 3261, section 12; RFC 6665, section 4.1; RFC 3515, section 2.4.4)
  bool refreshes_target;  // its Contact is where the dialog's next requests go (RFC 3261, section 12.2)
};
/// The row of a method; that of `other` has no name.
const MethodRow& row_of(Method method);
inline std::string_view name_of(Method method) {
  return row_of(method).name;
}

/// Methods are compared with regard to case (RFC 3261, section 7.1): "invite" is `other`.
Method method_of(std::string_view text);

}  // namespace labnet::sip
