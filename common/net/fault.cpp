#include "common/net/fault.hpp"

#include <boost/asio/error.hpp>

namespace labnet::net {

std::string_view describe(StreamFault fault) {
  switch (fault) {
    case StreamFault::closed:
      return "the peer closed the connection";
    case StreamFault::deadline:
      return "nothing came in time";
    case StreamFault::reset:
      return "the connection broke";
    case StreamFault::line_too_long:
      return "a line is too long";
    case StreamFault::refused:
      return "nobody listens there";
    case StreamFault::unreachable:
      return "there is no way to that host";
    case StreamFault::stopped:
      return "the connection was closed on this side";
    case StreamFault::not_possible:
      return "the system refuses";
    case StreamFault::truncated:
      return "the connection ended too early: its last part may be missing";
    case StreamFault::tls_failed:
      return "TLS failed";
    case StreamFault::certificate_not_trusted:
      return "the peer's certificate is not trusted";
  }
  return "";
}

StreamFault to_fault(const boost::system::error_code& error) {
  namespace asio_error = boost::asio::error;
  if (error == asio_error::eof) return StreamFault::closed;
  if (error == asio_error::connection_reset || error == asio_error::broken_pipe ||
      error == asio_error::connection_aborted || error == asio_error::not_connected) {
    return StreamFault::reset;
  }
  if (error == asio_error::timed_out) return StreamFault::deadline;  // the system's own: no answer to what was sent
  if (error == asio_error::connection_refused) return StreamFault::refused;
  if (error == asio_error::network_unreachable || error == asio_error::host_unreachable) {
    return StreamFault::unreachable;
  }
  if (error == asio_error::operation_aborted || error == asio_error::bad_descriptor) return StreamFault::stopped;
  return StreamFault::not_possible;
}

}  // namespace labnet::net
