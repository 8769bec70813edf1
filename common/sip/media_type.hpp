// What a body is, and what bodies are understood: Content-Type and Accept (RFC 3261, sections 20.1 and 20.15).
#pragma once

#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/headers.hpp"
#include "common/sip/parameters.hpp"

namespace labnet::sip {

/// "multipart/mixed;boundary=x"; in Accept also "*" for both. Compared without regard to case.
struct MediaType {
  std::string_view type;
  std::string_view subtype;
  Parameters parameters;

  bool is(std::string_view other_type, std::string_view other_subtype) const;
  /// As a range of Accept: "*/*" and "application/*" take in others.
  bool includes(std::string_view other_type, std::string_view other_subtype) const;
};

/// faults  malformed_value, unbalanced_quote, too_many_elements
Result<MediaType, FaultKind> parse_media_type(std::string_view value);

/// True if the sender of the message takes such a body: no Accept at all means application/sdp, an empty one nothing
/// (RFC 3261, section 20.1). An element that is malformed takes nothing in.
bool accepts(const Headers& headers, std::string_view type, std::string_view subtype);

}  // namespace labnet::sip
