#include "clients/scenario/capture_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "common/base/text.hpp"
#include "common/packet/capture_reader.hpp"

namespace labnet::scenario {
namespace {

using namespace std::string_view_literals;

std::string protocol_of(const packet::Frame& frame) {
  if (frame.arp) return "ARP";
  if (frame.icmp) return "ICMP";
  if (frame.udp) return frame.udp->source_port == dns_port || frame.udp->destination_port == dns_port ? "DNS" : "UDP";
  if (frame.tcp) return "TCP";
  if (frame.ipv4) return "IPv4";
  return frame.ethernet ? fmt::format("0x{:04x}", frame.ethernet->type) : "unknown";
}

bool has_wrong_checksum(const packet::Frame& frame) {
  constexpr auto wrong = packet::Checksum::wrong;
  return (frame.ipv4 && frame.ipv4->checksum == wrong) || (frame.icmp && frame.icmp->checksum == wrong) ||
         (frame.udp && frame.udp->checksum == wrong) || (frame.tcp && frame.tcp->checksum == wrong);
}

/// Gathers all that is known of the frames of a file.
class Summarizer {
 public:
  void add(const packet::CapturedFrame& captured) {
    echoes_.add(captured);
    const auto frame = packet::parse_frame(captured.data);
    dns_.add(echoes_.table().frames, captured.time, frame);
    if (has_wrong_checksum(frame)) ++summary_.wrong_checksums;
    ftp_.add(echoes_.table().frames, captured.time, frame);
    const auto of_ftp = ftp_.protocol_of(frame);
    const auto name = of_ftp.empty() ? protocol_of(frame) : std::string{of_ftp};
    const auto known = std::ranges::find(summary_.protocols, name, &ProtocolCount::name);
    if (known == summary_.protocols.end()) {
      summary_.protocols.push_back({name, 1});
    } else {
      ++known->frames;
    }
  }

  CaptureSummary finish() {
    summary_.pings = echoes_.table();
    summary_.dns = dns_.exchanges();
    summary_.ftp = ftp_.dialogues();
    return std::move(summary_);
  }

 private:
  CaptureSummary summary_;
  EchoTableBuilder echoes_;
  DnsTableBuilder dns_;
  FtpTableBuilder ftp_;
};

/// Collects sentences about what is not as expected.
class Checker {
 public:
  template <class T>
  void expect(std::string_view what, const T& expected, const T& found) {
    if (expected != found) add(fmt::format("{}: expected {}, found {}", what, expected, found));
  }
  void add(std::string sentence) { sentences_.push_back(std::move(sentence)); }
  std::vector<std::string> take() { return std::move(sentences_); }

