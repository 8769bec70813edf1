// Calls as a person sees them: a ladder of SIP messages and streams of RTP between the hosts, and a table of the
// streams.
//
//    SIP   172.20.10.1              172.20.10.12               172.20.10.2
//         5     |INVITE, SDP ------------>|                         |
//         6     |<------------ 100 INVITE |                         |
//        16     |==== 302 of PCMA (8) ===>|                         |
#pragma once

#include <string>
#include <vector>

#include "clients/scenario/rtp_table.hpp"
#include "clients/scenario/sip_table.hpp"
#include "common/base/language.hpp"

namespace labnet::scenario {

inline constexpr std::size_t ladder_hosts_max = 4;  // that stand side by side; of more, each message is a line of words
inline constexpr std::size_t ladder_rows_max = 400;  // what comes beyond is counted

/// Empty if there are neither messages nor streams. Numbers are those of frames.
std::string call_text(const std::vector<SipMessage>& messages, const std::vector<RtpStream>& streams,
                      Language language);

}  // namespace labnet::scenario
