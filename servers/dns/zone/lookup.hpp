// What a zone has to say about one name and type (RFC 1034, section 4.3.2, step 3; RFC 4592 for wildcards; RFC 6672,
// section 3.2, for DNAME).
#pragma once

#include "common/dns/folded_name.hpp"
#include "common/dns/types.hpp"
#include "servers/dns/zone/zone.hpp"

namespace labnet::dns_server {

struct Finding {
  enum class Kind {
    data,         // `rrset` is of the type asked for
    alias,        // `rrset` is a CNAME: the same question is to be asked of its target
    no_data,      // the name exists, without such records; also if only names below it do
    no_name,      // it does not exist, and no wildcard stands for it
    delegation,   // `rrset` is the NS of the child zone that the name is in
    redirection,  // `rrset` is the DNAME of an ancestor: its target takes the ancestor's place in the name
  };
  Kind kind = Kind::no_name;
  /// Where `rrset` was found: the name, or the wildcard that stands for it, or the delegation point, or the owner of
  /// the DNAME. For no_name the closest encloser: the longest ancestor of the name that exists.
  const Zone::Node* node = nullptr;
  const Rrset* rrset = nullptr;
};

/// `name` is at or below the zone's origin. ANY finds one RRset, as RFC 8482, section 4.1, allows.
Finding look_up(const Zone& zone, const dns::FoldedName& name, dns::Type type);

}  // namespace labnet::dns_server
