// Where the aliases in a reply lead.
#pragma once

#include <vector>

#include "common/dns/message.hpp"

namespace labnet::dns_client {

/// From the name that was asked for along the CNAME records (RFC 1034, section 3.6.2).
struct Chain {
  std::vector<dns::Name> aliases;  // in their order
  dns::Name owner;                 // of the records that answer
};

Chain chain_from(const dns::Name& asked, const std::vector<dns::Record>& answers);

}  // namespace labnet::dns_client
