// Words read.
#include "common/sip/word.hpp"

#include "common/sip/characters.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {

Result<Word, FaultKind> parse_word(std::string_view value) {
  Scanner scanner{trim_white_space(value)};
  const auto text = scanner.take_token();
  if (text.empty()) return FaultKind::malformed_value;
  const auto parameters = parse_parameters(scanner.rest());
  if (!parameters) return parameters.error();
  return Word{text, *parameters};
}

}  // namespace labnet::sip
