// Reason read and written.
#include "common/sip/reason.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/sip/quoted.hpp"
#include "common/sip/word.hpp"

namespace labnet::sip {

std::optional<std::uint32_t> Reason::cause() const {
  return parse_integer<std::uint32_t>(parameters.value("cause").value_or(""));
}

std::string Reason::text() const {
  return unquoted(parameters.value("text").value_or(""));
}

Result<Reason, FaultKind> parse_reason(std::string_view value) {
  const auto word = parse_word(value);
  if (!word) return word.error();
  return Reason{word->text, word->parameters};
}

std::string reason_text(std::string_view protocol, int cause, std::string_view text) {
  return fmt::format("{};cause={};text={}", protocol, cause, quoted(text));
}

}  // namespace labnet::sip
