// The zones that a server answers for.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "common/base/result.hpp"
#include "common/dns/folded_name.hpp"
#include "servers/dns/zone/name_index.hpp"
#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

/// Never changed once made: a reload makes another one of the same zones, one of them new.
class ZoneSet {
 public:
  /// No zones: every question is outside.
  ZoneSet() : ZoneSet({}, {}) {}
  /// An Error if two of them have the same origin, or one is below a DNAME of another (RFC 6672, section 2.4).
  static Result<ZoneSet> make(std::vector<std::shared_ptr<const Zone>> zones);

  std::span<const std::shared_ptr<const Zone>> zones() const { return zones_; }
  /// The zone whose origin is the longest suffix of `name`; nullptr if it is in none.
  const Zone* find(const dns::FoldedName& name) const;

 private:
  ZoneSet(std::vector<std::shared_ptr<const Zone>> zones, std::vector<std::size_t> label_counts);

  std::vector<std::shared_ptr<const Zone>> zones_;
  std::vector<std::size_t> label_counts_;  // that origins have, the largest first
  NameIndex index_;
};

}  // namespace labnet::dns_server
