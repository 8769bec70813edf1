// The Internet checksum (RFC 1071).
#include "common/packet/checksum.hpp"

namespace labnet::packet {

void InternetChecksum::add(Bytes bytes) {
  ByteReader reader{bytes};
  while (const auto word = reader.u16()) sum_ += *word;
  if (const auto last = reader.u8()) sum_ += std::uint64_t{*last} << 8;  // as if a zero byte followed
}

std::uint16_t InternetChecksum::value() const {
  auto sum = sum_;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::uint16_t internet_checksum(Bytes bytes) {
  InternetChecksum checksum;
  checksum.add(bytes);
  return checksum.value();
}

std::uint16_t internet_checksum(const PseudoHeader& pseudo_header, Bytes segment) {
  InternetChecksum checksum;
  for (const auto address : {pseudo_header.source.value, pseudo_header.destination.value}) {
    checksum.add_u16(static_cast<std::uint16_t>(address >> 16));
    checksum.add_u16(static_cast<std::uint16_t>(address));
  }
  checksum.add_u16(pseudo_header.protocol);
  checksum.add_u16(static_cast<std::uint16_t>(segment.size()));
  checksum.add(segment);
  return checksum.value();
}

}  // namespace labnet::packet
