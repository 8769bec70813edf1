// What a server needs of a query, read from the datagram in place: no allocation, names not copied.
#pragma once

#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/dns/edns.hpp"
#include "common/dns/fault.hpp"
#include "common/dns/header.hpp"
#include "common/dns/name.hpp"
#include "common/dns/types.hpp"

namespace labnet::dns {

/// Lives as long as the octets it was read from.
struct QueryView {
  Header header;
  NameView name;
  Type type = Type::a;
  Class dns_class = Class::in;
  Bytes question;                  // name, type and class as they came, for the reply: the case of the name is kept
  std::optional<EdnsHeader> edns;  // if the query has an OPT record
  Bytes edns_options;              // its RDATA, checked: for_each_option does not fail on it
  std::size_t trailing_bytes = 0;  // behind the last record; tolerated
};

/// Reads header, question and OPT record, and walks over all other records, so that a query whose counts or lengths are
/// wrong is a fault; the data of those records is not looked into. Neither QR nor the opcode is judged here.
Result<QueryView, WireFault> view_query(Bytes wire);

}  // namespace labnet::dns
