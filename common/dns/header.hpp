// The twelve octets that every message starts with (RFC 1035, section 4.1.1).
//
//       0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
//      |                      ID                       |
//      |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |      AD and CD: RFC 4035, section 3
//      |      QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT       |      two octets each
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

struct Header {
  std::uint16_t id = 0;
  bool response = false;             // QR
  Opcode opcode = Opcode::query;     // 4 bits
  bool authoritative = false;        // AA
  bool truncated = false;            // TC
  bool recursion_desired = false;    // RD
  bool recursion_available = false;  // RA
  bool authentic_data = false;       // AD
  bool checking_disabled = false;    // CD
  Rcode rcode = Rcode::noerror;      // its lower 4 bits on the wire

  bool operator==(const Header&) const = default;
};

/// How many records each section holds.
struct SectionCounts {
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  std::uint16_t additionals = 0;

  bool operator==(const SectionCounts&) const = default;
};

/// Nothing if fewer than 12 octets are left. The Z bit is ignored.
std::optional<Header> read_header(ByteReader& reader, SectionCounts& counts);
void write_header(const Header& header, const SectionCounts& counts, ByteWriter& out);
/// Overwrites the header that stands at the writer's start: flags and counts are known when the rest is written.
void patch_header(const Header& header, const SectionCounts& counts, ByteWriter& out);

}  // namespace labnet::dns
