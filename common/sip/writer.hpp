// Writes messages: first line, headers in the order of phones, body.
//
//   MessageWriter writer{buffer};
//   writer.begin_response(request, {.status = 180, .to_tag = "a6c85cf", .contact = "<sip:102@10.0.0.1>"});
//   writer.header(HeaderName::user_agent, "labnet");
//   const auto bytes = writer.finish();
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/sip/header_name.hpp"
#include "common/sip/limits.hpp"
#include "common/sip/message.hpp"
#include "common/sip/methods.hpp"
#include "common/sip/via.hpp"

namespace labnet::sip {

inline constexpr std::uint32_t max_forwards_default = 70;

/// What every request has, each as its value stands in the message. What is empty is left out.
struct RequestParts {
  std::string_view method;  // name_of(Method::invite)
  std::string_view uri;
  std::string_view via;  // via_text(...)
  std::uint32_t max_forwards = max_forwards_default;
  std::span<const std::string_view> routes{};  // a line for each, the first hop first
  std::string_view contact{};
  std::string_view to;
  std::string_view from;
  std::string_view call_id;
  std::uint32_t cseq = 1;
};

struct ResponseParts {
  int status = 200;
  std::string_view reason{};       // empty: the usual one
  std::string_view to_tag{};       // for a To that has none; not written into a 100
  std::optional<Source> source{};  // given, the top Via gets "received" and "rport" (via_with_source)
  std::string_view contact{};      // empty: none
};

/// Appends one message to a buffer, in one pass: what was in the buffer stays in front. First one begin_..., then any
/// headers, then one finish. In values that are given, control characters become spaces, so that nothing that a user
/// typed begins a header of its own; but for those behind a backslash, as quoted strings may have them, CR and LF
/// never.
class MessageWriter {
 public:
  explicit MessageWriter(Buffer& out, std::size_t limit_bytes = datagram_bytes_max) : out_{out, limit_bytes} {}

  void begin_request(const RequestParts& parts);

  /// The response to a request (RFC 3261, section 8.2.6): its Vias, From, To, Call-ID and CSeq; in 101 to 299 its
  /// Record-Routes (section 12.1.1); in 100 its Timestamp. A request that was read with a fault is answered with what
  /// of it there is; see Message::is_answerable.
  void begin_response(const Message& request, const ResponseParts& parts);

  /// The ACK of a response that is no 2xx (RFC 3261, section 17.1.1.3): Request-URI, top Via, From, Call-ID, CSeq
  /// number and Routes of the INVITE, To of the response.
  void begin_ack(const Message& invite, const Message& response);
  /// The CANCEL of a request (RFC 3261, section 9.1): the same of the request, To too.
  void begin_cancel(const Message& request);

  void header(HeaderName name, std::string_view value) { header(text_of(name), value); }
  void header(std::string_view name, std::string_view value);
  void header(HeaderName name, std::uint64_t value);
  /// All lines with that name of another message, in their order, folded lines unfolded.
  void copy(const Message& from, HeaderName name);
  /// One line of another message.
  void copy(const Header& header);

  /// Content-Type and Content-Length, and the body. All of the message, in the buffer; nothing if it would be longer
  /// than the limit, and then the buffer is as it was.
  std::optional<Bytes> finish(std::string_view content_type, Bytes body);
  std::optional<Bytes> finish() { return finish({}, {}); }

 private:
  void number(std::uint64_t value);
  void clean(std::string_view value);
  void received(std::string_view value);  // of another message: it may be folded
  void request_line(std::string_view method, std::string_view uri);
  void cseq(std::uint32_t value, std::string_view method);
  void vias(const Message& request, const std::optional<Source>& source);
  void top_via(std::string_view value, const std::optional<Source>& source);
  void to_with_tag(const Message& request, const ResponseParts& parts);
  void copy_first(const Message& from, HeaderName name);
  void begin_related(const Message& request, const Message& to_of, std::string_view method);

  ByteWriter out_;
};

}  // namespace labnet::sip
