#include "servers/dns/accept_reply.hpp"

#include <algorithm>

#include <boost/throw_exception.hpp>

#include "servers/dns/limits.hpp"

namespace labnet::dns_server {
namespace {

using dns::Rcode;
using dns::Type;

bool same_question(const Asked& asked, const dns::Question& found) {
  if (found.type != asked.question.type || found.dns_class != asked.question.dns_class) return false;
  if (!asked.sent_name) return found.name == asked.question.name;
  return std::ranges::equal(found.name.wire(), asked.sent_name->wire());
}

/// Undoes the random case where the reply repeats it: in the question, to which the names of the records point.
Buffer with_own_case(const Asked& asked, Bytes wire) {
  Buffer restored{wire.begin(), wire.end()};
  const auto name = asked.question.name.wire();
  const auto question = std::span{restored}.subspan(dns::header_bytes);
  // Not so if the question's name is itself made of pointers.
  const auto is_there =
      question.size() >= name.size() && std::ranges::equal(question.first(name.size()), asked.sent_name->wire());
  if (is_there) std::ranges::copy(name, question.begin());
  return restored;
}

/// The header of a message that cannot be read to its end, if it is a reply to the question.
std::optional<dns::Header> header_of_reply(const Asked& asked, Bytes wire) {
  ByteReader reader{wire};
  dns::SectionCounts counts;
  const auto header = dns::read_header(reader, counts);
  if (!header || !header->response || header->opcode != dns::Opcode::query) return std::nullopt;
  if (header->id != asked.id || counts.questions != 1) return std::nullopt;
  const auto name = dns::read_name(reader);
  if (!name) return std::nullopt;
  const auto type = reader.u16();
  const auto dns_class = reader.u16();
  if (!dns_class) return std::nullopt;
  const dns::Question found{*name, static_cast<dns::Type>(*type), static_cast<dns::Class>(*dns_class)};
  return same_question(asked, found) ? header : std::nullopt;
}

Accepted truncated_reply() {
  Accepted cut;
  cut.truncated = true;
  return cut;
}

/// A TTL with the upper bit set counts as 0 (RFC 2181, section 8).
dns::Record with_legal_ttl(dns::Record record) {
  if (record.ttl > dns::ttl_max) record.ttl = 0;
  return record;
}

/// Follows the aliases of a reply from name to name.
class Chain {
 public:
  Chain(const Asked& asked, const dns::Message& message, dns::NameView bailiwick, const IsItsToTell& is_its_to_tell)
      : asked_{asked},
        message_{message},
        bailiwick_{bailiwick},
        is_its_to_tell_{is_its_to_tell},
        name_{asked.question.name} {}

  Result<Accepted, ReplyFault> follow() {
    accepted_.rcode = message_.header.rcode;
    accepted_.authoritative = message_.header.authoritative;
    for (std::size_t links = 0; is_in_bailiwick(name_) && (links == 0 || is_its_to_tell(name_)); ++links) {
      if (take(asked_.question.type)) {
        accepted_.rcode = Rcode::noerror;  // a name that has records exists, whatever the header says
        return std::move(accepted_);
      }
      const auto target = take_alias();
      if (!target) return end();
      if (asked_.question.type == Type::cname || asked_.question.type == Type::any) {  // for the alias itself
        accepted_.rcode = Rcode::noerror;
        return std::move(accepted_);
      }
      if (links == cname_chain_max || has_seen(*target)) return ReplyFault::alias_loop;
      seen_.push_back(name_);
      name_ = *target;
    }
    // Of any other name the reply has nothing to say.
    accepted_.rcode = Rcode::noerror;
    accepted_.continues_at = name_;
    return std::move(accepted_);
  }

 private:
  bool is_in_bailiwick(const dns::Name& name) const { return name.view().is_at_or_below(bailiwick_); }
  bool is_its_to_tell(const dns::Name& name) const { return !is_its_to_tell_ || is_its_to_tell_(name); }

