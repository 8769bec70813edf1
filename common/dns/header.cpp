// Bits of the flags word, one by one.
#include "common/dns/header.hpp"

#include <array>

#include "common/dns/limits.hpp"

namespace labnet::dns {
namespace {

constexpr unsigned qr_bit = 0x8000;
constexpr unsigned aa_bit = 0x0400;
constexpr unsigned tc_bit = 0x0200;
constexpr unsigned rd_bit = 0x0100;
constexpr unsigned ra_bit = 0x0080;
constexpr unsigned ad_bit = 0x0020;
constexpr unsigned cd_bit = 0x0010;
constexpr unsigned opcode_shift = 11;
constexpr unsigned four_bits = 0xf;

std::uint16_t flags_of(const Header& header) {
  unsigned flags = (static_cast<unsigned>(header.opcode) & four_bits) << opcode_shift;
  flags |= static_cast<unsigned>(header.rcode) & four_bits;
  if (header.response) flags |= qr_bit;
  if (header.authoritative) flags |= aa_bit;
  if (header.truncated) flags |= tc_bit;
  if (header.recursion_desired) flags |= rd_bit;
  if (header.recursion_available) flags |= ra_bit;
  if (header.authentic_data) flags |= ad_bit;
  if (header.checking_disabled) flags |= cd_bit;
  return static_cast<std::uint16_t>(flags);
}

}  // namespace

std::optional<Header> read_header(ByteReader& reader, SectionCounts& counts) {
  if (reader.remaining() < header_bytes) return std::nullopt;
  Header header;
  header.id = *reader.u16();
  const unsigned flags = *reader.u16();
  header.response = flags & qr_bit;
  header.opcode = static_cast<Opcode>(flags >> opcode_shift & four_bits);
  header.authoritative = flags & aa_bit;
  header.truncated = flags & tc_bit;
  header.recursion_desired = flags & rd_bit;
  header.recursion_available = flags & ra_bit;
  header.authentic_data = flags & ad_bit;
  header.checking_disabled = flags & cd_bit;
  header.rcode = static_cast<Rcode>(flags & four_bits);
  counts = {*reader.u16(), *reader.u16(), *reader.u16(), *reader.u16()};
  return header;
}

void write_header(const Header& header, const SectionCounts& counts, ByteWriter& out) {
  out.bytes(std::array<std::byte, header_bytes>{});
  patch_header(header, counts, out);
}

void patch_header(const Header& header, const SectionCounts& counts, ByteWriter& out) {
  out.patch_u16(0, header.id);
  out.patch_u16(2, flags_of(header));
  out.patch_u16(4, counts.questions);
  out.patch_u16(6, counts.answers);
  out.patch_u16(8, counts.authorities);
  out.patch_u16(10, counts.additionals);
}

}  // namespace labnet::dns
