// RRsets are copied as they stand in the zone where that is possible: owned by the question's name, no name in their
// data.
#include "servers/dns/reply_writer.hpp"

#include <algorithm>

namespace labnet::dns_server {
namespace {

constexpr std::size_t pointer_bytes = 2;
constexpr std::size_t fixed_bytes = 8;  // type, class and TTL

std::size_t reply_bytes_max(const dns::QueryView& query, const AnswerOptions& options) {
  if (options.transport == Transport::tcp) return dns::message_bytes_max;
  if (!query.edns) return dns::plain_udp_bytes_max;
  return std::clamp(options.udp_bytes_max, dns::plain_udp_bytes_max, query.edns->datagram_bytes_max());
}

}  // namespace

ReplyWriter::ReplyWriter(const dns::QueryView& query, const AnswerOptions& options, Buffer& out)
    : query_{query},
      udp_bytes_max_{options.udp_bytes_max},
      out_{out, reply_bytes_max(query, options)},
      reserved_bytes_{query.edns ? dns::opt_fixed_bytes : 0} {
  header_.id = query.header.id;
  header_.response = true;
  header_.opcode = query.header.opcode;
  header_.recursion_desired = query.header.recursion_desired;
  header_.recursion_available = options.recursion_available;
  header_.checking_disabled = query.header.checking_disabled;  // RFC 4035, section 3.1.6
  counts_.questions = 1;
  write_header(header_, counts_, out_);
  out_.bytes(query.question);
}

bool ReplyWriter::add_answer(const Rrset& rrset) {
  if (rrset.names.count > 0) return add(dns::Section::answer, query_.name, rrset);
  const auto size_before = out_.size();
  out_.bytes(rrset.wire);
  return keep_or_rewind(size_before, counts_.answers, rrset.count);
}

bool ReplyWriter::add(dns::Section section, dns::NameView owner, const Rrset& rrset) {
  const auto size_before = out_.size();
  names();  // what a name is compressed with must be known before the first one is written
  for (auto rest = rrset.wire; !rest.empty();) {
    const auto length_at = pointer_bytes + fixed_bytes;
    const auto data_bytes =
        std::to_integer<std::size_t>(rest[length_at]) << 8 | std::to_integer<std::size_t>(rest[length_at + 1]);
    const auto record_bytes = length_at + 2 + data_bytes;
    write_record(owner, rest.first(record_bytes), rrset.names);
    rest = rest.subspan(record_bytes);
  }
  return keep_or_rewind(size_before, count_of(section), rrset.count);
}

bool ReplyWriter::add_alias(dns::NameView owner, dns::NameView target, std::uint32_t ttl) {
  const auto size_before = out_.size();
  names().write(out_, owner);
  out_.u16(static_cast<std::uint16_t>(dns::Type::cname));
  out_.u16(static_cast<std::uint16_t>(dns::Class::in));
  out_.u32(ttl);
  const auto length_at = out_.size();
  out_.u16(0);
  names_.write(out_, target);
  patch_length(length_at);
  return keep_or_rewind(size_before, counts_.answers, 1);
}

void ReplyWriter::add_text(std::string_view text) {
  const auto length = static_cast<std::uint8_t>(std::min(text.size(), dns::character_string_bytes_max));
  out_.u16(0xc000 | dns::header_bytes);
  out_.u16(static_cast<std::uint16_t>(dns::Type::txt));
  out_.u16(static_cast<std::uint16_t>(dns::Class::ch));
  out_.u32(0);
  out_.u16(static_cast<std::uint16_t>(1 + length));
  out_.u8(length);
  out_.text(text.substr(0, length));
  ++counts_.answers;
}

void ReplyWriter::write_record(dns::NameView owner, Bytes record, const dns::CompressibleNames& names_in_data) {
  names_.write(out_, owner);
  const auto data = record.subspan(pointer_bytes + fixed_bytes + 2);
  if (names_in_data.count == 0) return out_.bytes(record.subspan(pointer_bytes));
  out_.bytes(record.subspan(pointer_bytes, fixed_bytes));
  const auto length_at = out_.size();
  out_.u16(0);
  write_data(data, names_in_data);
  patch_length(length_at);
}

/// Writes at `length_at` how many octets stand behind it.
void ReplyWriter::patch_length(std::size_t length_at) {
  if (!out_.overflowed()) out_.patch_u16(length_at, static_cast<std::uint16_t>(out_.size() - length_at - 2));
}

void ReplyWriter::write_data(Bytes data, const dns::CompressibleNames& names_in_data) {
  out_.bytes(data.first(names_in_data.offset));
  auto rest = data.subspan(names_in_data.offset);
  for (std::size_t i = 0; i < names_in_data.count; ++i) {
    const auto name = leading_name(rest);
    names_.write(out_, name);
    rest = rest.subspan(name.wire().size());
  }
  out_.bytes(rest);
}

bool ReplyWriter::keep_or_rewind(std::size_t size_before, std::uint16_t& count, std::uint16_t records) {
  if (!fits()) {
    out_.rewind(size_before);
    names_.rewind(size_before);
    return false;
  }
  count = static_cast<std::uint16_t>(count + records);
  return true;
}

std::uint16_t& ReplyWriter::count_of(dns::Section section) {
  switch (section) {
    case dns::Section::answer:
      return counts_.answers;
    case dns::Section::authority:
      return counts_.authorities;
    case dns::Section::additional:
      break;
  }
  return counts_.additionals;
}

/// Most answers write no name at all: the question's is hashed for compression only when one does.
dns::NameCompressor& ReplyWriter::names() {
  if (!names_are_ready_) names_.remember(query_.name, dns::header_bytes);
  names_are_ready_ = true;
  return names_;
}

Outcome ReplyWriter::finish() {
  if (query_.edns) {
    dns::EdnsHeader edns;
    edns.udp_payload_bytes = static_cast<std::uint16_t>(std::min(udp_bytes_max_, dns::message_bytes_max));
    edns.dnssec_ok = query_.edns->dnssec_ok;  // RFC 3225, section 3
    write_opt(edns, header_.rcode, {}, out_);
    ++counts_.additionals;
  }
  patch_header(header_, counts_, out_);
  return {.kind = Outcome::Kind::replied, .rcode = header_.rcode, .truncated = header_.truncated};
}

}  // namespace labnet::dns_server
