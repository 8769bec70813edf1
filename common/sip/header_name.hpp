// The table of headers: names, compact forms, and how often each may be there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace labnet::sip {

enum class HeaderName : std::uint8_t {
  accept,
  accept_encoding,
  accept_language,
  alert_info,
  allow,
  allow_events,
  authentication_info,
  authorization,
  call_id,
  call_info,
  contact,
  content_disposition,
  content_encoding,
  content_language,
  content_length,
  content_type,
  cseq,
  date,
  error_info,
  event,
  expires,
  from,
  in_reply_to,
  max_forwards,
  mime_version,
  min_expires,
  min_se,
  organization,
  p_asserted_identity,
  p_preferred_identity,
  path,
  priority,
  privacy,
  proxy_authenticate,
  proxy_authorization,
  proxy_require,
  rack,
  reason,
  record_route,
  refer_to,
  referred_by,
  replaces,
  reply_to,
  require,
  retry_after,
  route,
  rseq,
  server,
  service_route,
  session_expires,
  sip_etag,
  sip_if_match,
  subject,
  subscription_state,
  supported,
  timestamp,
  to,
  unsupported,
  user_agent,
  via,
  warning,
  www_authenticate,
  other,  // one that is not in the table; its text stands in the message
};
inline constexpr std::size_t header_names = static_cast<std::size_t>(HeaderName::other);

/// How often a header may be there.
enum class Occurrence : std::uint8_t {
  once,      // a second line is a fault: 400
  repeated,  // line for line; a comma separates nothing, as in WWW-Authenticate (RFC 3261, section 7.3.1)
  list,      // line for line, and several values in one line with commas between, which means the same
};

struct HeaderRow {
  HeaderName name;
  std::string_view text;  // as RFCs and phones write it
  char compact;           // 'v' for Via; 0: there is none
  Occurrence occurrence;
};
/// That of `other` has no text. How a value is read is in header_values.hpp.
const HeaderRow& row_of(HeaderName name);
inline std::string_view text_of(HeaderName name) {
  return row_of(name).text;
}

/// In any case, compact forms among them.
HeaderName header_name_of(std::string_view text);

}  // namespace labnet::sip
