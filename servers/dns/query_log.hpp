// A line in the log for each question.
#pragma once

#include "common/base/bytes.hpp"
#include "servers/dns/responder.hpp"

namespace labnet::dns_server {

/// Whom the reply is for, what was asked, and what came of it, all of it read from the reply:
///
///     query client=192.168.1.6 transport=udp name=web.labredes71.com. class=IN type=A rcode=NOERROR flags="aa rd ra"
///     answers=1 bytes=52
void log_query(Bytes reply, const Client& client);

}  // namespace labnet::dns_server
