// Via: which way a request has come, and so the way back of its response (RFC 3261, section 20.42; RFC 3581).
//
//   SIP/2.0/UDP 192.168.1.7:5060;branch=z9hG4bK87asdks7;rport
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/headers.hpp"
#include "common/sip/host.hpp"
#include "common/sip/parameters.hpp"
#include "common/sip/transport.hpp"

namespace labnet::sip {

/// What a branch begins with that names one transaction among all (RFC 3261, section 8.1.1.7).
inline constexpr std::string_view branch_magic = "z9hG4bK";

/// Views of the value that was read.
struct Via {
  Transport transport = Transport::other;
  std::string_view transport_text;  // as it was sent
  Host host;                        // sent-by
  std::optional<std::uint16_t> port;
  std::string_view branch;             // empty if there is none
  std::optional<Host> received;        // where it came from, as the next hop saw it
  bool has_rport = false;              // the sender asks for rport, or has got it
  std::optional<std::uint16_t> rport;  // the value, if it has got it
  std::optional<Host> maddr;
  std::optional<std::uint8_t> ttl;
  Parameters parameters;  // all of them, those above too

  /// True if the branch is unique as RFC 3261 wants it: with the magic and something behind it. Otherwise the
  /// transaction is found by RFC 2543's rules (RFC 3261, section 17.2.3).
  bool has_unique_branch() const { return branch.size() > branch_magic.size() && branch.starts_with(branch_magic); }
  std::uint16_t port_or_default() const { return port.value_or(default_port(transport)); }
};

/// One value; its protocol must be SIP/2.0.
/// faults  malformed_value, malformed_host, malformed_port, unbalanced_quote, too_many_elements,
///         version_not_supported: a Via of another SIP
Result<Via, FaultKind> parse_via(std::string_view value);

/// All of a message, over all lines.
Result<std::vector<Via>, FaultKind> parse_vias(const Headers& headers);

/// Where a datagram came from.
struct Source {
  std::string_view address;  // "192.168.1.7", "2001:db8::10"
  std::uint16_t port = 0;
};

/// A Via of one's own: "SIP/2.0/UDP 192.168.1.7:5060;branch=z9hG4bK...;rport".
///
/// sent_by   "192.168.1.7:5060", an IPv6 address in brackets
/// branch    with its magic
std::string via_text(Transport transport, std::string_view sent_by, std::string_view branch, bool rport = true);

/// The top Via as a server keeps it (RFC 3261, section 18.2.1; RFC 3581, section 4): with "received" if the packet came
/// from another address than sent-by names, or sent-by is a name, or rport is asked for; and with rport's value where
/// it is asked for. A "received" that the sender wrote itself is left out.
std::string via_with_source(const Via& via, const Source& source);

/// Where the response goes over UDP (RFC 3261, section 18.2.2; RFC 3581, section 4).
struct ResponseTarget {
  std::string_view address;  // of the source; or maddr, which may be a name. No brackets
  std::uint16_t port = 0;
};
/// via     of a request as it came; a "received" in it, which only the sender can have written, counts for nothing
/// source  where the request came from
ResponseTarget response_target(const Via& via, const Source& source);

}  // namespace labnet::sip
