// The DNS cache of a host as `ipconfig /displaydns` shows one.
#pragma once

#include <string>

#include <boost/json/array.hpp>

namespace labnet::lab_client {

/// entries  as a DNS service gives them: {"name","type","type_number","ttl","data_bytes","section","data"}, or for
///          what is known not to exist {"name","type","ttl","negative":"NXDOMAIN"|"NODATA"}
std::string cache_table(const boost::json::array& entries);

}  // namespace labnet::lab_client
