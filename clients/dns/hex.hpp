// A message octet by octet, as `--hex` shows it.
#pragma once

#include <string>

#include "clients/dns/client.hpp"

namespace labnet::dns_client {

/// Where it went, and its rows: offset, octets, what they mean.
///
///     ;; Sent to 192.168.1.7#53 (UDP), 47 bytes:
///     0000  12 34                    ID                4660
///     0002  01 20                    flags             0x0120
///           0... .... .... ....        QR              query
///     ...
std::string to_hex_text(const Passage& message);

/// One JSON object:
///
/// {"direction":"sent","server":"192.168.1.7:53","transport":"udp","bytes":47,
///  "rows":[{"offset":0,"octets":"1234","depth":1,"label":"ID","value":"4660"}, ...]}
///
/// Rows of bits and of faults have "bits":"0... .... .... ...." and "fault":true.
std::string to_hex_json(const Passage& message);

}  // namespace labnet::dns_client
