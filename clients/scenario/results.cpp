#include "clients/scenario/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "clients/scenario/call_text.hpp"
#include "clients/scenario/messages.hpp"
#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/control/message.hpp"
#include "common/program/table.hpp"

namespace labnet::scenario {
namespace {

constexpr std::size_t dialogue_columns = 71;  // of a line, so that a terminal of 80 holds it
constexpr std::size_t transfer_columns = 40;

namespace json = boost::json;

json::array strings(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

/// "2026-11-24T13:40:12.123456789Z"
std::string time_text(packet::Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{}.{:09}Z", labnet::time_text(second, 'T'), (time - second).count());
}

json::object to_object(const EchoFrame& frame) {
  return {{"frame", frame.number},
          {"time", time_text(frame.time)},
          {"source", to_string(frame.source)},
          {"destination", to_string(frame.destination)},
          {"source_mac", to_string(frame.source_mac)},
          {"destination_mac", to_string(frame.destination_mac)},
          {"ttl", frame.ttl},
          {"frame_bytes", frame.frame_bytes}};
}

json::object to_object(const EchoExchange& echo) {
  json::object object{
      {"identifier", echo.identifier}, {"sequence_number", echo.sequence_number}, {"request", to_object(echo.request)}};
  if (echo.reply) object["reply"] = to_object(*echo.reply);
  return object;
}

json::object to_object(const ArpExchange& arp) {
  json::object object{{"frame", arp.request_number},
                      {"asking", to_string(arp.asking)},
                      {"asking_mac", to_string(arp.asking_mac)},
                      {"asked", to_string(arp.asked)}};
  if (arp.answered_mac) object["answered_mac"] = to_string(*arp.answered_mac);
  return object;
}

json::object to_object(const DnsExchange& exchange) {
  json::object object{{"frame", exchange.number},
                      {"time", time_text(exchange.time)},
                      {"client", to_string(exchange.client)},
                      {"client_port", exchange.client_port},
                      {"server", to_string(exchange.server)},
                      {"name", exchange.name},
                      {"type", exchange.type},
                      {"edns", exchange.has_edns}};
  if (exchange.answer) {
    const auto& answer = *exchange.answer;
    object["answer"] = json::object{{"frame", answer.number},      {"flags", strings(answer.flags)},
                                    {"rcode", answer.rcode},       {"records", strings(answer.records)},
                                    {"referral", answer.referral}, {"udp_bytes", answer.udp_bytes}};
  }
  return object;
}

json::object to_object(const FtpLine& line) {
  return {{"frame", line.number},
          {"time", time_text(line.time)},
          {"from", line.is_reply ? "server" : "client"},
          {"text", printable(line.text)}};
}

json::object to_object(const FtpTransfer& transfer) {
  return {{"command", printable(transfer.command)},
          {"by", transfer.how},
          {"port", transfer.port},
          {"bytes", transfer.bytes},
          {"frames", transfer.frames}};
}

json::object to_object(const std::pair<std::string, std::string>& field) {
  return {{"name", printable(field.first)}, {"value", printable(field.second)}};
}

json::object to_object(const TlsCertificate& certificate) {
  return {{"subject", certificate.subject}, {"names", strings(certificate.names)}};
}

json::object to_object(const std::vector<TlsTraffic>& traffic) {
  json::object object;
  for (const auto& [type, count] : traffic) {
    object[packet::name_of(type)] = json::object{{"records", count.records}, {"bytes", count.bytes}};
  }
  return object;
}

json::object to_object(const SipMessage& message) {
  json::object object{{"frame", message.number},
                      {"time", time_text(message.time)},
                      {"source", to_string(message.source)},
                      {"source_port", message.source_port},
                      {"destination", to_string(message.destination)},
                      {"destination_port", message.destination_port},
                      {"transport", message.is_by_tcp ? "TCP" : "UDP"},
                      {"method", printable(message.method)},
                      {"cseq", message.cseq},
                      {"call_id", printable(message.call_id)},
                      {"from", printable(message.from)},
                      {"to", printable(message.to)},
                      {"contacts", message.contacts},
                      {"repeated", message.is_repeat}};
  if (message.status == 0) {
    object["request_uri"] = printable(message.request_uri);
  } else {
    object["status"] = message.status;
    object["reason"] = printable(message.reason);
  }
  if (message.media) {
    json::array codecs;
    for (const auto& codec : message.media->codecs) codecs.emplace_back(printable(codec));
    object["media"] = json::object{
        {"address", printable(message.media->address)}, {"port", message.media->port}, {"codecs", std::move(codecs)}};
  }
  return object;
}

json::object to_object(const RtpPayload& payload) {
  return {{"type", payload.type},
          {"packets", payload.packets},
          {"frame_bytes_min", payload.frame_bytes_min},
          {"frame_bytes_max", payload.frame_bytes_max}};
}

json::object to_object(const FtpDialogue& dialogue);
json::object to_object(const RtpStream& stream);
json::object to_object(const HttpExchange& exchange);
json::object to_object(const TlsConnection& connection);
json::object to_object(const SeenCredential& credential);
json::object to_object(const CaptureResult& capture);
json::object to_object(const StepResult& step);
json::object to_object(const ActivityResult& activity);

template <class T>
json::array to_array(const std::vector<T>& values) {
  json::array array;
  for (const auto& value : values) array.push_back(to_object(value));
  return array;
}

json::object to_object(const FtpDialogue& dialogue) {
  return {{"client", to_string(dialogue.client)},      {"client_port", dialogue.client_port},
          {"server", to_string(dialogue.server)},      {"lines", to_array(dialogue.lines)},
          {"transfers", to_array(dialogue.transfers)}, {"became_secret", dialogue.became_secret}};
}

json::object to_object(const RtpStream& stream) {
  json::object object{{"frame", stream.number},
                      {"time", time_text(stream.time)},
                      {"source", to_string(stream.source)},
                      {"source_port", stream.source_port},
                      {"destination", to_string(stream.destination)},
                      {"destination_port", stream.destination_port},
                      {"ssrc", fmt::format("0x{:08x}", stream.ssrc)},
                      {"payloads", to_array(stream.payloads)},
                      {"packets", stream.packets},
                      {"lost", stream.lost},
                      {"duplicates", stream.duplicates},
                      {"markers", stream.markers},
                      {"begins_with_marker", stream.begins_with_marker},
                      {"jitter_ms", stream.jitter_ms}};
  if (stream.opening) {
    object["opening"] = json::object{{"frame", stream.opening->number},
                                     {"type", stream.opening->type},
                                     {"frame_bytes", stream.opening->frame_bytes}};
  }
  return object;
}

json::object to_object(const HttpExchange& exchange) {
  json::object object{{"frame", exchange.number},
                      {"time", time_text(exchange.time)},
                      {"client", to_string(exchange.client)},
                      {"client_port", exchange.client_port},
                      {"server", to_string(exchange.server)},
                      {"method", exchange.method},
                      {"target", exchange.target},
                      {"host", printable(exchange.host)},
                      {"fields", to_array(exchange.fields)},
                      {"body_bytes", exchange.body_bytes}};
  if (exchange.answer) {
    const auto& answer = *exchange.answer;
    object["response"] = json::object{{"frame", answer.number},          {"time", time_text(answer.time)},
                                      {"status", answer.status},         {"fields", to_array(answer.fields)},
                                      {"body_bytes", answer.body_bytes}, {"frames", answer.frames}};
  }
  return object;
}

json::object to_object(const TlsConnection& connection) {
  std::vector<std::string> protocols;
  for (const auto& protocol : connection.offered_protocols) protocols.push_back(printable(protocol));
  json::object object{{"frame", connection.number},
                      {"time", time_text(connection.time)},
                      {"client", to_string(connection.client)},
                      {"client_port", connection.client_port},
                      {"server", to_string(connection.server)},
                      {"server_port", connection.server_port},
                      {"server_name", printable(connection.server_name)},
                      {"offered_versions", strings(connection.offered_versions)},
                      {"offered_protocols", strings(protocols)},
                      {"version", connection.version},
                      {"cipher_suite", connection.cipher_suite},
                      {"protocol", printable(connection.protocol)}};
  if (connection.is_resumed) object["resumed"] = *connection.is_resumed;
  object["certificates"] = to_array(connection.certificates);
  object["from_client"] = to_object(connection.from_client);
  object["from_server"] = to_object(connection.from_server);
  return object;
}

json::object to_object(const SeenCredential& credential) {
  json::object object{{"how", name_of(credential.way)},
                      {"frame", credential.number},
                      {"client", to_string(credential.client)},
                      {"server", to_string(credential.server)},
                      {"host", printable(credential.host)},
                      {"target", printable(credential.target)},
                      {"requests", credential.times}};
  const auto add = [&](std::string_view name, const std::string& value) { object[name] = printable(value); };
  if (credential.way == CredentialWay::cookie) {
    add("cookie", credential.cookie);
    return object;
  }
  add("user", credential.user);
  if (credential.has_password()) {
    add("password", credential.password);
  } else {
    add("realm", credential.realm);
    add("nonce", credential.nonce);
  }
  return object;
}

json::object to_object(const CaptureResult& capture) {
  json::object protocols;
  for (const auto& protocol : capture.summary.protocols) protocols[protocol.name] = protocol.frames;
  return {{"file", capture.file},
          {"host", capture.host},
          {"captured", capture.is_there},
          {"good", capture.failures.empty()},
          {"failures", strings(capture.failures)},
          {"frames", capture.summary.pings.frames},
          {"received", capture.received},
          {"dropped", capture.dropped},
          {"wrong_checksums", capture.summary.wrong_checksums},
          {"protocols", std::move(protocols)},
          {"arps", to_array(capture.summary.pings.arps)},
          {"echoes", to_array(capture.summary.pings.echoes)},
          {"dns", to_array(capture.summary.dns)},
          {"ftp", to_array(capture.summary.ftp)},
          {"http", to_array(capture.summary.http)},
          {"tls", to_array(capture.summary.tls)},
          {"sip", to_array(capture.summary.sip)},
          {"sip_unreadable", capture.summary.sip_unreadable},
          {"rtp", to_array(capture.summary.rtp)},
          {"credentials", to_array(capture.summary.credentials)}};
}

json::object to_object(const StepResult& step) {
  json::object object{{"id", step.id},
                      {"on", step.on},
                      {"do", step.does},
                      {"command", step.command},
                      {"good", step.failures.empty()},
                      {"failures", strings(step.failures)},
                      {"exit_code", step.exit_code},
                      {"duration_ms", step.duration.count()},
                      {"transcript", step.transcript}};
  if (!step.sha256.empty()) object["sha256"] = step.sha256;
  if (!step.report.empty()) object["report"] = json::parse(step.report);
  return object;
}

json::object to_object(const ActivityResult& activity) {
  return {{"activity", activity.activity},
          {"title", {{"en", activity.title.english}, {"es", activity.title.spanish}}},
          {"good", activity.is_good()},
          {"steps", to_array(activity.steps)},
          {"captures", to_array(activity.captures)}};
}

/// XML 1.0, section 2.2: of what `printable` leaves only U+FFFE and U+FFFF may not stand in a document.
std::string with_xml_characters(std::string text) {
  for (const std::string_view excluded : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (auto at = text.find(excluded); at != text.npos; at = text.find(excluded, at)) {
      text.replace(at, excluded.size(), "\xef\xbf\xbd");  // U+FFFD, the replacement character
    }
  }
  return text;
}

std::string xml(std::string_view text) {
  std::string escaped;
  for (const char c : with_xml_characters(printable(text))) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string junit_case(std::string_view suite, std::string_view name, std::chrono::milliseconds duration,
                       const std::vector<std::string>& failures) {
  auto text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml(suite), xml(name),
                          static_cast<double>(duration.count()) / 1000);
  if (failures.empty()) return text + "/>\n";
  text += ">\n";
  for (const auto& failure : failures) text += fmt::format("      <failure message=\"{}\"/>\n", xml(failure));
  return text + "    </testcase>\n";
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
  const auto answer = arp.answered_mac ? to_string(*arp.answered_mac) : messages::no_answer.in(language);
  return fmt::format("    ARP  {}\n", messages::arp.in(language, to_string(arp.asking), to_string(arp.asking_mac),
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

/// "3 handshake (517 bytes), 2 application_data (1040 bytes)"
std::string traffic_text(const std::vector<TlsTraffic>& traffic, Language language) {
  std::vector<std::string> pieces;
  for (const auto& [type, count] : traffic) {
    pieces.push_back(
        fmt::format("{} {} ({})", count.records, packet::name_of(type), messages::bytes.in(language, count.bytes)));
  }
  return join(pieces, ", ");
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

/// Four lines: what was asked for, what was agreed upon, how much went each way.
std::string tls_text(const TlsConnection& connection, Language language) {
  const auto ends = fmt::format("{}:{} -> {}:{}", to_string(connection.client), connection.client_port,
                                to_string(connection.server), connection.server_port);
  const auto versions = join(connection.offered_versions, " ");
  const auto hello =
      connection.server_name.empty()
          ? messages::tls_hello_without_name.in(language, versions)
          : messages::tls_hello.in(language, printable(connection.server_name, transfer_columns), versions);
  return fmt::format("    TLS  {}\n      {}\n      {}\n      -> {}\n      <- {}\n", ends, hello,
                     agreed_text(connection, language), traffic_text(connection.from_client, language),
                     traffic_text(connection.from_server, language));
}

std::string credential_text(const SeenCredential& credential, Language language) {
  const auto shown = [](const std::string& text) { return printable(text, transfer_columns); };
  switch (credential.way) {
    case CredentialWay::digest:
      return messages::password_hashed.in(language, shown(credential.user), shown(credential.realm),
                                          shown(credential.nonce));
    case CredentialWay::cookie:
      return messages::cookie_of_session.in(language, shown(credential.cookie));
    case CredentialWay::form:
    case CredentialWay::basic:
      break;
  }
  return messages::password_in_clear.in(language, shown(credential.user), shown(credential.password));
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
    text += fmt::format("      TLS     {}\n              {}{}\n", place, certificate, sizes);
  }
  return text;
}

/// What is not secret, and what remains of what is.
std::string learnt_text(const CaptureSummary& summary, Language language) {
  if (summary.credentials.empty() && summary.tls.empty()) return "";
  auto text = fmt::format("    {}\n", messages::listener_learns.in(language));
  for (const auto& credential : summary.credentials) {
    const auto where = printable(fmt::format("http://{}{}", credential.host, credential.target), dialogue_columns);
    text += fmt::format("      {:7} {}\n              {}, {}\n", name_of(credential.way), where,
                        credential_text(credential, language), messages::in_requests.in(language, credential.times));
  }
  return text + learnt_of_tls(summary.tls, language);
}

}  // namespace

bool ActivityResult::is_good() const {
  const auto is_good = [](const auto& part) { return part.failures.empty(); };
  return std::ranges::all_of(steps, is_good) && std::ranges::all_of(captures, is_good);
}

bool RunResult::is_good() const {
  return !was_interrupted && std::ranges::all_of(activities, &ActivityResult::is_good);
}

std::string to_json(const RunResult& result) {
  return json::serialize(json::object{{"lab", result.lab},
                                      {"network", result.network},
                                      {"started", time_text(result.started)},
                                      {"good", result.is_good()},
                                      {"interrupted", result.was_interrupted},
                                      {"activities", to_array(result.activities)}}) +
         '\n';
}

std::string to_junit(const RunResult& result) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& activity : result.activities) {
    const auto name = fmt::format("{} {}", activity.activity, activity.title.english);
    const auto fails = [](const auto& part) { return !part.failures.empty(); };
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml(name),
                        activity.steps.size() + activity.captures.size(),
                        std::ranges::count_if(activity.steps, fails) + std::ranges::count_if(activity.captures, fails));
    for (const auto& step : activity.steps) text += junit_case(name, step.id, step.duration, step.failures);
    for (const auto& capture : activity.captures) text += junit_case(name, capture.file, {}, capture.failures);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

std::string capture_text(const CaptureResult& capture, Language language, const std::set<std::string>& shown) {
  if (!capture.is_there) return fmt::format("  {}\n", capture.file);
  std::string protocols;
  for (const auto& protocol : capture.summary.protocols) {
    protocols += fmt::format("{}{} {}", protocols.empty() ? "" : ", ", protocol.frames, protocol.name);
  }
  auto text = fmt::format("  {}\n", messages::capture.in(language, capture.file,
                                                         messages::frames.in(language, capture.summary.pings.frames),
                                                         protocols, messages::lost.in(language, capture.dropped)));
  for (const auto& arp : capture.summary.pings.arps) text += arp_text(arp, language);
  for (const auto& exchange : capture.summary.dns) text += dns_text(exchange, language);
  for (const auto& dialogue : capture.summary.ftp) text += ftp_text(dialogue, language, shown);
  for (const auto& exchange : capture.summary.http) text += http_text(exchange, language);
  for (const auto& connection : capture.summary.tls) text += tls_text(connection, language);
  text += call_text(capture.summary.sip, capture.summary.rtp, language);
  text += learnt_text(capture.summary, language);
  return text + echo_text(capture.summary.pings, language);
}

}  // namespace labnet::scenario
