// The limits of the DNS server that the protocol does not set itself.
#pragma once

#include <chrono>
#include <cstddef>

#include "common/dns/limits.hpp"

namespace labnet::dns_server {

inline constexpr std::size_t zone_file_bytes_max = 256u << 20;
inline constexpr std::size_t zone_records_max = 4'000'000;
inline constexpr std::size_t include_depth_max = 10;  // $INCLUDE within $INCLUDE
inline constexpr std::size_t zone_files_max = 1'000;  // read for one zone; ten within one another could make 1000^10
inline constexpr std::size_t faults_max = 20;         // told of one zone; more would not be read
inline constexpr std::size_t cname_chain_max = 16;    // aliases followed for one answer

/// What a client's question may cost where it is asked of others: zones can be made so that they lead to ever
/// more servers without addresses, or round in a circle.
inline constexpr int upstream_queries_max = 60;
inline constexpr int referrals_max = 20;            // from the root down
inline constexpr int server_lookups_depth_max = 4;  // a server's address, for which a server's address, for which...
inline constexpr std::chrono::seconds lookup_time_max{15};
/// A question that nobody could answer is not asked again at once, however often a client does (RFC 9520, section 3.2).
inline constexpr std::chrono::seconds failure_ttl{1};
inline constexpr std::size_t failures_max = 1000;

/// What of a message is left for one RRset; a larger one could never be answered.
inline constexpr std::size_t rrset_bytes_max =
    dns::message_bytes_max - dns::header_bytes - dns::name_bytes_max - 4 - dns::opt_fixed_bytes;
/// The shortest record is a pointer to its name, type, class, TTL, length and no data.
inline constexpr std::size_t rrset_records_max = rrset_bytes_max / 12;

}  // namespace labnet::dns_server
