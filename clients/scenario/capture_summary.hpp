// What a capture file shows, and whether that is what was expected.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "clients/scenario/credentials_table.hpp"
#include "clients/scenario/dns_table.hpp"
#include "clients/scenario/echo_table.hpp"
#include "clients/scenario/ftp_table.hpp"
#include "clients/scenario/http_table.hpp"
#include "clients/scenario/rtmp_table.hpp"
#include "clients/scenario/rtp_table.hpp"
#include "clients/scenario/scenario.hpp"
#include "clients/scenario/sip_table.hpp"
#include "clients/scenario/tls_table.hpp"

namespace labnet::scenario {

/// A protocol and how many frames belong to it: "ARP", "ICMP", "DNS", "SIP", "RTP", "RTCP", "UDP", "FTP", "FTP-DATA",
/// "HTTP", "RTMP", "TLS", "TCP" for other segments and those without payload, "IPv4" for others above it, and "0x86dd"
/// for what is no IPv4 at all.
struct ProtocolCount {
  std::string name;
  std::uint64_t frames = 0;
};

struct CaptureSummary {
  std::vector<ProtocolCount> protocols;  // in the order of their first frames
  std::uint64_t wrong_checksums = 0;     // of IPv4, ICMP, UDP and TCP headers
  EchoTable pings;
  std::vector<DnsExchange> dns;
  std::vector<FtpDialogue> ftp;
  std::vector<HttpExchange> http;
  std::vector<TlsConnection> tls;
  std::vector<SeenCredential> credentials;
  std::vector<SipMessage> sip;
  std::uint64_t sip_unreadable = 0;  // messages
  std::vector<RtpStream> rtp;
  std::vector<RtmpConnection> rtmp;
};

/// Reads a pcap or pcapng file. A fault says what cannot be read.
Result<CaptureSummary> summarize(const std::filesystem::path& file, Language language = Language::english);

/// What ProtocolCount::name may be: what else a scenario expects can never be met.
bool is_protocol_name(std::string_view text);

/// One sentence for each expectation that is not met: what was expected, what there is.
std::vector<std::string> failures(const CaptureExpectation& expect, const CaptureSummary& summary,
                                  Language language = Language::english);

}  // namespace labnet::scenario
