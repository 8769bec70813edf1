#include "clients/scenario/capture_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "clients/scenario/messages.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/packet/capture_reader.hpp"

namespace labnet::scenario {
namespace {

using namespace std::string_view_literals;

/// By the port of those that are served, where the bytes themselves do not tell; TCP for what carries nothing.
std::string protocol_of(const packet::Tcp& tcp) {
  const auto is_of = [&](std::uint16_t port) { return tcp.source_port == port || tcp.destination_port == port; };
  if (tcp.payload.empty()) return "TCP";
  return is_of(http_port) ? "HTTP" : is_of(https_port) ? "TLS" : "TCP";
}

std::string protocol_of(const packet::Udp& udp) {
  return udp.source_port == dns_port || udp.destination_port == dns_port ? "DNS" : "UDP";
}

std::string protocol_of(const packet::Frame& frame) {
  if (frame.arp) return "ARP";
  if (frame.icmp) return "ICMP";
  if (frame.udp) return protocol_of(*frame.udp);
  if (frame.tcp) return protocol_of(*frame.tcp);
  if (frame.ipv4) return "IPv4";
  return frame.ethernet ? fmt::format("0x{:04x}", frame.ethernet->type) : "unknown";
}

bool has_wrong_checksum(const packet::Frame& frame) {
  constexpr auto wrong = packet::Checksum::wrong;
  return (frame.ipv4 && frame.ipv4->checksum == wrong) || (frame.icmp && frame.icmp->checksum == wrong) ||
         (frame.udp && frame.udp->checksum == wrong) || (frame.tcp && frame.tcp->checksum == wrong);
}

/// Counts frames of protocols, whichever is told first.
class ProtocolTally {
 public:
  void add(std::string_view name, std::uint64_t first, std::uint64_t frames = 1) {
    if (frames == 0) return;
    const auto known = std::ranges::find(counts_, name, [](const Entry& entry) { return entry.count.name; });
    if (known == counts_.end()) {
      counts_.push_back({first, {std::string{name}, frames}});
    } else {
      known->first = std::min(known->first, first);
      known->count.frames += frames;
    }
  }
  std::vector<ProtocolCount> take() {
    std::ranges::sort(counts_, {}, &Entry::first);
    std::vector<ProtocolCount> counts;
    for (auto& entry : counts_) counts.push_back(std::move(entry.count));
    return counts;
  }

 private:
  struct Entry {
    std::uint64_t first;  // number of a frame
    ProtocolCount count;
  };
  std::vector<Entry> counts_;
};

/// Gathers all that is known of the frames of a file.
class Summarizer {
 public:
  void add(const packet::CapturedFrame& captured) {
    echoes_.add(captured);
    const auto frame = packet::parse_frame(captured.data);
    dns_.add(echoes_.table().frames, captured.time, frame);
    if (has_wrong_checksum(frame)) ++summary_.wrong_checksums;
    ftp_.add(echoes_.table().frames, captured.time, frame);
    http_.add(echoes_.table().frames, captured.time, frame);
    tls_.add(echoes_.table().frames, captured.time, frame);
    sip_.add(echoes_.table().frames, captured.time, frame);
    rtmp_.add(echoes_.table().frames, frame);
    const auto name = name_of(frame);
    // Whether it is RTP the next packets tell.
    const bool is_undecided =
        name == "UDP" && rtp_.add(echoes_.table().frames, captured.time, captured.wire_bytes, frame);
    if (!is_undecided) tally_.add(name, echoes_.table().frames);
  }

  CaptureSummary finish() {
    echoes_.finish();
    summary_.pings = echoes_.table();
    summary_.dns = dns_.exchanges();
    summary_.ftp = ftp_.dialogues();
    summary_.http = http_.exchanges();
    summary_.tls = tls_.connections();
    summary_.sip = sip_.messages();
    summary_.credentials = credentials_of(summary_.http, summary_.sip);
    summary_.sip_unreadable = sip_.unreadable();
    summary_.rtp = rtp_.streams();
    summary_.rtmp = rtmp_.connections();
    const auto media = rtp_.frames_of_streams(), others = rtp_.frames_of_others();
    tally_.add("RTP", media.first, media.count);
    tally_.add("UDP", others.first, others.count);
    summary_.protocols = tally_.take();
    return std::move(summary_);
  }

