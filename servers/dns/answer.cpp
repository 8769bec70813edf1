// The algorithm of RFC 1034, section 4.3.2, with that of RFC 6672, section 3.2, in it, for one query.
#include "servers/dns/answer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "common/dns/query_view.hpp"
#include "servers/dns/limits.hpp"
#include "servers/dns/reply_writer.hpp"
#include "servers/dns/zone/lookup.hpp"

namespace labnet::dns_server {
namespace {

using dns::FoldedName;
using dns::NameView;
using dns::Rcode;
using dns::Section;
using dns::Type;
using FindingKind = Finding::Kind;

/// Follows the question through the zones and writes what it meets on the way.
class Walk {
 public:
  Walk(const dns::QueryView& query, const ZoneSet& zones, ReplyWriter& reply)
      : query_{query}, zones_{zones}, reply_{reply} {}

  /// True if there is more than the zones know: the chain of aliases leaves them, or ends below a zone cut.
  bool run(const Zone& first_zone, const FoldedName& first_name) {
    auto next = step(first_zone, first_name, query_.name);
    while (next && remember(*next)) {
      const FoldedName name{*next};
      const auto* zone = zones_.find(name);
      if (!zone) return true;
      next = step(*zone, name, *next);
    }
    return is_delegated_;
  }

 private:
  /// Writes what `zone` says of `owner`; returns the name to go on with if it is an alias.
  std::optional<NameView> step(const Zone& zone, const FoldedName& name, NameView owner) {
    const auto finding = look_up(zone, name, query_.type);
    // AA belongs to the first owner in the answer section (RFC 1035, section 4.1.1).
    const bool is_first = owners_count_ == 0;
    if (is_first && finding.kind != FindingKind::delegation) reply_.set_authoritative();
    switch (finding.kind) {
      case FindingKind::data:
        add_data(zone, *finding.rrset, owner, is_first);
        break;
      case FindingKind::alias:
        return add_alias(*finding.rrset, owner, is_first);
      case FindingKind::redirection:
        return add_redirection(finding, owner, is_first);
      case FindingKind::no_name:
        reply_.set_rcode(Rcode::nxdomain);
        [[fallthrough]];  // of the last name, RFC 6604
      case FindingKind::no_data:
        add_or_truncate(Section::authority, zone.origin(), zone.negative_soa());
        break;
      case FindingKind::delegation:
        add_referral(zone, finding);
        is_delegated_ = true;
        break;
    }
    return std::nullopt;
  }

  void add_data(const Zone& zone, const Rrset& rrset, NameView owner, bool is_first) {
    if (add_answer(rrset, owner, is_first)) add_addresses(zone, rrset, owner);
  }

  std::optional<NameView> add_alias(const Rrset& rrset, NameView owner, bool is_first) {
    if (is_first) owners_[owners_count_++] = owner;
    if (!add_answer(rrset, owner, is_first)) return std::nullopt;
    std::optional<NameView> target;
    for_each_rdata(rrset, [&](Bytes data) { target = target_of(Type::cname, data); });
    return target;
  }

  /// Writes the DNAME and the CNAME that is made of it for those who know no DNAME (RFC 6672, section 3.1).
  std::optional<NameView> add_redirection(const Finding& finding, NameView owner, bool is_first) {
    if (is_first) owners_[owners_count_++] = owner;
    const auto& dname = *finding.rrset;
    if (!is_in_answer(dname) && !add_or_truncate(Section::answer, finding.node->name, dname)) return std::nullopt;
    dnames_[last_owner()] = &dname;
    std::optional<NameView> target;
    for_each_rdata(dname,
                   [&](Bytes data) { target = redirect(owner, finding.node->name, target_of(Type::dname, data)); });
    if (!target) {
      reply_.set_rcode(Rcode::yxdomain);
      return std::nullopt;
    }
    if (!reply_.add_alias(owner, *target, dname.ttl)) {
      reply_.set_truncated();
      return std::nullopt;
    }
    // Who asked for the alias has got it.
    return query_.type == Type::cname ? std::nullopt : target;
  }

  /// A chain may come by the same DNAME again.
  bool is_in_answer(const Rrset& dname) const { return std::ranges::find(dnames_, &dname) != dnames_.end(); }

