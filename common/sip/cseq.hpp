// CSeq: the number of a request in its dialog, and its method once more (RFC 3261, section 20.16).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/methods.hpp"

namespace labnet::sip {

struct CSeq {
  std::uint32_t number = 0;  // up to cseq_max
  Method method = Method::other;
  std::string_view method_text;  // as it was sent
};

/// "4711 INVITE", white space in any shape between them.
/// faults  malformed_value, number_too_large: above cseq_max
Result<CSeq, FaultKind> parse_cseq(std::string_view value);

}  // namespace labnet::sip
