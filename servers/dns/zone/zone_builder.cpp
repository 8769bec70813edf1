// Records in canonical order become nodes and RRsets; on the way the zone is checked.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "servers/dns/limits.hpp"
#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

using dns::Name;
using dns::NameView;
using dns::Type;

class ZoneBuilder {
 public:
  ZoneBuilder(NameView origin, MasterFile file) : origin_{origin}, file_{std::move(file)}, zone_{new Zone} {}

  BuiltZone build() {
    built_.faults = std::move(file_.faults);
    if (built_.faults.empty()) check_records();
    if (built_.faults.empty()) add_nodes();
    if (built_.faults.empty()) finish();
    if (built_.faults.empty()) built_.zone = std::move(zone_);
    return std::move(built_);
  }

 private:
  using Records = std::span<const PlacedRecord>;

  void fault(const PlacedRecord& where, std::string message) { tell(built_.faults, where, std::move(message)); }
  void warn(const PlacedRecord& where, std::string message) { tell(built_.warnings, where, std::move(message)); }
  void tell(Diagnostics& list, const PlacedRecord& where, std::string message) {
    if (list.size() < faults_max) list.push_back({file_.files[where.file], where.line, 1, std::move(message)});
  }

  void check_records() {
    const PlacedRecord* soa = nullptr;
    for (const auto& placed : file_.records) {
      const auto& [owner, dns_class, ttl, data] = placed.record;
      if (!owner.view().is_at_or_below(origin_)) {
        fault(placed, fmt::format("found a record of {}, expected names at or below {}", to_text(NameView{owner}),
                                  to_text(NameView{origin_})));
      } else if (placed.record.type() == Type::soa && owner != origin_) {
        fault(placed, fmt::format("found a SOA record of {}, expected it at {}", to_text(NameView{owner}),
                                  to_text(NameView{origin_})));
      } else if (placed.record.type() == Type::soa && soa) {
        fault(placed, fmt::format("found a second SOA record, expected one: that of line {}", soa->line));
      } else if (placed.record.type() == Type::soa) {
        soa = &placed;
      }
    }
    if (!soa && built_.faults.empty()) miss_soa();
    if (!soa) return;
    if (soa != &file_.records.front()) warn(*soa, "the SOA record is not the first one");
    zone_->serial_ = std::get<dns::Soa>(soa->record.data).serial;
  }

  void miss_soa() {
    const auto expected = fmt::format("expected the SOA record of {} first", to_text(NameView{origin_}));
    if (file_.records.empty()) {
      built_.faults.push_back({file_.files.front(), 1, 1, fmt::format("found no record, {}", expected)});
    } else {
      const auto& first = file_.records.front();
      fault(first, fmt::format("found a {} record and no SOA record, {}", to_text(first.record.type()), expected));
    }
  }

  void add_nodes() {
    // Of one owner and type the order of the file is kept.
    std::ranges::stable_sort(file_.records, [](const PlacedRecord& a, const PlacedRecord& b) {
      const auto order = a.record.name <=> b.record.name;
      return order != 0 ? order < 0 : a.record.type() < b.record.type();
    });
    for_each_group([](const auto& a, const auto& b) { return a.name == b.name; }, file_.records,
                   [&](Records records) { add_name(records); });
  }

  static void for_each_group(auto&& same, Records records, auto&& use) {
    while (!records.empty()) {
      const auto end = std::ranges::find_if_not(
          records, [&](const PlacedRecord& r) { return same(r.record, records.front().record); });
      const auto count = static_cast<std::size_t>(end - records.begin());
      use(records.first(count));
      records = records.subspan(count);
    }
  }

  void add_name(Records records) {
    const auto& owner = records.front().record.name;
    add_empty_non_terminals(owner);
    add_node(owner);
    check_alias(records);
    check_redirection(records);
    for_each_group([](const auto& a, const auto& b) { return a.type() == b.type(); }, records,
                   [&](Records rrset) { add_rrset(rrset); });
    mark_cut();
  }

  /// In canonical order an ancestor that exists comes before, and nothing but what is below it stands in between.
  void add_empty_non_terminals(NameView owner) {
    const auto depth = owner.label_count() - origin_.label_count();
    for (std::size_t skip = depth; skip-- > 1;) {
      const auto ancestor = owner.without_labels(skip);
      if (!zone_->nodes_.back().name.is_at_or_below(ancestor)) {
        add_node(ancestor);
        mark_cut();
      }
    }
  }