  bool is_wanted(const dns::Record& record, Type type) const {
    return record.dns_class == asked_.question.dns_class && (record.type() == type || type == Type::any) &&
           record.name == name_;
  }

  /// Takes the records of that type of the name at hand; false if there are none.
  bool take(Type type) {
    const auto before = accepted_.answers.size();
    for (const auto& record : message_.answers) {
      // Once each, however often it is there (RFC 2181, section 5).
      const auto is_same = [&](const dns::Record& other) { return other.name == name_ && other.data == record.data; };
      if (!is_wanted(record, type) || std::ranges::any_of(accepted_.answers, is_same)) continue;
      accepted_.answers.push_back(with_legal_ttl(record));
    }
    return accepted_.answers.size() > before;
  }

  std::optional<dns::Name> take_alias() {
    for (const auto& record : message_.answers) {
      if (!is_wanted(record, Type::cname)) continue;
      accepted_.answers.push_back(with_legal_ttl(record));
      return std::get<dns::Cname>(record.data).target;
    }
    return take_redirection();
  }

  /// Makes the alias that a DNAME record stands for (RFC 6672, section 3.4); YXDOMAIN if it leads to too long a name.
  std::optional<dns::Name> take_redirection() {
    for (const auto& record : message_.answers) {
      const auto* dname = std::get_if<dns::Dname>(&record.data);
      if (dname == nullptr || record.dns_class != asked_.question.dns_class || !is_in_bailiwick(record.name)) continue;
      if (record.name == name_ || !name_.view().is_at_or_below(record.name)) continue;
      const auto target = dns::replace_ancestor(name_, record.name, dname->target);
      if (!target) {
        accepted_.rcode = Rcode::yxdomain;
        return std::nullopt;
      }
      accepted_.answers.push_back({name_, record.dns_class, with_legal_ttl(record).ttl, dns::Cname{*target}});
      return *target;
    }
    return std::nullopt;
  }

  bool has_seen(const dns::Name& name) const { return name == name_ || std::ranges::find(seen_, name) != seen_.end(); }

  /// The name at hand has no such records: a negative answer if the zone's SOA says so, else an open end.
  Result<Accepted, ReplyFault> end() {
    if (accepted_.rcode == Rcode::yxdomain) return std::move(accepted_);
    for (const auto& record : message_.authorities) {
      const auto encloses = name_.view().is_at_or_below(record.name) && record.name.view().is_at_or_below(bailiwick_);
      if (record.type() != Type::soa || !encloses) continue;
      const auto& soa = std::get<dns::Soa>(record.data);
      accepted_.soa = with_legal_ttl(record);
      accepted_.soa->ttl = std::min(accepted_.soa->ttl, soa.minimum.seconds);  // RFC 2308, section 5
      return std::move(accepted_);
    }
    if (accepted_.rcode == Rcode::noerror) {
      if (accepted_.answers.empty()) {
        accepted_.referral = find_referral();
      } else {
        accepted_.continues_at = name_;
      }
    }
    return std::move(accepted_);
  }

  /// To the zone that the authority section names first, if it is one on the way from the bailiwick to the name.
  std::optional<Delegation> find_referral() const {
    std::optional<Delegation> referral;
    for (const auto& record : message_.authorities) {
      const auto* ns = std::get_if<dns::Ns>(&record.data);
      if (ns == nullptr || record.dns_class != asked_.question.dns_class || !leads_to_name(record.name)) continue;
      const auto ttl = with_legal_ttl(record).ttl;
      if (!referral) referral = Delegation{record.name, {}, ttl};
      if (!(record.name == referral->zone) || referral->servers.size() == name_servers_max) continue;
      referral->ttl = std::min(referral->ttl, ttl);
      referral->servers.push_back({ns->host, glue_of(ns->host, referral->ttl)});
    }
    return referral;
  }