 private:
  std::string name_of(const packet::Frame& frame) const {
    if (const auto of_ftp = ftp_.protocol_of(frame); !of_ftp.empty()) return std::string{of_ftp};
    if (tls_.is_tls(frame)) return "TLS";
    if (SipTableBuilder::is_sip(frame)) return "SIP";
    if (RtmpTableBuilder::is_rtmp(frame)) return "RTMP";
    return RtpTableBuilder::is_rtcp(frame) ? "RTCP" : protocol_of(frame);
  }

  CaptureSummary summary_;
  EchoTableBuilder echoes_;
  DnsTableBuilder dns_;
  FtpTableBuilder ftp_;
  HttpTableBuilder http_;
  TlsTableBuilder tls_;
  SipTableBuilder sip_;
  RtpTableBuilder rtp_;
  RtmpTableBuilder rtmp_;
  ProtocolTally tally_;
};

/// Collects sentences about what is not as expected.
class Checker {
 public:
  explicit Checker(Language language) : language_{language} {}

  template <class T>
  void expect(std::string_view what, const T& expected, const T& found) {
    if (expected != found) add(messages::unmet, what, expected, found);
  }
  template <class... Values>
  void add(const Message& message, const Values&... values) {
    sentences_.push_back(say(message, values...));
  }
  void add(const messages::Counted& message, std::uint64_t count) {
    sentences_.push_back(message.in(language_, count));
  }
  template <class... Values>
  std::string say(const Message& message, const Values&... values) const {
    return message.in(language_, values...);
  }
  std::vector<std::string> take() { return std::move(sentences_); }

