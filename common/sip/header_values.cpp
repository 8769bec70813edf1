// The table of values.
#include "common/sip/header_values.hpp"

#include <array>
#include <optional>

#include "common/sip/characters.hpp"
#include "common/sip/cseq.hpp"
#include "common/sip/date.hpp"
#include "common/sip/event.hpp"
#include "common/sip/media_type.hpp"
#include "common/sip/name_address.hpp"
#include "common/sip/number.hpp"
#include "common/sip/reason.hpp"
#include "common/sip/retry_after.hpp"
#include "common/sip/scanner.hpp"
#include "common/sip/tokens.hpp"
#include "common/sip/via.hpp"
#include "common/sip/warning.hpp"
#include "common/sip/word.hpp"

namespace labnet::sip {
namespace {

using Check = Result<void, FaultKind> (*)(std::string_view value);

/// The value of a reader let go of.
template <auto read>
Result<void, FaultKind> can_be_read(std::string_view value) {
  const auto result = read(value);
  if (!result) return result.error();
  return {};
}

/// For headers that may be there without an element, which says "none": "Supported:".
template <auto read>
Result<void, FaultKind> is_empty_or_can_be_read(std::string_view value) {
  return value.empty() ? Result<void, FaultKind>{} : can_be_read<read>(value);
}

Result<std::uint32_t, FaultKind> parse_any_number(std::string_view value) {
  return parse_number(value);
}

Result<void, FaultKind> is_contact(std::string_view value) {
  return value == "*" ? Result<void, FaultKind>{} : can_be_read<parse_name_address>(value);
}

/// Session-Expires and Min-SE (RFC 4028, sections 4 and 5): "1800;refresher=uac"
Result<Parameters, FaultKind> parse_seconds_with_parameters(std::string_view value) {
  Scanner scanner{value};
  if (!scanner.take_number(UINT32_MAX)) return FaultKind::malformed_value;
  return parse_parameters(scanner.rest());
}

/// Replaces (RFC 3891, section 6.1): "call-id;to-tag=a;from-tag=b"
Result<Parameters, FaultKind> parse_call_id_with_parameters(std::string_view value) {
  Scanner scanner{value};
  if (scanner.take_all(word_kind).empty()) return FaultKind::malformed_value;
  if (scanner.take('@') && scanner.take_all(word_kind).empty()) return FaultKind::malformed_value;
  return parse_parameters(scanner.rest());
}

/// RAck (RFC 3262, section 7.2): "776656 1 INVITE", the second number and the method being a CSeq
Result<void, FaultKind> is_rack(std::string_view value) {
  Scanner scanner{value};
  if (!scanner.take_number(UINT32_MAX) || !is_white_space(scanner.peek())) return FaultKind::malformed_value;
  return can_be_read<parse_cseq>(scanner.rest());
}

struct ValueRow {
  HeaderName name;
  Check check;
};

/// Headers that are not here are free text, or are read by those who alone make sense of them: credentials and
/// challenges, which if they are malformed are as good as none.
constexpr std::array value_rows{
    ValueRow{HeaderName::accept, is_empty_or_can_be_read<parse_media_type>},
    ValueRow{HeaderName::accept_encoding, is_empty_or_can_be_read<parse_word>},
    ValueRow{HeaderName::accept_language, is_empty_or_can_be_read<parse_word>},
    ValueRow{HeaderName::allow, is_empty_or_can_be_read<parse_token>},
    ValueRow{HeaderName::allow_events, can_be_read<parse_token>},
    ValueRow{HeaderName::contact, is_contact},
    ValueRow{HeaderName::content_disposition, can_be_read<parse_word>},
    ValueRow{HeaderName::content_encoding, can_be_read<parse_token>},
    ValueRow{HeaderName::content_type, can_be_read<parse_media_type>},
    ValueRow{HeaderName::date, can_be_read<parse_date>},
    ValueRow{HeaderName::event, can_be_read<parse_event>},
    ValueRow{HeaderName::expires, can_be_read<parse_delta_seconds>},
    ValueRow{HeaderName::min_expires, can_be_read<parse_delta_seconds>},
    ValueRow{HeaderName::min_se, can_be_read<parse_seconds_with_parameters>},
    ValueRow{HeaderName::p_asserted_identity, can_be_read<parse_name_address>},
    ValueRow{HeaderName::p_preferred_identity, can_be_read<parse_name_address>},
    ValueRow{HeaderName::path, can_be_read<parse_name_address>},
    ValueRow{HeaderName::proxy_require, can_be_read<parse_token>},
    ValueRow{HeaderName::rack, is_rack},
    ValueRow{HeaderName::reason, can_be_read<parse_reason>},
    ValueRow{HeaderName::record_route, can_be_read<parse_name_address>},
    ValueRow{HeaderName::refer_to, can_be_read<parse_name_address>},
    ValueRow{HeaderName::referred_by, can_be_read<parse_name_address>},
    ValueRow{HeaderName::replaces, can_be_read<parse_call_id_with_parameters>},
    ValueRow{HeaderName::reply_to, can_be_read<parse_name_address>},
    ValueRow{HeaderName::require, can_be_read<parse_token>},
    ValueRow{HeaderName::retry_after, can_be_read<parse_retry_after>},
    ValueRow{HeaderName::route, can_be_read<parse_name_address>},
    ValueRow{HeaderName::rseq, can_be_read<parse_any_number>},
    ValueRow{HeaderName::service_route, can_be_read<parse_name_address>},
    ValueRow{HeaderName::session_expires, can_be_read<parse_seconds_with_parameters>},
    ValueRow{HeaderName::subscription_state, can_be_read<parse_subscription_state>},
    ValueRow{HeaderName::supported, is_empty_or_can_be_read<parse_token>},
    ValueRow{HeaderName::unsupported, can_be_read<parse_token>},
    ValueRow{HeaderName::via, can_be_read<parse_via>},
    ValueRow{HeaderName::warning, can_be_read<parse_warning>},
};

constexpr auto make_checks() {
  std::array<Check, header_names + 1> checks{};
  for (const auto& row : value_rows) checks[static_cast<std::size_t>(row.name)] = row.check;
  return checks;
}
constexpr auto checks = make_checks();

/// Of all of a line.
Result<void, FaultKind> check_line(const Header& header) {
  if (row_of(header.name).occurrence != Occurrence::list) return check_value(header.name, header.value);
  ElementReader elements{header.value};
  while (const auto element = elements.next()) {
    if (const auto result = check_value(header.name, *element); !result) return result;
  }
  return {};
}

}  // namespace

Result<void, FaultKind> check_value(HeaderName name, std::string_view value) {
  const auto check = checks[static_cast<std::size_t>(name)];
  return check == nullptr ? Result<void, FaultKind>{} : check(value);
}

Result<void, Fault> check_values(const Headers& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto header = headers[i];
    if (checks[static_cast<std::size_t>(header.name)] == nullptr) continue;
    if (const auto result = check_line(header); !result) return Fault{result.error(), header.name};
  }
  return {};
}

}  // namespace labnet::sip