  void add_node(NameView name) {
    const dns::FoldedName folded{name};
    Zone::Node node;
    node.name = NameView{keep(name.wire())};
    const bool is_folded = std::ranges::equal(folded.suffix(0).wire(), name.wire());
    node.folded = is_folded ? node.name : NameView{keep(folded.suffix(0).wire())};
    node.first_rrset = static_cast<std::uint32_t>(zone_->rrsets_.size());
    zone_->nodes_.push_back(node);
    zone_->labels_max_ = std::max(zone_->labels_max_, folded.label_count());
  }

  /// The last node is a delegation point, or below the last one, or neither.
  void mark_cut() {
    auto& node = zone_->nodes_.back();
    const auto number = static_cast<std::uint32_t>(zone_->nodes_.size() - 1);
    if (cut_ && node.name.is_at_or_below(zone_->nodes_[*cut_].name)) {
      node.cut = *cut_;
    } else if (number > 0 && zone_->find(node, Type::ns)) {
      cut_ = node.cut = number;
    }
  }

  void check_alias(Records records) {
    const auto is_alias = [](const PlacedRecord& r) { return r.record.type() == Type::cname; };
    const auto alias = std::ranges::find_if(records, is_alias);
    if (alias == records.end()) return;
    for (const auto& other : records) {
      const auto type = other.record.type();
      // RFC 4034, section 2.5: the records of DNSSEC may stand beside it.
      if (&other == &*alias || type == Type::rrsig || type == Type::nsec) continue;
      if (other.record.data == alias->record.data) continue;  // a repetition, of which add_rrset warns
      const auto& later = std::pair{other.file, other.line} > std::pair{alias->file, alias->line} ? other : *alias;
      const auto& earlier = &later == &other ? *alias : other;
      return fault(later, fmt::format("found a {} record of {}, which has a {} record in line {}; "
                                      "expected no other data beside a CNAME",
                                      to_text(later.record.type()), to_text(NameView{later.record.name}),
                                      to_text(earlier.record.type()), earlier.line));
    }
  }

  /// In canonical order what is below the owner of a DNAME comes behind it, with nothing else in between.
  void check_redirection(Records records) {
    const auto& owner = records.front().record.name;
    if (redirection_ && owner.view().is_at_or_below(redirection_->record.name)) {
      return fault(records.front(),
                   fmt::format("found a {} record of {}, which is below the DNAME record of line {}; expected no data "
                               "below the owner of a DNAME",
                               to_text(records.front().record.type()), to_text(NameView{owner}), redirection_->line));
    }
    const auto is_of = [](Type type) { return [type](const PlacedRecord& r) { return r.record.type() == type; }; };
    const auto dname = std::ranges::find_if(records, is_of(Type::dname));
    if (dname == records.end()) return;
    redirection_ = &*dname;
    for (const auto& other : records) {
      if (other.record.type() != Type::dname || other.record.data == dname->record.data) continue;
      fault(other, fmt::format("found a second DNAME record of {}, expected one: that of line {}",
                               to_text(NameView{owner}), dname->line));
    }
    if (owner != origin_ && std::ranges::any_of(records, is_of(Type::ns))) {
      fault(*dname, fmt::format("found a DNAME record of {}, which is a delegation point; expected it in the zone that "
                                "is delegated",
                                to_text(NameView{owner})));
    }
    if (owner.view().is_wildcard()) {
      warn(*dname, "this DNAME record of a wildcard redirects no name that the wildcard stands for");
    }
  }

  void add_rrset(Records records) {
    std::vector<const dns::Record*> unique;
    std::uint32_t ttl = records.front().record.ttl;
    for (const auto& placed : records) {
      const auto is_same = [&](const dns::Record* r) { return r->data == placed.record.data; };
      if (records.size() > 1 && std::ranges::any_of(unique, is_same)) {
        warn(placed, "this record stands here twice; the second one is left out");
        continue;
      }
      if (placed.record.ttl != ttl) {
        ttl = std::min(ttl, placed.record.ttl);
        warn(placed, fmt::format("this record and others of the same name and type have unlike TTLs; all get {}", ttl));
      }
      if (unique.size() == rrset_records_max) return refuse_size(records);  // before more of them are compared
      unique.push_back(&placed.record);
    }
    const auto rrset = make_rrset(unique, ttl);
    if (!rrset) return refuse_size(records);
    zone_->rrsets_.push_back(*rrset);
    ++zone_->nodes_.back().rrset_count;
    zone_->record_count_ += unique.size();
  }

  void refuse_size(Records records) {
    fault(records.front(), "found more data of one name and type than a message can hold");
  }

