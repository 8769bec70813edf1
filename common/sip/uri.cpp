// URIs read, compared and written.
#include "common/sip/uri.hpp"

#include <algorithm>
#include <array>

#include "common/base/text.hpp"
#include "common/sip/characters.hpp"
#include "common/sip/escape.hpp"
#include "common/sip/limits.hpp"

namespace labnet::sip {
namespace {

/// The pieces of "a=b;c" one after the other; URIs have no quotation marks.
class PieceReader {
 public:
  PieceReader(std::string_view text, char separator) : rest_{text}, separator_{separator} {}

  struct Piece {
    std::string_view name;
    std::string_view value;
    bool has_value;
  };
  std::optional<Piece> next() {
    if (at_end_) return std::nullopt;
    const auto end = rest_.find(separator_);
    const auto piece = rest_.substr(0, end);
    at_end_ = end == rest_.npos;
    if (!at_end_) rest_.remove_prefix(end + 1);
    const auto equals = piece.find('=');
    if (equals == piece.npos) return Piece{piece, piece.substr(piece.size()), false};
    return Piece{piece.substr(0, equals), piece.substr(equals + 1), true};
  }

 private:
  std::string_view rest_;
  char separator_;
  bool at_end_ = false;
};

/// Of parameters as they stand in a Uri.
PieceReader parameters_in(std::string_view parameters) {
  PieceReader pieces{parameters, ';'};
  pieces.next();  // in front of the first semicolon there is nothing
  return pieces;
}

std::optional<FaultKind> fault_of_part(std::string_view text, int kinds) {
  bool fault_is_escape = false;
  if (is_escaped_text(text, kinds, fault_is_escape)) return std::nullopt;
  return fault_is_escape ? FaultKind::malformed_escape : FaultKind::malformed_uri;
}

/// Names and values of these kinds; a name must be there, and behind "=" a value unless that may be empty.
std::optional<FaultKind> fault_of_pieces(PieceReader pieces, int kinds, bool value_may_be_empty) {
  std::size_t count = 0;
  while (const auto piece = pieces.next()) {
    if (++count > parameters_max) return FaultKind::too_many_elements;
    if (piece->name.empty()) return FaultKind::malformed_uri;
    if (piece->has_value && piece->value.empty() && !value_may_be_empty) return FaultKind::malformed_uri;
    if (const auto fault = fault_of_part(piece->name, kinds)) return fault;
    if (const auto fault = fault_of_part(piece->value, kinds)) return fault;
  }
  return std::nullopt;
}

/// "alice:secret", in front of the '@'.
std::optional<FaultKind> read_user(std::string_view text, Uri& uri) {
  const auto colon = text.find(':');
  uri.user = text.substr(0, colon);
  if (colon != text.npos) uri.password = text.substr(colon + 1);
  if (uri.user->empty()) return FaultKind::malformed_uri;
  if (const auto fault = fault_of_part(*uri.user, user_kind)) return fault;
  return fault_of_part(uri.password.value_or(""), password_kind);
}

/// A parameter may be there once (RFC 3261, section 19.1.1).
std::optional<FaultKind> fault_of_parameters(const Uri& uri) {
  if (const auto fault = fault_of_pieces(parameters_in(uri.parameters), uri_parameter_kind, false)) return fault;
  const bool is_alone = uri.parameters.find(';', 1) == uri.parameters.npos;
  if (is_alone) return std::nullopt;
  auto pieces = parameters_in(uri.parameters);
  while (const auto piece = pieces.next()) {
    if (uri.parameter(piece->name)->data() != piece->value.data()) return FaultKind::malformed_uri;
  }
  return std::nullopt;
}

/// All behind "sip:".
std::optional<FaultKind> read_sip(std::string_view text, Uri& uri) {
  const auto at = text.find('@');  // it stands nowhere else but escaped
  if (at != text.npos) {
    if (const auto fault = read_user(text.substr(0, at), uri)) return fault;
    text.remove_prefix(at + 1);
  }
  const auto question = text.find('?');
  if (question != text.npos) {
    uri.headers = text.substr(question + 1);
    text = text.substr(0, question);
    if (const auto fault = fault_of_pieces({uri.headers, '&'}, uri_header_kind, true)) return fault;
  }
  const auto semicolon = text.find(';');
  if (semicolon != text.npos) {
    uri.parameters = text.substr(semicolon);
    text = text.substr(0, semicolon);
    if (const auto fault = fault_of_parameters(uri)) return fault;
  }
  const auto host_port = parse_host_port(text);
  if (!host_port) return host_port.error();
  uri.host = host_port->host;
  uri.port = host_port->port;
  return std::nullopt;
}

/// RFC 3986, section 3.1.
bool is_scheme(std::string_view text) {
  const auto is_letter = [](char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

Scheme scheme_of(std::string_view text) {
  if (equals_ignoring_case(text, "sip")) return Scheme::sip;
  return equals_ignoring_case(text, "sips") ? Scheme::sips : Scheme::other;
}

/// Parameters that make another address of a URI where only one of both has them.
bool counts_alone(std::string_view name) {
  constexpr std::array<std::string_view, 5> names{"transport", "user", "ttl", "method", "maddr"};
  return std::ranges::any_of(names, [&](auto each) { return equals_escaped_ignoring_case(name, each); });
}

/// Whether what `a` has agrees with what `b` has.
bool parameters_agree(const Uri& a, const Uri& b) {
  auto pieces = parameters_in(a.parameters);
  while (const auto piece = pieces.next()) {
    const auto other = b.parameter(piece->name);
    if (!other && counts_alone(piece->name)) return false;
    if (other && !equals_escaped_ignoring_case(piece->value, *other)) return false;
  }
  return true;
}

bool has_header(std::string_view headers, const PieceReader::Piece& wanted) {
  PieceReader pieces{headers, '&'};
  while (const auto piece = pieces.next()) {
    if (equals_escaped_ignoring_case(piece->name, wanted.name) && equals_escaped(piece->value, wanted.value))
      return true;
  }
  return false;
}

bool headers_are_in(std::string_view headers, std::string_view others) {
  PieceReader pieces{headers, '&'};
  while (const auto piece = pieces.next()) {
    if (!has_header(others, *piece)) return false;
  }
  return true;
}

bool are_same_part(const std::optional<std::string_view>& a, const std::optional<std::string_view>& b) {
  return a.has_value() == b.has_value() && (!a || equals_escaped(*a, *b));
}

}  // namespace

std::string Uri::user_name() const {
  return unescaped(user.value_or(""));
}

std::optional<std::string_view> Uri::parameter(std::string_view name) const {
  if (parameters.empty()) return std::nullopt;
  auto pieces = parameters_in(parameters);
  while (const auto piece = pieces.next()) {
    if (equals_escaped_ignoring_case(piece->name, name)) return piece->value;
  }
  return std::nullopt;
}

Transport Uri::transport() const {
  const auto named = parameter("transport");
  if (scheme == Scheme::sips) return Transport::tls;
  return named ? transport_of(unescaped(*named)) : Transport::udp;
}

std::uint16_t Uri::port_or_default() const {
  return port.value_or(default_port(transport()));
}

bool Uri::operator==(const Uri& other) const {
  if (scheme != other.scheme) return false;
  if (!is_sip()) return equals_ignoring_case(scheme_text, other.scheme_text) && opaque == other.opaque;
  return are_same_part(user, other.user) && are_same_part(password, other.password) && host == other.host &&
         port == other.port && parameters_agree(*this, other) && parameters_agree(other, *this) &&
         headers_are_in(headers, other.headers) && headers_are_in(other.headers, headers);
}

Result<Uri, FaultKind> parse_uri(std::string_view text) {
  if (text.size() > uri_bytes_max) return FaultKind::uri_too_long;
  if (!is_all_of(text, uri_kind)) return FaultKind::malformed_uri;
  const auto colon = text.find(':');
  if (colon == text.npos || !is_scheme(text.substr(0, colon))) return FaultKind::malformed_uri;
  Uri uri;
  uri.scheme_text = text.substr(0, colon);
  uri.scheme = scheme_of(uri.scheme_text);
  text.remove_prefix(colon + 1);
  if (uri.is_sip()) {
    if (const auto fault = read_sip(text, uri)) return *fault;
    return uri;
  }
  if (text.empty()) return FaultKind::malformed_uri;
  uri.opaque = text;
  return uri;
}

void append_text(std::string& out, const Uri& uri) {
  out.append(uri.scheme_text).append(":").append(uri.opaque);
  if (uri.user) out += *uri.user;
  if (uri.password) out.append(":").append(*uri.password);
  if (uri.user) out += '@';
  const bool has_brackets = uri.host.kind == HostKind::ipv6;
  if (has_brackets) out += '[';
  out += uri.host.text;
  if (has_brackets) out += ']';
  if (uri.port) out.append(":").append(std::to_string(*uri.port));
  out += uri.parameters;
  if (!uri.headers.empty()) out.append("?").append(uri.headers);
}

std::string to_text(const Uri& uri) {
  std::string text;
  append_text(text, uri);
  return text;
}

std::string escaped_user(std::string_view name) {
  return escaped(name, password_kind);  // what a user may have but ";/?"
}

std::vector<std::pair<std::string, std::string>> headers_of(const Uri& uri) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (uri.headers.empty()) return headers;
  PieceReader pieces{uri.headers, '&'};
  while (const auto piece = pieces.next()) headers.emplace_back(unescaped(piece->name), unescaped(piece->value));
  return headers;
}

}  // namespace labnet::sip
