// Where a message ends, and whether the connection lives on: RFC 9112, sections 6 and 9, with every ambiguity refused,
// since two programs that see different ends are what requests are smuggled through.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.hpp"
#include "common/http/request_head.hpp"
#include "common/http/response_head.hpp"

namespace labnet::http {

enum class BodyKind {
  none,         // the message ends with its head
  length,       // it has `length` bytes
  chunked,      // see chunked.hpp
  until_close,  // a response's, whose end is that of the connection
};

struct Framing {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;  // bytes; of kind `length`

  bool operator==(const Framing&) const = default;
};

enum class FramingFault {
  length_and_coding,   // 400; Content-Length and Transfer-Encoding, in any order, whatever they say
  malformed_length,    // 400; a sign, a space, an empty element, more than 64 bits
  differing_lengths,   // 400; two that say the same are one (RFC 9112, section 6.3)
  coding_in_http_1_0,  // 400; HTTP/1.0 has no Transfer-Encoding
  not_chunked_last,    // 400; the last coding is not "chunked", or it is there twice
  unknown_coding,      // 501; one in front of it, as in "gzip, chunked"
};
/// What a server answers, 400 or 501; then it closes. A client closes.
int status_of(FramingFault fault);
std::string_view describe(FramingFault fault);

/// The framing of a request's body: none without Content-Length and Transfer-Encoding.
Result<Framing, FramingFault> framing_of(const RequestHead& request);

/// The framing of a response's body.
///
/// method  of the request that is answered: after HEAD, and after CONNECT with success, there is no body whatever the
///         fields say; nor with 1xx, 204 and 304
Result<Framing, FramingFault> framing_of(const ResponseHead& response, std::string_view method);

/// True if another message may follow on the connection: not with "Connection: close"; in HTTP/1.0 only with
/// "Connection: keep-alive" (RFC 9112, section 9.3). After a fault of a head or of framing it never lives on.
bool keeps_alive(Version version, const Fields& fields);

enum class Expectation {
  none,
  continue_100,  // the client waits for 100 before it sends the body
  unknown,       // answer 417
};
/// HTTP/1.0 expects nothing (RFC 9110, section 10.1.1).
Expectation expectation_of(const RequestHead& request);

/// True if the request asks for that protocol: Upgrade names it, Connection names Upgrade, and the version is 1.1; in
/// HTTP/1.0 nothing is ever upgraded (RFC 9110, section 7.8).
bool asks_to_upgrade_to(std::string_view protocol, const RequestHead& request);

}  // namespace labnet::http