  bool leads_to_name(dns::NameView zone) const {
    return name_.view().is_at_or_below(zone) && zone.is_at_or_below(bailiwick_) && !(zone == bailiwick_);
  }

  /// ttl  lowered to that of the addresses: where they stand may change before the servers do
  std::vector<Ipv4Address> glue_of(dns::NameView server, std::uint32_t& ttl) const {
    std::vector<Ipv4Address> addresses;
    if (!server.is_at_or_below(bailiwick_)) return addresses;
    for (const auto& record : message_.additionals) {
      const auto* a = std::get_if<dns::A>(&record.data);
      if (a == nullptr || record.dns_class != asked_.question.dns_class || !(record.name.view() == server)) continue;
      if (addresses.size() == server_addresses_max) break;
      addresses.push_back(a->address);
      ttl = std::min(ttl, with_legal_ttl(record).ttl);
    }
    return addresses;
  }

  const Asked& asked_;
  const dns::Message& message_;
  dns::NameView bailiwick_;
  const IsItsToTell& is_its_to_tell_;
  dns::Name name_;
  std::vector<dns::Name> seen_;
  Accepted accepted_;
};

}  // namespace

std::string_view describe(ReplyFault fault) {
  switch (fault) {
    case ReplyFault::unreadable:
      return "it is no DNS message";
    case ReplyFault::not_a_reply:
      return "it is no reply";
    case ReplyFault::other_id:
      return "it has another id";
    case ReplyFault::other_question:
      return "it repeats another question";
    case ReplyFault::alias_loop:
      return "its aliases go round in a circle or on for too long";
    case ReplyFault::edns_refused:
      return "the server takes no EDNS";
    case ReplyFault::broken:
      return "it cannot be read to its end";
    case ReplyFault::server_failure:
      break;
  }
  return "the server does not know";
}

bool is_foreign(ReplyFault fault) {
  return fault == ReplyFault::unreadable || fault == ReplyFault::not_a_reply || fault == ReplyFault::other_id ||
         fault == ReplyFault::other_question;
}

void throw_exception_from_error(ReplyFault fault, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error{std::string{describe(fault)}}, where);
}

Result<Accepted, ReplyFault> accept_reply(const Asked& asked, Bytes wire, dns::NameView bailiwick,
                                          const IsItsToTell& is_its_to_tell) {
  const auto parsed = dns::parse_message(wire, dns::OddData::stays_octets);
  if (!parsed) {
    const auto header = header_of_reply(asked, wire);
    if (!header) return ReplyFault::unreadable;
    return header->truncated ? Result<Accepted, ReplyFault>{truncated_reply()} : ReplyFault::broken;
  }
  const auto& message = parsed->message;
  if (!message.header.response || message.header.opcode != dns::Opcode::query) return ReplyFault::not_a_reply;
  if (message.header.id != asked.id) return ReplyFault::other_id;
  const auto rcode = message.header.rcode;
  // A server that could not read the question may leave it out.
  const auto fails = rcode != Rcode::noerror && rcode != Rcode::nxdomain && rcode != Rcode::yxdomain;
  const auto refuses_edns =
      asked.has_edns && (rcode == Rcode::formerr || rcode == Rcode::notimp || rcode == Rcode::badvers);
  const auto failure = refuses_edns ? ReplyFault::edns_refused : ReplyFault::server_failure;
  if (!message.question) return fails ? failure : ReplyFault::other_question;
  if (!same_question(asked, *message.question)) return ReplyFault::other_question;
  if (fails) return failure;
  if (message.header.truncated) return truncated_reply();
  if (!asked.sent_name) return Chain{asked, message, bailiwick, is_its_to_tell}.follow();
  const auto restored = dns::parse_message(with_own_case(asked, wire), dns::OddData::stays_octets);
  if (!restored) return ReplyFault::unreadable;
  return Chain{asked, restored->message, bailiwick, is_its_to_tell}.follow();
}

}  // namespace labnet::dns_server
