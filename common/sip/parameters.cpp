// Parameters checked, and walked over.
#include "common/sip/parameters.hpp"

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/scanner.hpp"

namespace labnet::sip {
namespace {

/// What a value without quotation marks may have: a token or a host, with the colons of an IPv6 address, which stand in
/// "received" without brackets as well (RFC 5118, section 4.5).
constexpr bool is_parameter_value_character(char c) {
  return is_of(c, token_kind) || c == ':' || c == '[' || c == ']';
}

/// Behind a semicolon.
Result<Parameter, FaultKind> take_parameter(Scanner& scanner) {
  Parameter parameter{.name = scanner.take_token(), .value = {}};
  if (parameter.name.empty()) return FaultKind::malformed_value;
  parameter.has_value = scanner.take_separator('=');
  if (!parameter.has_value) return parameter;
  if (scanner.peek() == '"') {
    const auto text = scanner.take_quoted();
    if (!text) return text.error();
    parameter.value = *text;
    return parameter;
  }
  parameter.value = scanner.take_while(is_parameter_value_character);
  if (parameter.value.empty()) return FaultKind::malformed_value;
  return parameter;
}

/// Whether the parameters that stand in front of `end` have that name (RFC 3261, section 7.3.1: none is there twice).
bool is_repeated(Parameters::Iterator parameter, const char* end, std::string_view name) {
  for (; parameter->name.data() < end; ++parameter) {
    if (equals_ignoring_case(parameter->name, name)) return true;
  }
  return false;
}

}  // namespace

Result<Parameters, FaultKind> parse_parameters(std::string_view text) {
  text = trim_white_space(text);
  Scanner scanner{text};
  for (std::size_t count = 0; !scanner.at_end(); ++count) {
    if (count == parameters_max) return FaultKind::too_many_elements;
    if (!scanner.take_separator(';')) return FaultKind::malformed_value;
    const auto parameter = take_parameter(scanner);
    if (!parameter) return parameter.error();
    const bool is_first = count == 0;
    if (!is_first && is_repeated(Parameters::Iterator{text}, parameter->name.data(), parameter->name)) {
      return FaultKind::malformed_value;
    }
  }
  return Parameters{text};
}

std::optional<Parameter> Parameters::find(std::string_view name) const {
  for (const auto& parameter : *this) {
    if (equals_ignoring_case(parameter.name, name)) return parameter;
  }
  return std::nullopt;
}

std::optional<std::string_view> Parameters::value(std::string_view name) const {
  const auto parameter = find(name);
  if (!parameter || !parameter->has_value) return std::nullopt;
  return parameter->value;
}

void Parameters::Iterator::advance() {
  Scanner scanner{rest_};
  const auto parameter = scanner.take_separator(';') ? take_parameter(scanner) : FaultKind::malformed_value;
  at_end_ = !parameter;
  if (at_end_) return;
  current_ = *parameter;
  rest_ = scanner.rest();
}

}  // namespace labnet::sip
