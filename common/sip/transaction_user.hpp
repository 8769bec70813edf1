// What stands above and below the transaction layer (RFC 3261, section 5): the transaction user, which knows what a
// request means, and the transport, which carries bytes.
#pragma once

#include <cstdint>

#include "common/base/bytes.hpp"
#include "common/sip/fault.hpp"
#include "common/sip/hop.hpp"
#include "common/sip/message.hpp"
#include "common/sip/timers.hpp"

namespace labnet::sip {

/// Names a transaction; no number is used twice. 0 names none.
enum class ServerId : std::uint64_t { none = 0 };
enum class ClientId : std::uint64_t { none = 0 };

enum class NoResponse {
  timed_out,         // counts as 408 (RFC 3261, section 8.1.3.1)
  not_transported,   // counts as 503
  cancelled_in_vain  // a CANCEL has gone out, and 64*T1 later there is still no final response (section 9.1)
};

/// What arrives, and what has not arrived in time. A message lives until the function returns.
class TransactionUser {
 public:
  virtual ~TransactionUser() = default;

  /// A request that belongs to no transaction yet, and is no ACK nor CANCEL. Either TransactionLayer::begin makes a
  /// transaction of it, which absorbs its copies, or it is answered without one, and its copies come here, too.
  virtual void on_request(const Message& request, const Hop& from, TimePoint now) = 0;
  /// The first ACK of a 2xx of this end, which is not sent again from now on.
  virtual void on_ack(ServerId invite, const Message& ack, const Hop& from, TimePoint now) = 0;
  /// The client wants no answer to that INVITE any more. To be answered by 200 with the To tag of the INVITE's answers,
  /// without a transaction, and if the INVITE has no final response yet, then that by 487 (RFC 3261, section 9.2).
  virtual void on_cancel(ServerId invite, const Message& cancel, const Hop& from, TimePoint now) = 0;
  /// The final response to an INVITE has been sent for 64*T1 and nobody has acknowledged it.
  virtual void on_no_ack(ServerId invite, TimePoint now) = 0;
  /// A 2xx of an INVITE wants to be acknowledged: see TransactionLayer::acknowledge. Until then, and if another phone
  /// further on answers as well, more than one may come.
  virtual void on_response(ClientId client, const Message& response, const Hop& from, TimePoint now) = 0;
  virtual void on_no_response(ClientId client, NoResponse reason, TimePoint now) = 0;
  /// Bytes that are no message. What can be answered has been answered.
  virtual void on_fault(const Fault& fault, const Message& as_far_as_read, const Hop& from, TimePoint now) = 0;
};

/// How bytes go out, and under which address.
class MessageTransport {
 public:
  virtual ~MessageTransport() = default;

  /// False: not possible now, and it is of no use to wait. What a stream takes later counts as taken.
  virtual bool send(Bytes message, const Hop& to) = 0;
  /// The own end of the way there, as the next hop is to know it: for Via, Contact and session descriptions.
  virtual Hop local(const Hop& to) = 0;
};

}  // namespace labnet::sip
