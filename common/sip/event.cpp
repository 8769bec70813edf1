// Event and Subscription-State read.
#include "common/sip/event.hpp"

#include "common/sip/characters.hpp"
#include "common/sip/number.hpp"
#include "common/sip/scanner.hpp"
#include "common/sip/word.hpp"

namespace labnet::sip {

Result<Event, FaultKind> parse_event(std::string_view value) {
  const auto word = parse_word(value);
  if (!word) return word.error();
  return Event{word->text, word->parameters};
}

std::optional<std::uint32_t> SubscriptionState::expires() const {
  const auto text = parameters.value("expires");
  if (!text) return std::nullopt;
  const auto seconds = parse_delta_seconds(*text);
  return seconds ? std::optional{*seconds} : std::nullopt;
}

Result<SubscriptionState, FaultKind> parse_subscription_state(std::string_view value) {
  const auto word = parse_word(value);
  if (!word) return word.error();
  return SubscriptionState{word->text, word->parameters};
}

}  // namespace labnet::sip
