// CSeq read.
#include "common/sip/cseq.hpp"

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {

Result<CSeq, FaultKind> parse_cseq(std::string_view value) {
  Scanner scanner{trim_white_space(value)};
  if (!is_digit(scanner.peek())) return FaultKind::malformed_value;
  const auto number = scanner.take_number(cseq_max);
  if (!number) return FaultKind::number_too_large;
  if (!is_white_space(scanner.peek())) return FaultKind::malformed_value;
  scanner.skip_white_space();
  const auto method = scanner.take_token();
  if (method.empty() || !scanner.at_end()) return FaultKind::malformed_value;
  return CSeq{*number, method_of(method), method};
}

}  // namespace labnet::sip
