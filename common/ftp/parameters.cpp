// Arguments of one letter, and of numbers.
#include "common/ftp/parameters.hpp"

#include <limits>

#include "common/base/text.hpp"

namespace labnet::ftp {
namespace {

/// One letter out of those that the RFC has.
Result<char, ParameterFault> parse_code(std::string_view argument, std::string_view codes) {
  const auto code = to_lower(argument);
  if (code.size() != 1 || codes.find(code) == codes.npos) return ParameterFault::syntax;
  return code.front();
}

Result<void, ParameterFault> parse_only(char supported, std::string_view argument, std::string_view codes) {
  const auto code = parse_code(argument, codes);
  if (!code) return code.error();
  if (*code != supported) return ParameterFault::not_supported;
  return {};
}

/// Non-print, Telnet or carriage control (RFC 959, section 3.1.1.5).
Result<void, ParameterFault> parse_format(std::string_view argument) {
  return parse_only('n', argument, "ntc");
}

/// How many bits a byte of TYPE L has.
Result<Representation, ParameterFault> parse_local(std::string_view byte_bits) {
  const auto bits = parse_integer<std::uint8_t>(byte_bits);
  if (!bits || *bits == 0) return ParameterFault::syntax;
  if (*bits != 8) return ParameterFault::not_supported;
  return Representation::image;
}

}  // namespace

Result<Representation, ParameterFault> parse_type(std::string_view argument) {
  const auto words = split(argument, ' ');
  const auto code = parse_code(words.front(), "aeil");
  if (!code || words.size() > 2) return ParameterFault::syntax;
  const bool has_second = words.size() == 2;
  if (*code == 'l') return has_second ? parse_local(words[1]) : ParameterFault::syntax;
  if (*code == 'i') {
    if (has_second) return ParameterFault::syntax;
    return Representation::image;
  }
  if (has_second) {
    if (const auto format = parse_format(words[1]); !format) return format.error();
  }
  if (*code == 'e') return ParameterFault::not_supported;
  return Representation::ascii;
}

Result<void, ParameterFault> parse_mode(std::string_view argument) {
  return parse_only('s', argument, "sbc");
}

Result<void, ParameterFault> parse_structure(std::string_view argument) {
  return parse_only('f', argument, "frp");
}

std::optional<std::uint64_t> parse_offset(std::string_view argument) {
  constexpr auto offset_max = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  const auto offset = parse_integer<std::uint64_t>(argument);
  return offset && *offset <= offset_max ? offset : std::nullopt;
}

}  // namespace labnet::ftp
