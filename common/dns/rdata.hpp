// The data of a record: one alternative per type, and what is made from their lists of fields:
// the reader and the writer of the wire format, the reader and the printer of zone files.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/compression.hpp"
#include "common/dns/fault.hpp"
#include "common/dns/records/a.hpp"
#include "common/dns/records/aaaa.hpp"
#include "common/dns/records/caa.hpp"
#include "common/dns/records/cname.hpp"
#include "common/dns/records/dname.hpp"
#include "common/dns/records/hinfo.hpp"
#include "common/dns/records/https.hpp"
#include "common/dns/records/mx.hpp"
#include "common/dns/records/naptr.hpp"
#include "common/dns/records/ns.hpp"
#include "common/dns/records/ptr.hpp"
#include "common/dns/records/soa.hpp"
#include "common/dns/records/srv.hpp"
#include "common/dns/records/svcb.hpp"
#include "common/dns/records/txt.hpp"
#include "common/dns/records/unknown.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

/// This list is the table of types. What is not in it travels as octets: Unknown, which comes last.
using Rdata = std::variant<A, Ns, Cname, Soa, Ptr, Hinfo, Mx, Txt, Aaaa, Srv, Naptr, Dname, Svcb, Https, Caa, Unknown>;

Type type_of(const Rdata& data);

/// Reads RDATA, whose length octets have been read. `reader` stands at its first octet and ends with its last, and its
/// whole() starts at the message's header, because names in it may be compressed.
Result<Rdata, WireFault> read_rdata(Type type, ByteReader& reader);

/// Writes RDATA without the length in front. Names are compressed in the types of RFC 1035 only (RFC 3597, section 4).
void write_rdata(const Rdata& data, ByteWriter& out, NameCompressor& names);
/// The same with every name in full.
void write_rdata(const Rdata& data, ByteWriter& out);

/// Where the names that a message may compress stand in uncompressed RDATA: `count` of them in a row from `offset`.
struct CompressibleNames {
  std::size_t offset = 0;
  std::size_t count = 0;
};
CompressibleNames compressible_names(Type type);

/// As in a zone file: "10 mail.example.", names absolute; `\# 2 0a0b` for Unknown.
std::string to_text(const Rdata& data);

/// A piece of a zone file's line: what stands between blanks, or between quotes (then without them). Escapes are left
/// in.
struct Token {
  std::string_view text;
  bool quoted = false;
  std::size_t line = 1;  // both counted from 1
  std::size_t column = 1;
};

/// What was wrong with the text of a record.
struct TextFault {
  std::size_t token = 0;  // its place among the tokens given; their number if one more was expected
  std::string expected;   // "address: an IPv4 address, as in 192.168.1.10"
};
/// Needed by boost::system::result to compile; the project tests a result before it uses it.
[[noreturn]] void throw_exception_from_error(const TextFault& fault, const boost::source_location& where);

/// Reads the data of a record from a zone file's tokens, all of them. Names without a final dot are below `origin`, "@"
/// is `origin`. The form `\# LENGTH HEXADECIMAL` is taken for every type (RFC 3597, section 5).
Result<Rdata, TextFault> parse_rdata(Type type, std::span<const Token> tokens, NameView origin);

}  // namespace labnet::dns