  /// `name`, in which `target` takes the place of its ancestor `from`; nothing if that is longer than a name may be.
  std::optional<NameView> redirect(NameView name, NameView from, NameView target) {
    const auto kept = name.wire().first(name.wire().size() - from.wire().size());
    const auto size = kept.size() + target.wire().size();
    auto& place = redirected_[last_owner()];
    if (size > place.size()) return std::nullopt;
    std::ranges::copy(target.wire(), std::ranges::copy(kept, place.begin()).out);
    return NameView{Bytes{place}.first(size)};
  }

  std::size_t last_owner() const { return static_cast<std::size_t>(owners_count_ - 1); }

  /// False where the chain ends by itself: it came back to a name, or is too long.
  bool remember(NameView owner) {
    if (std::find(owners_.begin(), owners_.begin() + owners_count_, owner) != owners_.begin() + owners_count_)
      return false;
    if (owners_count_ == static_cast<std::ptrdiff_t>(owners_.size())) return false;
    owners_[static_cast<std::size_t>(owners_count_++)] = owner;
    return true;
  }

  void add_referral(const Zone& zone, const Finding& finding) {
    if (!add_or_truncate(Section::authority, finding.node->name, *finding.rrset)) return;
    for_each_rdata(*finding.rrset, [&](Bytes data) {
      const auto host = target_of(Type::ns, data);
      const bool fits = add_address(zone, host);
      // Without the addresses of servers within the child zone nobody could reach it (RFC 9471).
      if (!fits && host.is_at_or_below(finding.node->name)) reply_.set_truncated();
    });
  }

  void add_addresses(const Zone& zone, const Rrset& rrset, NameView owner) {
    const bool is_of_service = rrset.type == Type::svcb || rrset.type == Type::https;
    if (!is_of_service && rrset.type != Type::ns && rrset.type != Type::mx && rrset.type != Type::srv) return;
    for_each_rdata(rrset, [&](Bytes data) {
      const auto target = target_of(rrset.type, data);
      add_address(zone, is_of_service && target.is_root() ? owner : target);  // RFC 9460, section 2.5
    });
  }

  /// False if there is an address that did not fit.
  bool add_address(const Zone& zone, NameView host) {
    if (!host.is_at_or_below(zone.origin())) return true;
    const auto* node = zone.find(FoldedName{host});
    if (!node) return true;
    const auto* a = zone.find(*node, Type::a);
    const auto* aaaa = zone.find(*node, Type::aaaa);
    return (!a || reply_.add(Section::additional, host, *a)) && (!aaaa || reply_.add(Section::additional, host, *aaaa));
  }

  bool add_answer(const Rrset& rrset, NameView owner, bool is_first) {
    const bool fits = is_first ? reply_.add_answer(rrset) : reply_.add(Section::answer, owner, rrset);
    if (!fits) reply_.set_truncated();
    return fits;
  }

  bool add_or_truncate(Section section, NameView owner, const Rrset& rrset) {
    const bool fits = reply_.add(section, owner, rrset);
    if (!fits) reply_.set_truncated();
    return fits;
  }

