// The OPT record's fields, packed where other records have their class and time to live.
#include "common/dns/edns.hpp"

namespace labnet::dns {
namespace {

constexpr std::uint32_t do_bit = 0x8000;

}  // namespace

EdnsHeader edns_from(std::uint16_t dns_class, std::uint32_t ttl) {
  return {dns_class, static_cast<std::uint8_t>(ttl >> 16), (ttl & do_bit) != 0};
}

std::uint32_t edns_ttl(const EdnsHeader& edns, Rcode rcode) {
  const auto upper_rcode = static_cast<std::uint32_t>(rcode) >> 4 & 0xff;
  return upper_rcode << 24 | std::uint32_t{edns.version} << 16 | (edns.dnssec_ok ? do_bit : 0);
}

Rcode whole_rcode(Rcode header_rcode, std::uint32_t ttl) {
  return static_cast<Rcode>(ttl >> 24 << 4 | static_cast<std::uint32_t>(header_rcode));
}

void write_opt(const EdnsHeader& edns, Rcode rcode, Bytes options, ByteWriter& out) {
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(Type::opt));
  out.u16(edns.udp_payload_bytes);
  out.u32(edns_ttl(edns, rcode));
  out.u16(static_cast<std::uint16_t>(options.size()));
  out.bytes(options);
}

}  // namespace labnet::dns
