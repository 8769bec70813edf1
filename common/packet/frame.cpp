// A whole frame, taken apart layer by layer.
#include "common/packet/frame.hpp"

namespace labnet::packet {
namespace {

/// Keeps a layer that was read, or the fault; true if there is a layer. ARP is the only layer that carries nothing.
template <class Layer>
bool keep(const Result<Layer, HeaderFault>& parsed, std::optional<Layer>& layer, Frame& frame) {
  if (!parsed) {
    frame.fault = parsed.error();
    return false;
  }
  layer = *parsed;
  if constexpr (requires { parsed->payload; }) {
    frame.payload = parsed->payload;
  } else {
    frame.payload = {};
  }
  return true;
}

void parse_transport(Frame& frame) {
  const auto& datagram = *frame.ipv4;
  if (datagram.fragment_offset_bytes != 0) return;  // the header was in the first fragment
  switch (datagram.protocol) {
    case Ipv4::protocol_icmp:
      if (!keep(parse_icmp(datagram.payload), frame.icmp, frame)) return;
      if (datagram.is_fragment() || !datagram.is_whole()) frame.icmp->checksum = Checksum::unknown;
      return;
    case Ipv4::protocol_udp:
      if (!keep(parse_udp(datagram.payload), frame.udp, frame)) return;
      if (frame.udp->checksum != Checksum::absent) {
        frame.udp->checksum = verify_segment(datagram, frame.udp->length_bytes);
      }
      return;
    case Ipv4::protocol_tcp:
      if (!keep(parse_tcp(datagram.payload), frame.tcp, frame)) return;
      frame.tcp->checksum = verify_segment(datagram, datagram.payload.size());
      return;
    default:
      return;
  }
}

}  // namespace

Frame parse_frame(Bytes ethernet_frame) {
  Frame frame;
  frame.payload = ethernet_frame;
  if (!keep(parse_ethernet(ethernet_frame), frame.ethernet, frame)) return frame;
  if (frame.ethernet->type == Ethernet::type_arp) keep(parse_arp(frame.payload), frame.arp, frame);
  if (frame.ethernet->type == Ethernet::type_ipv4 && keep(parse_ipv4_datagram(frame.payload), frame.ipv4, frame)) {
    parse_transport(frame);
  }
  return frame;
}

}  // namespace labnet::packet
