// From the octets of a query to those of its reply, by what the zones hold. No socket, no clock, and no allocation but
// what `out` needs to grow.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "common/base/bytes.hpp"
#include "common/dns/limits.hpp"
#include "common/dns/query_view.hpp"
#include "common/dns/types.hpp"
#include "servers/dns/zone/zone_set.hpp"

namespace labnet::dns_server {

enum class Transport { udp, tcp };

/// What a server tells of itself in class CH: TXT records of version.bind and version.server, and of id.server and
/// hostname.bind (RFC 4892). Of at most character_string_bytes_max octets; an empty one is not told.
struct Identity {
  std::string version = "labnet";
  std::string server;
};

struct AnswerOptions {
  Transport transport = Transport::udp;
  /// RA; and questions outside the zones are the resolver's.
  bool recursion_available = false;
  bool transfer_allowed = false;
  std::size_t udp_bytes_max = dns::edns_udp_bytes_default;  // what we send at most, and say that we take
  const Identity* identity = nullptr;                       // none: nothing is told
};

struct Outcome {
  enum class Kind {
    ignored,   // not a query (shorter than a header, or itself a reply): nothing is sent, or two servers could talk for
               // ever
    replied,   // `out` holds the reply
    resolve,   // outside the zones: nothing was written, ask the cache, and with RD the resolver. Only with
               // recursion_available
    transfer,  // over TCP: nothing was written, send `zone` whole. Only with transfer_allowed
    resolve_rest,  // with RD; `out` holds a reply whose aliases, the last of its answers, leave the zones, or a
                   // referral: the resolver may find the rest. Only with recursion_available
  };
  Kind kind = Kind::ignored;
  dns::Rcode rcode = dns::Rcode::noerror;  // of the reply
  bool truncated = false;                  // TC was set
  const Zone* zone = nullptr;              // for `transfer`
  std::optional<dns::Type> type{};         // of the question; nothing: it could not be read
};

/// Appends the reply to `out`.
///
/// In a zone: an answer with AA, its aliases followed through all zones of the server; NXDOMAIN or no data with the SOA
/// record; a referral, without AA, below a zone cut. Below a DNAME the DNAME and a CNAME made of it, then as for any
/// alias; YXDOMAIN if the name that it leads to would be longer than 255 octets. Positive answers carry no authority
/// section; the additional section has addresses of what NS, MX, SRV, SVCB and HTTPS name. Outside: REFUSED. Other
/// opcodes: NOTIMP, without a question. Malformed: FORMERR, a header alone. EDNS versions but 0: BADVERS. A reply that
/// is larger than the client takes (512 octets, or what EDNS says, at most udp_bytes_max) loses whole RRsets; if the
/// client needs them, TC is set. AXFR is FORMERR over UDP; over TCP it is REFUSED to who may not have it, and NOTAUTH
/// for what is no zone of ours. IXFR is NOTIMP. In class CH the server tells of itself; other classes are REFUSED.
Outcome answer(Bytes query, const ZoneSet& zones, const AnswerOptions& options, Buffer& out);

/// The reply to `query` that has nothing but a header, the question and an OPT record if the query had one: REFUSED,
/// SERVFAIL.
Outcome answer_without_data(const dns::QueryView& query, dns::Rcode rcode, const AnswerOptions& options, Buffer& out);

}  // namespace labnet::dns_server
