// A call that another phone makes, until it is answered.
#include <fmt/format.h>

#include <utility>

#include "clients/sip/phone_call.hpp"
#include "common/sip/status.hpp"

namespace labnet::sip_client {

using sip::HeaderName;

void PhoneCall::take_plan(sip::TimePoint now) {
  if (server_ == sip::ServerId::none) return end(Ender::fault, 503, "too many transactions");
  auto plan = tools_.observer.on_incoming(*this);
  if (state_ == State::over) return;
  audio_ = like_phone(std::move(plan.audio), tools_);
  if (plan.status >= 300) return refuse(plan.status, {}, now);
  respond(server_, 180, {}, {}, now);
  deadline_ = plan.after == sip::Duration::max() ? sip::never : now + plan.after;
  if (plan.after == sip::Duration{0}) answer(now);
}

void PhoneCall::answer(sip::TimePoint now) {
  if (is_outgoing_ || state_ != State::ringing) return;
  deadline_ = sip::never;
  const auto* const invite = tools_.transactions.request_of(server_);
  if (invite == nullptr) return end(Ender::fault, 0, "the caller's INVITE is gone");
  const auto described = describe_for(*invite);
  if (!described) return refuse(described.error().status, described.error().warning, now);
  respond(server_, 200, described->text, {}, now);
  state_ = State::answered;
  was_answered_ = true;
  if (described->agreement) agree(*described->agreement);
  if (state_ == State::answered) tools_.observer.on_answered(*this);
}

void PhoneCall::refuse(int status, const std::string& warning, sip::TimePoint now) {
  respond(server_, status, {}, warning, now);
  auto reason = fmt::format("refused with {} {}", status, sip::reason_phrase(status));
  if (!warning.empty()) reason += fmt::format(" ({})", warning);
  end(Ender::local, status, std::move(reason));
}

void PhoneCall::respond(sip::ServerId server, int status, std::string_view description, std::string_view warning,
                        sip::TimePoint now) {
  const auto* const request = tools_.transactions.request_of(server);
  if (request == nullptr) return;
  const bool makes_dialog = status > 100 && status < 300;
  Buffer response;
  sip::MessageWriter writer{response};
  writer.begin_response(*request, {.status = status,
                                   .to_tag = local_tag_,
                                   .contact = makes_dialog ? std::string_view{contact_} : std::string_view{}});
  tools_.add_server(writer);
  if (!warning.empty()) writer.header(HeaderName::warning, warning);
  const auto bytes = description.empty() ? writer.finish() : writer.finish(description_type, as_bytes(description));
  if (bytes) tools_.transactions.respond(server, status, *bytes, now);
}

Result<PhoneCall::Described, PhoneCall::Refused> PhoneCall::describe_for(const sip::Message& invite) {
  const auto text = description_of(invite);
  if (text.empty()) {
    offer_ = sdp::make_offer(audio_, session_);
    return Described{.text = sdp::to_text(*offer_)};
  }
  const auto offer = sdp::parse_description(text);
  if (!offer) return Refused{.status = 400};
  auto answered = sdp::answer_offer(*offer, audio_, session_);
  if (!answered) return Refused{.warning = sdp::to_warning(answered.error(), tools_.config.domain)};
  return Described{.text = sdp::to_text(answered->answer), .agreement = std::move(answered->agreement)};
}

void PhoneCall::on_ack(sip::ServerId server, const sip::Message& ack, sip::TimePoint now) {
  if (state_ == State::over) return;
  if (server == reinvite_) reinvite_ = sip::ServerId::none;
  if (server == server_ && state_ == State::answered) state_ = State::talking;
  if (offer_) {
    const auto agreement = read_answer(*std::exchange(offer_, std::nullopt), description_of(ack));
    if (!agreement) return give_up(agreement.error().message, now);
    agree(*agreement);
  }
  if (is_to_hang_up_) return hang_up(now);
  proceed(now);
}

void PhoneCall::on_cancel(sip::ServerId server, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now) {
  tools_.transactions.answer(cancel, from, {.status = 200, .to_tag = local_tag_});
  if (server != server_ || is_outgoing_ || state_ != State::ringing) return;  // too late: it has been answered
  respond(server_, 487, {}, {}, now);
  end(Ender::remote, 487, "cancelled by the caller");
}

void PhoneCall::on_no_ack(sip::ServerId, sip::TimePoint now) {
  if (state_ == State::over || state_ == State::ringing) return;
  give_up(fmt::format("no ACK for 64*T1: it should have come to {}", contact_), now);
}

}  // namespace labnet::sip_client
