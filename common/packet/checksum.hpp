// The Internet checksum, which IPv4, ICMP, UDP and TCP carry (RFC 1071).
#pragma once

#include <cstdint>

#include "common/base/address.hpp"
#include "common/base/bytes.hpp"

namespace labnet::packet {

/// Adds up 16-bit words in ones' complement. Only the last piece added may have an odd number of bytes.
class InternetChecksum {
 public:
  void add(Bytes bytes);
  void add_u16(std::uint16_t value) { sum_ += value; }

  /// What goes into the checksum field if that field was added as zero; 0 if the field was added as it stands and
  /// everything arrived unharmed.
  std::uint16_t value() const;

 private:
  std::uint64_t sum_ = 0;
};

/// Of one run of bytes: IPv4 headers, ICMP messages.
std::uint16_t internet_checksum(Bytes bytes);

/// What UDP and TCP add in front of their own bytes, so that a segment delivered to the wrong host is noticed
/// (RFC 768; RFC 9293, section 3.1):
///
///     |0               |8               |16              |24              |32
///     |                          source address                           |
///     |                        destination address                        |
///     |       zero     |    protocol    |    length of header and data    |
struct PseudoHeader {
  Ipv4Address source{};
  Ipv4Address destination{};
  std::uint8_t protocol = 0;
};
/// `segment` is the UDP or TCP header and all its data.
std::uint16_t internet_checksum(const PseudoHeader& pseudo_header, Bytes segment);

}  // namespace labnet::packet
