#include "servers/sip/registrar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/sip/number.hpp"
#include "servers/sip/limits.hpp"

namespace labnet::sip_server {
namespace {

using sip::HeaderName;

Registration refused(int status, std::string_view reason) {
  Registration registration;
  registration.status = status;
  registration.reason = reason;
  return registration;
}

std::optional<std::uint32_t> expires_header(const sip::Message& request) {
  const auto value = request.headers().first(HeaderName::expires);
  if (!value) return std::nullopt;
  const auto seconds = sip::parse_delta_seconds(*value);
  return seconds ? std::optional{*seconds} : std::nullopt;
}

std::string instance_of(const sip::NameAddress& contact) {
  const auto instance = contact.parameters.value("+sip.instance");
  if (!instance || instance->size() > instance_bytes_max) return {};
  return fmt::format("{} {}", *instance, contact.parameters.value("reg-id").value_or(std::string_view{}));
}

bool is_same(const Binding& binding, const Binding& other) {
  if (!binding.instance.empty() || !other.instance.empty()) return binding.instance == other.instance;
  const auto uri = sip::parse_uri(binding.contact);
  const auto other_uri = sip::parse_uri(other.contact);
  return uri && other_uri && *uri == *other_uri;
}

/// How long the phone wants it to last; 0: it is to go.
std::chrono::seconds lifetime_of(const sip::NameAddress& contact, std::optional<std::uint32_t> header,
                                 const RegistrarRules& rules) {
  const auto asked = contact.expires() ? contact.expires() : header;
  if (!asked) return rules.expires_default;
  return std::min(std::chrono::seconds{*asked}, rules.expires_max);
}

/// What one REGISTER asks for, put into effect Contact by Contact on a copy of the bindings.
class Update {
 public:
  Update(const sip::Message& request, std::vector<Binding> current, const sip::Hop& from, WallTime now,
         const RegistrarRules& rules)
      : request_{request}, from_{from}, now_{now}, rules_{rules} {
    std::erase_if(current, [&](const Binding& binding) { return binding.expires_at <= now; });
    result_.bindings = std::move(current);
  }

  Registration run() {
    auto contacts = sip::parse_contacts(request_.headers());
    if (!contacts) return refused(400, sip::describe(contacts.error()));
    if (std::holds_alternative<sip::AllContacts>(*contacts)) return remove_all();
    const auto& list = std::get<std::vector<sip::NameAddress>>(*contacts);
    if (list.size() > contacts_per_request_max) return refused(400, "too many Contacts");
    for (const auto& contact : list) {
      if (const auto refusal = apply(contact)) return *refusal;
    }
    const auto surplus = std::max(result_.bindings.size(), rules_.bindings_per_user_max) - rules_.bindings_per_user_max;
    result_.bindings.erase(result_.bindings.begin(), result_.bindings.begin() + static_cast<std::ptrdiff_t>(surplus));
    return std::move(result_);
  }

 private:
  Registration remove_all() {
    if (expires_header(request_) != 0u) return refused(400, "Contact: * needs Expires: 0");
    if (std::ranges::any_of(result_.bindings, [&](const Binding& binding) { return is_older_than(binding); })) {
      return refused(500, "older than what is known");
    }
    result_.is_change = !result_.bindings.empty();
    result_.bindings.clear();
    return std::move(result_);
  }

  std::optional<Registration> apply(const sip::NameAddress& contact) {
    if (!contact.uri.is_sip()) return refused(400, "a Contact that is no SIP URI");
    if (contact.uri_text.size() > contact_bytes_max) return refused(400, "a Contact that is too long");
    const auto lifetime = lifetime_of(contact, expires_header(request_), rules_);
    if (lifetime.count() > 0 && lifetime < rules_.expires_min) return refused(423, {});
    auto binding = binding_of(contact, lifetime);
    bool is_new = true;
    const auto known =
        std::ranges::find_if(result_.bindings, [&](const Binding& one) { return is_same(one, binding); });
    if (known != result_.bindings.end()) {
      if (is_older_than(*known)) return refused(500, "older than what is known");
      const bool is_copy = known->call_id == binding.call_id && known->cseq == binding.cseq;
      if (is_copy && lifetime.count() > 0) return std::nullopt;
      result_.bindings.erase(known);
      is_new = false;
    }
    if (lifetime.count() == 0) {
      result_.is_change = result_.is_change || !is_new;
      return std::nullopt;
    }
    if (is_new) result_.added.push_back(binding);
    result_.is_change = true;
    result_.bindings.push_back(std::move(binding));
    return std::nullopt;
  }

  Binding binding_of(const sip::NameAddress& contact, std::chrono::seconds lifetime) const {
    const auto agent = request_.headers().first(HeaderName::user_agent).value_or(std::string_view{});
    return {.contact = std::string{contact.uri_text},
            .instance = instance_of(contact),
            .hop = from_,
            .call_id = std::string{request_.call_id()},
            .cseq = request_.cseq().number,
            .expires_at = now_ + lifetime,
            .priority = contact.q().value_or(1000),
            .user_agent = std::string{agent.substr(0, user_agent_bytes_max)}};
  }

  bool is_older_than(const Binding& binding) const {
    return binding.call_id == request_.call_id() && request_.cseq().number < binding.cseq;
  }

  const sip::Message& request_;
  const sip::Hop& from_;
  WallTime now_;
  const RegistrarRules& rules_;
  Registration result_;
};

}  // namespace

Registration register_contacts(const sip::Message& request, std::vector<Binding> current, const sip::Hop& from,
                               WallTime now, const RegistrarRules& rules) {
  return Update{request, std::move(current), from, now, rules}.run();
}

std::string contact_text(const Binding& binding, WallTime now) {
  const auto left = std::max(binding.expires_at - now, std::chrono::seconds{0});
  auto text = fmt::format("<{}>;expires={}", binding.contact, left.count());
  if (binding.priority != 1000) text += fmt::format(";q={}.{:03}", binding.priority / 1000, binding.priority % 1000);
  return text;
}

}  // namespace labnet::sip_server
