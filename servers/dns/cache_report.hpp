// The cache as a lab shows it.
#pragma once

#include <vector>

#include <boost/json/array.hpp>

#include "servers/dns/cache.hpp"
#include "servers/dns/delegation.hpp"

namespace labnet::dns_server {

/// [{"name":"www.bing.com","type":"CNAME","type_number":5,"ttl":27,"data_bytes":37,"section":"Answer","data":"..."}];
/// what does not exist has "negative":"NXDOMAIN" or "NODATA" in place of its data. Delegations follow as the referrals
/// told them: NS records of section "Authority", addresses of section "Additional". Names have no dot at their end.
boost::json::array report(const std::vector<CacheEntry>& entries, const std::vector<Delegation>& delegations);

}  // namespace labnet::dns_server