 private:
  std::vector<std::string> sentences_;
};

std::string names_of(const std::vector<ProtocolCount>& protocols) {
  std::vector<std::string> names;
  for (const auto& protocol : protocols) names.push_back(protocol.name);
  return join(names, ", ");
}

void check_echo(Checker& checker, std::string_view what, const CaptureExpectation& expect, std::optional<int> ttl,
                const EchoFrame& echo) {
  if (ttl) checker.expect<int>(fmt::format("TTL of {}", what), *ttl, echo.ttl);
  if (expect.frame_bytes) {
    checker.expect<std::size_t>(fmt::format("bytes of the frame of {}", what), *expect.frame_bytes, echo.frame_bytes);
  }
}

void check_echoes(Checker& checker, const CaptureExpectation& expect, const EchoTable& pings) {
  if (expect.echoes) checker.expect("echo requests", *expect.echoes, pings.echoes.size());
  for (const auto& echo : pings.echoes) {
    const auto number = fmt::format("echo request {}", echo.sequence_number);
    check_echo(checker, number, expect, expect.request_ttl, echo.request);
    if (!echo.reply) {
      if (expect.echoes) checker.add(fmt::format("{} has no reply", number));
      continue;
    }
    check_echo(checker, fmt::format("the reply to {}", number), expect, expect.reply_ttl, *echo.reply);
  }
  for (const auto address : expect.arps) {
    const auto tells = [&](const ArpExchange& arp) { return arp.asked == address && arp.answered_mac.has_value(); };
    if (std::ranges::none_of(pings.arps, tells)) {
      checker.add(fmt::format("expected an ARP exchange about {}, found none", to_string(address)));
    }
  }
}

void check_question(Checker& checker, const DnsExpectation& expect, const DnsExchange& found) {
  const auto what = fmt::format("question {} {}", expect.name, expect.type);
  if (!equals_ignoring_case(found.name, expect.name) || found.type != expect.type) {
    return checker.add(fmt::format("expected the {}, found {} {}", what, found.name, found.type));
  }
  if (!found.answer) return checker.add(fmt::format("the {} has no answer", what));
  if (expect.server) {
    checker.expect(fmt::format("server asked the {}", what), to_string(*expect.server), to_string(found.server));
  }
  if (expect.referral && !equals_ignoring_case(*expect.referral, found.answer->referral)) {
    checker.expect(fmt::format("referral in the answer to the {}", what), *expect.referral, found.answer->referral);
  }
  if (expect.answer) checker.expect(fmt::format("answer to the {}", what), *expect.answer, found.answer->last_data);
  checker.expect(fmt::format("flags of the answer to the {}", what), join(expect.flags, " "),
                 join(found.answer->flags, " "));
  checker.expect(fmt::format("rcode of the answer to the {}", what), expect.rcode, found.answer->rcode);
  if (expect.udp_bytes) {
    checker.expect<std::size_t>(fmt::format("UDP length of the answer to the {}", what), *expect.udp_bytes,
                                found.answer->udp_bytes);
  }
}

void check_ftp(Checker& checker, const FtpExpectation& expect, const std::vector<FtpDialogue>& found) {
  if (found.size() != 1) return checker.expect<std::size_t>("FTP control connections", 1, found.size());
  const auto& dialogue = found.front();
  if (!expect.commands.empty()) {
    checker.expect("FTP commands", join(expect.commands, " "), join(dialogue.verbs(), " "));
  }
  if (!expect.replies.empty()) {
    checker.expect("FTP replies", fmt::format("{}", fmt::join(expect.replies, " ")),
                   fmt::format("{}", fmt::join(dialogue.reply_codes(), " ")));
  }
  for (const auto& wanted : expect.transfers) {
    const auto is_it = [&](const FtpTransfer& one) { return one.command == wanted.command; };
    const auto one = std::ranges::find_if(dialogue.transfers, is_it);
    if (one == dialogue.transfers.end()) {
      checker.add(fmt::format("expected a data connection for \"{}\", found none", wanted.command));
    } else if (wanted.bytes) {
      checker.expect<std::uint64_t>(fmt::format("bytes of \"{}\"", wanted.command), *wanted.bytes, one->bytes);
    }
  }
}

}  // namespace

bool is_protocol_name(std::string_view text) {
  constexpr std::array names{"ARP"sv,      "ICMP"sv, "DNS"sv,  "UDP"sv,    "FTP"sv,
                             "FTP-DATA"sv, "TCP"sv,  "IPv4"sv, "unknown"sv};
  if (std::ranges::find(names, text) != names.end()) return true;
  const auto type = text.starts_with("0x") ? parse_integer<std::uint16_t>(text.substr(2), 16) : std::nullopt;
  return type && text == fmt::format("0x{:04x}", *type);
}

Result<CaptureSummary> summarize(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return system_error(fmt::format("cannot read {}", path.string()));
  packet::CaptureReader reader;
  Summarizer summarizer;
  std::array<char, 65536> piece{};
  while (file.read(piece.data(), piece.size()), file.gcount() > 0) {
    reader.feed(as_bytes({piece.data(), static_cast<std::size_t>(file.gcount())}));
    for (;;) {
      const auto frame = reader.next();
      if (!frame) return Error{path.string(), ": ", packet::describe(frame.error())};
      if (!*frame) break;
      summarizer.add(**frame);
    }
  }
  if (reader.unread_bytes() > 0) return Error{path.string(), ": ends in the middle of a frame"};
  return summarizer.finish();
}

std::vector<std::string> failures(const CaptureExpectation& expect, const CaptureSummary& summary) {
  Checker checker;
  if (summary.wrong_checksums > 0) checker.add(fmt::format("{} frames have a wrong checksum", summary.wrong_checksums));
  if (!expect.protocols.empty()) {
    checker.expect("protocols", join(expect.protocols, ", "), names_of(summary.protocols));
  }
  check_echoes(checker, expect, summary.pings);
  if (expect.dns) {
    checker.expect("DNS questions", expect.dns->size(), summary.dns.size());
    for (std::size_t i = 0; i < std::min(expect.dns->size(), summary.dns.size()); ++i) {
      check_question(checker, (*expect.dns)[i], summary.dns[i]);
    }
  }
  if (expect.ftp) check_ftp(checker, *expect.ftp, summary.ftp);
  return checker.take();
}

}  // namespace labnet::scenario
