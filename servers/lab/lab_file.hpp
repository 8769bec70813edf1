// Reads a lab file (YAML) and leaves nothing to check later.
#pragma once

#include <filesystem>

#include "common/base/kinds.hpp"
#include "common/base/result.hpp"
#include "common/settings/fault.hpp"
#include "servers/lab/lab.hpp"

namespace labnet::lab {

inline constexpr std::size_t networks_max = 16;
inline constexpr std::size_t hosts_max = 200;
inline constexpr std::size_t interfaces_max = 16;  // of one host
inline constexpr std::size_t addresses_max = 64;   // of one interface
inline constexpr std::size_t name_bytes_max = 15;  // of a network, a host or a service: what fits a link's name

/// Faults: an unknown key, a wrong type, a name that is no host name, an address outside its subnet or taken, a MAC
/// that is taken or a group's, overlapping subnets, a network or a host that is not there, a missing file...
Result<Lab, settings::Fault> load_lab(const std::filesystem::path& file);

/// How a lab, a network, a host or a service may be named: a label of a host name (RFC 1123, section 2.1), at most
/// name_bytes_max long.
Kind<std::string> lab_name_kind();

}  // namespace labnet::lab
