#include "clients/scenario/capture_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "clients/scenario/call_text.hpp"
#include "clients/scenario/messages.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/program/help_text.hpp"
#include "common/program/table.hpp"
#include "common/rtmp/tunnel.hpp"

namespace labnet::scenario {
namespace {

constexpr std::size_t dialogue_columns = 71;  // of a line, so that a terminal of 80 holds it
constexpr std::size_t transfer_columns = 40;
constexpr std::size_t hash_columns = 54;

/// What stands behind a mark, and where a line is full goes on below itself.
std::string lines_behind(std::string_view mark, std::string_view text) {
  std::string lines;
  for (const auto& line : program::wrap(text, program::help_columns - mark.size())) {
    lines += fmt::format("{}{}\n", lines.empty() ? std::string{mark} : std::string(mark.size(), ' '), line);
  }
  return lines;
}

/// Echoes between the same two hosts share two lines: addresses, MACs and TTLs are those of the report's table.
std::string echo_text(const EchoTable& pings, Language language) {
  program::Table table{{"", messages::source.in(language), messages::destination.in(language),
                        messages::source_mac.in(language), messages::destination_mac.in(language), "TTL", "BYTES",
                        messages::count.in(language)}};
  std::map<std::vector<std::string>, std::uint64_t> counts;
  std::vector<std::vector<std::string>> order;
  const auto count = [&](const Message& what, const EchoFrame& frame) {
    std::vector<std::string> row{what.in(language),
                                 to_string(frame.source),
                                 to_string(frame.destination),
                                 to_string(frame.source_mac),
                                 to_string(frame.destination_mac),
                                 std::to_string(frame.ttl),
                                 std::to_string(frame.frame_bytes)};
    if (counts[row]++ == 0) order.push_back(std::move(row));
  };
  for (const auto& echo : pings.echoes) {
    count(messages::request, echo.request);
    if (echo.reply) count(messages::reply, *echo.reply);
  }
  for (auto& row : order) {
    const auto times = counts[row];
    row.push_back(std::to_string(times));
    table.row(row);
  }
  return table.empty() ? "" : table.text(4);
}

std::string arp_text(const ArpExchange& arp, Language language) {
  const auto& none = arp.is_between_others ? messages::answered_elsewhere : messages::no_answer;
  const auto answer = arp.answered_mac ? to_string(*arp.answered_mac) : none.in(language);
  return lines_behind("    ARP  ", messages::arp.in(language, to_string(arp.asking), to_string(arp.asking_mac),
                                                    to_string(arp.asked), answer));
}

std::string dns_text(const DnsExchange& exchange, Language language) {
  auto text = fmt::format("    DNS  {}\n", messages::dns.in(language, to_string(exchange.client), exchange.client_port,
                                                            to_string(exchange.server), exchange.name, exchange.type));
  const auto add = [&](const std::string& line) { text += fmt::format("         {}\n", line); };
  if (!exchange.answer) {
    add(messages::no_answer.in(language));
    return text;
  }
  const auto& answer = *exchange.answer;
  const auto flags =
      answer.flags.empty() ? messages::no_flags.in(language) : messages::flags.in(language, join(answer.flags, " "));
  add(fmt::format("{}, {}, {}", answer.rcode, flags, messages::udp_length.in(language, answer.udp_bytes)));
  if (!answer.referral.empty()) add(messages::refers_to.in(language, answer.referral));
  for (const auto& record : answer.records) add(record);
  return text;
}

/// As `labnet ftp -v` prints it, too.
std::string shown_line(const FtpLine& line) {
  return fmt::format("{} {}", line.is_reply ? "<-" : "->", printable(line.text));
}

std::string ftp_lines(const FtpDialogue& dialogue, Language language, const std::set<std::string>& shown) {
  const auto ends = fmt::format("{}:{} -> {}:{}", to_string(dialogue.client), dialogue.client_port,
                                to_string(dialogue.server), ftp_port);
  const auto is_shown = [&](const FtpLine& line) { return shown.contains(shown_line(line)); };
  const auto is_known = [&](const FtpLine& line) { return !line.is_reply || is_shown(line); };
  const auto is_above = !dialogue.lines.empty() && std::ranges::all_of(dialogue.lines, is_known);
  std::string text;
  for (const auto& line : dialogue.lines) {
    if (is_above && is_shown(line)) continue;
    text += fmt::format("      {}\n", printable(shown_line(line), dialogue_columns));
  }
  if (!is_above) return fmt::format("    FTP  {}\n{}", ends, text);
  const auto& heading = text.empty() ? messages::dialogue_above : messages::dialogue_above_but;
  return fmt::format("    FTP  {}\n{}", heading.in(language, ends, messages::lines.in(language, dialogue.lines.size())),
                     text);
}

std::string ftp_text(const FtpDialogue& dialogue, Language language, const std::set<std::string>& shown) {
  auto text = ftp_lines(dialogue, language, shown);
  if (dialogue.became_secret) text += fmt::format("      {}\n", messages::secret_from_here.in(language));
  for (const auto& transfer : dialogue.transfers) {
    text += fmt::format("    FTP  {}\n", messages::ftp_data.in(language, transfer.how, transfer.port,
                                                               messages::bytes.in(language, transfer.bytes),
                                                               messages::frames.in(language, transfer.frames),
                                                               printable(transfer.command, transfer_columns)));
  }
  return text;
}

/// One line for the request, one for what came: status, coding, and how much of how many frames.
std::string http_text(const HttpExchange& exchange, Language language) {
  const auto ends = fmt::format("{}:{} -> {}:{}", to_string(exchange.client), exchange.client_port,
                                to_string(exchange.server), http_port);
  const auto request = fmt::format("-> {} http://{}{}", exchange.method, exchange.host, exchange.target);
  auto text = fmt::format("    HTTP {}\n      {}\n", ends, printable(request, dialogue_columns));
  if (!exchange.answer) return text + fmt::format("      {}\n", messages::no_answer.in(language));
  const auto& answer = *exchange.answer;
  auto what = std::to_string(answer.status);
  for (const auto name : {"Content-Encoding", "Content-Type"}) {
    if (const auto value = answer.field(name); !value.empty()) what += fmt::format(", {}", value);
  }
  const auto came = messages::http_answer.in(language, printable(what, transfer_columns),
                                             messages::bytes.in(language, answer.body_bytes),
                                             messages::frames.in(language, answer.frames));
  return text + fmt::format("      <- {}\n", came);
}

/// Requests of one session of RTMP within HTTP, of which there are many a second.
struct TunnelTotal {
  std::uint64_t requests = 0;
  std::uint64_t bytes_there = 0, bytes_back = 0;
};

/// The session that the request is for; empty for open and close, and for what is none.
std::string tunnelled_session_of(const HttpExchange& exchange) {
  const auto path = rtmp::parse_tunnel_path(exchange.target);
  const bool is_one_of_many = path && (path->verb == rtmp::TunnelVerb::send || path->verb == rtmp::TunnelVerb::idle);
  return is_one_of_many ? std::string{path->id} : std::string{};
}

/// Of each tunnelled session the first request as any other, and of the rest how much it was.
std::string http_text(const std::vector<HttpExchange>& exchanges, Language language) {
  std::map<std::string, TunnelTotal> totals;
  for (const auto& exchange : exchanges) {
    const auto session = tunnelled_session_of(exchange);
    if (session.empty()) continue;
    auto& total = totals[session];
    if (total.requests++ == 0) continue;
    total.bytes_there += exchange.body_bytes;
    if (exchange.answer) total.bytes_back += exchange.answer->body_bytes;
  }
  std::string text;
  for (const auto& exchange : exchanges) {
    const auto found = totals.find(tunnelled_session_of(exchange));
    if (found == totals.end()) {
      text += http_text(exchange, language);
      continue;
    }
    const auto total = std::exchange(found->second, {});
    if (total.requests == 0) continue;  // told already
    text += http_text(exchange, language);
    if (total.requests == 1) continue;
    const auto rest =
        messages::tunnel_requests.in(language, total.requests - 1, messages::bytes.in(language, total.bytes_there),
                                     messages::bytes.in(language, total.bytes_back));
    text += fmt::format("      {}\n", rest);
  }
  return text;
}

/// "3 handshake (517 bytes), 2 application_data (1040 bytes)" behind a mark; none is broken in two.
std::string traffic_text(std::string_view mark, const std::vector<TlsTraffic>& traffic, Language language) {
  std::vector<std::string> pieces;
  for (const auto& [type, count] : traffic) {
    pieces.push_back(
        fmt::format("{} {} ({})", count.records, packet::name_of(type), messages::bytes.in(language, count.bytes)));
  }
  std::string text, line{mark};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto piece = pieces[i] + (i + 1 < pieces.size() ? "," : "");
    if (line.size() + 1 + piece.size() > program::help_columns) {
      text += line + "\n";
      line.assign(mark.size(), ' ');
    }
    if (line.size() > mark.size()) line += ' ';
    line += piece;
  }
  return text + line + "\n";
}

/// "diario71.com www.diario71.com"
std::string names_text(const TlsCertificate& certificate) {
  return printable(certificate.names.empty() ? certificate.subject : join(certificate.names, " "), dialogue_columns);
}

std::string agreed_text(const TlsConnection& connection, Language language) {
  if (connection.version.empty()) return messages::tls_nothing_agreed.in(language);
  auto text = fmt::format("Server Hello: {}, {}", connection.version, connection.cipher_suite);
  const auto add = [&](const std::string& piece) { text += fmt::format(", {}", piece); };
  if (!connection.protocol.empty()) add(printable(connection.protocol, transfer_columns));
  if (connection.is_resumed) {
    add((*connection.is_resumed ? messages::tls_resumed : messages::tls_new_session).in(language));
  }
  if (!connection.certificates.empty()) {
    add(messages::tls_certificate.in(language, names_text(connection.certificates.front())));
  }
  return text;
}

/// Four things: what was asked for, what was agreed upon, how much went each way.
std::string tls_text(const TlsConnection& connection, Language language) {
  const auto ends = fmt::format("{}:{} -> {}:{}", to_string(connection.client), connection.client_port,
                                to_string(connection.server), connection.server_port);
  const auto versions = join(connection.offered_versions, " ");
  const auto hello =
      connection.server_name.empty()
          ? messages::tls_hello_without_name.in(language, versions)
          : messages::tls_hello.in(language, printable(connection.server_name, transfer_columns), versions);
  return lines_behind("    TLS  ", ends) + lines_behind("      ", hello) +
         lines_behind("      ", agreed_text(connection, language)) +
         traffic_text("      -> ", connection.from_client, language) +
         traffic_text("      <- ", connection.from_server, language);
}

/// Each message with its direction, and how much audio and video there was.
std::string rtmp_text(const RtmpConnection& connection, Language language) {
  auto text = fmt::format("    RTMP {}:{} -> {}:{}\n", to_string(connection.client), connection.client_port,
                          to_string(connection.server), connection.server_port);
  for (const auto& message : connection.messages) {
    text += fmt::format("      {} {}\n", message.is_from_client ? "->" : "<-",
                        printable(message.text, dialogue_columns - 3));
  }
  for (const auto& [arrow, media] :
       {std::pair{"->", connection.from_client}, std::pair{"<-", connection.from_server}}) {
    if (media.bytes == 0) continue;
    text += fmt::format("      {} {}\n", arrow,
                        messages::rtmp_media.in(language, media.video_messages, media.key_frames, media.audio_messages,
                                                messages::bytes.in(language, media.bytes)));
  }
  if (!connection.fault.empty()) text += lines_behind("      ", connection.fault);
  return text;
}

std::string credential_text(const SeenCredential& credential, Language language) {
  const auto shown = [](const std::string& text) { return printable(text, transfer_columns); };
  switch (credential.way) {
    case CredentialWay::digest:
      return messages::password_hashed.in(language, shown(credential.user));
    case CredentialWay::cookie:
      return messages::cookie_of_session.in(language, shown(credential.cookie));
    case CredentialWay::form:
    case CredentialWay::basic:
      break;
  }
  return messages::password_in_clear.in(language, shown(credential.user), shown(credential.password));
}

/// What there is besides the user's name for whoever wants to guess the password.
std::string hash_text(const SeenCredential& credential) {
  std::string text;
  for (const auto& [name, value] :
       {std::pair{"realm", credential.realm}, {"nonce", credential.nonce}, {"response", credential.response}}) {
    text += fmt::format("              {}=\"{}\"\n", name, printable(value, hash_columns));
  }
  return text;
}

/// Of one server's TLS: its name, where it is, how much there was, whom a certificate names that could be read.
struct TlsTotal {
  std::size_t connections = 0;
  std::uint64_t bytes_there = 0, bytes_back = 0;
  std::string certificate{};
};

std::string learnt_of_tls(const std::vector<TlsConnection>& connections, Language language) {
  std::vector<std::string> order;
  std::map<std::string, TlsTotal> totals;
  for (const auto& one : connections) {
    const auto name =
        one.server_name.empty() ? messages::no_name.in(language) : printable(one.server_name, transfer_columns);
    const auto place = fmt::format("{}, {}:{}", name, to_string(one.server), one.server_port);
    auto& total = totals[place];
    if (total.connections++ == 0) order.push_back(place);
    total.bytes_there += one.data_bytes_from_client();
    total.bytes_back += one.data_bytes_from_server();
    if (!one.certificates.empty()) total.certificate = names_text(one.certificates.front());
  }
  std::string text;
  for (const auto& place : order) {
    const auto& total = totals[place];
    const auto sizes = messages::tls_sizes.in(language, total.connections,
                                              messages::bytes.in(language, total.bytes_there), total.bytes_back);
    const auto certificate = total.certificate.empty()
                                 ? std::string{}
                                 : fmt::format("{}; ", messages::tls_certificate.in(language, total.certificate));
    text += lines_behind("      TLS     ", place) + lines_behind("              ", certificate + sizes);
  }
  return text;
}

/// What is not secret, and what remains of what is.
std::string learnt_text(const CaptureSummary& summary, Language language) {
  if (summary.credentials.empty() && summary.tls.empty()) return "";
  auto text = fmt::format("    {}\n", messages::listener_learns.in(language));
  for (const auto& credential : summary.credentials) {
    const auto where = printable(credential.where(), dialogue_columns);
    text += fmt::format("      {:7} {}\n              {}, {}\n", name_of(credential.way), where,
                        credential_text(credential, language), messages::in_requests.in(language, credential.times));
    if (credential.way == CredentialWay::digest) text += hash_text(credential);
  }
  return text + learnt_of_tls(summary.tls, language);
}

}  // namespace