  const dns::QueryView& query_;
  const ZoneSet& zones_;
  ReplyWriter& reply_;
  std::array<NameView, cname_chain_max> owners_;  // the aliases met, and the name at hand
  std::ptrdiff_t owners_count_ = 0;
  bool is_delegated_ = false;
  std::array<const Rrset*, cname_chain_max> dnames_{};                                  // by which they were redirected
  std::array<std::array<std::byte, dns::name_bytes_max>, cname_chain_max> redirected_;  // the names that this made
};

/// A header and nothing else: the question could not be read, or means nothing to us.
Outcome write_header_only(const dns::Header& query, Rcode rcode, Buffer& out) {
  ByteWriter writer{out};
  dns::Header header;
  header.id = query.id;
  header.response = true;
  header.opcode = query.opcode;
  header.recursion_desired = query.recursion_desired;
  header.rcode = rcode;
  write_header(header, {}, writer);
  return {.kind = Outcome::Kind::replied, .rcode = rcode};
}

Outcome write_without_data(const dns::QueryView& query, Rcode rcode, const AnswerOptions& options, Buffer& out) {
  ReplyWriter reply{query, options, out};
  reply.set_rcode(rcode);
  return reply.finish();
}

/// What is refused whatever the zones hold; nothing for an ordinary question.
std::optional<Rcode> objection(const dns::QueryView& query, const AnswerOptions& options) {
  if (query.edns && query.edns->version > 0) return Rcode::badvers;
  if (query.type == Type::opt) return Rcode::formerr;
  if (query.type == Type::axfr && options.transport == Transport::udp) return Rcode::formerr;
  if (query.type == Type::axfr && !options.transfer_allowed) return Rcode::refused;
  if (query.type == Type::ixfr) return Rcode::notimp;
  return std::nullopt;
}

/// What the server tells of itself under this name; nothing if that is nothing.
std::string_view text_about_server(const Identity& identity, NameView name) {
  static const auto named = [](std::string_view text) { return *dns::parse_name(text); };
  static const std::array<dns::Name, 2> version_names{named("version.bind."), named("version.server.")};
  static const std::array<dns::Name, 2> server_names{named("id.server."), named("hostname.bind.")};
  const auto is_one_of = [&](const auto& names) {
    return std::ranges::any_of(names, [&](const dns::Name& one) { return one.view() == name; });
  };
  if (is_one_of(version_names)) return identity.version;
  if (is_one_of(server_names)) return identity.server;
  return {};
}

Outcome answer_about_server(const dns::QueryView& query, const AnswerOptions& options, Buffer& out) {
  const auto text = options.identity ? text_about_server(*options.identity, query.name) : std::string_view{};
  if (text.empty()) return write_without_data(query, Rcode::refused, options, out);
  ReplyWriter reply{query, options, out};
  reply.set_authoritative();
  if (query.type == Type::txt || query.type == Type::any) reply.add_text(text);
  return reply.finish();
}

/// Nothing for what must not be replied to.
std::optional<dns::Header> header_of_query(Bytes wire) {
  ByteReader reader{wire};
  dns::SectionCounts counts;
  const auto header = read_header(reader, counts);
  if (!header || header->response) return std::nullopt;
  return header;
}

/// To a question that could be read.
Outcome answer_query(const dns::QueryView& query, const ZoneSet& zones, const AnswerOptions& options, Buffer& out) {
  if (const auto rcode = objection(query, options)) return write_without_data(query, *rcode, options, out);
  if (query.dns_class == dns::Class::ch) return answer_about_server(query, options, out);
  if (query.dns_class != dns::Class::in && query.dns_class != dns::Class::any) {
    return write_without_data(query, Rcode::refused, options, out);
  }
  const FoldedName name{query.name};
  const auto* zone = zones.find(name);
  if (query.type == Type::ds && zone && zone->origin() == query.name && !query.name.is_root()) {
    // DS belongs to the parent's side of a cut (RFC 4035, section 3.1.4.1).
    if (const auto* parent = zones.find(FoldedName{query.name.parent()})) zone = parent;
  }
  if (query.type == Type::axfr) {
    const auto is_whole_zone = zone && zone->origin() == query.name;
    if (!is_whole_zone) return write_without_data(query, Rcode::notauth, options, out);
    return {.kind = Outcome::Kind::transfer, .zone = zone};
  }
  const bool may_resolve = options.recursion_available && query.header.recursion_desired;
  if (!zone && options.recursion_available) return {.kind = Outcome::Kind::resolve};
  if (!zone) return write_without_data(query, Rcode::refused, options, out);
  ReplyWriter reply{query, options, out};
  const bool is_open = Walk{query, zones, reply}.run(*zone, name);
  auto outcome = reply.finish();
  if (is_open && may_resolve) outcome.kind = Outcome::Kind::resolve_rest;
  return outcome;
}

}  // namespace

Outcome answer(Bytes wire, const ZoneSet& zones, const AnswerOptions& options, Buffer& out) {
  const auto header = header_of_query(wire);
  if (!header) return {};
  if (header->opcode != dns::Opcode::query) return write_header_only(*header, Rcode::notimp, out);
  const auto query = dns::view_query(wire);
  if (!query) return write_header_only(*header, Rcode::formerr, out);
  auto outcome = answer_query(*query, zones, options, out);
  outcome.type = query->type;
  return outcome;
}

Outcome answer_without_data(const dns::QueryView& query, Rcode rcode, const AnswerOptions& options, Buffer& out) {
  return write_without_data(query, rcode, options, out);
}

}  // namespace labnet::dns_server
