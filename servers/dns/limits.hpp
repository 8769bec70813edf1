// The limits of the DNS server that the protocol does not set itself.
#pragma once

#include <cstddef>

#include "common/dns/limits.hpp"

namespace labnet::dns_server {

inline constexpr std::size_t zone_file_bytes_max = 256u << 20;
inline constexpr std::size_t zone_records_max = 4'000'000;
inline constexpr std::size_t include_depth_max = 10;  // $INCLUDE within $INCLUDE
inline constexpr std::size_t faults_max = 20;         // told of one zone; more would not be read
inline constexpr std::size_t cname_chain_max = 16;    // aliases followed for one answer

/// What of a message is left for one RRset; a larger one could never be answered.
inline constexpr std::size_t rrset_bytes_max =
    dns::message_bytes_max - dns::header_bytes - dns::name_bytes_max - 4 - dns::opt_fixed_bytes;

}  // namespace labnet::dns_server
