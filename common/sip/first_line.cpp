// First lines read.
#include "common/sip/first_line.hpp"

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/status.hpp"

namespace labnet::sip {
namespace {

/// "SIP/2.0", in any case (RFC 3261, section 7.1).
std::optional<FaultKind> fault_of_version(std::string_view text, FaultKind malformed) {
  if (equals_ignoring_case(text, "SIP/2.0")) return std::nullopt;
  if (!is_status_line(text)) return malformed;
  const auto numbers = text.substr(4);
  const auto dot = numbers.find('.');
  if (dot == numbers.npos) return malformed;
  const bool has_numbers = parse_integer<unsigned>(numbers.substr(0, dot)).has_value() &&
                           parse_integer<unsigned>(numbers.substr(dot + 1)).has_value();
  return has_numbers ? FaultKind::version_not_supported : malformed;
}

}  // namespace

bool is_status_line(std::string_view line) {
  return equals_ignoring_case(line.substr(0, 4), "SIP/");
}

std::optional<FaultKind> read_request_line(std::string_view line, RequestLine& into) {
  const auto first = line.find(' ');
  into.method = line.substr(0, first);
  if (!is_token(into.method)) {
    into.method = {};
    return FaultKind::malformed_request_line;
  }
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) return FaultKind::malformed_request_line;
  into.uri = line.substr(first + 1, last - first - 1);
  if (const auto fault = fault_of_version(line.substr(last + 1), FaultKind::malformed_request_line)) return fault;
  if (into.uri.empty() || trim_white_space(into.uri) != into.uri) return FaultKind::malformed_request_line;
  const bool has_white_space = into.uri.find(' ') != into.uri.npos || into.uri.find('\t') != into.uri.npos;
  if (has_white_space) return FaultKind::white_space_in_uri;
  return std::nullopt;
}

std::optional<FaultKind> read_status_line(std::string_view line, StatusLine& into) {
  constexpr std::size_t code_digits = 3;
  const auto version = line.substr(0, line.find(' '));
  if (const auto fault = fault_of_version(version, FaultKind::malformed_status_line)) return fault;
  const auto rest = line.substr(std::min(version.size() + 1, line.size()));
  const auto digits = rest.substr(0, rest.find(' '));
  const auto status = parse_integer<int>(digits);
  if (digits.size() != code_digits || digits.size() == rest.size()) return FaultKind::malformed_status_line;
  if (!status || *status < status_min || *status > status_max) return FaultKind::malformed_status_line;
  into = {*status, rest.substr(code_digits + 1)};
  return std::nullopt;
}

}  // namespace labnet::sip
