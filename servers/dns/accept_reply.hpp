// What of an upstream server's reply may be believed, and nothing else. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/message.hpp"
#include "servers/dns/delegation.hpp"

namespace labnet::dns_server {

/// A question as it was sent: whoever replies must repeat it.
struct Asked {
  std::uint16_t id = 0;
  dns::Question question;
  /// The question's name as it was sent, if its letters were put in random case (0x20): a reply in another case is not
  /// from whom was asked. What is accepted has the question's own case again, wherever the reply repeats its name.
  std::optional<dns::Name> sent_name{};
  bool has_edns = false;
};

/// The believable part of a reply.
struct Accepted {
  dns::Rcode rcode = dns::Rcode::noerror;  // noerror, nxdomain or yxdomain, of the last name of the chain; noerror if
                                           // it has data
  bool truncated = false;                  // ask again over TCP; there is nothing else in here then
  std::vector<dns::Record>
      answers{};                     // the aliases from the question's name on, in order, then the records of the last
  std::optional<dns::Record> soa{};  // of a negative answer (RFC 2308): its TTL is that of the answer
  std::optional<dns::Name> continues_at{};  // the chain ends in a name of which the reply says nothing
  std::optional<Delegation> referral{};     // to the servers of a zone below the one that was asked; no answers then
  bool authoritative = false;               // AA
};

enum class ReplyFault {
  unreadable,   // no DNS message
  not_a_reply,  // QR is not set, or another opcode
  other_id,
  other_question,
  alias_loop,      // or a chain longer than cname_chain_max
  edns_refused,    // FORMERR, NOTIMP or BADVERS to a question with EDNS: without it may do (RFC 6891, section 7)
  server_failure,  // SERVFAIL, REFUSED...: this server does not know; another may
  broken,          // the reply to the question, and it cannot be read to its end
};
std::string_view describe(ReplyFault fault);
/// True for what may come from a stranger: the wait for the true reply goes on.
bool is_foreign(ReplyFault fault);
[[noreturn]] void throw_exception_from_error(ReplyFault fault, const boost::source_location& where);

using IsItsToTell = std::function<bool(dns::NameView)>;

/// Believed are: the chain of aliases that begins at the question's name, each within `bailiwick`, those included that
/// only a DNAME record tells (RFC 6672, section 3.4), the records of the type asked for at its end, and the SOA record
/// of a zone that encloses that end. Without any of these, a referral is believed to a zone below the bailiwick that
/// the name is in, with addresses of servers within the bailiwick. Everything else in the reply is left out, so that no
/// server tells anything about names that it was not asked for (RFC 5452, section 6). A reply with TC may break off
/// anywhere behind its question. TTLs with the upper bit set are 0 (RFC 2181, section 8).
///
/// bailiwick       the domain for which the server is asked; the root for a forwarder that knows everything
/// is_its_to_tell  of a name within the bailiwick to which an alias leads: false if others are to be asked about it
Result<Accepted, ReplyFault> accept_reply(const Asked& asked, Bytes wire, dns::NameView bailiwick,
                                          const IsItsToTell& is_its_to_tell = {});

}  // namespace labnet::dns_server
