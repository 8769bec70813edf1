// Messages read.
#include "common/sip/message.hpp"

#include <algorithm>

#include "common/sip/characters.hpp"
#include "common/sip/first_line.hpp"
#include "common/sip/head.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/number.hpp"
#include "common/sip/via_reader.hpp"

namespace labnet::sip {
namespace {

/// RFC 3261, section 25.1: word [ "@" word ].
bool is_call_id(std::string_view text) {
  const auto at = text.find('@');
  if (!is_all_of(text.substr(0, at), word_kind)) return false;
  return at == text.npos || is_all_of(text.substr(at + 1), word_kind);
}

}  // namespace

/// Goes on behind a fault, so that the message can be answered.
class Message::Reader {
 public:
  Reader(Message& message, Bytes bytes) : m_{message}, text_{as_text(bytes)}, bytes_{bytes} {}

  Result<void, Fault> read() {
    m_.forget();
    const auto head = read_head(text_, m_.headers_);
    m_.first_line_ = head.first_line;
    read_first_line();
    if (head.fault) note(head.fault->kind, head.fault->header);
    read_vias_top();
    read_addresses();
    read_numbers();
    read_body(head.bytes);
    if (fault_) return *fault_;
    return {};
  }

 private:
  void note(FaultKind kind, HeaderName header = HeaderName::other) {
    if (!fault_) fault_ = Fault{kind, header};
  }

  void read_first_line() {
    m_.is_request_ = !is_status_line(m_.first_line_);
    if (m_.is_request_) return read_request_line_of();
    StatusLine line;
    if (const auto fault = read_status_line(m_.first_line_, line)) note(*fault);
    m_.status_ = line.status;
    m_.reason_ = line.reason;
  }

  void read_request_line_of() {
    RequestLine line;
    if (const auto fault = read_request_line(m_.first_line_, line)) note(*fault);
    m_.method_text_ = line.method;
    m_.method_ = method_of(line.method);
    m_.request_uri_text_ = line.uri;
    if (line.uri.starts_with('<')) return note(FaultKind::brackets_around_uri);
    const auto uri = parse_uri(line.uri);
    if (!uri) return note(uri.error());
    m_.request_uri_ = *uri;
    if (!uri->headers.empty()) note(FaultKind::headers_in_uri);
  }

  /// The value of a header that must be there.
  std::optional<std::string_view> needed(HeaderName name) {
    const auto value = m_.headers_.first(name);
    if (!value) note(FaultKind::missing_header, name);
    return value;
  }

  void read_vias_top() {
    const auto value = needed(HeaderName::via);
    if (!value) return;
    if (const auto fault = read_via(*ElementReader{*value}.next(), m_.via_)) note(*fault, HeaderName::via);
  }

  void read_address(HeaderName name, NameAddress& into) {
    const auto value = needed(name);
    if (!value) return;
    const auto address = parse_name_address(*value);
    if (!address) return note(address.error(), name);
    into = *address;
  }

  void read_addresses() {
    read_address(HeaderName::from, m_.from_);
    read_address(HeaderName::to, m_.to_);
    const auto call_id = needed(HeaderName::call_id);
    if (!call_id) return;
    m_.call_id_ = *call_id;
    if (!is_call_id(*call_id)) note(FaultKind::malformed_value, HeaderName::call_id);
  }

  void read_numbers() {
    if (const auto value = needed(HeaderName::cseq)) read_cseq(*value);
    if (const auto value = m_.headers_.first(HeaderName::max_forwards)) {
      const auto number = parse_max_forwards(*value);
      if (!number) return note(number.error(), HeaderName::max_forwards);
      m_.max_forwards_ = *number;
    }
  }

  void read_cseq(std::string_view value) {
    const auto cseq = parse_cseq(value);
    if (!cseq) return note(cseq.error(), HeaderName::cseq);
    m_.cseq_ = *cseq;
    const bool is_other_method = m_.is_request_ && cseq->method_text != m_.method_text_;
    if (is_other_method) note(FaultKind::method_mismatch, HeaderName::cseq);
  }

  void read_body(std::size_t head_bytes) {
    const auto behind = bytes_.subspan(head_bytes);
    auto length = behind.size();
    if (const auto value = m_.headers_.first(HeaderName::content_length)) {
      const auto number = parse_number(*value);
      if (!number) {
        note(FaultKind::malformed_length);
      } else if (*number > behind.size()) {
        note(FaultKind::body_too_short);
      } else {
        length = *number;
      }
    }
    if (length > body_bytes_max) note(FaultKind::body_too_large);
    m_.body_ = behind.first(length);
    m_.bytes_ = bytes_.first(head_bytes + length);
  }

  Message& m_;
  std::string_view text_;
  Bytes bytes_;
  std::optional<Fault> fault_;
};

void Message::forget() {
  method_ = Method::other;
  status_ = 0;
  method_text_ = request_uri_text_ = reason_ = call_id_ = {};
  request_uri_ = {};
  via_ = {};
  from_ = {};
  to_ = {};
  cseq_ = {};
  max_forwards_.reset();
}

Result<void, Fault> Message::read(Bytes bytes) {
  return Reader{*this, bytes}.read();
}

bool Message::is_answerable() const {
  return is_request_ && !method_text_.empty() && method_ != Method::ack && !via_.host.empty();
}

bool is_keep_alive(Bytes datagram) {
  constexpr std::size_t keep_alive_bytes_max = 8;
  return datagram.size() <= keep_alive_bytes_max &&
         std::ranges::all_of(as_text(datagram), [](char c) { return c == '\r' || c == '\n' || c == '\0' || c == ' '; });
}

StoredMessage::StoredMessage(Bytes bytes) : kept_{std::make_unique<Kept>()} {
  kept_->bytes.assign(bytes.begin(), bytes.end());
  (void)kept_->message.read(kept_->bytes);
}

}  // namespace labnet::sip
