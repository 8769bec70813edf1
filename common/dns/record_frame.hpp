// What all records share on the wire behind their owner's name (RFC 1035, section 4.1.3), and the rules of OPT records.
#pragma once

#include <cstdint>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/fault.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

enum class Section { answer, authority, additional };

struct RecordFrame {
  Type type{};
  std::uint16_t dns_class = 0;
  std::uint32_t ttl = 0;
  Bytes data;  // RDLENGTH octets, in the message

  bool is_opt() const { return type == Type::opt; }
};

/// Reads from behind the owner's name to behind RDATA.
inline Result<RecordFrame, WireFault> read_record_frame(ByteReader& reader) {
  const auto type = reader.u16();
  const auto dns_class = reader.u16();
  const auto ttl = reader.u32();
  const auto length = reader.u16();
  const auto data = length ? reader.take(*length) : std::nullopt;
  // Two octets that are too few for a ttl would do for a length: both are asked.
  if (!ttl || !data) return WireFault::truncated;
  return RecordFrame{static_cast<Type>(*type), *dns_class, *ttl, *data};
}

/// Where an OPT record may stand: once, in the additional section, its owner the octet 0.
inline Result<void, WireFault> check_opt(Section section, std::byte first_octet_of_owner, bool seen_before) {
  if (section != Section::additional) return WireFault::opt_outside_additional;
  if (first_octet_of_owner != std::byte{0}) return WireFault::opt_owner_not_root;
  if (seen_before) return WireFault::opt_repeated;
  return {};
}

}  // namespace labnet::dns
