// Warning read and written.
#include "common/sip/warning.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/quoted.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {

Result<Warning, FaultKind> parse_warning(std::string_view value) {
  constexpr std::size_t code_digits = 3;
  constexpr std::uint32_t code_max = 999;
  Scanner scanner{trim_white_space(value)};
  const auto* const from = scanner.position();
  const auto code = scanner.take_number(code_max);
  if (!code || scanner.since(from).size() != code_digits || !scanner.take(' ')) return FaultKind::malformed_value;
  const auto agent = scanner.take_all(token_kind | host_kind | uri_header_kind);
  if (agent.empty() || !scanner.take(' ')) return FaultKind::malformed_value;
  if (scanner.peek() != '"') return FaultKind::malformed_value;
  const auto text = scanner.take_quoted();
  if (!text) return text.error();
  if (!scanner.at_end()) return FaultKind::malformed_value;
  return Warning{static_cast<int>(*code), agent, *text};
}

std::string warning_text(int code, std::string_view agent, std::string_view text) {
  return fmt::format("{:03} {} {}", code, agent, quoted(text));
}

}  // namespace labnet::sip
