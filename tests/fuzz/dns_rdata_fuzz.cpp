// Any octets as the data of a record of every type, on the wire and as a zone file's text: what is read comes back the
// same from the wire and from its text.
// The first octet says how many of the others stand before the data in its message: compressed names point there.
#include <algorithm>
#include <array>

#include "common/dns/rdata.hpp"
#include "servers/dns/zone/lexer.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using dns::Type;
using test::require;

/// Those with fields, and some that travel as octets.
constexpr std::array types{Type::a,   Type::ns,   Type::cname, Type::soa,   Type::ptr, Type::mx,
                           Type::txt, Type::aaaa, Type::srv,   Type::hinfo, Type::caa, static_cast<Type>(65280)};

const dns::Name& origin() {
  static const auto name = *dns::parse_name("labredes71.com.");
  return name;
}

Buffer written(const dns::Rdata& data) {
  Buffer wire;
  ByteWriter out{wire};
  write_rdata(data, out);
  return wire;
}

void check_wire(const dns::Rdata& data) {
  const auto wire = written(data);
  ByteReader reader{wire};
  const auto again = dns::read_rdata(type_of(data), reader);
  require(again.has_value() && *again == data, "written in full and read again is the same");
  require(written(*again) == wire, "written again, the octets are the same");
}

void check_compressed(const dns::Rdata& data) {
  Buffer message;
  ByteWriter out{message};
  out.bytes(Buffer(dns::header_bytes));
  dns::NameCompressor names;
  write_rdata(data, out, names);
  require(message.size() <= dns::header_bytes + written(data).size(), "compression makes nothing longer");
  ByteReader reader{message};
  reader.seek(dns::header_bytes);
  const auto again = dns::read_rdata(type_of(data), reader);
  require(again.has_value() && *again == data, "written compressed and read again is the same");
}

void check_text(const dns::Rdata& data) {
  const auto text = dns::to_text(data);
  require(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }), "its text is printable");
  dns_server::Lexer lexer{text};
  dns_server::Entry entry;
  require(lexer.next(entry).has_value(), "its text is an entry of a zone file");
  const auto again = dns::parse_rdata(type_of(data), entry.tokens, origin());
  require(again.has_value() && *again == data, "its text is that data");
  require(written(*again) == written(data), "its text has its octets");
}

void check(Type type, const dns::Rdata& data) {
  require(type_of(data) == type, "data is of the type that was asked for");
  check_wire(data);
  check_compressed(data);
  check_text(data);
}

void check_wire_input(Type type, Bytes octets, std::size_t start) {
  Buffer message(dns::header_bytes);
  message.insert(message.end(), octets.begin(), octets.end());
  ByteReader reader{message};
  reader.seek(dns::header_bytes + std::min(start, octets.size()));
  const auto data = dns::read_rdata(type, reader);
  if (!data) return;
  require(reader.at_end(), "data is read to its end");
  // Names that pointed before the data can make it longer than any record's.
  if (written(*data).size() <= 0xffff) check(type, *data);
}

void check_text_input(Type type, const dns_server::Entry& entry) {
  const auto data = dns::parse_rdata(type, entry.tokens, origin());
  if (data) return check(type, *data);
  require(data.error().token <= entry.tokens.size(), "the fault is at a token, or behind the last");
  require(!data.error().expected.empty(), "the fault says what was expected");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto octets = std::as_bytes(std::span{data, size}).subspan(1);
  dns_server::Lexer lexer{as_text(octets)};
  dns_server::Entry entry;
  const auto is_entry = lexer.next(entry).has_value();
  for (const auto type : types) {
    check_wire_input(type, octets, data[0]);
    if (is_entry) check_text_input(type, entry);
  }
  return 0;
}
