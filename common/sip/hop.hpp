// The next or the last one on a message's way: an address, and for a stream the connection that leads there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/address.hpp"
#include "common/sip/message.hpp"
#include "common/sip/timers.hpp"
#include "common/sip/transport.hpp"
#include "common/sip/writer.hpp"

namespace labnet::sip {

struct Hop {
  Transport transport = Transport::udp;
  IpAddress address;
  std::uint16_t port = 0;
  /// Which connection, by a number that no other one has had; 0: whichever leads there, or a new one.
  std::uint64_t connection = 0;
  /// The interface of a link-local address, by its number (RFC 4007, section 6); 0: none.
  std::uint32_t scope_id = 0;

  Delivery delivery() const { return is_stream(transport) ? Delivery::reliable : Delivery::unreliable; }
  bool operator==(const Hop&) const = default;
};

/// "192.168.1.7", "fe80::7%2"
std::string scoped_address_text(const Hop& hop);
/// "udp 192.168.1.7:5060", an IPv6 address in brackets.
std::string to_string(const Hop& hop);
/// A Via of one's own, with the own end of the way to the next hop as its sent-by.
std::string via_text(const Hop& local, std::string_view branch);

/// Where the response to a request goes (RFC 3261, section 18.2.2; RFC 3581, section 4): over its connection; by UDP to
/// where it came from, at the port that its Via names, or with rport at the one that it came from. A Via's maddr counts
/// for nothing: it is for multicast, and to anybody else's address it would send what he has not asked for.
Hop response_hop(const Message& request, const Hop& from);

/// As MessageWriter::begin_response, with what the next hop sees of the sender in the top Via: "received" and "rport"
/// (RFC 3261, section 18.2.1; RFC 3581, section 4).
void begin_response(MessageWriter& writer, const Message& request, const Hop& from, ResponseParts parts);

}  // namespace labnet::sip
