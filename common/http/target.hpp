// What a request is for: the forms of its target, Host, and the path with its percent-encoding taken off once
// (RFC 9112, section 3.2; RFC 3986).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/http/request_head.hpp"

namespace labnet::http {

enum class TargetForm {
  origin,     // "/music?sort=name"
  absolute,   // "http://web.lab/music?sort=name"; every server takes it, not proxies alone
  authority,  // "web.lab:443"; of CONNECT alone
  asterisk,   // "*"; of OPTIONS alone
};

/// Views of the target, none of them decoded.
struct Target {
  TargetForm form = TargetForm::origin;
  std::string_view scheme{};     // of the absolute form: "http"
  std::string_view authority{};  // of the absolute and the authority form: "web.lab:8080"
  std::string_view path{};       // begins with "/"; "/" where the absolute form has none; empty in the other two forms
  std::string_view query{};      // behind the first "?"
  bool has_query = false;        // there is a "?"

  bool operator==(const Target&) const = default;
};

enum class TargetFault {
  malformed,       // none of the forms, or one that the method does not have; a fragment: 400
  no_host,         // HTTP/1.1 without Host: 400
  several_hosts,   // Host more than once: 400
  malformed_host,  // no host with or without a port; userinfo ("user@"), a path: 400
};
std::string_view describe(TargetFault fault);

Result<Target, TargetFault> parse_target(std::string_view method, std::string_view target);

/// A host and maybe a port: "web.lab:8080", "[::1]". Views.
struct Authority {
  std::string_view host;              // as written; an IPv6 address with its brackets; may be empty
  std::optional<std::uint16_t> port;  // nothing for "web.lab" and "web.lab:"

  bool operator==(const Authority&) const = default;
};
/// Nothing for anything else: userinfo, a path, a port above 65535, brackets without an IPv6 address in them.
std::optional<Authority> parse_authority(std::string_view text);

/// The target of a request, and whom it is for: the target's own authority, if it has one, counts and not Host
/// (RFC 9112, section 3.2.2), but Host must be right all the same.
struct Destination {
  Target target;
  Authority authority;  // empty host: nobody is named (HTTP/1.0, "Host:")
};
Result<Destination, TargetFault> destination_of(const RequestHead& request);

enum class PathFault {
  malformed_escape,  // "%" without two hexadecimal digits: 400
  nul,               // an octet 0, which ends a path for the system: 400
  above_root,        // ".." where there is nothing above: 400
};
std::string_view describe(PathFault fault);

/// An absolute path for people and file systems: the escapes taken off once ("%2525" becomes "%25"), and only then "."
/// and ".." and double slashes resolved, so that "%2e%2e%2f" is a ".." like any other. "/" at the end stays, as behind
/// "." and "..". By words alone: symbolic links are followed later, and never out of the root (files::Jail). The octets
/// may be no UTF-8.
///
/// path  of a target: begins with "/"
Result<std::string, PathFault> decode_path(std::string_view path);
/// The reverse, for links and redirections: what is none of RFC 3986's unreserved characters, "/" or one of
/// "!$&'()*+,;=:@" is encoded.
std::string encode_path(std::string_view path);

/// Escapes taken off once; nothing if one is malformed. `plus_is_space` as in forms.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
/// For one component of a query: only RFC 3986's unreserved characters stay.
std::string percent_encode(std::string_view text);

/// Names and values in the order of a query or of a form (application/x-www-form-urlencoded); names may come again.
using FormPairs = std::vector<std::pair<std::string, std::string>>;
/// Nothing if an escape is malformed or there are more than form_pairs_max.
std::optional<FormPairs> parse_form(std::string_view text);
std::string to_form(const FormPairs& pairs);

}  // namespace labnet::http
