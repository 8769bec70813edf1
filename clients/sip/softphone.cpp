#include "clients/sip/softphone.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "clients/sip/key_info.hpp"
#include "common/sip/request_check.hpp"

namespace labnet::sip_client {
namespace {

using sip::HeaderName;
using sip::Method;

constexpr std::size_t kept_options_max = 16;
constexpr sip::Duration keep_options_for{200};

/// Besides what Allow says: events, of which a phone knows none, and says so.
constexpr auto answered_methods = [] {
  std::array<Method, phone_methods.size() + 2> methods{Method::subscribe, Method::notify};
  std::ranges::copy(phone_methods, methods.begin() + 2);
  return methods;
}();
constexpr std::array phone_media_types{description_type, text_type};
constexpr sip::Abilities phone_abilities{
    .methods = answered_methods, .extensions = {}, .media_types = phone_media_types, .invite_answer = description_type};

/// What is refused for what it is, before anybody looks at what it wants.
std::optional<sip::Refusal> refusal_of(const sip::Message& request) {
  auto abilities = phone_abilities;
  if (request.method() == Method::info) abilities.media_types = key_media_types;
  if (request.method() == Method::notify) abilities.media_types = {};  // of whatever event it is
  auto refusal = sip::refusal_of(request, abilities);
  if (refusal && refusal->header == HeaderName::allow) refusal->value = phone_allow();
  if (refusal && refusal->status == 405 && request.method() == Method::refer) {
    refusal->reason = "This Phone Transfers No Calls";
  }
  return refusal;
}

}  // namespace

Softphone::Softphone(PhoneConfig config, Surroundings surroundings)
    : config_{std::move(config)},
      names_{std::move(surroundings.random), config_.like},
      transactions_{surroundings.transport, *this, config_.timers},
      tools_{transactions_, surroundings.transport, surroundings.observer, names_, config_, seen_at_},
      account_{tools_} {}

Softphone::~Softphone() = default;

// What the owner wants

PhoneCall& Softphone::call(std::string_view to, sdp::LocalAudio audio, sip::TimePoint now) {
  auto& call = *calls_.emplace_back(PhoneCall::outgoing(tools_, to, std::move(audio), now));
  call.begin(now);
  return call;
}

void Softphone::send_text(std::string_view to, std::string text, sip::TimePoint now) {
  texts_.push_back(std::make_unique<TextMessage>(tools_, to, std::move(text)));
  auto& added = *texts_.back();
  added.send(now);
}

void Softphone::hang_up(sip::TimePoint now) {
  for (std::size_t i = 0; i < calls_.size(); ++i) calls_[i]->hang_up(now);
}

bool Softphone::is_idle() const {
  const auto state = account_.state();
  return calls_.empty() && texts_.empty() && state != Account::State::registering &&
         state != Account::State::unregistering;
}

// What arrives, and time

void Softphone::receive(Bytes message, const sip::Hop& from, sip::TimePoint now) {
  if (sip::is_keep_alive(message)) return;
  transactions_.receive(message, from, now);
  sweep();
}

void Softphone::on_connection_lost(const sip::Hop& server, sip::TimePoint now) {
  kept_options_.clear();
  kept_until_ = sip::never;
  seen_at_.reset();
  for (std::size_t i = 0; i < calls_.size(); ++i) calls_[i]->on_connection_lost();
  transactions_.on_transport_fault(server, now);
  account_.on_connection_lost();
  sweep();
}

void Softphone::on_connection(const sip::Hop& server, sip::TimePoint now) {
  config_.server = server;
  for (const auto& call : calls_) call->on_connection(now);
  account_.on_connection(now);
  sweep();
}

void Softphone::on_connection_given_up() {
  for (const auto& call : calls_) call->on_connection_given_up();
  sweep();
}

sip::TimePoint Softphone::next() const {
  auto next = std::min({transactions_.next(), account_.next(), kept_until_});
  for (const auto& call : calls_) next = std::min(next, call->next());
  return next;
}

void Softphone::on_timer(sip::TimePoint now) {
  transactions_.on_timer(now);
  if (account_.next() <= now) account_.on_timer(now);
  if (kept_until_ <= now) answer_kept_options(now);
  // By number, as what is told may begin a further call.
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    if (calls_[i]->next() <= now) calls_[i]->on_timer(now);
  }
  sweep();
}

void Softphone::sweep() {
  std::erase_if(calls_, [](const auto& call) { return call->is_done(); });
  std::erase_if(texts_, [](const auto& text) { return text->is_done(); });
}

template <class Id>
PhoneCall* Softphone::call_of(Id id) const {
  const auto found = std::ranges::find_if(calls_, [&](const auto& call) { return call->owns(id); });
  return found == calls_.end() ? nullptr : found->get();
}

// Requests

