// A zone in memory: never changed once built, shared by all workers, replaced whole by a reload.
//
// Every name of the zone, those without records of their own included, is a node; the nodes stand in canonical order
// (for transfers, and for what needs a name's neighbours) and are found by hash. Hash rather than tree: most queries
// ask for a name that exists, and then one probe finds it; one that does not exist costs a probe per label of what was
// asked, on hashes that were made in one pass. What a node's ancestors mean for it (a zone cut above, a wildcard below)
// is worked out while the zone is built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/dns/folded_name.hpp"
#include "common/dns/name.hpp"
#include "common/dns/rdata.hpp"
#include "common/dns/types.hpp"
#include "servers/dns/zone/diagnostic.hpp"
#include "servers/dns/zone/master_file.hpp"
#include "servers/dns/zone/name_index.hpp"

namespace labnet::dns_server {

/// The records of one name and type, ready to be copied into an answer.
struct Rrset {
  dns::Type type{};
  std::uint16_t count = 0;
  std::uint32_t ttl = 0;
  dns::CompressibleNames names;  // in each record's data
  /// The records, each as on the wire, its owner a pointer to the question's name (0xc00c), names in its data in full.
  Bytes wire;
};

/// Calls `use(data)` with the RDATA of each record.
void for_each_rdata(const Rrset& rrset, auto&& use) {
  constexpr std::size_t length_offset = 2 + 2 + 2 + 4;  // behind the pointer, type, class and TTL
  for (auto rest = rrset.wire; !rest.empty();) {
    const auto length =
        std::to_integer<std::size_t>(rest[length_offset]) << 8 | std::to_integer<std::size_t>(rest[length_offset + 1]);
    use(rest.subspan(length_offset + 2, length));
    rest = rest.subspan(length_offset + 2 + length);
  }
}

/// The name that the data of NS, CNAME, DNAME, PTR, MX, SRV, SVCB or HTTPS leads to.
dns::NameView target_of(dns::Type type, Bytes rdata);

/// The uncompressed name that these octets begin with.
dns::NameView leading_name(Bytes octets);

class Zone {
 public:
  struct Node {
    dns::NameView name;    // as written in the file
    dns::NameView folded;  // in lower case
    std::uint32_t first_rrset = 0;
    std::uint16_t rrset_count = 0;     // none: an empty non-terminal
    std::uint32_t cut = no_node;       // the delegation point at or above it, below the apex
    std::uint32_t wildcard = no_node;  // its child "*"
  };
  static constexpr std::uint32_t no_node = UINT32_MAX;

  dns::NameView origin() const { return nodes_.front().name; }
  std::uint32_t serial() const { return serial_; }
  std::size_t record_count() const { return record_count_; }

  /// In canonical order, the apex first.
  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(std::uint32_t number) const { return nodes_[number]; }
  bool is_cut(const Node& node) const { return node.cut != no_node && &nodes_[node.cut] == &node; }
  std::span<const Rrset> rrsets(const Node& node) const {
    return std::span{rrsets_}.subspan(node.first_rrset, node.rrset_count);
  }
  /// Nothing (nullptr) if the node has no records of that type.
  const Rrset* find(const Node& node, dns::Type type) const;
  /// The node of a name without its `skip` leftmost labels; nullptr if the zone has no such name.
  const Node* find(const dns::FoldedName& name, std::size_t skip = 0) const;

  /// How many labels the longest of its names has.
  std::size_t labels_max() const { return labels_max_; }
  /// The SOA record with the TTL of a negative answer: the lower of its own and its MINIMUM (RFC 2308, section 3).
  const Rrset& negative_soa() const { return negative_soa_; }

 private:
  friend class ZoneBuilder;
  Zone() : index_{0} {}

  std::pmr::monotonic_buffer_resource octets_;  // of all names and records
  std::vector<Node> nodes_;
  std::vector<Rrset> rrsets_;
  NameIndex index_;
  Rrset negative_soa_;
  std::uint32_t serial_ = 0;
  std::size_t labels_max_ = 0;
  std::size_t record_count_ = 0;
};

struct BuiltZone {
  std::shared_ptr<const Zone> zone;  // none if there are faults
  Diagnostics faults;                // at most faults_max
  Diagnostics warnings;              // served all the same; at most faults_max
};

/// Checks the records and builds the zone. Faults: other than one SOA at the apex, no NS there, records outside the
/// zone, a CNAME beside other data, a second DNAME of a name, a DNAME at a delegation point or with anything below it
/// (RFC 6672, sections 2.3 and 2.4), an RRset that no message can hold. Warnings: a repeated record, unlike TTLs in an
/// RRset (the lowest is used), a SOA that is not the first record, a DNAME of a wildcard, a name server or mail
/// exchange within the zone without an address or that is an alias (RFC 2181, section 10.3).
BuiltZone build_zone(dns::NameView origin, MasterFile file);

}  // namespace labnet::dns_server