std::string capture_text(const CaptureResult& capture, Language language, const std::set<std::string>& shown) {
  if (!capture.is_there) return fmt::format("  {}\n", capture.file);
  std::string protocols;
  for (const auto& protocol : capture.summary.protocols) {
    protocols += fmt::format("{}{} {}", protocols.empty() ? "" : ", ", protocol.frames, protocol.name);
  }
  auto text = lines_behind(
      "  ", messages::capture.in(language, capture.file, messages::frames.in(language, capture.summary.pings.frames),
                                 protocols, messages::lost.in(language, capture.dropped)));
  for (const auto& arp : capture.summary.pings.arps) text += arp_text(arp, language);
  for (const auto& exchange : capture.summary.dns) text += dns_text(exchange, language);
  for (const auto& dialogue : capture.summary.ftp) text += ftp_text(dialogue, language, shown);
  text += http_text(capture.summary.http, language);
  for (const auto& connection : capture.summary.tls) text += tls_text(connection, language);
  for (const auto& connection : capture.summary.rtmp) text += rtmp_text(connection, language);
  text += call_text(capture.summary.sip, capture.summary.rtp, language);
  text += learnt_text(capture.summary, language);
  return text + echo_text(capture.summary.pings, language);
}

}  // namespace labnet::scenario