void Softphone::on_request(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (const auto refusal = refusal_of(request)) {
    return tools_.answer(request, from, {.status = refusal->status, .reason = refusal->reason}, now,
                         {refusal->header, refusal->value});
  }
  const bool is_text = request.method() == Method::message;
  if (!request.to_tag().empty() && !is_text) {
    const auto found = std::ranges::find_if(calls_, [&](const auto& call) { return call->owns(request); });
    if (found != calls_.end()) return (*found)->on_request(request, from, now);
    return tools_.answer(request, from, {.status = 481}, now);
  }
  if (request.method() == Method::invite) return on_invite(request, from, now);
  if (request.method() == Method::options) return on_options(request, from, now);
  if (is_text) return on_text(request, from, now);
  if (request.method() == Method::subscribe) return tools_.answer(request, from, {.status = 489}, now);
  tools_.answer(request, from, {.status = 481}, now);  // what belongs to a dialog, or to a subscription
}

bool Softphone::is_busy() const {
  const auto busy =
      std::ranges::count_if(calls_, [](const auto& call) { return call->state() != PhoneCall::State::over; });
  return static_cast<std::size_t>(busy) >= config_.calls_max;
}

void Softphone::on_invite(const sip::Message& invite, const sip::Hop& from, sip::TimePoint now) {
  if (is_busy()) {
    return tools_.answer(invite, from, {.status = 486, .to_tag = names_.tag()}, now);
  }
  auto& call = *calls_.emplace_back(PhoneCall::incoming(tools_, invite, from));
  call.begin(now);
}

/// A server that asks while a registration is under way asks because of it: it is answered behind the server's own
/// answer, or after a moment if the server waits for this one first.
void Softphone::on_options(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  const auto id = transactions_.begin(request, from);
  if (id == sip::ServerId::none) return transactions_.answer(request, from, {.status = 503});
  const bool is_kept = account_.state() == Account::State::registering && kept_options_.size() < kept_options_max;
  if (!is_kept) return answer_options(id, now);
  kept_options_.push_back(id);
  kept_until_ = std::min(kept_until_, now + keep_options_for);
}

void Softphone::answer_kept_options(sip::TimePoint now) {
  kept_until_ = sip::never;
  for (const auto id : std::exchange(kept_options_, {})) answer_options(id, now);
}

void Softphone::answer_options(sip::ServerId id, sip::TimePoint now) {
  // As an INVITE would be answered (RFC 3261, section 11.2).
  const auto tag = names_.tag();
  const auto contact = tools_.contact(config_.server);
  if (is_busy()) return tools_.answer_options(id, {.status = 486, .to_tag = tag}, now);
  tools_.answer_options(id, {.status = 200, .to_tag = tag, .contact = contact}, now);
}

void Softphone::on_text(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  tools_.answer(request, from, {.status = 200, .to_tag = names_.tag()}, now);
  tools_.observer.on_message(request.from().uri_text, as_text(request.body()));
}

void Softphone::on_ack(sip::ServerId invite, const sip::Message& ack, const sip::Hop&, sip::TimePoint now) {
  if (auto* const call = call_of(invite)) call->on_ack(invite, ack, now);
}

void Softphone::on_cancel(sip::ServerId invite, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now) {
  if (auto* const call = call_of(invite)) return call->on_cancel(invite, cancel, from, now);
  transactions_.answer(cancel, from, {.status = 200});
}

void Softphone::on_no_ack(sip::ServerId invite, sip::TimePoint now) {
  if (auto* const call = call_of(invite)) call->on_no_ack(invite, now);
}

// Responses

void Softphone::on_response(sip::ClientId client, const sip::Message& response, const sip::Hop&, sip::TimePoint now) {
  if (account_.owns(client)) {
    account_.on_response(response, now);
    if (account_.state() != Account::State::registering) answer_kept_options(now);
    return;
  }
  if (auto* const call = call_of(client)) return call->on_response(client, response, now);
  const auto text = std::ranges::find_if(texts_, [&](const auto& one) { return one->owns(client); });
  if (text != texts_.end()) (*text)->on_response(response, now);
}

void Softphone::on_no_response(sip::ClientId client, sip::NoResponse reason, sip::TimePoint now) {
  if (account_.owns(client)) {
    const bool is_dead = reason == sip::NoResponse::timed_out && sip::is_stream(config_.server.transport);
    account_.on_no_response(reason, now);
    if (is_dead) tools_.observer.on_silence();
    return;
  }
  if (auto* const call = call_of(client)) return call->on_no_response(client, reason, now);
  const auto text = std::ranges::find_if(texts_, [&](const auto& one) { return one->owns(client); });
  if (text != texts_.end()) (*text)->on_no_response(reason);
}

void Softphone::on_fault(const sip::Fault&, const sip::Message&, const sip::Hop&, sip::TimePoint) {
  // What can be answered has been answered, and a phone keeps no log of the rest.
}

}  // namespace labnet::sip_client
