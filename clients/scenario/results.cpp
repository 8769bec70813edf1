#include "clients/scenario/results.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/calendar.hpp"
#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/control/message.hpp"

namespace labnet::scenario {
namespace {

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
  if (arp.is_between_others) object["between_others"] = true;
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

json::object to_object(const RtmpMessage& message) {
  return {{"frame", message.number},
          {"from", message.is_from_client ? "client" : "server"},
          {"name", printable(message.name)},
          {"text", printable(message.text)},
          {"message_stream", message.stream_id},
          {"chunk_stream", message.chunk_stream_id}};
}

json::object to_object(const RtmpMedia& media) {
  return {{"audio_messages", media.audio_messages},
          {"video_messages", media.video_messages},
          {"key_frames", media.key_frames},
          {"bytes", media.bytes}};
}

json::object to_object(const RtmpConnection& connection) {
  json::array sent;
  for (const auto& message : connection.messages) sent.push_back(to_object(message));
  json::object object{{"client", to_string(connection.client)},
                      {"client_port", connection.client_port},
                      {"server", to_string(connection.server)},
                      {"server_port", connection.server_port},
                      {"messages", std::move(sent)},
                      {"from_client", to_object(connection.from_client)},
                      {"from_server", to_object(connection.from_server)}};
  if (!connection.fault.empty()) object["fault"] = connection.fault;
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
                      {"protocol", credential.is_by_sip ? "SIP" : "HTTP"},
                      {"method", printable(credential.method)},
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
    add("response", credential.response);
  }
  return object;
}

json::object to_object(const CaptureResult& capture) {
  json::object protocols;
  for (const auto& protocol : capture.summary.protocols) protocols[protocol.name] = protocol.frames;
  return {{"file", capture.file},
          {"host", capture.host},
          {"captured", capture.is_there},
          {"good", outcome_of(capture) == Outcome::good},
          {"skipped", capture.skipped},
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
          {"rtmp", to_array(capture.summary.rtmp)},
          {"credentials", to_array(capture.summary.credentials)}};
}

json::object to_object(const StepResult& step) {
  json::object object{{"id", step.id},
                      {"on", step.on},
                      {"do", step.does},
                      {"command", step.command},
                      {"good", outcome_of(step) == Outcome::good},
                      {"skipped", step.skipped},
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
                       const auto& part) {
  auto text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml(suite), xml(name),
                          static_cast<double>(duration.count()) / 1000);
  if (outcome_of(part) == Outcome::good) return text + "/>\n";
  text += ">\n";
  if (!part.skipped.empty()) text += fmt::format("      <skipped message=\"{}\"/>\n", xml(part.skipped));
  for (const auto& failure : part.failures) text += fmt::format("      <failure message=\"{}\"/>\n", xml(failure));
  return text + "    </testcase>\n";
}

}  // namespace

std::size_t ActivityResult::count(Outcome outcome) const {
  const auto is_so = [outcome](const auto& part) { return outcome_of(part) == outcome; };
  return static_cast<std::size_t>(std::ranges::count_if(steps, is_so) + std::ranges::count_if(captures, is_so));
}

bool RunResult::is_good() const {
  return !was_interrupted && std::ranges::all_of(activities, &ActivityResult::is_good);
}

bool RunResult::has_failed() const {
  return std::ranges::any_of(activities, [](const auto& one) { return one.count(Outcome::failed) > 0; });
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
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n", xml(name),
                        activity.size(), activity.count(Outcome::failed), activity.count(Outcome::skipped));
    for (const auto& step : activity.steps) text += junit_case(name, step.id, step.duration, step);
    for (const auto& capture : activity.captures) text += junit_case(name, capture.file, {}, capture);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace labnet::scenario