  std::optional<Rrset> make_rrset(std::span<const dns::Record* const> records, std::uint32_t ttl) {
    const auto type = records.front()->type();
    scratch_.clear();
    for (const auto* record : records) {
      ByteWriter out{scratch_, rrset_bytes_max - std::min(scratch_.size(), rrset_bytes_max)};
      out.u16(0xc000 | dns::header_bytes);
      out.u16(static_cast<std::uint16_t>(type));
      out.u16(static_cast<std::uint16_t>(record->dns_class));
      out.u32(ttl);
      const auto length_at = out.size();
      out.u16(0);
      write_rdata(record->data, out);
      if (out.overflowed()) return std::nullopt;
      out.patch_u16(length_at, static_cast<std::uint16_t>(out.size() - length_at - 2));
    }
    return Rrset{type, static_cast<std::uint16_t>(records.size()), ttl, dns::compressible_names(type), keep(scratch_)};
  }

  void finish() {
    auto& apex = zone_->nodes_.front();
    if (!zone_->find(apex, Type::ns)) {
      return fault(soa(), fmt::format("found no NS record of {} beside its SOA record, expected at least one: a zone "
                                      "names its servers",
                                      to_text(NameView{origin_})));
    }
    zone_->index_ = NameIndex{zone_->nodes_.size()};
    for (std::uint32_t number = 0; number < zone_->nodes_.size(); ++number) {
      zone_->index_.insert(dns::FoldedName{zone_->nodes_[number].folded}.hash(), number);
    }
    mark_wildcards();
    make_negative_soa();
    for (const auto& placed : file_.records) check_target(placed);
  }

  void mark_wildcards() {
    for (std::uint32_t number = 0; number < zone_->nodes_.size(); ++number) {
      const auto& node = zone_->nodes_[number];
      if (!node.name.is_wildcard() || number == 0) continue;
      const auto* parent = zone_->find(dns::FoldedName{node.folded}, 1);
      zone_->nodes_[static_cast<std::size_t>(parent - zone_->nodes_.data())].wildcard = number;
    }
  }

  /// There is one once the records are checked.
  const PlacedRecord& soa() const {
    return *std::ranges::find(file_.records, Type::soa, [](const PlacedRecord& p) { return p.record.type(); });
  }

  void make_negative_soa() {
    const auto& record = soa().record;
    const dns::Record* const records[] = {&record};
    zone_->negative_soa_ = *make_rrset(records, std::min(record.ttl, std::get<dns::Soa>(record.data).minimum.seconds));
  }

  void check_target(const PlacedRecord& placed) {
    const Name* target = nullptr;
    if (const auto* ns = std::get_if<dns::Ns>(&placed.record.data)) target = &ns->host;
    if (const auto* mx = std::get_if<dns::Mx>(&placed.record.data)) target = &mx->exchange;
    if (!target || target->is_root() || !target->view().is_at_or_below(origin_)) return;
    const auto* node = zone_->find(dns::FoldedName{*target});
    if (node && zone_->find(*node, Type::cname)) {
      warn(placed, fmt::format("{} is an alias, which the name of a server may not be", to_text(NameView{*target})));
    } else if (!node || (!zone_->find(*node, Type::a) && !zone_->find(*node, Type::aaaa))) {
      const bool is_elsewhere = !node && is_covered(*target);
      if (!is_elsewhere) warn(placed, fmt::format("{} has no address in this zone", to_text(NameView{*target})));
    }
  }

  /// True for a name that a wildcard or a delegated zone may have.
  bool is_covered(NameView name) const {
    const dns::FoldedName folded{name};
    for (std::size_t skip = 1; skip <= folded.label_count(); ++skip) {
      const auto* node = zone_->find(folded, skip);
      if (node) return node->wildcard != Zone::no_node || node->cut != Zone::no_node;
    }
    return false;
  }

  Bytes keep(Bytes octets) {
    auto* const place = static_cast<std::byte*>(zone_->octets_.allocate(octets.size(), 1));
    std::ranges::copy(octets, place);
    return {place, octets.size()};
  }

  NameView origin_;
  MasterFile file_;
  std::unique_ptr<Zone> zone_;
  BuiltZone built_;
  Buffer scratch_;
  std::optional<std::uint32_t> cut_;           // the last delegation point met
  const PlacedRecord* redirection_ = nullptr;  // the last DNAME met
};

BuiltZone build_zone(NameView origin, MasterFile file) {
  return ZoneBuilder{origin, std::move(file)}.build();
}

}  // namespace labnet::dns_server
