// What the exchange does of REGISTER, and of phones that are registered: they are asked for a sign of life.
#include <fmt/format.h>

#include "common/sip/date.hpp"
#include "servers/sip/abilities.hpp"
#include "servers/sip/exchange.hpp"

namespace labnet::sip_server {

using sip::HeaderName;
using sip::Method;

void Exchange::on_register(const sip::Message& request, const sip::Hop& from, sip::TimePoint now) {
  if (storing_.contains(hash_of(request))) return;  // a copy: both get the answer of the first one
  if (!request.to().uri.is_sip()) return answer(request, from, 400);
  bool is_repeated = false;
  const auto user = admit(request, HeaderName::authorization, from, now, &is_repeated);
  if (!user) return;
  if (request.to().uri.user_name() != *user) return answer(request, from, 403);
  const auto wall = wall_time(now);
  const auto registration = register_contacts(request, location_.all_of(*user), from, wall, config_.registrar);
  // A copy gets the answer that the first one got; what is new needs a count that is new, whoever sends it.
  if (is_repeated && registration.is_change) {
    return answer(request, from, 401,
                  {{HeaderName::www_authenticate, authenticator_.challenge(from.address, true, wall)}});
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
  const auto hash = hash_of(request);
  storing_.insert(hash);
  surroundings_.observer.on_bindings(
      user, registration.bindings,
      [this, hop, now, hash, user, added = registration.added, bytes = std::move(response)] {
        storing_.erase(hash);
        // The phone is asked for a sign of life first: it shows whether the way back is open.
        for (const auto& binding : added) qualify(user, binding, now);
        surroundings_.transport.send(bytes, hop);
        farewells_.on_registration(user, now);
      });
}

void Exchange::look_later(const std::string& user, const std::string& contact, sip::TimePoint at) {
  reachability_[contact].look_at = at;
  looks_.emplace(at, Look{user, contact});
}

void Exchange::qualify(const std::string& user, const Binding& binding, sip::TimePoint now) {
  look_later(user, binding.contact,
             now + (config_.qualify_interval.count() > 0 ? config_.qualify_interval : look_interval));
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

}  // namespace labnet::sip_server
