// EDNS(0): the OPT record, which extends the header (RFC 6891, section 6.1).
//
//      owner: the root | TYPE 41 | CLASS: payload size | TTL: rcode's upper 8 bits, version, DO and Z | options
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/fault.hpp"
#include "common/dns/limits.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct EdnsOption {
  std::uint16_t code = 0;
  Buffer data;

  bool operator==(const EdnsOption&) const = default;
};

/// What the OPT record says apart from its options. Flags without a meaning are ignored.
struct EdnsHeader {
  std::uint16_t udp_payload_bytes = edns_udp_bytes_default;  // as sent; less than 512 means 512 (section 6.2.3)
  std::uint8_t version = 0;
  bool dnssec_ok = false;  // DO, RFC 3225

  /// The largest datagram that the sender takes.
  std::size_t datagram_bytes_max() const { return std::max<std::size_t>(udp_payload_bytes, plain_udp_bytes_max); }
  bool operator==(const EdnsHeader&) const = default;
};

struct Edns : EdnsHeader {
  std::vector<EdnsOption> options;

  bool operator==(const Edns&) const = default;
};

/// An OPT record's CLASS and TTL as EDNS means them, and the other way round.
EdnsHeader edns_from(std::uint16_t dns_class, std::uint32_t ttl);
std::uint32_t edns_ttl(const EdnsHeader& edns, Rcode rcode);
/// The 12 bits of the rcode: the header's four and those in the OPT record's TTL.
Rcode whole_rcode(Rcode header_rcode, std::uint32_t ttl);

/// Calls `use(code, data)` for each option in the RDATA of an OPT record.
Result<void, WireFault> for_each_option(Bytes rdata, auto&& use) {
  ByteReader reader{rdata};
  while (!reader.at_end()) {
    const auto code = reader.u16();
    const auto length = reader.u16();
    const auto data = length ? reader.take(*length) : std::nullopt;
    if (!data) return WireFault::opt_options;
    use(*code, *data);
  }
  return {};
}

/// Appends the OPT record.
void write_opt(const EdnsHeader& edns, Rcode rcode, Bytes options, ByteWriter& out);

}  // namespace labnet::dns
