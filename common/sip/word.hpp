// A word with parameters, which many headers are: Event, Subscription-State, Reason, Content-Disposition.
#pragma once

#include <string_view>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/parameters.hpp"

namespace labnet::sip {

struct Word {
  std::string_view text;
  Parameters parameters;
};

/// "session;handling=optional"
/// faults  malformed_value, unbalanced_quote, too_many_elements
Result<Word, FaultKind> parse_word(std::string_view value);

}  // namespace labnet::sip
