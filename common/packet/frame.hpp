// A whole frame, taken apart layer by layer.
#pragma once

#include <optional>

#include "common/packet/arp.hpp"
#include "common/packet/ethernet.hpp"
#include "common/packet/icmp.hpp"
#include "common/packet/ipv4.hpp"
#include "common/packet/tcp.hpp"
#include "common/packet/udp.hpp"

namespace labnet::packet {

/// Each layer that was understood, from the outside in. Views point into the bytes that were parsed.
struct Frame {
  std::optional<Ethernet> ethernet{};
  std::optional<Arp> arp{};
  std::optional<Ipv4> ipv4{};
  std::optional<Icmp> icmp{};  // of the three, at most one; none in the second and later fragments of a datagram
  std::optional<Udp> udp{};
  std::optional<Tcp> tcp{};

  Bytes payload{};                     // what stands above the last layer understood
  std::optional<HeaderFault> fault{};  // why the layer above that could not be read, where it should have been
};

/// Never fails: what cannot be read ends the list of layers. A protocol that is not in the list above is no fault.
Frame parse_frame(Bytes ethernet_frame);

}  // namespace labnet::packet
