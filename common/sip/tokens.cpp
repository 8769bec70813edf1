// Words looked for in lists.
#include "common/sip/tokens.hpp"

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"

namespace labnet::sip {

Result<std::string_view, FaultKind> parse_token(std::string_view value) {
  value = trim_white_space(value);
  if (!is_token(value)) return FaultKind::malformed_value;
  return value;
}

bool list_has(const Headers& headers, HeaderName name, std::string_view word) {
  bool found = false;
  headers.for_each_element(name, [&](std::string_view each) { found = found || equals_ignoring_case(each, word); });
  return found;
}

bool allows(const Headers& headers, std::string_view method) {
  bool found = false;
  headers.for_each_element(HeaderName::allow, [&](std::string_view each) { found = found || each == method; });
  return found;
}

}  // namespace labnet::sip
