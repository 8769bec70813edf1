// A request or a response, read in place.
//
//   INVITE sip:102@sip.lab SIP/2.0 CR LF      SIP/2.0 180 Ringing CR LF     the first line
//   Via: SIP/2.0/UDP 192.168.1.7 CR LF        Via: ...                      headers
//   CR LF                                     CR LF                         the end of the head
//   v=0 ...                                                                 the body
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/sip/cseq.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/headers.hpp"
#include "common/sip/methods.hpp"
#include "common/sip/name_address.hpp"
#include "common/sip/uri.hpp"
#include "common/sip/via.hpp"

namespace labnet::sip {

/// Views of the bytes that were given to `read`, which must stay where they are for as long as the message is used; see
/// StoredMessage for one that keeps them. No allocation. One object may read message after message.
class Message {
 public:
  /// Reads one message: a datagram, or what StreamSplitter gives.
  ///
  /// What every message needs is read and checked here: the first line, top Via, From, To, Call-ID, CSeq, Max-Forwards
  /// and Content-Length. Whether the other headers can be read is found out when they are asked for, or by
  /// check_values() in header_values.hpp.
  ///
  /// Without Content-Length the body is all that follows. What stands behind the body is not looked at (RFC 3261,
  /// section 18.3).
  ///
  /// faults  the first one; what could be read is there nevertheless, so that writer.hpp can answer: see is_answerable
  Result<void, Fault> read(Bytes bytes);

  bool is_request() const { return is_request_; }
  bool is_response() const { return !is_request_; }

  /// Of a request; of a response that of the request it answers, which is in its CSeq.
  Method method() const { return is_request_ ? method_ : cseq_.method; }
  std::string_view method_text() const { return is_request_ ? method_text_ : cseq_.method_text; }
  /// Of a request. Another scheme than sip and sips is for 416 (request_check.hpp).
  const Uri& request_uri() const { return request_uri_; }
  std::string_view request_uri_text() const { return request_uri_text_; }
  /// Of a response: 100 to 699.
  int status() const { return status_; }
  std::string_view reason() const { return reason_; }
  /// Without CR LF, for a log.
  std::string_view first_line() const { return first_line_; }

  const Headers& headers() const { return headers_; }
  /// The top one.
  const Via& via() const { return via_; }
  const NameAddress& from() const { return from_; }
  const NameAddress& to() const { return to_; }
  /// Empty if there is none: an old client's From (RFC 2543), the To of a request that begins a dialog.
  std::string_view from_tag() const { return from_.tag(); }
  std::string_view to_tag() const { return to_.tag(); }
  std::string_view call_id() const { return call_id_; }
  const CSeq& cseq() const { return cseq_; }
  /// Nothing if it is not there; that counts as 70 (RFC 3261, section 16.6, step 3). Above 255 it is 255.
  std::optional<std::uint32_t> max_forwards() const { return max_forwards_; }

  Bytes body() const { return body_; }
  /// All of it, without what stands behind the body.
  Bytes bytes() const { return bytes_; }

  /// After a fault: true if it is a request other than ACK, whose top Via says where the answer goes. From, To, Call-ID
  /// and CSeq are copied as far as they are there.
  bool is_answerable() const;

 private:
  class Reader;
  void forget();

  bool is_request_ = true;
  Method method_ = Method::other;
  int status_ = 0;
  std::string_view first_line_, method_text_, request_uri_text_, reason_, call_id_;
  Uri request_uri_;
  Headers headers_;
  Via via_;
  NameAddress from_, to_;
  CSeq cseq_;
  std::optional<std::uint32_t> max_forwards_;
  Bytes body_, bytes_;
};

/// True for what a phone sends between messages to keep a way through a NAT open: nothing, CR LF CR LF, or a few NULs.
/// Such a datagram is passed over.
bool is_keep_alive(Bytes datagram);

/// A message that keeps its bytes: for a transaction or a dialog that outlives the datagram. It may be moved, and what
/// was taken from it stays valid.
class StoredMessage {
 public:
  /// A copy of one that was read without a fault.
  explicit StoredMessage(const Message& message) : StoredMessage{message.bytes()} {}
  /// Bytes of a message that is known to be in order, such as one that was written by writer.hpp.
  explicit StoredMessage(Bytes bytes);

  const Message& operator*() const { return kept_->message; }
  const Message* operator->() const { return &kept_->message; }

 private:
  struct Kept {
    Buffer bytes;
    Message message;
  };
  std::unique_ptr<Kept> kept_;
};

}  // namespace labnet::sip
