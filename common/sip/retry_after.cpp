// Retry-After read.
#include "common/sip/retry_after.hpp"

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {
namespace {

/// From '(' to the ')' that closes it; comments may have comments in them.
std::optional<std::string_view> take_comment(Scanner& scanner) {
  const auto* const from = scanner.position();
  int depth = 0;
  do {
    const char c = scanner.peek();
    if (!scanner.take(c)) return std::nullopt;
    if (c == '\\' && !scanner.take(scanner.peek())) return std::nullopt;
    if (c == '(') ++depth;
    if (c == ')') --depth;
  } while (depth > 0);
  const auto comment = scanner.since(from);
  return comment.substr(1, comment.size() - 2);
}

}  // namespace

Result<RetryAfter, FaultKind> parse_retry_after(std::string_view value) {
  Scanner scanner{trim_white_space(value)};
  if (!is_digit(scanner.peek())) return FaultKind::malformed_value;
  const auto seconds = scanner.take_number(UINT32_MAX);
  if (!seconds) return FaultKind::number_too_large;
  RetryAfter retry_after{.seconds = *seconds, .comment = {}, .parameters = {}};
  scanner.skip_white_space();
  if (scanner.peek() == '(') {
    const auto comment = take_comment(scanner);
    if (!comment) return FaultKind::unbalanced_quote;
    retry_after.comment = *comment;
  }
  const auto parameters = parse_parameters(scanner.rest());
  if (!parameters) return parameters.error();
  retry_after.parameters = *parameters;
  return retry_after;
}

}  // namespace labnet::sip
