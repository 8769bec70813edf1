// What a run says in Spanish: all of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/scenario/capture_summary.hpp"
#include "clients/scenario/capture_text.hpp"
#include "clients/scenario/results.hpp"
#include "common/base/text.hpp"
#include "tests/support/child.hpp"

namespace labnet::scenario {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const Ipv4Address pc{0xc0a80106};
const Ipv4Address name_server{0xc0a80107};

EchoExchange echo(std::uint16_t number, bool has_reply) {
  EchoExchange exchange;
  exchange.sequence_number = number;
  exchange.request = {.source = pc, .destination = name_server, .ttl = 128, .frame_bytes = 74};
  if (has_reply) exchange.reply = EchoFrame{.source = name_server, .destination = pc, .ttl = 64, .frame_bytes = 74};
  return exchange;
}

DnsExchange question(std::string name) {
  DnsExchange exchange;
  exchange.client = pc;
  exchange.server = name_server;
  exchange.client_port = 40000;
  exchange.name = std::move(name);
  exchange.type = "A";
  return exchange;
}

FtpDialogue dialogue() {
  FtpDialogue one{.client = pc, .server = name_server, .client_port = 40001};
  one.lines = {
      {.is_reply = true, .text = "220 ready"}, {.text = "PASS secret"}, {.is_reply = true, .text = "230 welcome"}};
  one.transfers = {{.how = "PASV", .port = 50000, .command = "RETR x", .bytes = 10, .frames = 5}};
  return one;
}

TlsConnection tls_connection(std::string server_name) {
  TlsConnection one;
  one.client = pc;
  one.server = name_server;
  one.client_port = 40003;
  one.server_port = 443;
  one.server_name = std::move(server_name);
  one.offered_versions = {"TLS 1.3", "TLS 1.2"};
  one.version = "TLS 1.3";
  one.cipher_suite = "TLS_AES_256_GCM_SHA384";
  one.is_resumed = false;
  one.from_client = {{packet::TlsContentType::handshake, {1, 517}}};
  return one;
}

SeenCredential credential(CredentialWay way) {
  SeenCredential one;
  one.way = way;
  one.host = "web";
  one.target = "/login";
  one.user = "ann";
  one.password = "secret";
  one.cookie = "session=1";
  one.times = 2;
  return one;
}

SipMessage sip_message(std::string method, int status) {
  SipMessage one;
  one.source = pc;
  one.destination = name_server;
  one.method = std::move(method);
  one.status = status;
  return one;
}

RtpStream rtp_stream() {
  RtpStream one;
  one.source = pc;
  one.destination = name_server;
  one.payloads = {{8, 2, 213, 214}};
  one.packets = 2;
  one.lost = 1;
  one.opening = {1, 20, 55};
  one.number = 2;
  return one;
}

/// A capture with one of everything.
CaptureResult capture() {
  CaptureResult result{.file = "x.pcap", .host = "pc1", .is_there = true};
  auto& summary = result.summary;
  summary.protocols = {{"ARP", 2}, {"DNS", 3}};
  summary.wrong_checksums = 1;
  summary.pings.frames = 20;
  summary.pings.arps = {{.asking = pc, .asked = name_server}};
  summary.pings.echoes = {echo(1, true), echo(2, false)};
  auto answered = question("a.example");
  answered.answer = DnsAnswer{.rcode = "NOERROR", .records = {"a.example. 60 IN A 1.2.3.4"}, .udp_bytes = 60};
  auto referred = answered;
  referred.answer->flags = {"aa", "rd"};
  referred.answer->referral = "example";
  summary.dns = {question("a.example"), answered, referred};
  summary.ftp = {dialogue()};
  summary.ftp.front().became_secret = true;
  summary.http = {
      {.client = pc, .server = name_server, .client_port = 40002, .method = "GET", .target = "/", .host = "web"},
      {.client = pc, .server = name_server, .client_port = 40002, .method = "GET", .target = "/", .host = "web"}};
  summary.http.back().answer =
      HttpAnswer{.status = 200, .fields = {{"Content-Encoding", "gzip"}}, .body_bytes = 5, .frames = 1};
  summary.tls = {tls_connection("a.example"), tls_connection(""), tls_connection("b.example")};
  summary.tls[0].certificates = {{"CN=a.example", {"a.example"}}};
  summary.tls[1].is_resumed = true;
  summary.tls[2].version.clear();
  summary.sip = {sip_message("INVITE", 0), sip_message("REGISTER", 200), sip_message("BYE", 0)};
  summary.sip.back().is_repeat = true;
  summary.sip_unreadable = 2;
  summary.rtp = {rtp_stream()};
  summary.credentials = {credential(CredentialWay::form), credential(CredentialWay::basic),
                         credential(CredentialWay::digest), credential(CredentialWay::cookie)};
  return result;
}

/// What has no words of a language in it.
bool is_the_same_everywhere(std::string_view line) {
  const auto text = trim(line);
  const bool is_of_connection = text.starts_with("FTP") || text.starts_with("HTTP") || text.starts_with("TLS");
  const bool is_place = text.find(" http://") != text.npos || text.find("example, 192.") != text.npos;
  const bool is_of_ladder = text.ends_with("|INVITE ------------------->|") || text.starts_with("SIP ");
  const bool is_of_hash = text.starts_with("realm=") || text.starts_with("nonce=") || text.starts_with("response=");
  const bool is_of_streams = text.find("0x00000000") != text.npos;
  return text.empty() || is_place || is_of_ladder || is_of_hash || is_of_streams ||
         (text.starts_with("<-") && !text.starts_with("<- 200, ")) || text.starts_with("->") ||
         text.find(" IN A ") != text.npos || (is_of_connection && text.find("->") != text.npos);
}

void expect_translated(const std::vector<std::string>& english, const std::vector<std::string>& spanish) {
  ASSERT_EQ(english.size(), spanish.size());
  for (std::size_t i = 0; i < english.size(); ++i) {
    if (is_the_same_everywhere(english[i])) continue;
    EXPECT_NE(english[i], spanish[i]);
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto line : split(text, '\n')) lines.emplace_back(line);
  return lines;
}

TEST(Spanish, IsEveryLineOfTheTablesOfACapture) {
  const auto spanish = capture_text(capture(), Language::spanish);
  expect_translated(lines_of(capture_text(capture(), Language::english)), lines_of(spanish));
  EXPECT_THAT(spanish,
              AllOf(HasSubstr("    ARP  192.168.1.6 (00:00:00:00:00:00) pregunta por 192.168.1.7: sin respuesta\n"),
                    HasSubstr("    TLS  192.168.1.6:40003 -> 192.168.1.7:443\n"
                              "      Client Hello para a.example, ofrece TLS 1.3 TLS 1.2\n"
                              "      Server Hello: TLS 1.3, TLS_AES_256_GCM_SHA384, sesión nueva, certificado\n"
                              "      para a.example\n      -> 1 handshake (517 bytes)\n"),
                    HasSubstr("    quien escucha en el camino conoce:\n      form    http://web/login\n"
                              "              usuario ann, contraseña secret, en 2 peticiones\n"),
                    HasSubstr("      TLS     a.example, 192.168.1.7:443\n"
                              "              certificado para a.example; conexiones: 1; 0 bytes de ida, 0 de\n"
                              "              vuelta, y nada más\n"),
                    HasSubstr("NOERROR, indicadores aa rd, longitud UDP 60\n"),
                    HasSubstr("remite a los servidores de example\n")));
}

TEST(Spanish, IsEverySentenceAboutWhatIsNotAsExpected) {
  CaptureExpectation expect{
      .protocols = {"ICMP"},
      .echoes = 4,
      .frame_bytes = 98,
      .request_ttl = 64,
      .reply_ttl = 63,
      .arps = {name_server},
      .dns = std::vector<DnsExpectation>(3),
      .ftp =
          FtpExpectation{
              .commands = {"USER"}, .replies = {500}, .transfers = {{"RETR x", 11}, {"RETR y", std::nullopt}}},
      .http = std::vector<HttpExpectation>(2),
      .tls = {{{.server_name = "A.example", .version = "1.3"}, {.server_name = "c.example"}}},
      .sip = {{{.one = pc, .other = name_server, .messages = {"ACK"}, .bindings = 2}, {.one = pc, .other = pc}}},
      .rtp = {{{.from = pc,
                .to = name_server,
                .payload_type = 0,
                .packets_min = 3,
                .opening_bytes = 60,
                .begins_with_marker = true},
               {.from = pc, .to = pc}}},
      .credentials = {{{.how = "form", .user = "ann", .password = "secret"}, {.how = "basic", .user = "bob"}}}};
  (*expect.http)[0] = {
      .request = "GET /", .host = "other", .status = 404, .fields = {"Date"}, .coding = "br", .bytes = 6};
  (*expect.http)[1] = {.request = "GET /", .status = 0, .coding = "gzip"};
  (*expect.dns)[0] = {.name = "a.example"};
  (*expect.dns)[1] = {.name = "b.example"};
  (*expect.dns)[2] = {.name = "a.example",
                      .server = pc,
                      .answer = "1.2.3.5",
                      .referral = "com",
                      .flags = {"ra"},
                      .rcode = "NXDOMAIN",
                      .udp_bytes = 61};
  const auto summary = capture().summary;
  const auto english = failures(expect, summary, Language::english);
  EXPECT_EQ(english.size(), 45u) << testing::PrintToString(english);
  expect_translated(english, failures(expect, summary, Language::spanish));
  auto several = summary;
  several.ftp.push_back(dialogue());
  auto fewer = expect;
  fewer.dns = std::vector<DnsExpectation>{};
  fewer.http = std::vector<HttpExpectation>{};
  const auto counts = failures(fewer, several, Language::spanish);
  EXPECT_THAT(counts, AllOf(Contains("preguntas DNS: se esperaba 0, se encontró 3"),
                            Contains("peticiones HTTP: se esperaba 0, se encontró 2"),
                            Contains("conexiones de control FTP: se esperaba 1, se encontró 2")));
}

TEST(Amounts, AreSaidOfOneAsOfOne) {
  CaptureResult one{.file = "x.pcap", .host = "pc1", .is_there = true, .dropped = 1};
  auto& summary = one.summary;
  summary.protocols = {{"HTTP", 1}};
  summary.pings.frames = 1;
  summary.ftp = {dialogue()};
  summary.ftp.front().lines.resize(1);
  summary.ftp.front().transfers.front().bytes = summary.ftp.front().transfers.front().frames = 1;
  summary.http = {
      {.client = pc, .server = name_server, .client_port = 40002, .method = "GET", .target = "/", .host = "web"}};
  summary.http.back().answer = HttpAnswer{.status = 200, .body_bytes = 1, .frames = 1};
  summary.tls = {tls_connection("a.example")};
  summary.tls.front().from_client = {{packet::TlsContentType::application_data, {1, 1}}};
  summary.credentials = {credential(CredentialWay::basic)};
  summary.credentials.front().times = 1;
  const auto english = capture_text(one, Language::english, {"<- 220 ready"});
  for (const auto* const piece :
       {"x.pcap: 1 frame (1 HTTP), 1 lost\n", "data by PASV, port 50000: 1 byte in 1 frame (RETR x)\n",
        ": 1 line, which the client has shown above\n", "      <- 200, 1 byte in 1 frame\n",
        "-> 1 application_data (1 byte)\n", "in 1 request\n", "connections: 1; 1 byte there, 0 back"}) {
    EXPECT_THAT(english, HasSubstr(piece));
  }
  const auto spanish = capture_text(one, Language::spanish, {"<- 220 ready"});
  for (const auto* const piece :
       {"x.pcap: 1 trama (1 HTTP), 1 perdida\n", "datos por PASV, puerto 50000: 1 byte en 1 trama (RETR x)\n",
        ": 1 línea, que el cliente", "      <- 200, 1 byte en 1 trama\n", "-> 1 application_data (1 byte)\n",
        "en 1 petición\n", "conexiones: 1; 1 byte de ida, 0 de vuelta"}) {
    EXPECT_THAT(spanish, HasSubstr(piece));
  }
}

TEST(RequestsOfATunnel, AreToldOnceAndThenCounted) {
  CaptureResult result{.file = "x.pcap", .host = "pc1", .is_there = true};
  const auto add = [&](const std::string& target, std::uint64_t bytes_there, std::uint64_t bytes_back) {
    result.summary.http.push_back({.client = pc,
                                   .server = name_server,
                                   .client_port = 40002,
                                   .method = "POST",
                                   .target = target,
                                   .host = "rtmp",
                                   .body_bytes = bytes_there});
    result.summary.http.back().answer = HttpAnswer{.status = 200, .body_bytes = bytes_back, .frames = 1};
  };
  add("/open/1", 1, 3);
  add("/send/ab/0", 100, 10);
  add("/send/cd/0", 100, 10);
  add("/idle/ab/1", 1, 1);
  add("/send/ab/2", 1'000, 1);
  add("/close/ab/3", 1, 1);
  const auto told = [](const std::string& path, int bytes) {
    return fmt::format(
        "    HTTP 192.168.1.6:40002 -> 192.168.1.7:80\n      -> POST http://rtmp{}\n"
        "      <- 200, {} bytes in 1 frame\n",
        path, bytes);
  };
  EXPECT_THAT(capture_text(result, Language::english),
              HasSubstr(told("/open/1", 3) + told("/send/ab/0", 10) +
                        "      and 2 more of this session: 1001 bytes there, 2 bytes back\n" + told("/send/cd/0", 10) +
                        "    HTTP 192.168.1.6:40002 -> 192.168.1.7:80\n"
                        "      -> POST http://rtmp/close/ab/3\n"));
  EXPECT_THAT(capture_text(result, Language::spanish),
              HasSubstr("      y 2 más de esta sesión: 1001 bytes de ida, 2 bytes de vuelta\n"));
}

TEST(Dialogue, IsNotTwiceBeforeTheEyesOfWhoHasSeenIt) {
  auto result = capture();
  result.summary.ftp = {dialogue()};
  const auto text = [&](const std::set<std::string>& shown) { return capture_text(result, Language::english, shown); };
  EXPECT_THAT(text({}), HasSubstr("    FTP  192.168.1.6:40001 -> 192.168.1.7:21\n      <- 220 ready\n"
                                  "      -> PASS secret\n      <- 230 welcome\n    FTP  data by PASV"));
  EXPECT_THAT(text({"<- 220 ready", "-> PASS ****", "<- 230 welcome"}),
              HasSubstr("    FTP  192.168.1.6:40001 -> 192.168.1.7:21: 3 lines, which the client has shown above, but "
                        "for\n      -> PASS secret\n    FTP  data by PASV"));
  EXPECT_THAT(text({"<- 220 ready", "-> PASS secret", "<- 230 welcome"}),
              HasSubstr("3 lines, which the client has shown above\n    FTP  data by PASV"));
  EXPECT_THAT(text({"<- 220 ready"}), HasSubstr("      <- 220 ready\n      -> PASS secret\n      <- 230 welcome\n"));
}

TEST(Spanish, AreComplaintsOfARunThatDoesNotBegin) {
  const test::TemporaryFolder folder;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {test::labnet(), "run", "--lang", "es"});
    return test::run(words, {.environment = {{"XDG_RUNTIME_DIR", folder.path()}}, .folder = folder.path()});
  };
  const auto lab = folder.write("lab.yaml",
                                "name: small\nnetworks: { lan: { subnet: 192.168.1.0/24 } }\nhosts:\n"
                                "  one: { lan: { address: 192.168.1.1 } }\n");
  const auto none = run({"9.9", "--lab", lab});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(none.errors,
            "labnet run: no hay ningún escenario en " + folder.path() + "/scenarios; véase labnet run --help\n");
  const auto scenario = folder.write("wrong.yaml",
                                     "activity: \"1\"\ntitle: { en: Wrong }\nsteps:\n"
                                     "  - { id: ping, on: two, do: ping, host: 192.168.1.1 }\n");
  const auto unknown = run({scenario, "--lab", lab});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr(":4:5: ningún equipo de este laboratorio se llama «two»; hay one\n"));
  const auto other = run({"9.9", scenario, "--lab", lab});
  EXPECT_EQ(other.errors, "labnet run: no hay actividad 9.9; hay 1; véase labnet run --help\n");
}

}  // namespace
}  // namespace labnet::scenario
