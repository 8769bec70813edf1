// Sends echo requests to one host, one after the other, and tells what comes of each.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "clients/ping/echo_socket.hpp"

namespace labnet::ping {

struct Reply {
  Ipv4Address from;  // the host asked, or who answers for a broadcast address
  std::uint16_t sequence_number = 0;
  std::uint8_t ttl = 0;  // as it arrived
  std::size_t payload_bytes = 0;
  std::chrono::nanoseconds round_trip{};
  bool is_duplicate = false;
};
/// No reply in time. With iputils' habits it is never told: the summary counts what is lost.
struct TimedOut {
  std::uint16_t sequence_number = 0;
};
/// The request could not even be sent.
struct SendFailed {
  std::uint16_t sequence_number = 0;
  Error error;
};
using Event = std::variant<Reply, EchoError, TimedOut, SendFailed>;

/// The address of a name, for which one query is sent, or of an address as text. A fault says what is not found.
/// stop  a descriptor of the caller's: readable means to give up; -1 for none
Result<Ipv4Address> resolve(const std::string& host, int stop = -1);

class Client {
 public:
  /// Faults: no socket may be opened (see EchoSocket).
  static Result<Client> open(const Options& options);
  Client(const Options& options, EchoSocket socket) : options_{options}, socket_{std::move(socket)} {}

  /// What the requests carry: useful to find them in a capture.
  std::uint16_t identifier() const { return socket_.identifier(); }

  /// Returns after the last request was answered or waited for, or as soon as `stop` becomes readable.
  /// on_event  called for each event, in the order of arrival; returns soon
  /// stop      a descriptor of the caller's, not read from; -1 for none
  Summary run(Ipv4Address destination, const std::function<void(const Event&)>& on_event, int stop = -1);

 private:
  Options options_;
  EchoSocket socket_;
};

}  // namespace labnet::ping
