// RTCP: what sender and receiver tell each other about a stream (RFC 3550, section 6).
//
// Several packets travel as one compound datagram, a report first (6.1):
//
//   |V=2|P|  RC   |     PT        |  length in words, less one    |   RC counts blocks, chunks or sources
//   |  what the type says                                         |   P: padding, in the last one only
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace labnet::rtp {

/// Seconds since 1900 and their fraction in 2^-32; see rtcp_timing.hpp.
struct NtpTime {
  std::uint32_t seconds = 0;
  std::uint32_t fraction = 0;

  bool operator==(const NtpTime&) const = default;
};

/// What is said about one source that is received (6.4.1).
struct ReportBlock {
  std::uint32_t ssrc = 0;            // whose
  std::uint8_t fraction_lost = 0;    // in 256ths, since the report before
  std::int32_t cumulative_lost = 0;  // 24 bits with a sign; beyond them the nearest is written
  std::uint32_t extended_highest_sequence = 0;
  std::uint32_t jitter_ticks = 0;
  std::uint32_t last_sender_report = 0;         // LSR: the middle 32 bits of its NTP time; 0 if there was none
  std::uint32_t delay_since_sender_report = 0;  // DLSR, in 2^-16 s

  bool operator==(const ReportBlock&) const = default;
};

struct SenderReport {  // PT 200
  std::uint32_t ssrc = 0;
  NtpTime ntp_time;
  std::uint32_t rtp_timestamp = 0;  // of the same instant
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;  // of payload
  std::vector<ReportBlock> blocks{};

  bool operator==(const SenderReport&) const = default;
};

struct ReceiverReport {  // PT 201
  std::uint32_t ssrc = 0;
  std::vector<ReportBlock> blocks{};

  bool operator==(const ReceiverReport&) const = default;
};

struct DescriptionItem {
  std::uint8_t type = 0;  // 1 CNAME, 2 NAME, 3 EMAIL, 4 PHONE, 5 LOC, 6 TOOL, 7 NOTE, 8 PRIV
  std::string text;

  bool operator==(const DescriptionItem&) const = default;
};
inline constexpr std::uint8_t cname_item = 1;
inline constexpr std::uint8_t tool_item = 6;

struct DescribedSource {
  std::uint32_t ssrc = 0;
  std::vector<DescriptionItem> items{};

  bool operator==(const DescribedSource&) const = default;
};
struct SourceDescription {  // PT 202
  std::vector<DescribedSource> sources{};

  bool operator==(const SourceDescription&) const = default;
};

struct Bye {  // PT 203
  std::vector<std::uint32_t> ssrcs{};
  std::string reason{};  // empty: none

  bool operator==(const Bye&) const = default;
};

/// APP (204), feedback (205, 206), extended reports (207) and what may come: passed on as it is.
struct OtherRtcp {
  std::uint8_t type = 0;
  std::uint8_t count = 0;  // the five bits behind P
  Buffer body{};           // whole words

  bool operator==(const OtherRtcp&) const = default;
};

using RtcpPacket = std::variant<SenderReport, ReceiverReport, SourceDescription, Bye, OtherRtcp>;

enum class RtcpFault {
  truncated,         // the datagram ends inside a packet, or a packet inside what it announces
  bad_version,       // not 2
  not_a_report,      // the first packet is none (RFC 3550, A.2)
  bad_padding,       // not in the last packet, or of no possible length
  bad_description,   // an item that runs out of its packet
  too_many_packets,  // rtcp_packets_max
  too_many_items,    // description_items_max
};
std::string_view describe(RtcpFault fault);

/// input    one datagram
/// returns  one packet at least
Result<std::vector<RtcpPacket>, RtcpFault> parse_compound(Bytes input);

/// Appends them as one compound packet. The caller puts a report first; blocks, sources, items and text beyond what
/// the format holds (31, 31, description_items_max, 255 bytes) are left out.
void write_compound(const std::vector<RtcpPacket>& packets, ByteWriter& out);

}  // namespace labnet::rtp
