// Within a call: what the other side asks, but for INVITE and BYE.
#include <string>

#include "clients/sip/key_info.hpp"
#include "clients/sip/phone_call.hpp"

namespace labnet::sip_client {

using sip::HeaderName;
using sip::Method;

void PhoneCall::on_request(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (!dialog_->accept(request)) return tools_.answer(request, from, {.status = 500}, now);
  dialog_->refresh_target(request);
  switch (request.method()) {
    case Method::bye:
      return on_bye(request, from, now);
    case Method::invite:
      return on_reinvite(request, from, now);
    case Method::update:
      return on_update(request, from, now);
    case Method::info:
      return on_info(request, from, now);
    case Method::options:
      return tools_.answer_options(request, from, {.status = 200, .contact = contact_}, now);
    default:
      // SUBSCRIBE and NOTIFY. Not 481, which some take for the end of the call (RFC 6665, section 4.1.3; RFC 5057,
      // section 5.3).
      return tools_.answer(request, from, {.status = 489}, now);
  }
}

/// Without a description it only tells that the call is alive, and where the other side is (RFC 3311).
void PhoneCall::on_update(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  const sip::ResponseParts parts{.status = 200, .contact = contact_};
  if (description_of(request).empty()) return tools_.answer(request, from, parts, now);
  // An offer of this side that waits for its answer, or one of the other side (section 5.2).
  if (change_ || (state_ != State::ringing && offer_)) return tools_.answer(request, from, {.status = 491}, now);
  if (state_ == State::ringing) {
    const auto seconds = std::to_string(tools_.names.number() % 11);
    return tools_.answer(request, from, {.status = 500}, now, {HeaderName::retry_after, seconds});
  }
  const auto described = describe_for(request);
  if (!described) {
    return tools_.answer(request, from, {.status = described.error().status}, now,
                         {HeaderName::warning, described.error().warning});
  }
  tools_.answer(request, from, parts, now, {}, described->text);
  if (described->agreement) agree(*described->agreement);
}

void PhoneCall::on_info(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (request.headers().find("Info-Package")) {  // of which none was asked for (RFC 6086, section 4.2.2)
    return tools_.answer(request, from, {.status = 469}, now, {"Recv-Info", {}});
  }
  if (request.body().empty()) return tools_.answer(request, from, {.status = 200}, now);
  const auto key = key_in(request);
  if (!key) return tools_.answer(request, from, {.status = 400, .reason = "Not a Key of a Telephone"}, now);
  tools_.answer(request, from, {.status = 200}, now);
  tools_.observer.on_key(*this, *key);
}

}  // namespace labnet::sip_client
