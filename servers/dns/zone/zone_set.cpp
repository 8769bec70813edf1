// The longest origin is sought among those numbers of labels only that some origin has.
#include "servers/dns/zone/zone_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "servers/dns/zone/lookup.hpp"

namespace labnet::dns_server {
namespace {

/// True if a DNAME record of `zone` stands above `origin`.
bool redirects(const Zone& zone, dns::NameView origin) {
  return origin.is_at_or_below(zone.origin()) &&
         look_up(zone, dns::FoldedName{origin}, dns::Type::soa).kind == Finding::Kind::redirection;
}

}  // namespace

Result<ZoneSet> ZoneSet::make(std::vector<std::shared_ptr<const Zone>> zones) {
  std::vector<std::size_t> label_counts;
  for (const auto& zone : zones) {
    const auto is_twin = [&](const auto& other) { return other != zone && other->origin() == zone->origin(); };
    if (std::ranges::any_of(zones, is_twin))
      return Error{fmt::format("zone {} is there twice", to_text(zone->origin()))};
    for (const auto& other : zones) {
      if (!redirects(*other, zone->origin())) continue;
      return Error{fmt::format("zone {} is below a name that a DNAME record of zone {} redirects",
                               to_text(zone->origin()), to_text(other->origin()))};
    }
    label_counts.push_back(zone->origin().label_count());
  }
  std::ranges::sort(label_counts, std::greater{});
  label_counts.erase(std::unique(label_counts.begin(), label_counts.end()), label_counts.end());
  return ZoneSet{std::move(zones), std::move(label_counts)};
}

ZoneSet::ZoneSet(std::vector<std::shared_ptr<const Zone>> zones, std::vector<std::size_t> label_counts)
    : zones_{std::move(zones)}, label_counts_{std::move(label_counts)}, index_{zones_.size()} {
  for (std::uint32_t number = 0; number < zones_.size(); ++number) {
    index_.insert(dns::FoldedName{zones_[number]->origin()}.hash(), number);
  }
}

const Zone* ZoneSet::find(const dns::FoldedName& name) const {
  for (const auto labels : label_counts_) {
    if (labels > name.label_count()) continue;
    const auto skip = name.label_count() - labels;
    const auto suffix = name.suffix(skip).wire();
    const auto found = index_.find(name.hash(skip), [&](std::uint32_t number) {
      return std::ranges::equal(zones_[number]->nodes().front().folded.wire(), suffix);
    });
    if (found) return zones_[*found].get();
  }
  return nullptr;
}

}  // namespace labnet::dns_server
