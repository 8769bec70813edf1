// A call that this phone makes, until it is answered.
#include <fmt/format.h>

#include <utility>

#include "clients/sip/phone_call.hpp"
#include "common/sip/status.hpp"

namespace labnet::sip_client {

using sip::HeaderName;

void PhoneCall::send_invite(sip::TimePoint now) {
  const auto via = tools_.via(hop_);
  const auto to = fmt::format("<{}>", remote_uri_);
  const auto from = fmt::format("<{}>;tag={}", tools_.config.address(), local_tag_);
  const auto method = sip::name_of(sip::Method::invite);
  Buffer request;
  sip::MessageWriter writer{request};
  writer.begin_request({.method = method,
                        .uri = remote_uri_,
                        .via = via,
                        .contact = contact_,
                        .to = to,
                        .from = from,
                        .call_id = call_id_,
                        .cseq = ++cseq_});
  writer.header(HeaderName::allow, phone_allow());
  tools_.add_user_agent(writer);
  login_.write(writer, method, remote_uri_, tools_.names);
  tools_.add_habits(writer);
  const auto description = sdp::to_text(*offer_);
  const auto bytes = writer.finish(description_type, as_bytes(std::string_view{description}));
  invite_ = bytes ? tools_.transactions.send(*bytes, hop_, now) : sip::ClientId::none;
  if (invite_ == sip::ClientId::none) {
    return end(Ender::fault, 503, std::string{describe(sip::NoResponse::not_transported)});
  }
  sent_invite_.emplace(*bytes);
}

void PhoneCall::on_invite_response(const sip::Message& response, sip::TimePoint now) {
  const auto status = response.status();
  if (sip::is_success(status)) return on_success(response, now);
  if (state_ != State::calling && state_ != State::ringing && state_ != State::cancelling) return;
  if (status < 200) return on_provisional(response, now);
  on_refusal(response, now);
}

void PhoneCall::on_provisional(const sip::Message& response, sip::TimePoint) {
  if (response.status() == 100 || state_ == State::cancelling) return;
  state_ = State::ringing;
  if (const auto text = description_of(response); !text.empty()) {
    const auto early = read_answer(*offer_, text);
    if (early) agree(*early);
  }
  if (state_ == State::ringing) tools_.observer.on_ringing(*this, response.status());
}

void PhoneCall::on_success(const sip::Message& response, sip::TimePoint now) {
  // Too late, or from a second phone that has answered as well (section 13.2.2.4).
  if (state_ != State::calling && state_ != State::ringing) return let_go(response, now);
  login_.accepted();
  deadline_ = sip::never;
  dialog_ = sip::Dialog::of_client(**sent_invite_, response);
  acknowledge(invite_, *dialog_, cseq_);
  state_ = State::talking;
  was_answered_ = true;
  const auto agreement = read_answer(*offer_, description_of(response));
  offer_.reset();
  if (!agreement) return give_up(agreement.error().message, now);
  agree(*agreement);
  if (state_ == State::talking) tools_.observer.on_answered(*this);
  proceed(now);
}

void PhoneCall::let_go(const sip::Message& response, sip::TimePoint now) {
  auto dialog = sip::Dialog::of_client(**sent_invite_, response);
  acknowledge(invite_, dialog, cseq_);
  if (dialog_ && dialog_->id() == dialog.id()) return;  // a copy of what was answered
  const auto bye = bye_;
  send_bye(dialog, now);
  if (state_ != State::cancelling) {
    bye_ = bye;  // of this call's own, if it has sent one
    return;
  }
  dialog_ = std::move(dialog);
  end(Ender::local, 200, cancel_reason_);
}

void PhoneCall::on_refusal(const sip::Message& response, sip::TimePoint now) {
  const auto status = response.status();
  invite_ = sip::ClientId::none;
  if (state_ == State::cancelling) return end(Ender::local, status, cancel_reason_);
  if (status != 401 && status != 407) return end(Ender::remote, status, reason_of(response));
  const auto verdict = login_.learn(response);
  if (verdict != Login::Verdict::try_again) {
    return end(Ender::remote, status, std::string{Login::describe(verdict)});
  }
  send_invite(now);
}

}  // namespace labnet::sip_client
