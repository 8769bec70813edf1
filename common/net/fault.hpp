// How a connection or a wait for the network may end other than well.
#pragma once

#include <string_view>

#include <boost/system/error_code.hpp>

namespace labnet::net {

enum class StreamFault {
  closed,         // the peer has sent all it will send, and that was less than was waited for
  deadline,       // the time given for it has passed
  reset,          // the connection broke
  line_too_long,  // no line end within the bytes allowed
  refused,        // nobody listens there
  unreachable,    // no way to that network or host
  stopped,        // this side has given up: the socket was closed here
  not_possible,   // the system refuses, for instance for lack of descriptors
  truncated,      // the connection ended without TLS' own end: somebody in between may have cut it (RFC 8446, 6.1)
  tls_failed,     // no agreement, or what came is not TLS; Stream::explain knows more
  certificate_not_trusted,  // by this side; Stream::explain knows more
};

/// "the peer closed the connection"
std::string_view describe(StreamFault fault);

StreamFault to_fault(const boost::system::error_code& error);

}  // namespace labnet::net
