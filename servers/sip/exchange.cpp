#include "servers/sip/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/sip/date.hpp"
#include "common/sip/status.hpp"
#include "servers/sip/abilities.hpp"
#include "servers/sip/limits.hpp"

namespace labnet::sip_server {
namespace {

using sip::HeaderName;
using sip::Method;

constexpr std::chrono::seconds housekeeping_interval{5};

constexpr std::array body_types{description_type, std::string_view{"text/plain"},
                                std::string_view{"application/dtmf-relay"}};

bool is_loopback(const IpAddress& address) {
  if (const auto* const ipv4 = std::get_if<Ipv4Address>(&address)) return ipv4->value >> 24 == 127;
  return to_string(address) == "::1";
}

/// What kind of body a request of that method may have; nothing: any.
std::span<const std::string_view> body_types_of(Method method) {
  if (method == Method::invite || method == Method::update) return {body_types.data(), 1};
  return {};
}

}  // namespace

Exchange::Exchange(ExchangeConfig config, Surroundings surroundings, sip::TimePoint now, WallTime wall)
    : config_{std::move(config)},
      surroundings_{std::move(surroundings)},
      start_{now},
      wall_start_{wall},
      tokens_{surroundings_.random},
      tag_seed_{surroundings_.random()},
      transactions_{surroundings_.transport, *this, config_.timers, config_.transactions},
      authenticator_{config_.calls.domain, surroundings_.random},
      wrong_passwords_{config_.wrong_passwords},
      wrong_passwords_of_all_{{config_.wrong_passwords.per_second * wrong_passwords_users,
                               config_.wrong_passwords.burst * wrong_passwords_users}},
      farewells_{{transactions_, surroundings_.transport, *this, tokens_, config_.calls.software,
                  [this](const CallRecord& record) { surroundings_.observer.on_call_end(record); }}},
      house_alarm_{now + housekeeping_interval} {
  authenticator_.set_users(config_.users);
}

Exchange::~Exchange() = default;

void Exchange::set_config(ExchangeConfig config) {
  // Who is no user any more, or has another password, has to register anew.
  for (const auto& before : config_.users) {
    const auto same = std::ranges::find_if(config.users, [&](const User& user) {
      return user.number == before.number && user.password == before.password;
    });
    if (same != config.users.end() || location_.all_of(before.number).empty()) continue;
    location_.replace(before.number, {});
    surroundings_.observer.on_bindings(before.number, {}, [] {});
  }
  // What a running call or transaction refers to stays as it is.
  config_.users = std::move(config.users);
  config_.extensions = std::move(config.extensions);
  config_.open_extensions = std::move(config.open_extensions);
  authenticator_.set_users(config_.users);
}

WallTime Exchange::wall_time(sip::TimePoint now) const {
  return wall_start_ + std::chrono::duration_cast<std::chrono::seconds>(now - start_);
}

const Reachability* Exchange::reachability(const std::string& contact) const {
  const auto found = reachability_.find(contact);
  return found == reachability_.end() ? nullptr : &found->second;
}

// What arrives

bool Exchange::receive(Bytes message, const sip::Hop& from, sip::TimePoint now) {
  return transactions_.receive(message, from, now);
}

void Exchange::restore(const std::string& user, std::vector<Binding> bindings, sip::TimePoint now) {
  if (!authenticator_.has_user(user)) return;
  // Not all are asked at once.
  const auto spread = std::max(config_.qualify_interval, std::chrono::seconds{1});
  for (const auto& binding : bindings) {
    const std::chrono::milliseconds pause{tokens_.number() % sip::Duration{spread}.count()};
    look_later(user, binding.contact, now + pause);
  }
  location_.replace(user, std::move(bindings));
}

void Exchange::restore(const KeptCall& call, sip::TimePoint now) {
  last_call_ = std::max(last_call_, call.number);
  farewells_.say(call, now, wall_time(now));
}

void Exchange::on_transport_fault(const sip::Hop& hop, sip::TimePoint now) {
  transactions_.on_transport_fault(hop, now);
  if (!sip::is_stream(hop.transport)) return;
  for (const auto& user : location_.remove_all_at(hop)) {
    surroundings_.observer.on_bindings(user, location_.all_of(user), [] {});
  }
  for (auto* const call : index_.calls_at(hop)) {
    call->on_connection_end(hop, now);
    settle(*call);
  }
}

std::span<const Exchange::MethodRow> Exchange::method_rows() {
  static constexpr std::array rows{
      MethodRow{Method::register_, &Exchange::on_register}, MethodRow{Method::invite, &Exchange::on_invite},
      MethodRow{Method::message, &Exchange::on_message},    MethodRow{Method::options, &Exchange::on_options},
      MethodRow{Method::subscribe, &Exchange::on_event},    MethodRow{Method::publish, &Exchange::on_event},
      MethodRow{Method::notify, &Exchange::on_stray},       MethodRow{Method::bye, &Exchange::on_stray},
      MethodRow{Method::info, &Exchange::on_stray},         MethodRow{Method::update, &Exchange::on_stray},
      MethodRow{Method::prack, &Exchange::on_stray},
  };
  return rows;
}

void Exchange::on_request(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  counts_.count_request(request.method());
  // Those that have a right answer of their own, which are more than Allow names.
  static const auto methods = [] {
    std::vector<Method> all;
    for (const auto& row : method_rows()) all.push_back(row.method);
    return all;
  }();
  const auto refusal = sip::refusal_of(request, {.methods = methods,
                                                 .extensions = {},
                                                 .media_types = body_types_of(request.method()),
                                                 .invite_answer = description_type});
  if (refusal) {
    surroundings_.observer.on_refusal(from, request.first_line(), sip::reason_phrase(refusal->status));
    const auto value = refusal->header == HeaderName::allow ? exchange_allow() : refusal->value;
    return answer(request, from, refusal->status, {{refusal->header, value}});
  }
  if (request.to_tag().empty() || request.method() == Method::register_) {
    const auto row = std::ranges::find(method_rows(), request.method(), &MethodRow::method);
    return (this->*row->answer)(request, from, now);
  }
  auto* const call = index_.find_tag(request.to_tag());
  if (call == nullptr) return answer(request, from, 481);
  call->on_request(request.to_tag(), request, from, now);
  settle(*call);
}

void Exchange::on_ack(sip::ServerId invite, const sip::Message& ack, const sip::Hop&, sip::TimePoint now) {
  counts_.count_request(Method::ack);
  auto* const call = index_.find(invite);
  if (call == nullptr) return;
  call->on_ack(invite, ack, now);
  if (auto& kept = calls_.at(call); kept.open_at && call->is_acknowledged()) {
    way_back_.show(*kept.open_at, now);
    way_back_.end(*std::exchange(kept.open_at, std::nullopt));
  }
  settle(*call);
}

void Exchange::on_cancel(sip::ServerId invite, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now) {
  counts_.count_request(Method::cancel);
  auto* const call = index_.find(invite);
  if (call == nullptr) return answer(cancel, from, 200);  // what it is about has had its answer
  call->on_cancel(invite, cancel, from, now);
  settle(*call);
}

void Exchange::on_no_ack(sip::ServerId invite, sip::TimePoint now) {
  auto* const call = index_.find(invite);
  if (call == nullptr) return;
  call->on_no_ack(invite, now);
  settle(*call);
}

void Exchange::on_response(sip::ClientId client, const sip::Message& response, const sip::Hop& from,
                           sip::TimePoint now) {
  const auto asked = asked_.find(static_cast<std::uint64_t>(client));
  if (asked != asked_.end() && response.status() >= 200) {
    auto& reach = reachability_[asked->second];
    reach.round_trip = std::chrono::duration_cast<sip::Duration>(now - reach.asked_at);
    asked_.erase(asked);
    return;
  }
  if (farewells_.on_answer(client, response.status(), now)) return;
  if (response.status() >= 200) on_relayed(client, response.status(), now);
  auto* const call = index_.find(client);
  if (call == nullptr) return;
  call->on_response(client, response, from, now);
  settle(*call);
}

void Exchange::on_no_response(sip::ClientId client, sip::NoResponse reason, sip::TimePoint now) {
  const auto asked = asked_.find(static_cast<std::uint64_t>(client));
  if (asked != asked_.end()) {
    reachability_[asked->second].round_trip.reset();
    asked_.erase(asked);
    return;
  }
  if (farewells_.on_answer(client, 0, now)) return;
  on_relayed(client, reason == sip::NoResponse::not_transported ? 503 : 408, now);
  auto* const call = index_.find(client);
  if (call == nullptr) return;
  call->on_no_response(client, reason, now);
  settle(*call);
}

void Exchange::on_fault(const sip::Fault& fault, const sip::Message& as_far_as_read, const sip::Hop& from,
                        sip::TimePoint) {
  surroundings_.observer.on_refusal(from, as_far_as_read.first_line(), sip::describe(fault));
}

// Answers

/// The same for each copy of a request.
std::uint64_t Exchange::hash_of(const sip::Message& request) const {
  auto hash = tag_seed_;
  for (const auto text : {request.call_id(), request.from_tag(), request.via().branch}) {
    hash = (hash ^ std::hash<std::string_view>{}(text)) * 0x9e3779b97f4a7c15u;
  }
  return hash ^ request.cseq().number;
}

/// Computed, as nothing is remembered of the request: a copy of it gets the same (RFC 3261, section 8.2.7).
std::string Exchange::to_tag_for(const sip::Message& request) const {
  return fmt::format("{:016x}", hash_of(request));
}

/// There is too much going on: nothing is kept of the request.
void Exchange::refuse_for_now(const sip::Message& request, const sip::Hop& from, std::string_view why) {
  surroundings_.observer.on_refusal(from, request.first_line(), why);
  const auto pause_s = fmt::format("{}", overload_pause_min_s + tokens_.number() % overload_pause_spread_s);
  answer(request, from, 503, {{HeaderName::retry_after, pause_s}});
}

void Exchange::answer(const sip::Message& request, const sip::Hop& from, int status,
                      std::initializer_list<std::pair<HeaderName, std::string_view>> headers) {
  Buffer response;
  sip::MessageWriter writer{response};
  begin_answer(writer, request, from, status);
  for (const auto& [header, value] : headers) {
    if (header != HeaderName::other) writer.header(header, value);
  }
  if (const auto bytes = writer.finish()) surroundings_.transport.send(*bytes, sip::response_hop(request, from));
}

void Exchange::begin_answer(sip::MessageWriter& writer, const sip::Message& request, const sip::Hop& from,
                            int status) const {
  const auto to_tag = to_tag_for(request);
  sip::begin_response(writer, request, from, {.status = status, .to_tag = to_tag});
  if (!config_.calls.software.empty()) writer.header(HeaderName::server, config_.calls.software);
}

void Exchange::on_options(const sip::Message& request, const sip::Hop& from, sip::TimePoint) {
  const auto accept = fmt::format("{}", fmt::join(body_types, ", "));
  answer(request, from, 200, {{HeaderName::allow, exchange_allow()}, {HeaderName::accept, accept}});
}

void Exchange::on_event(const sip::Message& request, const sip::Hop& from, sip::TimePoint) {
  answer(request, from, 489);  // no event package is known here
}

void Exchange::on_stray(const sip::Message& request, const sip::Hop& from, sip::TimePoint) {
  answer(request, from, 481);
}

bool Exchange::is_exempt(const sip::Hop& from) const {
  return config_.exempts_loopback && is_loopback(from.address);
}

bool Exchange::may_try_passwords(const IpAddress& address, const std::string& user, sip::TimePoint now) {
  return wrong_passwords_.may({address, user}, now) && wrong_passwords_of_all_.may(address, now);
}

void Exchange::count_wrong_password(const IpAddress& address, const std::string& user, sip::TimePoint now) {
  wrong_passwords_.take({address, user}, now);
  wrong_passwords_of_all_.take(address, now);
}

/// Whose request it is; nothing, and it has been answered, if that is not known.
std::optional<std::string> Exchange::admit(const sip::Message& request, HeaderName header, const sip::Hop& from,
                                           sip::TimePoint now, bool* is_repeated) {
  const auto wall = wall_time(now);
  auto identity = authenticator_.identify(request, header, from.address, wall);
  // Only what needs a nonce that has reached this address counts against it: a stranger who forges it has none.
  const bool is_own_attempt =
      identity.fault != CredentialFault::missing && identity.fault != CredentialFault::malformed &&
      identity.fault != CredentialFault::wrong_realm && identity.fault != CredentialFault::wrong_nonce;
  // Those whom there is not share one number of attempts.
  const auto whose = authenticator_.has_user(identity.claimed) ? identity.claimed : std::string{};
  if (is_own_attempt && !is_exempt(from) && !may_try_passwords(from.address, whose, now)) {
    surroundings_.observer.on_refusal(from, request.first_line(), "too many wrong passwords from this address");
    answer(request, from, 403);
    return std::nullopt;
  }
  const bool counts = identity.user && identity.is_repeated && is_repeated == nullptr;
  if (identity.user && !counts) {
    if (is_repeated != nullptr) *is_repeated = identity.is_repeated;
    if (*identity.user == request.from().uri.user_name()) return identity.user;
    surroundings_.observer.on_refusal(from, request.first_line(),
                                      fmt::format("{} says to be somebody else", *identity.user));
    answer(request, from, 403);
    return std::nullopt;
  }
  // A nonce of an earlier run is as good as one that is too old: the response was right.
  const bool is_stale =
      identity.fault == CredentialFault::stale || identity.fault == CredentialFault::wrong_nonce || counts;
  const bool is_wrong = identity.fault != CredentialFault::missing && !is_stale;
  if (is_wrong) {
    if (is_own_attempt && !is_exempt(from)) count_wrong_password(from.address, whose, now);
    surroundings_.observer.on_refusal(from, request.first_line(), describe(identity.fault, identity.claimed));
  }
  const bool is_of_user_agent = header == HeaderName::authorization;
  const auto challenge = authenticator_.challenge(from.address, is_stale, wall);
  answer(request, from, is_of_user_agent ? 401 : 407,
         {{is_of_user_agent ? HeaderName::www_authenticate : HeaderName::proxy_authenticate, challenge}});
  return std::nullopt;
}

// Calls and messages

std::vector<CallTarget> Exchange::targets_of(std::string_view user, sip::TimePoint now) const {
  std::vector<CallTarget> targets;
  for (const auto* const binding : location_.bindings_of(user, wall_time(now))) {
    targets.push_back({binding->contact, binding->hop, {std::string{user}, binding->instance}});
  }
  return targets;
}

/// The user's phone that has registered from there, or whichever he has.
PhoneName Exchange::phone_at(std::string_view user, const sip::Hop& hop, sip::TimePoint now) const {
  for (const auto* const binding : location_.bindings_of(user, wall_time(now))) {
    if (binding->hop == hop) return {std::string{user}, binding->instance};
  }
  return {std::string{user}, {}};
}

std::optional<sip::Hop> Exchange::find(const PhoneName& phone, const sip::Hop& last, std::string_view target) {
  // One that has expired a moment ago is better than none.
  if (const auto* const binding = location_.find(phone, target, WallTime::min())) return binding->hop;
  // At its Contact, if that is where it was: nobody makes the exchange knock at a third one's door.
  const auto uri = sip::parse_uri(target);
  const bool is_by_tcp = last.transport == sip::Transport::tcp && uri && uri->transport() == sip::Transport::tcp;
  if (!is_by_tcp || parse_ip(uri->host.text) != last.address || !surroundings_.connect) return std::nullopt;
  return surroundings_.connect({.transport = last.transport,
                                .address = last.address,
                                .port = uri->port_or_default(),
                                .scope_id = last.scope_id});
}

Exchange::Admission Exchange::admit_caller(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  const bool is_registered_there = location_.is_registered_at(request.from().uri.user_name(), from, wall_time(now));
  if (config_.trusts_registered && is_registered_there) return Admission::user;
  if (config_.open_extensions.contains(request.request_uri().user_name())) return Admission::stranger;
  const auto user = admit(request, HeaderName::proxy_authorization, from, now);
  return user ? Admission::user : Admission::refused;
}

void Exchange::on_invite(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (request.max_forwards() == 0u) return answer(request, from, 483);
  const auto admission = admit_caller(request, from, now);
  if (admission == Admission::refused) return;
  if (!request.headers().has(HeaderName::contact)) return answer(request, from, 400);  // RFC 3261, section 8.1.1.8
  if (calls_.size() >= config_.calls_max) return refuse_for_now(request, from, "too many calls (calls_max)");
  const bool is_shown = admission == Admission::user || sip::is_stream(from.transport) || is_exempt(from) ||
                        way_back_.is_shown(from.address, now);
  if (!is_shown && !way_back_.begin(from.address)) {
    return refuse_for_now(request, from, "too many calls that this address has not acknowledged");
  }
  const auto invite = transactions_.begin(request, from);
  if (invite == sip::ServerId::none) {
    if (!is_shown) way_back_.end(from.address);
    return refuse_for_now(request, from, "too many transactions");
  }
  auto phone = admission == Admission::user ? phone_at(request.from().uri.user_name(), from, now) : PhoneName{};
  auto call = std::make_unique<Call>(CallTools{transactions_, surroundings_.transport, surroundings_.media, tokens_,
                                               index_, *this, farewells_, config_.calls},
                                     CallBegin{++last_call_, invite, std::move(phone), is_shown}, request, from, now);
  auto& kept = *call;
  auto& place = calls_[&kept];
  place.call = std::move(call);
  if (!is_shown) place.open_at = from.address;
  const auto callee = request.request_uri().user_name();
  if (const auto extension = config_.extensions.find(callee); extension != config_.extensions.end()) {
    kept.treat(extension->second, now);
  } else if (!authenticator_.has_user(callee)) {
    kept.refuse(404, fmt::format("there is no user or extension {}", callee), now);
  } else if (const auto targets = targets_of(callee, now); targets.empty()) {
    kept.refuse(480, fmt::format("{} has no phone registered", callee), now);
  } else {
    kept.ring(targets, now);
  }
  settle(kept);
}

void Exchange::on_message(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (request.max_forwards() == 0u) return answer(request, from, 483);
  if (admit_caller(request, from, now) == Admission::refused) return;
  const auto callee = request.request_uri().user_name();
  if (!authenticator_.has_user(callee)) return answer(request, from, 404);
  const auto targets = targets_of(callee, now);
  if (targets.empty()) return answer(request, from, 480);
  const auto server = transactions_.begin(request, from);
  if (server == sip::ServerId::none) return refuse_for_now(request, from, "too many transactions");
  const auto relayed = std::make_shared<Relayed>(Relayed{server, 0, 480});
  for (const auto& target : targets) {
    Buffer onward;
    sip::MessageWriter writer{onward};
    const auto via = sip::via_text(surroundings_.transport.local(target.hop), tokens_.branch());
    const auto to = fmt::format("<{}>", request.to().uri_text);
    const auto own_from =
        fmt::format("{};tag={}", sip::name_address_text(request.from().name(), request.from().uri_text), tokens_.tag());
    const auto call_id = tokens_.call_id();
    writer.begin_request({.method = name_of(Method::message),
                          .uri = target.uri,
                          .via = via,
                          .max_forwards = request.max_forwards().value_or(sip::max_forwards_default) - 1,
                          .to = to,
                          .from = own_from,
                          .call_id = call_id});
    const auto type = request.headers().first(HeaderName::content_type).value_or(std::string_view{});
    const auto bytes = writer.finish(type, request.body());
    const auto client = bytes ? transactions_.send(*bytes, target.hop, now) : sip::ClientId::none;
    if (client == sip::ClientId::none) continue;
    ++relayed->waiting;
    relayed_[static_cast<std::uint64_t>(client)] = relayed;
  }
  if (relayed->waiting == 0) transactions_.respond(server, {.status = 503}, now);
}

void Exchange::on_relayed(sip::ClientId client, int status, sip::TimePoint now) {
  const auto found = relayed_.find(static_cast<std::uint64_t>(client));
  if (found == relayed_.end()) return;
  const auto relayed = found->second;
  relayed_.erase(found);
  --relayed->waiting;
  const bool is_success = status < 300;
  if (!is_success) relayed->best_status = status;
  if (!is_success && relayed->waiting > 0) return;
  const auto* const request = transactions_.request_of(relayed->server);
  if (request == nullptr) return;
  const auto to_tag = to_tag_for(*request);
  transactions_.respond(relayed->server, {.status = is_success ? status : relayed->best_status, .to_tag = to_tag}, now);
}

// Time

void Exchange::settle(Call& call) {
  const auto found = calls_.find(&call);
  auto& kept = found->second;
  if (kept.alarm != call.next()) {
    call_alarms_.erase({kept.alarm, &call});
    kept.alarm = call.next();
    if (kept.alarm != sip::never) call_alarms_.insert({kept.alarm, &call});
  }
  if (call.is_to_be_kept() && surroundings_.observer.keeps_calls()) {
    surroundings_.observer.on_call_under_way(call.keep(wall_time(call.record().began)));
  }
  if (call.is_over() && !std::exchange(kept.is_written_down, true)) {
    surroundings_.observer.on_call_end(call.record());
  }
  if (!call.is_done()) return;
  if (kept.open_at) way_back_.end(*kept.open_at);
  calls_.erase(found);
}

sip::TimePoint Exchange::next() const {
  const auto first_call = call_alarms_.empty() ? sip::never : call_alarms_.begin()->first;
  return std::min({transactions_.next(), first_call, farewells_.next(), house_alarm_});
}

void Exchange::on_timer(sip::TimePoint now) {
  transactions_.on_timer(now);
  while (!call_alarms_.empty() && call_alarms_.begin()->first <= now) {
    auto& call = *call_alarms_.begin()->second;
    call.on_timer(now);
    settle(call);
  }
  farewells_.on_timer(now);
  if (now >= house_alarm_) keep_house(now);
}

void Exchange::keep_house(sip::TimePoint now) {
  house_alarm_ = now + housekeeping_interval;
  const auto wall = wall_time(now);
  for (const auto& user : location_.expire(wall)) {
    surroundings_.observer.on_bindings(user, location_.all_of(user), [] {});
  }
  while (!looks_.empty() && looks_.begin()->first <= now) {
    const auto [at, look] = std::move(*looks_.begin());
    looks_.erase(looks_.begin());
    const auto reach = reachability_.find(look.contact);
    const bool is_in_force = reach != reachability_.end() && reach->second.look_at == at;
    if (!is_in_force) continue;  // it has been asked since
    if (const auto* const binding = location_.find(look.user, look.contact, wall); binding == nullptr) {
      reachability_.erase(reach);
    } else if (config_.qualify_interval.count() > 0) {
      qualify(look.user, *binding, now);
    } else {
      look_later(look.user, look.contact, now + look_interval);
    }
  }
}

void Exchange::hang_up(sip::TimePoint now) {
  std::vector<Call*> all;
  for (const auto& [call, kept] : calls_) all.push_back(call);
  for (auto* const call : all) {
    call->hang_up("the exchange ends", now);
    settle(*call);
  }
}

}  // namespace labnet::sip_server
