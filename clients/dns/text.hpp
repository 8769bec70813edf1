// What a person or a program reads of a reply.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "clients/dns/client.hpp"
#include "clients/dns/trace.hpp"
#include "clients/dns/transfer.hpp"
#include "clients/dns/words.hpp"

namespace labnet::dns_client {

/// In dig's layout, which people know and programs take apart. Ends with LF, but for +short without an answer, which is
/// nothing at all.
/// command  what stands in the first line behind the program's name
/// when     in local time, for the line WHEN
std::string to_text(const Reply& reply, const Shown& shown, std::string_view command,
                    std::chrono::system_clock::time_point when);

/// One JSON object and LF:
///
///     {"server":"192.168.1.7:53","transport":"udp","duration_ms":0.4,"bytes":52,...}
///
/// with what the message says behind that, as common/dns/message_json.hpp has it.
std::string to_json(const Reply& reply);

/// A whole zone in dig's layout; the last line is ";; XFR size: 22 records (messages 1, bytes 500)".
std::string to_text(const Transfer& transfer, const Shown& shown, std::string_view command,
                    std::chrono::system_clock::time_point when);
/// {"server":"192.168.1.7:53","transport":"tcp","duration_ms":0.4,"messages":1,"bytes":500,"records":[...]}, the
/// records as in a reply's sections.
std::string to_json(const Transfer& transfer);

/// The records of one reply, and ";; Received 512 bytes from 192.168.1.7#53(dns.labredes71.com) in 1 ms".
std::string to_text(const TraceStep& step, const Shown& shown);
/// {"steps":[...],"fault":"..."}: each a reply as above with its "server_name"; no "fault" if all went well.
std::string to_json(const std::vector<TraceStep>& steps, const TraceEnd& end);

/// The first line, which repeats what was asked.
std::string command_text(std::string_view command);

/// "UDP"
std::string_view to_text(Transport transport);

}  // namespace labnet::dns_client
