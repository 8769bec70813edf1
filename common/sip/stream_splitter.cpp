// Streams taken apart.
#include "common/sip/stream_splitter.hpp"

#include <algorithm>
#include <optional>

#include "common/sip/head.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/number.hpp"

namespace labnet::sip {
namespace {

constexpr std::string_view line_break = "\r\n";
constexpr std::string_view ping_text = "\r\n\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

/// A method, or the version of a response. White space is one of those faults that can be told by an answer.
bool can_begin_message(char first) {
  const auto octet = static_cast<unsigned char>(first);
  return (octet >= ' ' && octet < 0x7f) || octet == '\t' || octet == '\r' || octet == '\n';
}

/// Faults of a head that leave in doubt where the message ends; all others are Message::read's.
bool is_fault_of_framing(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::line_end:
    case FaultKind::head_too_large:
    case FaultKind::too_many_headers:
      return true;
    case FaultKind::repeated_header:
      return fault.header == HeaderName::content_length;
    default:
      return false;
  }
}

/// Of a head that is whole.
Result<std::size_t, FaultKind> measured_message(std::string_view head_text) {
  Headers headers;
  const auto head = read_head(head_text, headers);
  if (head.fault && is_fault_of_framing(*head.fault)) return head.fault->kind;
  if (headers.count(HeaderName::content_length) > 1) return FaultKind::repeated_header;
  const auto value = headers.first(HeaderName::content_length);
  if (!value) return FaultKind::missing_length;
  const auto length = parse_number(*value);
  if (!length)
    return length.error() == FaultKind::number_too_large ? FaultKind::body_too_large : FaultKind::malformed_length;
  if (*length > body_bytes_max) return FaultKind::body_too_large;
  return head.bytes + *length;
}

}  // namespace

Result<Piece, FaultKind> StreamSplitter::next(Bytes input) {
  const auto text = as_text(input);
  if (text.empty()) return Piece{};
  if (message_bytes_ == 0 && searched_ == 0 && text.front() == '\r') {
    if (text.size() == 1) return Piece{};
    if (text.starts_with(line_break)) return take_keep_alive(text);
  }
  if (message_bytes_ == 0) {
    if (!can_begin_message(text.front())) return FaultKind::malformed_request_line;
    const auto bytes = measure(text);
    if (!bytes) return bytes.error();
    if (*bytes == 0) return Piece{};
    message_bytes_ = *bytes;
  }
  if (text.size() < message_bytes_) return Piece{};
  const Piece piece{Piece::Kind::message, message_bytes_};
  *this = {};
  return piece;
}

Piece StreamSplitter::take_keep_alive(std::string_view text) {
  const bool is_whole_ping = text.starts_with(ping_text);
  const bool is_ping = is_whole_ping || after_half_ping_;
  after_half_ping_ = !is_ping;
  const auto bytes = is_whole_ping && is_ping ? ping_text.size() : line_break.size();
  return {is_ping ? Piece::Kind::ping : Piece::Kind::pong, bytes};
}

Result<std::size_t, FaultKind> StreamSplitter::measure(std::string_view text) {
  const auto within = text.substr(0, head_bytes_max);
  const auto from = searched_ < head_end.size() ? 0 : searched_ - head_end.size() + 1;
  const auto end = within.find(head_end, from);
  if (end == within.npos) {
    searched_ = within.size();
    if (text.size() >= head_bytes_max) return FaultKind::head_too_large;
    return std::size_t{0};
  }
  return measured_message(within.substr(0, end + head_end.size()));
}

}  // namespace labnet::sip
