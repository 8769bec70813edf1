// Addresses: SIP and SIPS URIs, and URIs of other schemes as they are (RFC 3261, section 19.1).
//
//   sips:alice:secret@[2001:db8::10]:5061;transport=tcp;lr?Subject=hi
//   scheme user password host       port  parameters       headers
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/host.hpp"
#include "common/sip/parameters.hpp"
#include "common/sip/transport.hpp"

namespace labnet::sip {

enum class Scheme : std::uint8_t { sip, sips, other };  // other: "tel", "urn", "isbn", ...

/// Views of the text that was read, escapes as they were sent. One that is made by hand is written as it is given:
/// what comes from a person or a file goes through escaped_user first.
struct Uri {
  Scheme scheme = Scheme::sip;
  std::string_view scheme_text = "sip";  // as it was sent
  std::optional<std::string_view> user;  // may have ';', '?', '/' in it (RFC 3261, section 25.1); never empty
  std::optional<std::string_view> password;
  Host host;  // empty for another scheme
  std::optional<std::uint16_t> port;
  std::string_view parameters;  // ";lr;transport=udp", the first semicolon included; may be empty
  std::string_view headers;     // "Subject=hi&a=b", without the question mark; may be empty
  std::string_view opaque;      // of another scheme: what follows "tel:", and all else is empty

  bool is_sip() const { return scheme != Scheme::other; }
  /// Unescaped, once: "%2541" is "%41"; "%00" is NUL. Empty if there is no user.
  std::string user_name() const;
  /// The parameter of that name, which is compared unescaped and without regard to case; its value as it was
  /// sent, empty for ";lr".
  std::optional<std::string_view> parameter(std::string_view name) const;
  bool has_parameter(std::string_view name) const { return parameter(name).has_value(); }
  /// What the URI asks for: its transport parameter; without one TLS for sips and UDP for sip.
  Transport transport() const;
  /// The port, or the one of the transport.
  std::uint16_t port_or_default() const;

  /// The same address (RFC 3261, section 19.1.4): user and password by case, all else without; escapes as what they
  /// stand for; transport, user, ttl, method and maddr must be in both or in none, other parameters only agree where
  /// both have them; headers must be the same, in any order. Of another scheme: the same text, scheme in any case.
  bool operator==(const Uri& other) const;
};

/// text    all of a URI, without angle brackets or white space
/// faults  malformed_uri, malformed_host, malformed_port, malformed_escape, uri_too_long, too_many_elements
Result<Uri, FaultKind> parse_uri(std::string_view text);

/// As it goes into a message, without angle brackets.
std::string to_text(const Uri& uri);
void append_text(std::string& out, const Uri& uri);

/// A user as it may stand in a URI: what must not is escaped, "%40" for '@'; and ';', '?', '/' too, which only some
/// servers take there.
std::string escaped_user(std::string_view name);

/// The name and value pairs of `headers`, unescaped. What to do with them is for a person to decide: some headers must
/// never be taken over (RFC 3261, section 19.1.5).
std::vector<std::pair<std::string, std::string>> headers_of(const Uri& uri);

}  // namespace labnet::sip
