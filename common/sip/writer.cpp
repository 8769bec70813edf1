// Messages written.
#include "common/sip/writer.hpp"

#include <array>
#include <charconv>

#include "common/sip/characters.hpp"
#include "common/sip/quoted.hpp"
#include "common/sip/status.hpp"

namespace labnet::sip {
namespace {

constexpr int status_trying = 100;

/// What a response that may begin a dialog has Record-Route in (RFC 3261, section 12.1.1).
bool has_record_route(int status) {
  return status > status_trying && (is_provisional(status) || is_success(status));
}

/// Behind the first element of a list: ", ..." or nothing.
std::string_view behind_element(std::string_view value, std::string_view element) {
  return value.substr(static_cast<std::size_t>(element.data() + element.size() - value.data()));
}

/// True for a control character that may be where it is: behind a backslash, in a quoted string.
bool is_escaped_at(std::string_view value, const char* place) {
  return place != value.data() && place[-1] == '\\' && *place != '\r' && *place != '\n';
}

}  // namespace

void MessageWriter::number(std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.text({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

/// In pieces, from one control character to the next.
void MessageWriter::clean(std::string_view value) {
  const auto* const end = value.data() + value.size();
  const auto* from = value.data();
  for (const auto* at = control_character(from, end); at != end; at = control_character(at, end)) {
    if (!is_escaped_at(value, at)) {
      out_.text({from, static_cast<std::size_t>(at - from)});
      out_.text(" ");
      from = at + 1;
    }
    ++at;
  }
  out_.text({from, static_cast<std::size_t>(end - from)});
}

void MessageWriter::received(std::string_view value) {
  const bool is_folded = value.find('\n') != value.npos;
  if (!is_folded) return clean(value);
  clean(unfolded(value));
}

void MessageWriter::header(std::string_view name, std::string_view value) {
  out_.text(name);
  out_.text(": ");
  clean(value);
  out_.text("\r\n");
}

void MessageWriter::header(HeaderName name, std::uint64_t value) {
  out_.text(text_of(name));
  out_.text(": ");
  number(value);
  out_.text("\r\n");
}

void MessageWriter::copy(const Header& header) {
  out_.text(header.name == HeaderName::other ? header.text : text_of(header.name));
  out_.text(": ");
  received(header.value);
  out_.text("\r\n");
}

void MessageWriter::copy(const Message& from, HeaderName name) {
  from.headers().for_each(name, [&](std::string_view value) { copy(Header{name, {}, value}); });
}

void MessageWriter::cseq(std::uint32_t value, std::string_view method) {
  out_.text("CSeq: ");
  number(value);
  out_.text(" ");
  clean(method);
  out_.text("\r\n");
}

void MessageWriter::request_line(std::string_view method, std::string_view uri) {
  clean(method);
  out_.text(" ");
  clean(uri);
  out_.text(" SIP/2.0\r\n");
}

void MessageWriter::begin_request(const RequestParts& parts) {
  request_line(parts.method, parts.uri);
  header(HeaderName::via, parts.via);
  header(HeaderName::max_forwards, parts.max_forwards);
  for (const auto route : parts.routes) header(HeaderName::route, route);
  if (!parts.contact.empty()) header(HeaderName::contact, parts.contact);
  header(HeaderName::to, parts.to);
  header(HeaderName::from, parts.from);
  header(HeaderName::call_id, parts.call_id);
  cseq(parts.cseq, parts.method);
}

void MessageWriter::top_via(std::string_view value, const std::optional<Source>& source) {
  out_.text("Via: ");
  const auto top = *ElementReader{value}.next();
  const auto via = source ? parse_via(top) : FaultKind::malformed_value;
  if (via) {
    out_.text(via_with_source(*via, *source));
  } else {
    received(top);
  }
  received(behind_element(value, top));
  out_.text("\r\n");
}

void MessageWriter::vias(const Message& request, const std::optional<Source>& source) {
  bool is_top = true;
  request.headers().for_each(HeaderName::via, [&](std::string_view value) {
    if (is_top) {
      top_via(value, source);
    } else {
      copy(Header{HeaderName::via, {}, value});
    }
    is_top = false;
  });
}

void MessageWriter::to_with_tag(const Message& request, const ResponseParts& parts) {
  const auto value = request.headers().first(HeaderName::to);
  if (!value) return;
  out_.text("To: ");
  received(*value);
  const bool needs_tag = request.to_tag().empty() && !request.to().uri_text.empty();
  if (needs_tag && parts.status != status_trying && !parts.to_tag.empty()) {
    out_.text(";tag=");
    clean(parts.to_tag);
  }
  out_.text("\r\n");
}

void MessageWriter::begin_response(const Message& request, const ResponseParts& parts) {
  out_.text("SIP/2.0 ");
  number(static_cast<std::uint64_t>(parts.status));
  out_.text(" ");
  clean(parts.reason.empty() ? reason_phrase(parts.status) : parts.reason);
  out_.text("\r\n");
  vias(request, parts.source);
  if (has_record_route(parts.status)) copy(request, HeaderName::record_route);
  if (!parts.contact.empty()) header(HeaderName::contact, parts.contact);
  to_with_tag(request, parts);
  copy_first(request, HeaderName::from);
  copy_first(request, HeaderName::call_id);
  copy_first(request, HeaderName::cseq);
  if (parts.status == status_trying) copy(request, HeaderName::timestamp);
}

void MessageWriter::copy_first(const Message& from, HeaderName name) {
  if (const auto value = from.headers().first(name)) copy(Header{name, {}, *value});
}

void MessageWriter::begin_related(const Message& request, const Message& to_of, std::string_view method) {
  request_line(method, request.request_uri_text());
  if (const auto value = request.headers().first(HeaderName::via)) {
    copy(Header{HeaderName::via, {}, *ElementReader{*value}.next()});
  }
  header(HeaderName::max_forwards, max_forwards_default);
  copy(request, HeaderName::route);
  copy_first(to_of, HeaderName::to);
  copy_first(request, HeaderName::from);
  copy_first(request, HeaderName::call_id);
  cseq(request.cseq().number, method);
}

void MessageWriter::begin_ack(const Message& invite, const Message& response) {
  begin_related(invite, response, name_of(Method::ack));
}

void MessageWriter::begin_cancel(const Message& request) {
  begin_related(request, request, name_of(Method::cancel));
}

std::optional<Bytes> MessageWriter::finish(std::string_view content_type, Bytes body) {
  if (!content_type.empty()) header(HeaderName::content_type, content_type);
  header(HeaderName::content_length, body.size());
  out_.text("\r\n");
  out_.bytes(body);
  if (!out_.overflowed()) return out_.written();
  out_.rewind(0);
  return std::nullopt;
}

}  // namespace labnet::sip
