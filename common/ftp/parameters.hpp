// The arguments of TYPE, MODE, STRU and REST (RFC 959, section 5.3.2; RFC 3659, section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::ftp {

enum class Representation { ascii, image };

enum class ParameterFault {
  syntax,         // answer 501
  not_supported,  // a code of the RFC that is not there: answer 504
};

/// "A", "A N", "I", "L 8", in any case. EBCDIC, Telnet's and Fortran's print controls ("A T", "A C") and bytes of other
/// than 8 bits are not supported.
Result<Representation, ParameterFault> parse_type(std::string_view argument);
/// "S": nothing else is there ("B" and "C" are the RFC's).
Result<void, ParameterFault> parse_mode(std::string_view argument);
/// "F"; "R" and "P" are the RFC's.
Result<void, ParameterFault> parse_structure(std::string_view argument);
/// A number of octets, decimal digits alone, at most 2^63 - 1.
std::optional<std::uint64_t> parse_offset(std::string_view argument);

}  // namespace labnet::ftp
