// What $GENERATE makes of its arguments, in BIND's dialect: a range, and patterns in which "$" is the number at hand.
//
//     $GENERATE 1-3/2 host${10,3} A 192.168.1.$        host011 A 192.168.1.1
//                                                      host013 A 192.168.1.3
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace labnet::dns_server {

inline constexpr std::size_t generated_records_max = 65536;  // of one $GENERATE: the addresses of a /16
inline constexpr std::size_t generate_width_max = 127;       // characters of one number, as in BIND

/// Both ends are in it.
struct GenerateRange {
  std::uint32_t start = 0;
  std::uint32_t stop = 0;
  std::uint32_t step = 1;

  std::size_t count() const { return (stop - start) / step + std::size_t{1}; }
};

/// Reads "START-STOP" or "START-STOP/STEP": START is not above STOP, which is at most 2147483647; STEP is not 0.
std::optional<GenerateRange> parse_generate_range(std::string_view text);

/// `\"` as `"`: what stands between the quotes of a zone file, to be read as a line of one.
std::string without_escaped_quotes(std::string_view text);

/// `pattern` with the number in place of each "$"; "$$" and "\$" stay a dollar, other escapes stay as they are.
///
/// ${OFFSET,WIDTH,BASE} prints the number plus OFFSET, which may be negative, with at least WIDTH characters (0 to
/// generate_width_max, missing ones filled up with 0), in BASE: d decimal, o octal, x or X hexadecimal, n or N as
/// hexadecimal digits backwards with dots between them, which WIDTH counts in. WIDTH and BASE may be missing.
///
/// The Error says what was expected: "base d, o, x, X, n or N".
Result<std::string> expand_generate_pattern(std::string_view pattern, std::uint32_t number);

}  // namespace labnet::dns_server
