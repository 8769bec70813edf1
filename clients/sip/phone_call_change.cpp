// Within a call: hold and resume by either side (RFC 3261, section 14).
#include <fmt/format.h>

#include <utility>

#include "clients/sip/phone_call.hpp"
#include "common/sip/status.hpp"

namespace labnet::sip_client {

using sip::HeaderName;
using sip::Method;

void PhoneCall::want(sdp::Direction direction, sip::TimePoint now) {
  if (state_ == State::over || state_ == State::cancelling) return;
  wanted_ = direction;
  proceed(now);
}

/// Sends what the owner wants, once nothing else is under way.
void PhoneCall::proceed(sip::TimePoint now) {
  if (!wanted_ || change_ || change_at_ != sip::never) return;
  if (state_ != State::talking || reinvite_ != sip::ServerId::none) return;
  if (*wanted_ == audio_.direction) return wanted_.reset();
  send_change(now);
}

void PhoneCall::send_change(sip::TimePoint now) {
  auto audio = audio_;
  audio.direction = *wanted_;
  Change change{.direction = audio.direction, .offer = sdp::make_offer(audio, session_)};
  const auto hop = hop_of(*dialog_);
  Buffer request;
  sip::MessageWriter writer{request};
  dialog_->begin_request(writer, Method::invite, tools_.via(hop), contact_);
  change.cseq = dialog_->local_cseq();
  writer.header(HeaderName::allow, phone_allow());
  tools_.add_user_agent(writer);
  login_.write(writer, sip::name_of(Method::invite), dialog_->remote_target(), tools_.names);
  const auto description = sdp::to_text(change.offer);
  const auto bytes = writer.finish(description_type, as_bytes(std::string_view{description}));
  if (bytes) change.client = tools_.transactions.send(*bytes, hop, now);
  if (change.client == sip::ClientId::none) return give_up(describe(sip::NoResponse::not_transported), now);
  change_ = std::move(change);
}

void PhoneCall::on_change_response(const sip::Message& response, sip::TimePoint now) {
  const auto status = response.status();
  if (status < 200 || !change_) return;
  if (sip::is_success(status)) return on_change_accepted(response, now);
  change_.reset();
  if (status == 401 || status == 407) {
    if (login_.learn(response) == Login::Verdict::try_again) return proceed(now);
  } else if (status == 491) {
    // Whoever has made the call waits longer, so that both do not meet again (section 14.1).
    const auto steps = static_cast<int>(tools_.names.number() % (is_outgoing_ ? 191 : 201));
    change_at_ = now + sip::Duration{is_outgoing_ ? 2100 + 10 * steps : 10 * steps};
    return;
  } else if (status == 481 || status == 408) {
    return give_up("the other side does not know the call any more", now);
  }
  wanted_.reset();  // refused: all stays as it was
}

void PhoneCall::on_change_accepted(const sip::Message& response, sip::TimePoint now) {
  const auto change = *std::exchange(change_, std::nullopt);
  login_.accepted();
  dialog_->refresh_target(response);
  acknowledge(change.client, *dialog_, change.cseq);
  audio_.direction = change.direction;
  const auto agreement = read_answer(change.offer, description_of(response));
  if (!agreement) return give_up(agreement.error().message, now);
  agree(*agreement);
  proceed(now);
}

void PhoneCall::on_reinvite(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  // Both at once is 491; a second one before the first is done is 500 (section 14.2).
  if (change_) return tools_.answer(request, from, {.status = 491}, now);
  if (state_ != State::talking || reinvite_ != sip::ServerId::none) {
    return tools_.answer(request, from, {.status = 500}, now, {HeaderName::retry_after, "5"});
  }
  const auto described = describe_for(request);
  if (!described) {
    return tools_.answer(request, from, {.status = described.error().status}, now,
                         {HeaderName::warning, described.error().warning});
  }
  reinvite_ = tools_.transactions.begin(request, from);
  if (reinvite_ == sip::ServerId::none) return tools_.transactions.answer(request, from, {.status = 503});
  respond(reinvite_, 200, described->text, {}, now);
  if (described->agreement) agree(*described->agreement);
}

}  // namespace labnet::sip_client