 private:
  Language language_;
  std::vector<std::string> sentences_;
};

std::string names_of(const std::vector<ProtocolCount>& protocols) {
  std::vector<std::string> names;
  for (const auto& protocol : protocols) names.push_back(protocol.name);
  return join(names, ", ");
}

/// An echo request, or the reply to it: how it is told of.
struct EchoWords {
  const Message& ttl;
  const Message& bytes;
};
constexpr EchoWords request_words{messages::request_ttl, messages::request_bytes};
constexpr EchoWords reply_words{messages::reply_ttl, messages::reply_bytes};

void check_echo(Checker& checker, const EchoWords& words, std::uint16_t number, const CaptureExpectation& expect,
                std::optional<int> ttl, const EchoFrame& echo) {
  if (ttl) checker.expect<int>(checker.say(words.ttl, number), *ttl, echo.ttl);
  if (expect.frame_bytes) {
    checker.expect<std::size_t>(checker.say(words.bytes, number), *expect.frame_bytes, echo.frame_bytes);
  }
}

void check_echoes(Checker& checker, const CaptureExpectation& expect, const EchoTable& pings) {
  if (expect.echoes) checker.expect(checker.say(messages::echo_requests), *expect.echoes, pings.echoes.size());
  for (const auto& echo : pings.echoes) {
    const auto number = echo.sequence_number;
    check_echo(checker, request_words, number, expect, expect.request_ttl, echo.request);
    if (!echo.reply) {
      if (expect.echoes) checker.add(messages::echo_without_reply, number);
      continue;
    }
    check_echo(checker, reply_words, number, expect, expect.reply_ttl, *echo.reply);
  }
  for (const auto address : expect.arps) {
    const auto tells = [&](const ArpExchange& arp) { return arp.asked == address && arp.answered_mac.has_value(); };
    if (std::ranges::none_of(pings.arps, tells)) checker.add(messages::no_arp_exchange, to_string(address));
  }
}

void check_question(Checker& checker, const DnsExpectation& expect, const DnsExchange& found) {
  const auto what = [&](const Message& message) { return checker.say(message, expect.name, expect.type); };
  if (!equals_ignoring_case(found.name, expect.name) || found.type != expect.type) {
    return checker.add(messages::other_question, expect.name, expect.type, found.name, found.type);
  }
  if (!found.answer) return checker.add(messages::question_without_answer, expect.name, expect.type);
  if (expect.server) checker.expect(what(messages::server_asked), to_string(*expect.server), to_string(found.server));
  if (expect.referral && !equals_ignoring_case(*expect.referral, found.answer->referral)) {
    checker.expect(what(messages::referral_of), *expect.referral, found.answer->referral);
  }
  if (expect.answer) checker.expect(what(messages::answer_to), *expect.answer, found.answer->last_data);
  checker.expect(what(messages::flags_of), join(expect.flags, " "), join(found.answer->flags, " "));
  checker.expect(what(messages::rcode_of), expect.rcode, found.answer->rcode);
  if (expect.udp_bytes) {
    checker.expect<std::size_t>(what(messages::udp_length_of), *expect.udp_bytes, found.answer->udp_bytes);
  }
}

void check_ftp(Checker& checker, const FtpExpectation& expect, const std::vector<FtpDialogue>& found) {
  if (found.size() != 1) return checker.expect<std::size_t>(checker.say(messages::ftp_connections), 1, found.size());
  const auto& dialogue = found.front();
  if (!expect.commands.empty()) {
    checker.expect(checker.say(messages::ftp_commands), join(expect.commands, " "), join(dialogue.verbs(), " "));
  }
  if (!expect.replies.empty()) {
    checker.expect(checker.say(messages::ftp_replies), fmt::format("{}", fmt::join(expect.replies, " ")),
                   fmt::format("{}", fmt::join(dialogue.reply_codes(), " ")));
  }
  for (const auto& wanted : expect.transfers) {
    const auto is_it = [&](const FtpTransfer& one) { return one.command == wanted.command; };
    const auto one = std::ranges::find_if(dialogue.transfers, is_it);
    if (one == dialogue.transfers.end()) {
      checker.add(messages::no_data_connection, wanted.command);
    } else if (wanted.bytes) {
      checker.expect<std::uint64_t>(checker.say(messages::bytes_of, wanted.command), *wanted.bytes, one->bytes);
    }
  }
}

/// Without those that are empty, made harmless for a terminal.
std::string words(std::initializer_list<std::string_view> all) {
  std::vector<std::string> there;
  for (const auto word : all) {
    if (!word.empty()) there.push_back(printable(word));
  }
  return join(there, " ");
}

/// "1.3" to "TLS 1.3"
std::string version_name(const std::optional<std::string>& version) {
  return version ? fmt::format("TLS {}", *version) : std::string{};
}

/// "www.example.com TLS 1.3 TLS_AES_256_GCM_SHA384"; "-" for a server without a name.
std::string text_of(const TlsExpectation& expect) {
  const auto name = expect.server_name.empty() ? "-" : expect.server_name;
  return words({name, version_name(expect.version), expect.cipher.value_or("")});
}
std::string text_of(const TlsConnection& found) {
  return words({found.server_name.empty() ? "-" : found.server_name, found.version, found.cipher_suite});
}

/// "basic ann secret", "cookie session=81b0"
std::string text_of(const CredentialExpectation& expect) {
  return words({expect.how, expect.user.value_or(""), expect.password.value_or("")});
}
std::string text_of(const SeenCredential& found) {
  return words({name_of(found.way), found.user, found.password, found.cookie});
}

void check_http(Checker& checker, const HttpExpectation& expect, const HttpExchange& found) {
  const auto check = [&](const Message& message, const auto& wanted, const auto& is) {
    checker.expect(checker.say(message, expect.request), wanted, is);
  };
  const HttpAnswer none;
  const auto& answer = found.answer ? *found.answer : none;
  if (expect.host) check(messages::http_host, *expect.host, found.host);
  check(messages::http_status, expect.status, answer.status);
  if (!expect.fields.empty()) check(messages::http_fields, join(expect.fields, ", "), join(answer.field_names(), ", "));
  if (expect.coding) check(messages::http_coding, *expect.coding, std::string{answer.field("Content-Encoding")});
  if (expect.bytes) check(messages::http_bytes, *expect.bytes, answer.body_bytes);
}

void check_http(Checker& checker, const std::vector<HttpExpectation>& expect, const std::vector<HttpExchange>& found) {
  std::vector<std::string> wanted, there;
  for (const auto& one : expect) wanted.push_back(one.request);
  for (const auto& one : found) there.push_back(fmt::format("{} {}", one.method, one.target));
  const auto what = checker.say(messages::http_requests);
  if (wanted.empty() || there.empty()) return checker.expect(what, wanted.size(), there.size());
  checker.expect(what, join(wanted, ", "), join(there, ", "));
  if (wanted != there) return;
  for (std::size_t i = 0; i < expect.size(); ++i) check_http(checker, expect[i], found[i]);
}

/// Each that is expected is found at least once, and nothing else is, in any order: how many of the same kind there are
/// is left to those who make them. `text_of` says one of either in a few words.
template <class Expectation, class Found>
void check_all(Checker& checker, const Message& what, const std::vector<Expectation>& expect,
               const std::vector<Found>& found, bool (*fits)(const Expectation&, const Found&)) {
  std::vector<std::string> there;
  for (const auto& one : found) {
    auto text = text_of(one);
    if (std::ranges::find(there, text) == there.end()) there.push_back(std::move(text));
  }
  for (const auto& wanted : expect) {
    const auto is_it = [&](const Found& one) { return fits(wanted, one); };
    if (std::ranges::any_of(found, is_it)) continue;
    const auto others = there.empty() ? checker.say(messages::none) : join(there, "; ");
    checker.add(messages::unmet, checker.say(what), text_of(wanted), others);
  }
  std::vector<std::string> told;
  for (const auto& one : found) {
    const auto is_it = [&](const Expectation& wanted) { return fits(wanted, one); };
    auto text = text_of(one);
    if (std::ranges::any_of(expect, is_it) || std::ranges::find(told, text) != told.end()) continue;
    checker.add(messages::unexpected, checker.say(what), text);
    told.push_back(std::move(text));
  }
}

/// All messages between two hosts, but for those that were sent again.
void check_sip(Checker& checker, const SipExpectation& expect, const std::vector<const SipMessage*>& found) {
  const auto say = [&](const Message& message, std::size_t i) {
    return checker.say(message, i + 1, to_string(expect.one), to_string(expect.other));
  };
  for (std::size_t i = 0; i < found.size() && expect.bindings; ++i) {
    if (found[i]->tells_bindings())
      checker.expect(say(messages::sip_bindings, i), *expect.bindings, found[i]->contacts);
  }
  const auto count = std::max(expect.messages.size(), found.size());
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_expected = i < expect.messages.size(), is_there = i < found.size();
    if (is_expected && is_there && found[i]->is_named(expect.messages[i])) continue;
    const auto none = checker.say(messages::none);
    return checker.expect(say(messages::sip_message, i), is_expected ? expect.messages[i] : none,
                          is_there ? printable(found[i]->name()) : none);
  }
}

void check_sip(Checker& checker, const std::vector<SipExpectation>& expect, const CaptureSummary& summary) {
  if (summary.sip_unreadable > 0) checker.add(messages::sip_unreadable, summary.sip_unreadable);
  const auto is_between = [](const SipExpectation& hosts, const SipMessage& message) {
    return std::minmax(hosts.one, hosts.other) == std::minmax(message.source, message.destination);
  };
  for (const auto& dialogue : expect) {
    std::vector<const SipMessage*> found;
    for (const auto& message : summary.sip) {
      if (!message.is_repeat && is_between(dialogue, message)) found.push_back(&message);
    }
    check_sip(checker, dialogue, found);
  }
  for (const auto& message : summary.sip) {
    const auto is_its = [&](const SipExpectation& hosts) { return is_between(hosts, message); };
    if (std::ranges::any_of(expect, is_its)) continue;
    const auto text = fmt::format("{} -> {} {}", to_string(message.source), to_string(message.destination),
                                  printable(message.name()));
    return checker.add(messages::unexpected, checker.say(messages::sip_messages), text);
  }
}

std::string ends_of(Ipv4Address from, Ipv4Address to) {
  return fmt::format("{} -> {}", to_string(from), to_string(to));
}

void check_stream(Checker& checker, const RtpExpectation& expect, const RtpStream& found) {
  const auto name = ends_of(expect.from, expect.to);
  const auto check = [&](const Message& message, const auto& wanted, const auto& is) {
    checker.expect(checker.say(message, name), wanted, is);
  };
  for (const auto& payload : found.payloads) {
    check(messages::payload_type_of, expect.payload_type, static_cast<int>(payload.type));
    if (!expect.frame_bytes || payload.type != expect.payload_type) continue;
    check(messages::frame_bytes_of, *expect.frame_bytes, payload.frame_bytes_min);
    if (payload.frame_bytes_max != payload.frame_bytes_min) {
      check(messages::frame_bytes_of, *expect.frame_bytes, payload.frame_bytes_max);
    }
  }
  if (found.packets < expect.packets_min) {
    checker.add(messages::too_few_packets, name, expect.packets_min, found.packets);
  }
  check(messages::lost_of, expect.lost, found.lost);
  if (expect.begins_with_marker) {
    check(messages::marker_of, static_cast<int>(*expect.begins_with_marker),
          static_cast<int>(found.begins_with_marker));
  }
  if (!expect.opening_bytes) return;
  if (!found.is_opened_first()) return checker.add(messages::no_opening, name);
  check(messages::opening_of, *expect.opening_bytes, found.opening->frame_bytes);
}

void check_rtp(Checker& checker, const std::vector<RtpExpectation>& expect, const std::vector<RtpStream>& found) {
  const auto is_it = [](const RtpExpectation& wanted, const RtpStream& stream) {
    return wanted.from == stream.source && wanted.to == stream.destination;
  };
  for (const auto& wanted : expect) {
    const auto stream = std::ranges::find_if(found, [&](const RtpStream& one) { return is_it(wanted, one); });
    if (stream == found.end()) {
      checker.add(messages::no_rtp_stream, ends_of(wanted.from, wanted.to));
    } else {
      check_stream(checker, wanted, *stream);
    }
  }
  for (auto stream = found.begin(); stream != found.end(); ++stream) {
    const auto name = ends_of(stream->source, stream->destination);
    const auto same_ends = [&](const RtpStream& one) {
      return one.source == stream->source && one.destination == stream->destination;
    };
    const bool is_wanted = std::ranges::any_of(expect, [&](const RtpExpectation& one) { return is_it(one, *stream); });
    if (!is_wanted || std::find_if(found.begin(), stream, same_ends) != stream) {
      checker.add(messages::unexpected, checker.say(messages::rtp_streams), name);
    }
    const auto twin =
        std::find_if(found.begin(), stream, [&](const RtpStream& one) { return one.ssrc == stream->ssrc; });
    if (twin != stream) {
      checker.add(messages::same_ssrc, ends_of(twin->source, twin->destination), name, stream->ssrc);
    }
  }
}

void check_connection(Checker& checker, std::size_t number, const RtmpExpectation& expect,
                      const RtmpConnection& found) {
  if (!found.fault.empty()) return checker.add(messages::rtmp_unreadable, number, found.fault);
  checker.expect(checker.say(messages::rtmp_ends, number), ends_of(expect.client, expect.server),
                 ends_of(found.client, found.server));
  const auto count = std::max(expect.messages.size(), found.messages.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto none = checker.say(messages::none);
    const auto wanted = i < expect.messages.size() ? expect.messages[i] : none;
    const auto is = i < found.messages.size() ? printable(found.messages[i].name) : none;
    if (wanted == is) continue;
    checker.expect(checker.say(messages::rtmp_message, i + 1, number), wanted, is);
    break;
  }
  const auto audio = found.from_client.audio_messages + found.from_server.audio_messages;
  const auto video = found.from_client.video_messages + found.from_server.video_messages;
  if (audio < expect.audio_min) checker.add(messages::rtmp_too_few, "Audio Data", number, expect.audio_min, audio);
  if (video < expect.video_min) checker.add(messages::rtmp_too_few, "Video Data", number, expect.video_min, video);
}

void check_rtmp(Checker& checker, const std::vector<RtmpExpectation>& expect,
                const std::vector<RtmpConnection>& found) {
  checker.expect(checker.say(messages::rtmp_connections), expect.size(), found.size());
  for (std::size_t i = 0; i < std::min(expect.size(), found.size()); ++i) {
    check_connection(checker, i + 1, expect[i], found[i]);
  }
}

bool fits(const TlsExpectation& expect, const TlsConnection& found) {
  return equals_ignoring_case(expect.server_name, found.server_name) &&
         (!expect.version || version_name(expect.version) == found.version) &&
         (!expect.cipher || *expect.cipher == found.cipher_suite);
}

bool fits(const CredentialExpectation& expect, const SeenCredential& found) {
  return expect.how == name_of(found.way) && expect.user.value_or(found.user) == found.user &&
         expect.password.value_or(found.password) == found.password;
}

}  // namespace

