// RRset by RRset in the canonical order of the zone, from one message to the next.
#include "servers/dns/transfer.hpp"

#include <stdexcept>

#include "servers/dns/reply_writer.hpp"

namespace labnet::dns_server {

Transfer::Transfer(std::shared_ptr<const Zone> zone, Bytes query, const AnswerOptions& options)
    : zone_{std::move(zone)},
      query_octets_{query.begin(), query.end()},
      query_{*dns::view_query(query_octets_)},
      options_{options} {}

bool Transfer::next(Buffer& out) {
  if (has_ended_) return false;
  const auto size_before = out.size();
  ReplyWriter reply{query_, options_, out};
  reply.set_authoritative();
  // No RRset of a zone is too long for a message of its own (rrset_bytes_max).
  if (!add_next(reply)) throw std::logic_error{"an RRset that no message can hold"};
  while (!has_ended_ && out.size() - size_before < transfer_message_bytes) {
    if (!add_next(reply)) break;
  }
  reply.finish();
  return true;
}

bool Transfer::add_next(ReplyWriter& reply) {
  const auto& apex = zone_->nodes().front();
  const auto& soa = *zone_->find(apex, dns::Type::soa);
  if (!has_begun_) return has_begun_ = reply.add(dns::Section::answer, apex.name, soa);
  while (node_ < zone_->nodes().size()) {
    const auto& node = zone_->nodes()[node_];
    const auto rrsets = zone_->rrsets(node);
    if (rrset_ == rrsets.size()) {
      ++node_;
      rrset_ = 0;
    } else if (&rrsets[rrset_] == &soa) {
      ++rrset_;
    } else {
      const bool fits = reply.add(dns::Section::answer, node.name, rrsets[rrset_]);
      if (fits) ++rrset_;
      return fits;
    }
  }
  return has_ended_ = reply.add(dns::Section::answer, apex.name, soa);
}

}  // namespace labnet::dns_server
