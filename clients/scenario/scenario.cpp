#include "clients/scenario/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "clients/capture/tap.hpp"
#include "clients/scenario/capture_summary.hpp"
#include "clients/scenario/messages.hpp"
#include "clients/scenario/rtmp_table.hpp"
#include "clients/scenario/sip_table.hpp"
#include "clients/scenario/step_kinds.hpp"
#include "common/base/utf8.hpp"
#include "common/dns/types.hpp"
#include "common/settings/document.hpp"

namespace labnet::scenario {
namespace {

using settings::Section;
using settings::Value;

bool is_identifier(std::string_view text) {
  const auto fits = [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= identifier_bytes_max && text.front() != '-' && std::ranges::all_of(text, fits);
}
const Kind<std::string> identifier_kind{
    fmt::format("1 to {} letters, digits, hyphens and underscores", identifier_bytes_max),
    [](std::string_view text) { return is_identifier(text) ? std::optional{std::string{text}} : std::nullopt; }};

/// For what is shown to people: no control characters, which would steer their terminals.
const Kind<std::string> title_kind{"one line of text without control characters",
                                   [](std::string_view text) -> std::optional<std::string> {
                                     return printable(text) == text ? std::optional{std::string{text}} : std::nullopt;
                                   }};

/// A name that stays in the folder of the results and that Wireshark opens.
const Kind<std::string> file_kind{
    "a file name that ends with .pcap, without control characters and without a folder",
    [](std::string_view text) -> std::optional<std::string> {
      constexpr std::size_t name_bytes_max = 200;
      if (text.size() > name_bytes_max || text.size() < 6 || !text.ends_with(".pcap") || text.front() == '.') return {};
      if (text.find('/') != text.npos || printable(text) != text) return {};
      return std::string{text};
    }};

const Kind<std::string> flag_kind = one_of<std::string>({{"aa", "aa"}, {"tc", "tc"}, {"rd", "rd"}, {"ra", "ra"}});

const Kind<std::string> protocol_kind{
    "ARP, ICMP, DNS, SIP, RTP, RTCP, UDP, FTP, FTP-DATA, HTTP, RTMP, TLS, TCP, IPv4 or the number of another "
    "EtherType, "
    "such as 0x86dd",
    [](std::string_view text) { return is_protocol_name(text) ? std::optional{std::string{text}} : std::nullopt; }};

const Kind<int> http_status_kind{"a status from 100 to 599, or 0 for no response", [](std::string_view text) {
                                   const auto status = parse_integer<int>(text);
                                   const bool is_one = status && (*status == 0 || (*status >= 100 && *status <= 599));
                                   return is_one ? status : std::nullopt;
                                 }};

const Kind<std::string> sip_message_kind{
    "a method, a status, or a status with the method that it answers, such as INVITE, 401 or 200 OPTIONS",
    [](std::string_view text) { return is_sip_message_name(text) ? std::optional{std::string{text}} : std::nullopt; }};

const Kind<std::string> rtmp_message_kind{
    "the name of a message as Wireshark has it, such as connect, Set Chunk Size or onStatus NetStream.Play.Start",
    [](std::string_view text) { return is_rtmp_message_name(text) ? std::optional{std::string{text}} : std::nullopt; }};

const Kind<std::string> credential_way_kind =
    one_of<std::string>({{"form", "form"}, {"basic", "basic"}, {"digest", "digest"}, {"cookie", "cookie"}});

const Kind<std::string> record_type_kind{"a type of record, such as A or MX", [](std::string_view text) {
                                           const auto type = dns::parse_type(text);
                                           return type ? std::optional{dns::to_text(*type)} : std::nullopt;
                                         }};

const Kind<std::string> rcode_kind{"a response code, such as NOERROR or NXDOMAIN", [](std::string_view text) {
                                     const auto rcode = dns::parse_rcode(text);
                                     return rcode ? std::optional{dns::to_text(*rcode)} : std::nullopt;
                                   }};

class Loader {
 public:
  explicit Loader(settings::Document& document) : root_{document.root()} {}

  Scenario load() {
    root_.require("activity", scenario_.activity, identifier_or_number());
    read_title();
    root_.list("steps", [&](Value value) { read_step(value); });
    if (scenario_.steps.empty()) root_.fail("steps", "a scenario has at least one step");
    for (const auto& id : in_background_) {
      root_.fail("steps", fmt::format("no step waits for \"{}\", which is in the background, or ends it", id));
    }
    root_.list("captures", [&](Value value) { read_capture(value); });
    return std::move(scenario_);
  }

 private:
  static Kind<std::string> identifier_or_number() {
    auto kind = identifier_kind;
    kind.expected = "the number of the activity, such as \"8.1\"";
    kind.parse = [](std::string_view text) -> std::optional<std::string> {
      std::string without_dots{text};
      std::erase(without_dots, '.');
      return is_identifier(without_dots) ? std::optional{std::string{text}} : std::nullopt;
    };
    return kind;
  }

  void read_title() {
    auto title = root_.section("title");
    if (!title) return root_.fail("title", "missing: expected a text for each language, such as { en: Ping }");
    title->require("en", scenario_.title.english, title_kind);
    scenario_.title.spanish = scenario_.title.english;
    title->get("es", scenario_.title.spanish, title_kind);
  }

  void read_step(Value& value) {
    auto section = value.section();
    if (!section) return;
    if (scenario_.steps.size() == steps_max)
      return value.fail(fmt::format("a scenario has at most {} steps", steps_max));
    Step step;
    step.mark = section->mark();
    section->require("id", step.id, identifier_kind);
    if (find_step(step.id) < scenario_.steps.size()) {
      section->fail("id", fmt::format("another step is named \"{}\" too", step.id));
    }
    section->require("on", step.on, identifier_kind);
    section->get("time_limit", step.time_limit,
                 duration_between(std::chrono::milliseconds{100}, std::chrono::milliseconds{3'600'000}));
    read_action(*section, step);
    check_awaited(*section, step);
    if (auto expect = section->section("expect")) {
      expect->get("exit_code", step.expect.exit_code, between(0, 255));
      expect->get("contains", step.expect.contains);
      expect->get("lacks", step.expect.lacks);
    }
    scenario_.steps.push_back(std::move(step));
  }

  void read_action(Section& section, Step& step) {
    if (section.has("run")) {
      step.does = "run";
      if (section.has("do")) section.fail("run", "a step has either do or run");
      return read_run(section, step);
    }
    std::vector<std::pair<std::string, const StepKind*>> kinds;
    for (const auto& name : step_kind_names()) kinds.emplace_back(name, find_step_kind(name));
    const StepKind* kind = nullptr;
    section.require("do", kind, one_of(std::move(kinds)));
    if (kind == nullptr) return;
    step.does = kind->name;
    kind->read(section, step);
  }

  /// Who waits, waits for a step in front of it, on the same host, that nobody else waits for.
  void check_awaited(Section& section, const Step& step) {
    if (step.is_in_background) in_background_.push_back(step.id);
    if (step.awaited.empty()) return;
    const auto found = std::ranges::find(in_background_, step.awaited);
    if (found == in_background_.end()) {
      return section.fail("step", fmt::format("no step \"{}\" is under way in the background here", step.awaited));
    }
    const auto& awaited = scenario_.steps[find_step(step.awaited)];
    if (awaited.on != step.on) {
      section.fail("on", fmt::format("\"{}\" is on {}", awaited.id, awaited.on));
    }
    in_background_.erase(found);
  }

  std::size_t find_step(std::string_view id) const {
    const auto found = std::ranges::find(scenario_.steps, id, &Step::id);
    return static_cast<std::size_t>(found - scenario_.steps.begin());
  }

  void read_capture(Value& value) {
    auto section = value.section();
    if (!section) return;
    if (scenario_.captures.size() == captures_max) {
      return value.fail(fmt::format("a scenario has at most {} captures", captures_max));
    }
    CapturePlan plan;
    plan.mark = section->mark();
    section->require("file", plan.file, file_kind);
    if (std::ranges::find(scenario_.captures, plan.file, &CapturePlan::file) != scenario_.captures.end()) {
      section->fail("file", fmt::format("another capture is written to \"{}\" too", plan.file));
    }
    section->require("host", plan.host, identifier_kind);
    section->get("network", plan.network, identifier_kind);
    section->get("filter", plan.filter);
    if (const auto filter = capture::check_filter(plan.filter); !filter)
      section->fail("filter", filter.error().message);
    read_steps_of(*section, plan);
    if (auto expect = section->section("expect")) read_expectation(*expect, plan.expect);
    scenario_.captures.push_back(std::move(plan));
  }

  /// The steps that a capture names follow each other: it begins before the first and ends after the last.
  void read_steps_of(Section& section, CapturePlan& plan) const {
    std::vector<std::string> ids;
    section.require("steps", ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto place = find_step(ids[i]);
      if (place == scenario_.steps.size()) return section.fail("steps", fmt::format("there is no step \"{}\"", ids[i]));
      if (i == 0) plan.first_step = place;
      if (i > 0 && place != plan.last_step + 1) {
        return section.fail("steps", fmt::format("step \"{}\" does not follow \"{}\"", ids[i], ids[i - 1]));
      }
      plan.last_step = place;
    }
    if (ids.empty() && section.has("steps")) section.fail("steps", "expected at least one step");
  }

  static void read_expectation(Section& section, CaptureExpectation& expect) {
    section.get("protocols", expect.protocols, protocol_kind);
    section.get("echoes", expect.echoes);
    section.get("frame_bytes", expect.frame_bytes);
    section.get("request_ttl", expect.request_ttl, between(1, 255));
    section.get("reply_ttl", expect.reply_ttl, between(1, 255));
    section.get("arps", expect.arps);
    if (auto ftp = section.section("ftp")) read_ftp(*ftp, expect.ftp.emplace());
    if (section.has("http")) {
      auto& requests = expect.http.emplace();
      section.list("http", [&](Value value) { read_http(value, requests); });
    }
    if (section.has("tls")) {
      auto& connections = expect.tls.emplace();
      section.list("tls", [&](Value value) { read_tls(value, connections); });
    }
    if (section.has("sip")) {
      auto& dialogues = expect.sip.emplace();
      section.list("sip", [&](Value value) { read_sip(value, dialogues); });
    }
    if (section.has("rtp")) {
      auto& streams = expect.rtp.emplace();
      section.list("rtp", [&](Value value) { read_rtp(value, streams); });
    }
    if (section.has("rtmp")) {
      auto& connections = expect.rtmp.emplace();
      section.list("rtmp", [&](Value value) { read_rtmp(value, connections); });
    }
    if (section.has("credentials")) {
      auto& credentials = expect.credentials.emplace();
      section.list("credentials", [&](Value value) { read_credential(value, credentials); });
    }
    if (!section.has("dns")) return;
    auto& questions = expect.dns.emplace();
    section.list("dns", [&](Value value) {
      auto one = value.section();
      if (!one) return;
      DnsExpectation question;
      one->require("name", question.name);
      one->get("type", question.type, record_type_kind);
      one->get("server", question.server);
      one->get("answer", question.answer);
      one->get("referral", question.referral);
      one->get("flags", question.flags, flag_kind);
      one->get("rcode", question.rcode, rcode_kind);
      one->get("udp_bytes", question.udp_bytes);
      questions.push_back(std::move(question));
    });
  }

  static void read_http(Value& value, std::vector<HttpExpectation>& requests) {
    auto section = value.section();
    if (!section) return;
    HttpExpectation request;
    section->require("request", request.request);
    section->get("host", request.host);
    section->get("status", request.status, http_status_kind);
    section->get("fields", request.fields);
    section->get("coding", request.coding);
    section->get("bytes", request.bytes);
    requests.push_back(std::move(request));
  }

  static void read_tls(Value& value, std::vector<TlsExpectation>& connections) {
    auto section = value.section();
    if (!section) return;
    TlsExpectation connection;
    section->require("server_name", connection.server_name);
    section->get("version", connection.version, one_of<std::string>({{"1.2", "1.2"}, {"1.3", "1.3"}}));
    section->get("cipher", connection.cipher);
    connections.push_back(std::move(connection));
  }

  static void read_sip(Value& value, std::vector<SipExpectation>& dialogues) {
    auto section = value.section();
    if (!section) return;
    std::vector<Ipv4Address> hosts;
    SipExpectation dialogue;
    section->require("between", hosts);
    section->require("messages", dialogue.messages, sip_message_kind);
    section->get("bindings", dialogue.bindings);
    if (section->has("between") && hosts.size() != 2) return section->fail("between", "expected two addresses");
    if (hosts.size() != 2) return;
    dialogue.one = hosts[0];
    dialogue.other = hosts[1];
    dialogues.push_back(std::move(dialogue));
  }

  static void read_rtp(Value& value, std::vector<RtpExpectation>& streams) {
    auto section = value.section();
    if (!section) return;
    RtpExpectation stream;
    section->require("from", stream.from);
    section->require("to", stream.to);
    section->require("payload_type", stream.payload_type, between(0, 127));
    section->get("frame_bytes", stream.frame_bytes);
    section->get("packets_min", stream.packets_min);
    section->get("lost", stream.lost);
    section->get("opening_bytes", stream.opening_bytes);
    section->get("begins_with_marker", stream.begins_with_marker);
    streams.push_back(stream);
  }

  static void read_rtmp(Value& value, std::vector<RtmpExpectation>& connections) {
    auto section = value.section();
    if (!section) return;
    RtmpExpectation connection;
    section->require("client", connection.client);
    section->require("server", connection.server);
    section->require("messages", connection.messages, rtmp_message_kind);
    section->get("audio_min", connection.audio_min);
    section->get("video_min", connection.video_min);
    connections.push_back(std::move(connection));
  }

  static void read_credential(Value& value, std::vector<CredentialExpectation>& credentials) {
    auto section = value.section();
    if (!section) return;
    CredentialExpectation credential;
    section->require("how", credential.how, credential_way_kind);
    section->get("user", credential.user);
    section->get("password", credential.password);
    credentials.push_back(std::move(credential));
  }

  static void read_ftp(Section& section, FtpExpectation& expect) {
    section.get("commands", expect.commands);
    section.get("replies", expect.replies, between(100, 599));
    section.list("transfers", [&](Value value) {
      auto one = value.section();
      if (!one) return;
      FtpExpectation::Transfer transfer;
      one->require("command", transfer.command);
      one->get("bytes", transfer.bytes);
      expect.transfers.push_back(std::move(transfer));
    });
  }

  Section root_;
  Scenario scenario_;
  std::vector<std::string> in_background_;  // steps that nobody has waited for yet
};

}  // namespace

std::string transcript_name(const Scenario& scenario, const Step& step) {
  return fmt::format("{}-{}.txt", scenario.activity, step.id);
}

Result<Scenario, settings::Fault> load_scenario(const std::filesystem::path& file) {
  auto document = settings::load(file);
  if (!document) return document.error();
  auto scenario = Loader{*document}.load();
  scenario.file = file;
  return document->finish(std::move(scenario));
}

std::optional<settings::Fault> find_taken_name(const std::vector<Scenario>& scenarios, Language language) {
  std::map<std::string, std::string> takers;  // of each name: the activity
  const auto take = [&](const std::string& name, const Scenario& scenario, const settings::Mark& mark) {
    const auto [taker, is_new] = takers.emplace(name, scenario.activity);
    if (is_new) return std::optional<settings::Fault>{};
    return std::optional{settings::Fault{mark, messages::name_is_taken.in(language, name, taker->second)}};
  };
  for (const auto& scenario : scenarios) {
    for (const auto& step : scenario.steps) {
      if (auto fault = take(transcript_name(scenario, step), scenario, step.mark)) return fault;
    }
    for (const auto& plan : scenario.captures) {
      if (auto fault = take(plan.file, scenario, plan.mark)) return fault;
    }
  }
  return std::nullopt;
}

}  // namespace labnet::scenario