bool is_protocol_name(std::string_view text) {
  constexpr std::array names{"ARP"sv,      "ICMP"sv, "DNS"sv,  "SIP"sv, "RTP"sv, "RTCP"sv, "UDP"sv,    "FTP"sv,
                             "FTP-DATA"sv, "HTTP"sv, "RTMP"sv, "TLS"sv, "TCP"sv, "IPv4"sv, "unknown"sv};
  if (std::ranges::find(names, text) != names.end()) return true;
  const auto type = text.starts_with("0x") ? parse_integer<std::uint16_t>(text.substr(2), 16) : std::nullopt;
  return type && text == fmt::format("0x{:04x}", *type);
}

Result<CaptureSummary> summarize(const std::filesystem::path& path, Language language) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return Error{messages::unreadable.in(language, path.string(), std::strerror(errno))};
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
  if (reader.unread_bytes() > 0) return Error{messages::capture_is_cut.in(language, path.string())};
  return summarizer.finish();
}

std::vector<std::string> failures(const CaptureExpectation& expect, const CaptureSummary& summary, Language language) {
  Checker checker{language};
  if (summary.wrong_checksums > 0) checker.add(messages::wrong_checksums, summary.wrong_checksums);
  if (!expect.protocols.empty()) {
    checker.expect(checker.say(messages::protocols), join(expect.protocols, ", "), names_of(summary.protocols));
  }
  check_echoes(checker, expect, summary.pings);
  if (expect.dns) {
    checker.expect(checker.say(messages::dns_questions), expect.dns->size(), summary.dns.size());
    for (std::size_t i = 0; i < std::min(expect.dns->size(), summary.dns.size()); ++i) {
      check_question(checker, (*expect.dns)[i], summary.dns[i]);
    }
  }
  if (expect.ftp) check_ftp(checker, *expect.ftp, summary.ftp);
  if (expect.http) check_http(checker, *expect.http, summary.http);
  if (expect.credentials) {
    check_all(checker, messages::credentials, *expect.credentials, summary.credentials, fits);
  }
  if (expect.sip) check_sip(checker, *expect.sip, summary);
  if (expect.rtp) check_rtp(checker, *expect.rtp, summary.rtp);
  if (expect.rtmp) check_rtmp(checker, *expect.rtmp, summary.rtmp);
  if (expect.tls) check_all(checker, messages::tls_connections, *expect.tls, summary.tls, fits);
  return checker.take();
}

}  // namespace labnet::scenario
