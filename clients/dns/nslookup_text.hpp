// Records as nslookup of Windows writes them.
#pragma once

#include <string>

#include "common/dns/message.hpp"

namespace labnet::dns_client {

/// One line or several:
///
///     labredes71.com  MX preference = 10, mail exchanger = mail.labredes71.com
///     labredes71.com
///             primary name server = dns.labredes71.com
///             ...
std::string nslookup_text(const dns::Record& record);

/// The records of a reply that answer its question (aliases on the way to them too); behind a blank line what the
/// server says beside them. Empty if there is nothing.
std::string nslookup_text(const dns::Message& reply);

/// Why there is nothing: "No mail exchanger (MX) records available for labredes71.com".
std::string nslookup_absence(dns::Type type, const std::string& name);

}  // namespace labnet::dns_client
