// A whole zone for another server: AXFR (RFC 5936).
#pragma once

#include <memory>

#include "common/base/bytes.hpp"
#include "common/dns/query_view.hpp"
#include "servers/dns/answer.hpp"
#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

class ReplyWriter;

/// A message of a transfer is ended once it is this long: pointers of compression do not reach further, and a client
/// need not hold more at once. A single RRset that is longer makes a longer message.
inline constexpr std::size_t transfer_message_bytes = 16'000;

/// The messages of one transfer: first the SOA record, then all other records of the zone, those below delegations and
/// empty wildcards included, at last the SOA record again.
class Transfer {
 public:
  /// query  an AXFR question that view_query reads, for the zone's origin; copied
  Transfer(std::shared_ptr<const Zone> zone, Bytes query, const AnswerOptions& options);
  Transfer(const Transfer&) = delete;

  /// Appends the next message to `out`; false, and nothing, if the last one has been made.
  bool next(Buffer& out);

 private:
  /// False if there is no room in this message: it comes in the next one.
  bool add_next(ReplyWriter& reply);

  std::shared_ptr<const Zone> zone_;
  Buffer query_octets_;
  dns::QueryView query_;
  AnswerOptions options_;
  std::size_t node_ = 0, rrset_ = 0;  // which comes next
  bool has_begun_ = false, has_ended_ = false;
};

}  // namespace labnet::dns_server
