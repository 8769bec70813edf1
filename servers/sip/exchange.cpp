#include "servers/sip/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/sip/date.hpp"
#include "common/sip/status.hpp"
#include "servers/sip/abilities.hpp"

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
      transactions_{surroundings_.transport, *this, config_.timers},
      authenticator_{config_.calls.domain, surroundings_.random},
      wrong_passwords_{config_.wrong_passwords},
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

void Exchange::receive(Bytes message, const sip::Hop& from, sip::TimePoint now) {
  transactions_.receive(message, from, now);
}

void Exchange::on_transport_fault(const sip::Hop& hop, sip::TimePoint now) {
  transactions_.on_transport_fault(hop, now);
  if (!sip::is_stream(hop.transport)) return;
  for (const auto& user : location_.remove_all_at(hop)) {
    surroundings_.observer.on_bindings(user, location_.all_of(user), [] {});
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
  auto* const call = index_.find(invite);
  if (call == nullptr) return;
  call->on_ack(invite, ack, now);
  settle(*call);
}

void Exchange::on_cancel(sip::ServerId invite, const sip::Message& cancel, const sip::Hop& from, sip::TimePoint now) {
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

/// Computed, as nothing is remembered of the request: a copy of it gets the same (RFC 3261, section 8.2.7).
std::string Exchange::to_tag_for(const sip::Message& request) const {
  auto hash = tag_seed_;
  for (const auto text : {request.call_id(), request.from_tag(), request.via().branch}) {
    hash = (hash ^ std::hash<std::string_view>{}(text)) * 0x9e3779b97f4a7c15u;
  }
  return fmt::format("{:016x}", hash ^ request.cseq().number);
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

/// Whose request it is; nothing, and it has been answered, if that is not known.
std::optional<std::string> Exchange::admit(const sip::Message& request, HeaderName header, const sip::Hop& from,
                                           sip::TimePoint now, bool* is_repeated) {
  const bool is_exempt = config_.exempts_loopback && is_loopback(from.address);
  const bool has_credentials = request.headers().has(header);
  if (has_credentials && !is_exempt && !wrong_passwords_.may(from.address, now)) {
    surroundings_.observer.on_refusal(from, request.first_line(), "too many wrong passwords from this address");
    answer(request, from, 403);
    return std::nullopt;
  }
  const auto wall = wall_time(now);
  auto identity = authenticator_.identify(request, header, wall);
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
    if (!is_exempt) wrong_passwords_.take(from.address, now);
    surroundings_.observer.on_refusal(from, request.first_line(), describe(identity.fault, identity.claimed));
  }
  const bool is_of_user_agent = header == HeaderName::authorization;
  const auto challenge = authenticator_.challenge(is_stale, wall);
  answer(request, from, is_of_user_agent ? 401 : 407,
         {{is_of_user_agent ? HeaderName::www_authenticate : HeaderName::proxy_authenticate, challenge}});
  return std::nullopt;
}

// REGISTER

void Exchange::on_register(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (!request.to().uri.is_sip()) return answer(request, from, 400);
  bool is_repeated = false;
  const auto user = admit(request, HeaderName::authorization, from, now, &is_repeated);
  if (!user) return;
  if (request.to().uri.user_name() != *user) return answer(request, from, 403);
  const auto wall = wall_time(now);
  const auto registration = register_contacts(request, location_.all_of(*user), from, wall, config_.registrar);
  // A copy gets the answer that the first one got; what is new needs a count that is new, whoever sends it.
  if (is_repeated && registration.is_change) {
    return answer(request, from, 401, {{HeaderName::www_authenticate, authenticator_.challenge(true, wall)}});
  }
  if (registration.status != 200) {
    surroundings_.observer.on_refusal(from, request.first_line(), registration.reason);
    if (registration.status != 423) return answer(request, from, registration.status);
    return answer(request, from, 423,
                  {{HeaderName::min_expires, fmt::format("{}", config_.registrar.expires_min.count())}});
  }
  answer_registration(request, from, registration, *user, now);
}

void Exchange::answer_registration(const sip::Message& request, const sip::Hop& from, const Registration& registration,
                                   const std::string& user, sip::TimePoint now) {
  const auto wall = wall_time(now);
  Buffer response;
  sip::MessageWriter writer{response};
  begin_answer(writer, request, from, 200);
  for (const auto& binding : registration.bindings) writer.header(HeaderName::contact, contact_text(binding, wall));
  writer.header(HeaderName::date, sip::date_text(wall));
  if (!writer.finish()) return answer(request, from, 500);
  const auto hop = sip::response_hop(request, from);
  if (!registration.is_change) {
    surroundings_.transport.send(response, hop);
    return;
  }
  location_.replace(user, registration.bindings);
  surroundings_.observer.on_bindings(user, registration.bindings,
                                     [this, hop, now, added = registration.added, bytes = std::move(response)] {
                                       // The phone is asked for a sign of life first: it shows whether the way back is
                                       // open.
                                       for (const auto& binding : added) qualify(binding, now);
                                       surroundings_.transport.send(bytes, hop);
                                     });
}

void Exchange::qualify(const Binding& binding, sip::TimePoint now) {
  const auto local = surroundings_.transport.local(binding.hop);
  const auto host_port = host_port_text(local.address, local.port);
  Buffer request;
  sip::MessageWriter writer{request};
  const auto via = sip::via_text(local, tokens_.branch());
  const auto contact = fmt::format("<sip:{}>", host_port);
  const auto to = fmt::format("<{}>", binding.contact);
  const auto from = fmt::format("<sip:{}>;tag={}", host_port, tokens_.tag());
  const auto call_id = tokens_.call_id();
  writer.begin_request({.method = name_of(Method::options),
                        .uri = binding.contact,
                        .via = via,
                        .contact = contact,
                        .to = to,
                        .from = from,
                        .call_id = call_id});
  if (!config_.calls.software.empty()) writer.header(HeaderName::user_agent, config_.calls.software);
  writer.header(HeaderName::accept, description_type);
  const auto bytes = writer.finish();
  if (!bytes) return;
  auto& reach = reachability_[binding.contact];
  reach.asked_at = now;
  const auto client = transactions_.send(*bytes, binding.hop, now);
  if (client == sip::ClientId::none) {
    reach.round_trip.reset();
  } else {
    asked_[static_cast<std::uint64_t>(client)] = binding.contact;
  }
}

// Calls and messages

std::vector<CallTarget> Exchange::targets_of(std::string_view user, sip::TimePoint now) const {
  std::vector<CallTarget> targets;
  for (auto& binding : location_.bindings_of(user, wall_time(now))) {
    targets.push_back({std::move(binding.contact), binding.hop});
  }
  return targets;
}

bool Exchange::is_caller_admitted(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (config_.open_extensions.contains(request.request_uri().user_name())) return true;
  const auto targets = targets_of(request.from().uri.user_name(), now);
  const bool is_registered_there =
      authenticator_.has_user(request.from().uri.user_name()) &&
      std::ranges::any_of(targets, [&](const CallTarget& target) { return target.hop == from; });
  if (config_.trusts_registered && is_registered_there) return true;
  return admit(request, HeaderName::proxy_authorization, from, now).has_value();
}

void Exchange::on_invite(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (request.max_forwards() == 0u) return answer(request, from, 483);
  if (!is_caller_admitted(request, from, now)) return;
  if (!request.headers().has(HeaderName::contact)) return answer(request, from, 400);  // RFC 3261, section 8.1.1.8
  if (calls_.size() >= config_.calls_max) {
    surroundings_.observer.on_refusal(from, request.first_line(), "too many calls (calls_max)");
    return answer(request, from, 503);
  }
  auto call = std::make_unique<Call>(
      CallTools{transactions_, surroundings_.transport, surroundings_.media, tokens_, index_, config_.calls}, request,
      from, now);
  auto& kept = *call;
  calls_[&kept].call = std::move(call);
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
  if (!is_caller_admitted(request, from, now)) return;
  const auto callee = request.request_uri().user_name();
  if (!authenticator_.has_user(callee)) return answer(request, from, 404);
  const auto targets = targets_of(callee, now);
  if (targets.empty()) return answer(request, from, 480);
  const auto server = transactions_.begin(request, from);
  if (server == sip::ServerId::none) return answer(request, from, 503);
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
  if (call.is_over() && !std::exchange(kept.is_written_down, true)) {
    surroundings_.observer.on_call_end(call.record());
  }
  if (call.is_done()) calls_.erase(found);
}

sip::TimePoint Exchange::next() const {
  const auto first_call = call_alarms_.empty() ? sip::never : call_alarms_.begin()->first;
  return std::min({transactions_.next(), first_call, house_alarm_});
}

void Exchange::on_timer(sip::TimePoint now) {
  transactions_.on_timer(now);
  while (!call_alarms_.empty() && call_alarms_.begin()->first <= now) {
    auto& call = *call_alarms_.begin()->second;
    call.on_timer(now);
    settle(call);
  }
  if (now >= house_alarm_) keep_house(now);
}

void Exchange::keep_house(sip::TimePoint now) {
  house_alarm_ = now + housekeeping_interval;
  const auto wall = wall_time(now);
  for (const auto& user : location_.expire(wall)) {
    surroundings_.observer.on_bindings(user, location_.all_of(user), [] {});
  }
  std::set<std::string_view> contacts;
  std::vector<Binding> due;
  location_.for_each([&](const std::string&, const Binding& binding) {
    contacts.insert(binding.contact);
    const auto* const reach = reachability(binding.contact);
    const bool is_due =
        config_.qualify_interval.count() > 0 && (reach == nullptr || now - reach->asked_at >= config_.qualify_interval);
    if (is_due) due.push_back(binding);
  });
  std::erase_if(reachability_, [&](const auto& entry) { return !contacts.contains(entry.first); });
  for (const auto& binding : due) qualify(binding, now);
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
