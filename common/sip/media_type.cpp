// Media types and ranges of them.
#include "common/sip/media_type.hpp"

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {

bool MediaType::is(std::string_view other_type, std::string_view other_subtype) const {
  return equals_ignoring_case(type, other_type) && equals_ignoring_case(subtype, other_subtype);
}

bool MediaType::includes(std::string_view other_type, std::string_view other_subtype) const {
  if (type == "*") return subtype == "*";
  return equals_ignoring_case(type, other_type) && (subtype == "*" || equals_ignoring_case(subtype, other_subtype));
}

Result<MediaType, FaultKind> parse_media_type(std::string_view value) {
  Scanner scanner{trim_white_space(value)};
  MediaType media_type;
  media_type.type = scanner.take_token();
  const bool has_slash = scanner.take_separator('/');
  media_type.subtype = scanner.take_token();
  if (media_type.type.empty() || !has_slash || media_type.subtype.empty()) return FaultKind::malformed_value;
  const auto parameters = parse_parameters(scanner.rest());
  if (!parameters) return parameters.error();
  media_type.parameters = *parameters;
  return media_type;
}

bool accepts(const Headers& headers, std::string_view type, std::string_view subtype) {
  if (!headers.has(HeaderName::accept)) {
    return equals_ignoring_case(type, "application") && equals_ignoring_case(subtype, "sdp");
  }
  bool found = false;
  headers.for_each_element(HeaderName::accept, [&](std::string_view element) {
    const auto range = parse_media_type(element);
    found = found || (range && range->includes(type, subtype));
  });
  return found;
}

}  // namespace labnet::sip
