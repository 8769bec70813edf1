// Any text as the value of every header: what is read is a view of it, and what is written of it is read back the same.
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/cseq.hpp"
#include "common/sip/date.hpp"
#include "common/sip/event.hpp"
#include "common/sip/header_values.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/list.hpp"
#include "common/sip/media_type.hpp"
#include "common/sip/name_address.hpp"
#include "common/sip/quoted.hpp"
#include "common/sip/reason.hpp"
#include "common/sip/retry_after.hpp"
#include "common/sip/via.hpp"
#include "common/sip/warning.hpp"
#include "tests/support/require.hpp"

namespace {

using namespace labnet;
using namespace labnet::sip;
using labnet::test::require;

bool has_control(std::string_view text) {
  const auto* const end = text.data() + text.size();
  return control_character(text.data(), end) != end;
}

void check_parameters(std::string_view text) {
  const auto parameters = parse_parameters(text);
  if (!parameters) return;
  std::size_t count = 0;
  for (const auto& parameter : *parameters) {
    require(is_token(parameter.name), "a name is a token");
    require(parameter.has_value != parameter.value.empty(), "a value is not empty");
    require(parameters->find(parameter.name) == parameter, "a parameter is found under its name");
    require(++count <= parameters_max, "there are no more than may be");
  }
}

void check_address(std::string_view value) {
  const auto address = parse_name_address(value);
  if (!address) return;
  const auto text = name_address_text(address->name(), address->uri_text, address->parameters.text());
  const auto again = parse_name_address(text);
  require(again.has_value(), "an address is read back");
  require(again->uri == address->uri && again->tag() == address->tag(), "and the same");
  require(again->name() == address->name() || has_control(address->name()), "with its name");
  (void)address->expires();
  const auto q = address->q();
  require(!q || (*q >= 0 && *q <= 1000), "q is from 0 to 1");
}

void check_via(std::string_view value) {
  const auto via = parse_via(value);
  if (!via) return;
  const auto text = via_with_source(*via, {"192.0.2.1", 9988});
  const auto again = parse_via(text);
  require(again.has_value() || via->parameters.text().size() > 0, "a Via is read back");
  if (!again) return require(again.error() == FaultKind::too_many_elements, "unless it has one parameter too many");
  require(again->host == via->host && again->port == via->port && again->branch == via->branch, "and the same");
  require(!via->has_rport || again->rport == 9988, "with the port that was asked for");
  require(response_target(*via, {"192.0.2.1", 9988}).port != 0, "a response goes somewhere");
}

void check_written(std::string_view text) {
  require(!has_control(quoted(text)), "what is quoted has no line ends");
  if (!has_control(text)) require(unquoted(quoted(text)) == text, "and comes back");
  require(unfolded(text).find_first_of("\r\n") == std::string::npos, "what is unfolded is one line");
  require(parse_warning(warning_text(399, "a", text)).has_value(), "a warning can be read");
  require(parse_reason(reason_text("SIP", 200, text)).has_value(), "a reason can be read");
}

void check_small(std::string_view value) {
  if (const auto date = parse_date(value)) require(parse_date(date_text(*date)) == date, "a date is read back");
  if (const auto cseq = parse_cseq(value)) require(is_token(cseq->method_text), "a method is a token");
  if (const auto type = parse_media_type(value))
    require(type->includes(type->type, type->subtype) || type->type == "*", "a type includes itself");
  if (const auto state = parse_subscription_state(value)) (void)state->expires();
  if (const auto reason = parse_reason(value)) require(reason->text().size() <= value.size(), "a text is a part");
  (void)parse_retry_after(value);
}

void check_list(std::string_view value) {
  ElementReader elements{value};
  std::size_t bytes = 0;
  while (const auto element = elements.next()) bytes += element->size() + 1;
  require(bytes <= value.size() + 1, "elements and commas are not more than there is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(std::as_bytes(std::span{data, size}));
  for (std::size_t i = 0; i < header_names; ++i) (void)check_value(static_cast<HeaderName>(i), text);
  check_parameters(text);
  check_address(text);
  check_via(text);
  check_written(text);
  check_small(text);
  check_list(text);
  return 0;
}
