// By what a message finds the transaction that it belongs to (RFC 3261, sections 17.1.3 and 17.2.3).
#pragma once

#include <string>

#include "common/sip/message.hpp"

namespace labnet::sip {

/// Of a request, or of the INVITE that it is about: an ACK and a CANCEL have the key of their INVITE. By the branch and
/// sent-by of the top Via; without a branch that is unique by what RFC 2543 goes by, which is all but the To tag.
///
/// as_invite  true for ACK and CANCEL, to find what they are about
std::string server_key(const Message& request, bool as_invite = false);

/// Of an INVITE and of the ACK of its 2xx, which share the dialog and the number (RFC 3261, section 13.2.2.4).
std::string ack_key(const Message& request);

/// Of a response: branch and method of the request that it answers.
std::string client_key(const Message& response);

}  // namespace labnet::sip
