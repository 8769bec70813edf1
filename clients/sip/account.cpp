#include "clients/sip/account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/address.hpp"
#include "common/sip/name_address.hpp"
#include "common/sip/number.hpp"
#include "common/sip/retry_after.hpp"

namespace labnet::sip_client {
namespace {

using sip::HeaderName;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<seconds> seconds_in(const sip::Message& message, HeaderName name) {
  const auto value = message.headers().first(name);
  if (!value) return std::nullopt;
  const auto number = sip::parse_delta_seconds(*value);
  return number ? std::optional{seconds{*number}} : std::nullopt;
}

seconds wait_asked_by(const sip::Message& response) {
  const auto value = response.headers().first(HeaderName::retry_after);
  if (!value) return seconds{0};
  const auto retry = sip::parse_retry_after(*value);
  return retry ? seconds{retry->seconds} : seconds{0};
}

}  // namespace

Account::Account(PhoneTools tools) : tools_{tools}, login_{tools.config}, expires_{tools.config.expires} {}

void Account::start(sip::TimePoint now) {
  is_to_stop_ = false;
  if (state_ == State::off || state_ == State::failed) send_first(State::registering, now);
}

void Account::stop(sip::TimePoint now) {
  next_ = sip::never;
  if (client_ != sip::ClientId::none) {
    is_to_stop_ = true;
  } else if (state_ == State::registered) {
    send_first(State::unregistering, now);
  } else {
    end();
  }
}

void Account::remove_all(sip::TimePoint now) {
  removes_all_ = true;
  send_first(State::unregistering, now);
}

void Account::on_timer(sip::TimePoint now) {
  if (now < next_) return;
  send_first(State::registering, now);
}

void Account::on_connection_lost() {
  next_ = sip::never;
  if (state_ == State::registered) state_ = State::failed;
}

void Account::on_connection(sip::TimePoint now) {
  if (state_ == State::failed) send_first(State::registering, now);
}

void Account::send_first(State state, sip::TimePoint now) {
  state_ = state;
  next_ = sip::never;
  attempts_ = 0;
  if (call_id_.empty()) {
    call_id_ = tools_.names.call_id();
    from_tag_ = tools_.names.tag();
    if (tools_.config.like == Like::zoiper) instance_ = fmt::format(";rinstance={:016x}", tools_.names.number());
  }
  send(now);
}

void Account::send(sip::TimePoint now) {
  ++attempts_;
  const auto& server = tools_.config.server;
  contact_ = own_contact();
  const bool is_last = state_ == State::unregistering;
  const bool is_zoiper = tools_.config.like == Like::zoiper;
  const auto uri = tools_.config.registrar();
  const auto address = fmt::format("<{}>", tools_.config.address());
  const auto from = fmt::format("{};tag={}", address, from_tag_);
  const bool is_in_contact = is_last && is_zoiper && !removes_all_;  // how long
  const auto contact = removes_all_ ? "*" : is_in_contact ? fmt::format("{};expires=0", contact_) : contacts();
  const auto via = tools_.via(server);
  Buffer request;
  sip::MessageWriter writer{request};
  writer.begin_request({.method = sip::name_of(sip::Method::register_),
                        .uri = uri,
                        .via = via,
                        .contact = contact,
                        .to = address,
                        .from = from,
                        .call_id = call_id_,
                        .cseq = ++cseq_});
  if (!is_in_contact) writer.header(HeaderName::expires, is_last ? 0U : static_cast<unsigned>(expires_.count()));
  writer.header(HeaderName::allow, phone_allow());
  tools_.add_user_agent(writer);
  login_.write(writer, sip::name_of(sip::Method::register_), uri, tools_.names);
  tools_.add_habits(writer);
  const auto bytes = writer.finish();
  client_ = bytes ? tools_.transactions.send(*bytes, server, now) : sip::ClientId::none;
  if (client_ == sip::ClientId::none) fail(describe(sip::NoResponse::not_transported), now);
}

std::string Account::own_contact() const {
  auto contact = tools_.contact(tools_.config.server);
  if (!instance_.empty()) contact.insert(contact.find(';'), instance_);
  return contact;
}

/// With the one that is not true any more, if the registrar has another one.
std::string Account::contacts() const {
  const bool has_moved = !registered_.empty() && registered_ != contact_;
  return has_moved ? fmt::format("{}, {};expires=0", contact_, registered_) : contact_;
}

/// Takes from the answer's Via where the server has seen the request come from. True if that is not where its Contact
/// says.
bool Account::learn_address(const sip::Message& response) {
  const auto& via = response.via();
  if (!via.rport) return false;
  const auto local = tools_.transport.local(tools_.config.server);
  auto seen = local;
  seen.port = *via.rport;
  if (via.received) {
    const auto address = parse_ip(via.received->text);
    if (!address) return false;
    seen.address = *address;
  }
  tools_.seen_at.reset();
  if (seen != local) tools_.seen_at = seen;
  return own_contact() != contact_;
}

void Account::on_response(const sip::Message& response, sip::TimePoint now) {
  const auto status = response.status();
  if (status < 200) return;
  client_ = sip::ClientId::none;
  if (status < 300) registered_ = state_ == State::unregistering ? std::string{} : contact_;
  const bool has_moved = learn_address(response);
  if (status < 300) return on_success(response, has_moved, now);
  if (status == 401 || status == 407) return on_challenge(response, now);
  if (status == 423) return on_too_brief(response, now);
  fail(reason_of(response), now, wait_asked_by(response));
}

void Account::on_no_response(sip::NoResponse reason, sip::TimePoint now) {
  client_ = sip::ClientId::none;
  fail(describe(reason), now);
}

void Account::on_challenge(const sip::Message& response, sip::TimePoint now) {
  const auto verdict = login_.learn(response);
  if (verdict != Login::Verdict::try_again) {
    login_.accepted();
    return fail(Login::describe(verdict), now);
  }
  send_again(now, "the server asks for the password again and again");
}

void Account::on_too_brief(const sip::Message& response, sip::TimePoint now) {
  const auto least = seconds_in(response, HeaderName::min_expires);
  if (!least || *least <= expires_) return fail(reason_of(response), now);
  expires_ = *least;
  send_again(now, "the server finds each time too brief");
}

void Account::send_again(sip::TimePoint now, std::string_view why) {
  if (attempts_ >= attempts_max) return fail(why, now);
  send(now);
}

void Account::on_success(const sip::Message& response, bool has_moved, sip::TimePoint now) {
  login_.accepted();
  failures_ = 0;
  if (state_ == State::unregistering) return end();
  if (has_moved && !is_to_stop_ && attempts_ < attempts_max) return send(now);
  const auto granted = granted_by(response);
  if (granted.count() == 0) return fail("the server has granted no time", now);
  state_ = State::registered;
  if (is_to_stop_) return stop(now);
  next_ = now + milliseconds{granted} / 1000 * (500 + static_cast<int>(tools_.names.number() % 401));
  tools_.observer.on_registered(granted);
}

seconds Account::granted_by(const sip::Message& response) const {
  const auto otherwise = seconds_in(response, HeaderName::expires).value_or(expires_);
  const auto contacts = sip::parse_name_addresses(response.headers(), HeaderName::contact);
  const auto own = sip::parse_name_address(contact_);
  if (!contacts || !own) return otherwise;
  const auto found = std::ranges::find_if(*contacts, [&](const auto& contact) { return contact.uri == own->uri; });
  if (found == contacts->end()) return otherwise;
  const auto granted = found->expires();
  return granted ? seconds{*granted} : otherwise;
}

void Account::fail(std::string_view why, sip::TimePoint now, seconds at_least) {
  if (std::exchange(removes_all_, false)) {
    state_ = State::off;
    return tools_.observer.on_registration_failed(why, {});
  }
  // Whoever wants to go does not try again: the registrar forgets the phone in its own time.
  if (state_ == State::unregistering || is_to_stop_) return end();
  state_ = State::failed;
  const auto doublings = std::min(failures_++, 16);
  const auto wait = std::min(tools_.config.retry_first * (1 << doublings), tools_.config.retry_longest);
  // Up to a quarter more, so that phones which a server has lost at once do not all come back at once.
  const auto jitter = milliseconds{wait} * static_cast<int>(tools_.names.number() % 251) / 1000;
  const auto retry_in = std::max(milliseconds{wait} + jitter, milliseconds{at_least});
  next_ = now + retry_in;
  tools_.observer.on_registration_failed(why, std::chrono::duration_cast<seconds>(retry_in));
}

void Account::end() {
  removes_all_ = false;
  is_to_stop_ = false;
  next_ = sip::never;
  state_ = State::off;
  tools_.observer.on_unregistered();
}

}  // namespace labnet::sip_client
