// Messages of a TCP or TLS connection: where each begins and ends (RFC 3261, section 18.3), and the CR LFs between them
// that keep a connection alive (RFC 5626, section 4.4.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/sip/fault.hpp"

namespace labnet::sip {

/// What stands first in the bytes that have arrived.
struct Piece {
  enum class Kind : std::uint8_t {
    none,     // more bytes are needed; none is used
    message,  // head and body: give them to Message::read
    ping,     // CR LF CR LF: answer with CR LF
    pong,     // CR LF, which answers a ping; nothing to do
  };
  Kind kind = Kind::none;
  std::size_t bytes = 0;  // how many of the input they are: take them away before the next call
};

/// One serves a connection. It remembers how far it has looked, so that a message that comes byte by byte is looked at
/// once.
class StreamSplitter {
 public:
  /// input   what has arrived and is not used yet, from the first byte on; between calls nothing is lost but the pieces
  /// faults  malformed_request_line: the first octet begins no message, as of a client that speaks TLS here;
  ///         head_too_large, line_end, missing_length, malformed_length, repeated_header (Content-Length twice, even if
  ///         both say the same), body_too_large. Nobody knows where the next message begins: answer if Message::read
  ///         gives something to answer to, and close
  ///
  /// A CR LF alone is a pong at once, as nobody can tell whether it is half of a ping; if another one follows it, that
  /// one is told as the ping.
  Result<Piece, FaultKind> next(Bytes input);

 private:
  Piece take_keep_alive(std::string_view text);
  /// The length of the message at the front; 0 if its head is not whole.
  Result<std::size_t, FaultKind> measure(std::string_view text);

  bool after_half_ping_ = false;
  std::size_t searched_ = 0;       // there is no end of the head before this
  std::size_t message_bytes_ = 0;  // of a message whose head is whole; 0: not known yet
};

}  // namespace labnet::sip
