// DNS messages over a connection: each behind its length in two octets (RFC 1035, section 4.2.2; RFC 7766, section 8).
#pragma once

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/net/stream.hpp"

namespace labnet::resolver {

/// In one segment where it fits. `message` holds at most 65535 octets and must live until the task ends.
net::Task<Result<void, net::StreamFault>> write_message(net::Stream& stream, Bytes message, net::Timeout timeout);

/// Puts the next message in place of what `message` holds, which keeps its capacity; it may be of any length, 0 too.
net::Task<Result<void, net::StreamFault>> read_message(net::Stream& stream, Buffer& message, net::Timeout timeout);

}  // namespace labnet::resolver
