// Who and where: From, To, Contact, Route, Record-Route, Reply-To, Refer-To and their kind (RFC 3261, section 20.10).
//
//   "Alice \"A.\" Smith" <sip:alice@example.com;lr>;tag=887s      name-addr: in the brackets the URI's own parameters
//   sip:alice@example.com;tag=887s                                addr-spec: parameters belong to the header
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/headers.hpp"
#include "common/sip/parameters.hpp"
#include "common/sip/uri.hpp"

namespace labnet::sip {

/// Views of the value that was read.
struct NameAddress {
  std::string_view display_name;  // as it was sent: with quotation marks, or tokens; empty if there is none
  std::string_view uri_text;      // as it was sent, without the brackets
  Uri uri;
  Parameters parameters;

  /// As it is meant, without marks and escapes.
  std::string name() const;
  /// Empty if there is none.
  std::string_view tag() const { return parameters.value("tag").value_or(std::string_view{}); }
  /// Of Contact: "expires" in seconds; a value that is no number counts as nothing (RFC 3261, section 10.3), one that
  /// is too large as the largest.
  std::optional<std::uint32_t> expires() const;
  /// Of Contact: "q" in thousandths, 0 to 1000; nothing if it is not there or malformed.
  std::optional<int> q() const;
};

/// All of one value.
/// faults  those of parse_uri and parse_parameters; malformed_value, unbalanced_quote, uri_needs_brackets
Result<NameAddress, FaultKind> parse_name_address(std::string_view value);

/// "<sip:a@b>;tag=x", with the display name in quotation marks if there is one. The parameters as they are given:
/// ";tag=x".
std::string name_address_text(std::string_view display_name, std::string_view uri, std::string_view parameters = {});

/// All values of a header that is a list, over all of its lines: Contact, Route, Record-Route, Path, ...
/// faults  those of parse_name_address; too_many_elements: more than elements_max
Result<std::vector<NameAddress>, FaultKind> parse_name_addresses(const Headers& headers, HeaderName name);

/// "Contact: *", which a REGISTER sends to have all bindings taken away.
struct AllContacts {};
/// The Contacts of a message.
/// faults  those above; malformed_value: "*" beside others
Result<std::variant<std::vector<NameAddress>, AllContacts>, FaultKind> parse_contacts(const Headers& headers);

}  // namespace labnet::sip
