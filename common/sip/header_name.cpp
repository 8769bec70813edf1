// The table of headers, and how a name is found in it.
#include "common/sip/header_name.hpp"

#include <array>

#include "common/base/text.hpp"

namespace labnet::sip {
namespace {

constexpr auto once = Occurrence::once;
constexpr auto repeated = Occurrence::repeated;
constexpr auto list = Occurrence::list;

constexpr std::array<HeaderRow, header_names + 1> header_rows{{
    {HeaderName::accept, "Accept", 0, list},
    {HeaderName::accept_encoding, "Accept-Encoding", 0, list},
    {HeaderName::accept_language, "Accept-Language", 0, list},
    {HeaderName::alert_info, "Alert-Info", 0, list},
    {HeaderName::allow, "Allow", 0, list},
    {HeaderName::allow_events, "Allow-Events", 'u', list},
    {HeaderName::authentication_info, "Authentication-Info", 0, once},
    {HeaderName::authorization, "Authorization", 0, repeated},
    {HeaderName::call_id, "Call-ID", 'i', once},
    {HeaderName::call_info, "Call-Info", 0, list},
    {HeaderName::contact, "Contact", 'm', list},
    {HeaderName::content_disposition, "Content-Disposition", 0, once},
    {HeaderName::content_encoding, "Content-Encoding", 'e', list},
    {HeaderName::content_language, "Content-Language", 0, list},
    {HeaderName::content_length, "Content-Length", 'l', once},
    {HeaderName::content_type, "Content-Type", 'c', once},
    {HeaderName::cseq, "CSeq", 0, once},
    {HeaderName::date, "Date", 0, once},
    {HeaderName::error_info, "Error-Info", 0, list},
    {HeaderName::event, "Event", 'o', once},
    {HeaderName::expires, "Expires", 0, once},
    {HeaderName::from, "From", 'f', once},
    {HeaderName::in_reply_to, "In-Reply-To", 0, list},
    {HeaderName::max_forwards, "Max-Forwards", 0, once},
    {HeaderName::mime_version, "MIME-Version", 0, once},
    {HeaderName::min_expires, "Min-Expires", 0, once},
    {HeaderName::min_se, "Min-SE", 0, once},
    {HeaderName::organization, "Organization", 0, once},
    {HeaderName::p_asserted_identity, "P-Asserted-Identity", 0, list},
    {HeaderName::p_preferred_identity, "P-Preferred-Identity", 0, list},
    {HeaderName::path, "Path", 0, list},
    {HeaderName::priority, "Priority", 0, once},
    {HeaderName::privacy, "Privacy", 0, repeated},
    {HeaderName::proxy_authenticate, "Proxy-Authenticate", 0, repeated},
    {HeaderName::proxy_authorization, "Proxy-Authorization", 0, repeated},
    {HeaderName::proxy_require, "Proxy-Require", 0, list},
    {HeaderName::rack, "RAck", 0, once},
    {HeaderName::reason, "Reason", 0, list},
    {HeaderName::record_route, "Record-Route", 0, list},
    {HeaderName::refer_to, "Refer-To", 'r', once},
    {HeaderName::referred_by, "Referred-By", 'b', once},
    {HeaderName::replaces, "Replaces", 0, once},
    {HeaderName::reply_to, "Reply-To", 0, once},
    {HeaderName::require, "Require", 0, list},
    {HeaderName::retry_after, "Retry-After", 0, once},
    {HeaderName::route, "Route", 0, list},
    {HeaderName::rseq, "RSeq", 0, once},
    {HeaderName::server, "Server", 0, once},
    {HeaderName::service_route, "Service-Route", 0, list},
    {HeaderName::session_expires, "Session-Expires", 'x', once},
    {HeaderName::sip_etag, "SIP-ETag", 0, once},
    {HeaderName::sip_if_match, "SIP-If-Match", 0, once},
    {HeaderName::subject, "Subject", 's', once},
    {HeaderName::subscription_state, "Subscription-State", 0, once},
    {HeaderName::supported, "Supported", 'k', list},
    {HeaderName::timestamp, "Timestamp", 0, once},
    {HeaderName::to, "To", 't', once},
    {HeaderName::unsupported, "Unsupported", 0, list},
    {HeaderName::user_agent, "User-Agent", 0, once},
    {HeaderName::via, "Via", 'v', list},
    {HeaderName::warning, "Warning", 0, list},
    {HeaderName::www_authenticate, "WWW-Authenticate", 0, repeated},
    {HeaderName::other, "", 0, repeated},
}};

constexpr bool header_rows_are_in_order() {
  for (std::size_t i = 0; i < header_rows.size(); ++i) {
    if (static_cast<std::size_t>(header_rows[i].name) != i) return false;
  }
  return true;
}
static_assert(header_rows_are_in_order());

/// Where a name stands: one of `slots` places, or the first free one behind it. Most names have theirs.
constexpr std::size_t slots = 256;

constexpr std::size_t slot_of(std::string_view name) {
  constexpr std::size_t size_factor = 7, first_factor = 31, last_factor = 113;
  const auto first = static_cast<unsigned char>(to_lower(name.front()));
  const auto last = static_cast<unsigned char>(to_lower(name.back()));
  return (name.size() * size_factor + first * first_factor + last * last_factor) % slots;
}

constexpr auto make_slots() {
  std::array<HeaderName, slots> names{};
  names.fill(HeaderName::other);
  for (std::size_t i = 0; i < header_names; ++i) {
    auto slot = slot_of(header_rows[i].text);
    while (names[slot] != HeaderName::other) slot = (slot + 1) % slots;
    names[slot] = header_rows[i].name;
  }
  return names;
}
constexpr auto names_in_slots = make_slots();

constexpr auto make_compact_names() {
  std::array<HeaderName, 'z' - 'a' + 1> names{};
  names.fill(HeaderName::other);
  for (const auto& row : header_rows) {
    if (row.compact != 0) names[static_cast<std::size_t>(row.compact - 'a')] = row.name;
  }
  return names;
}
constexpr auto compact_names = make_compact_names();

}  // namespace

const HeaderRow& row_of(HeaderName name) {
  return header_rows[static_cast<std::size_t>(name)];
}

HeaderName header_name_of(std::string_view text) {
  if (text.empty()) return HeaderName::other;
  if (text.size() == 1) {
    const auto letter = to_lower(text.front());
    return letter >= 'a' && letter <= 'z' ? compact_names[static_cast<std::size_t>(letter - 'a')] : HeaderName::other;
  }
  for (auto slot = slot_of(text); names_in_slots[slot] != HeaderName::other; slot = (slot + 1) % slots) {
    const auto name = header_rows[static_cast<std::size_t>(names_in_slots[slot])].text;
    if (equals_ignoring_case(name, text)) return names_in_slots[slot];
  }
  return HeaderName::other;
}

}  // namespace labnet::sip
