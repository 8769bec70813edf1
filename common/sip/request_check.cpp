// Requests refused.
#include "common/sip/request_check.hpp"

#include <algorithm>
#include <vector>

#include "common/base/text.hpp"
#include "common/sip/header_values.hpp"
#include "common/sip/media_type.hpp"

namespace labnet::sip {
namespace {

using Refused = std::optional<Refusal>;

std::string comma_separated(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

Refused refused_for_values(const Message& request) {
  const auto result = check_values(request.headers());
  if (result) return std::nullopt;
  return Refusal{.status = status_of(result.error().kind), .reason = describe(result.error().kind)};
}

Refused refused_for_method(const Message& request, const Abilities& abilities) {
  if (abilities.forwards) return std::nullopt;  // it goes on as it is (RFC 3261, section 16.3)
  const bool is_able = std::ranges::find(abilities.methods, request.method()) != abilities.methods.end();
  if (is_able && request.method() != Method::other) return std::nullopt;
  return Refusal{.status = request.method() == Method::other ? 501 : 405,
                 .header = HeaderName::allow,
                 .value = allow_text(abilities.methods)};
}

Refused refused_for_scheme(const Message& request) {
  if (request.request_uri().is_sip()) return std::nullopt;
  return Refusal{.status = 416};
}

Refused refused_for_hops(const Message& request, const Abilities& abilities) {
  if (!abilities.forwards || request.max_forwards() != 0u) return std::nullopt;
  return Refusal{.status = 483};
}

Refused refused_for_extensions(const Message& request, const Abilities& abilities) {
  if (request.method() == Method::cancel) return std::nullopt;
  std::vector<std::string_view> unsupported;
  const auto name = abilities.forwards ? HeaderName::proxy_require : HeaderName::require;
  request.headers().for_each_element(name, [&](std::string_view tag) {
    const auto is_tag = [&](std::string_view each) { return equals_ignoring_case(each, tag); };
    if (std::ranges::none_of(abilities.extensions, is_tag)) unsupported.push_back(tag);
  });
  if (unsupported.empty()) return std::nullopt;
  return Refusal{.status = 420, .header = HeaderName::unsupported, .value = comma_separated(unsupported)};
}

/// "application/sdp" in two.
std::pair<std::string_view, std::string_view> halves_of(std::string_view media_type) {
  const auto slash = media_type.find('/');
  return {media_type.substr(0, slash), media_type.substr(std::min(slash, media_type.size() - 1) + 1)};
}

Refused refused_for_answer(const Message& request, const Abilities& abilities) {
  if (request.method() != Method::invite || abilities.invite_answer.empty()) return std::nullopt;
  const auto [type, subtype] = halves_of(abilities.invite_answer);
  if (accepts(request.headers(), type, subtype)) return std::nullopt;
  return Refusal{.status = 406};
}

bool is_coded(const Message& request) {
  bool found = false;
  request.headers().for_each_element(HeaderName::content_encoding, [&](std::string_view coding) {
    found = found || !equals_ignoring_case(coding, "identity");
  });
  return found;
}

bool is_understood(const Message& request, const Abilities& abilities) {
  const auto value = request.headers().first(HeaderName::content_type);
  const auto media_type = value ? parse_media_type(*value) : FaultKind::missing_header;
  return media_type && std::ranges::any_of(abilities.media_types, [&](std::string_view each) {
           const auto [type, subtype] = halves_of(each);
           return media_type->is(type, subtype);
         });
}

Refused refused_for_body(const Message& request, const Abilities& abilities) {
  if (request.body().empty() || abilities.media_types.empty() || abilities.forwards) return std::nullopt;
  if (is_coded(request)) return Refusal{.status = 415, .header = HeaderName::accept_encoding, .value = "identity"};
  if (is_understood(request, abilities)) return std::nullopt;
  return Refusal{.status = 415, .header = HeaderName::accept, .value = comma_separated(abilities.media_types)};
}

}  // namespace

std::optional<Refusal> refusal_of(const Message& request, const Abilities& abilities) {
  if (request.method() == Method::ack) return std::nullopt;
  if (auto refusal = refused_for_values(request)) return refusal;
  if (auto refusal = refused_for_method(request, abilities)) return refusal;
  if (auto refusal = refused_for_scheme(request)) return refusal;
  if (auto refusal = refused_for_hops(request, abilities)) return refusal;
  if (auto refusal = refused_for_extensions(request, abilities)) return refusal;
  if (auto refusal = refused_for_answer(request, abilities)) return refusal;
  return refused_for_body(request, abilities);
}

std::string allow_text(std::span<const Method> methods) {
  std::vector<std::string_view> names;
  for (const auto method : methods) names.push_back(name_of(method));
  return comma_separated(names);
}

}  // namespace labnet::sip
