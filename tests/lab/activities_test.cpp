// The activities of the course, played by `labnet run` on the shipped lab; tshark reads what they leave.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <boost/json/parse.hpp>

#include "tests/lab/running_lab.hpp"
#include "tests/support/tshark.hpp"

namespace labnet::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Four echo requests take some 3 s, and all activities have many.
constexpr std::chrono::seconds run_patience{150};

/// A host as the report names it.
struct HostFacts {
  std::string address, mac;
};
const HostFacts pc1{"192.168.1.6", "14:85:7f:9d:ab:5c"};
const HostFacts dns_server{"192.168.1.7", "00:0c:29:8d:07:ce"};
const HostFacts web_server{"192.168.1.10", "02:ab:3f:7c:91:d4"};
const HostFacts ftp_server{"192.168.1.11", "00:0c:29:40:cf:72"};

class Activities : public LabTest {
 protected:
  /// A copy of the shipped lab: the project may stand where an ordinary user may not look.
  Activities() : shipped_lab_{folder() + "/labredes71/lab.yaml"}, out_{folder() + "/out"} {
    fs::copy(LABNET_CONFIG_DIR "/labredes71", folder() + "/labredes71", fs::copy_options::recursive);
    fs::create_directory(out_);
    fs::permissions(out_, fs::perms::all);
  }

  Outcome play(std::vector<std::string> arguments, How how = {}) const {
    arguments.insert(arguments.begin(), {"run", "--out", out_});
    how.patience = run_patience;
    return labnet(arguments, how);
  }
  std::string file(const std::string& name) const { return out_ + "/" + name; }
  boost::json::object results() const { return boost::json::parse(read_file(file("results.json"))).as_object(); }

  /// What one step printed.
  std::string transcript(const std::string& step) const { return read_file(file(step + ".txt")); }

  std::string shipped_lab_;
  std::string out_;
};
INSTANTIATE_TEST_SUITE_P(Lab, Activities, testing::Values(User::as_the_test, User::ordinary), name_of);

/// Four echo requests of a Windows client, each answered, and every frame around them an ARP exchange, or DNS where
/// that is expected; the first frame is an ARP request of the client's.
void expect_pings(const std::string& file, const HostFacts& server, bool with_dns) {
  SCOPED_TRACE(file);
  const auto frames =
      tshark(file, {"frame.len", "frame.protocols", "eth.src", "eth.dst", "arp.opcode", "arp.src.proto_ipv4",
                    "arp.dst.proto_ipv4", "arp.src.hw_mac", "ip.src", "ip.dst", "ip.ttl", "ip.checksum.status",
                    "icmp.type", "icmp.ident", "icmp.seq", "icmp.checksum.status", "icmp.resp_to", "data.len"});
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames.front().at("arp.opcode"), "1");
  EXPECT_EQ(frames.front().at("arp.src.hw_mac"), pc1.mac);
  int requests = 0;
  int replies = 0;
  bool server_told_its_mac = false;
  for (const auto& frame : frames) {
    const auto& protocols = frame.at("frame.protocols");
    if (protocols == "eth:ethertype:arp") {
      const auto is_of_server = frame.at("arp.src.proto_ipv4") == server.address && frame.at("arp.opcode") == "2";
      if (is_of_server) {
        EXPECT_EQ(frame.at("arp.src.hw_mac"), server.mac);
        EXPECT_EQ(requests, 0) << "the MAC was not known before the first echo";
        server_told_its_mac = true;
      }
      continue;
    }
    EXPECT_EQ(frame.at("ip.checksum.status"), "1");
    if (protocols == "eth:ethertype:ip:udp:dns") {
      EXPECT_TRUE(with_dns);
      EXPECT_EQ(requests, 0) << "a question after the first echo";
      continue;
    }
    EXPECT_EQ(protocols, "eth:ethertype:ip:icmp:data");
    const auto is_request = frame.at("icmp.type") == "8";
    const auto& from = is_request ? pc1 : server;
    const auto& to = is_request ? server : pc1;
    EXPECT_EQ(frame.at("frame.len"), "74");
    EXPECT_EQ(frame.at("data.len"), "32");
    EXPECT_EQ(frame.at("ip.src"), from.address);
    EXPECT_EQ(frame.at("ip.dst"), to.address);
    EXPECT_EQ(frame.at("eth.src"), from.mac);
    EXPECT_EQ(frame.at("eth.dst"), to.mac);
    EXPECT_EQ(frame.at("ip.ttl"), is_request ? "128" : "64");
    EXPECT_EQ(frame.at("icmp.checksum.status"), "1");
    if (is_request) {
      ++requests;
    } else {
      EXPECT_NE(frame.at("icmp.resp_to"), "") << "a reply without its request";
      ++replies;
    }
  }
  EXPECT_EQ(requests, 4);
  EXPECT_EQ(replies, 4);
  EXPECT_TRUE(server_told_its_mac);
}

/// One question from an ephemeral port to the DNS server, and its answer as the report shows it.
void expect_question_for_web(const std::string& file) {
  const auto frames = tshark(file,
                             {"ip.src", "ip.dst", "udp.srcport", "udp.dstport", "udp.length", "udp.checksum.status",
                              "dns.flags.response", "dns.flags.authoritative", "dns.flags.recdesired",
                              "dns.flags.recavail", "dns.flags.rcode", "dns.qry.name", "dns.qry.type", "dns.a"},
                             "dns");
  ASSERT_EQ(frames.size(), 2u);
  const auto& query = frames[0];
  const auto& answer = frames[1];
  EXPECT_EQ(query.at("ip.src"), pc1.address);
  EXPECT_EQ(query.at("ip.dst"), dns_server.address);
  EXPECT_EQ(query.at("udp.dstport"), "53");
  EXPECT_GT(std::stoi(query.at("udp.srcport")), 1023);
  EXPECT_EQ(query.at("dns.flags.response"), "0");
  EXPECT_EQ(query.at("dns.qry.name"), "web.labredes71.com");
  EXPECT_EQ(query.at("dns.qry.type"), "1");
  EXPECT_EQ(answer.at("udp.dstport"), query.at("udp.srcport"));
  EXPECT_EQ(answer.at("udp.length"), "60");
  EXPECT_EQ(answer.at("udp.checksum.status"), "1");
  EXPECT_EQ(answer.at("dns.flags.response"), "1");
  EXPECT_EQ(answer.at("dns.flags.authoritative"), "1");
  EXPECT_EQ(answer.at("dns.flags.recdesired"), "1");
  EXPECT_EQ(answer.at("dns.flags.recavail"), "1");
  EXPECT_EQ(answer.at("dns.flags.rcode"), "0");
  EXPECT_EQ(answer.at("dns.a"), web_server.address);
}

/// From the root on down, as Wireshark sees it: each server but the last tells only whose servers to ask next.
void expect_walk_from_root(const std::string& file) {
  const auto frames = tshark(file,
                             {"ip.src", "ip.dst", "dns.flags.response", "dns.flags.recdesired", "dns.count.answers",
                              "dns.count.auth_rr", "dns.flags.authoritative", "dns.qry.name"},
                             "dns");
  ASSERT_EQ(frames.size(), 6u);
  const std::vector<std::string> servers{"203.0.113.2", "203.0.113.3", "203.0.113.53"};
  for (std::size_t i = 0; i < servers.size(); ++i) {
    SCOPED_TRACE(servers[i]);
    const auto& query = frames[2 * i];
    const auto& reply = frames[2 * i + 1];
    EXPECT_EQ(query.at("ip.src"), "203.0.113.1");
    EXPECT_EQ(query.at("ip.dst"), servers[i]);
    EXPECT_EQ(query.at("dns.flags.recdesired"), "0");
    EXPECT_EQ(reply.at("ip.src"), servers[i]);
    EXPECT_EQ(reply.at("dns.qry.name"), query.at("dns.qry.name")) << "in the same case";
    const auto is_last = i + 1 == servers.size();
    EXPECT_EQ(reply.at("dns.flags.authoritative"), is_last ? "1" : "0");
    EXPECT_EQ(reply.at("dns.count.answers"), is_last ? "1" : "0");
    EXPECT_EQ(reply.at("dns.count.auth_rr"), is_last ? "0" : "1");
  }
}

/// Everything that the kernel saw is in both files; the pcapng says so itself.
void expect_nothing_lost(const std::string& pcap, const boost::json::object& capture) {
  SCOPED_TRACE(pcap);
  EXPECT_EQ(capture.at("dropped").to_number<int>(), 0);
  const auto frames = tshark(pcap, {"frame.number"}).size();
  EXPECT_EQ(capture.at("received").to_number<std::size_t>(), frames);
  EXPECT_EQ(tshark(pcap + "ng", {"frame.number"}).size(), frames);
  const auto described = run({"capinfos", "-M", pcap + "ng"});
  EXPECT_THAT(described.output, HasSubstr("Name = eth"));
}

/// The dialogue of the report, in clear text, from the look-up of the name to the end of both connections.
void expect_ftp_download(const std::string& file) {
  const auto replies = tshark(file, {"ftp.response.code"}, "ftp.response.code && !(ftp.response.arg matches \"^ \")");
  std::vector<std::string> codes;
  for (const auto& reply : replies) codes.push_back(reply.at("ftp.response.code"));
  EXPECT_THAT(codes, ElementsAre("220", "500", "500", "331", "230", "215", "211", "200", "200", "257", "250", "200",
                                 "227", "150", "226", "227", "150", "226", "221"));
  const auto commands = tshark(file, {"ftp.request.command", "ftp.request.arg"}, "ftp.request.command");
  ASSERT_EQ(commands.size(), 16u);
  EXPECT_EQ(commands[3].at("ftp.request.arg"), "password");
  EXPECT_EQ(commands[6].at("ftp.request.arg"), "FileZilla");
  EXPECT_EQ(commands[14].at("ftp.request.arg"), "1.png");
  EXPECT_EQ(tshark(file, {"frame.number"}, "dns.a == 192.168.1.11").size(), 1u);
  EXPECT_EQ(tshark(file, {"frame.number"}, "tcp.flags.syn == 1 && tcp.flags.ack == 0").size(), 3u);
  const std::string ends = "tcp.flags.fin == 1 && !tcp.analysis.retransmission";  // a busy machine acknowledges late
  EXPECT_EQ(tshark(file, {"frame.number"}, ends).size(), 6u);
  EXPECT_EQ(tshark(file, {"frame.number"}, "tcp.flags.reset == 1 || tcp.checksum.status == 0").size(), 0u);
}

/// In TLS nobody sees more than that there is something; who has the keys, which stand in the pcapng, sees all of it.
void expect_secret_download(const std::string& file) {
  EXPECT_EQ(tshark(file, {"frame.number"}, "ftp.request.command == \"PASS\"").size(), 0u);
  const auto with_keys = file + "ng";
  const auto password = tshark(with_keys, {"ftp.request.arg"}, "ftp.request.command == \"PASS\"");
  ASSERT_EQ(password.size(), 1u);
  EXPECT_EQ(password[0].at("ftp.request.arg"), "password");
  EXPECT_EQ(tshark(with_keys, {"frame.number"}, "ftp.request.command == \"RETR\"").size(), 1u);
}

/// The page of the report, compressed and with the fields of its capture; then that it is still right.
void expect_two_visits(const std::string& file) {
  const auto requests = tshark(file, {"http.request.method", "http.host", "http.request.line"}, "http.request");
  const auto responses =
      tshark(file, {"http.response.code", "http.content_encoding", "http.response.line"}, "http.response");
  ASSERT_EQ(requests.size(), 2u);
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_EQ(requests[0].at("http.request.method"), "GET");
  EXPECT_EQ(requests[0].at("http.host"), "web.labredes71.com");
  EXPECT_EQ(responses[0].at("http.response.code"), "200");
  EXPECT_EQ(responses[0].at("http.content_encoding"), "gzip");
  EXPECT_EQ(responses[1].at("http.response.code"), "304");
  const std::string& fields = responses[0].at("http.response.line");
  std::size_t at = 0;
  for (const auto* name : {"Date: ", "Server: Apache", "Last-Modified: ", "ETag: ", "Accept-Ranges: bytes",
                           "Vary: Accept-Encoding", "Content-Encoding: gzip", "Content-Length: ",
                           "Keep-Alive: timeout=5, max=99", "Connection: Keep-Alive", "Content-Type: text/html"}) {
    at = fields.find(name, at);
    ASSERT_NE(at, fields.npos) << name << " in " << fields;
  }
  const auto tag_at = fields.find("ETag: ") + 6;
  const auto tag = fields.substr(tag_at, fields.find("\\r\\n", tag_at) - tag_at);
  EXPECT_THAT(requests[1].at("http.request.line"), HasSubstr("If-None-Match: " + tag));
}

/// Names asked for at the gateway before anything else, secret connections to these hosts, and in clear only what is
/// meant to be: questions about certificates, and downloads.
void expect_secret_visits(const std::string& file, const std::set<std::string>& names,
                          const std::set<std::string>& versions) {
  SCOPED_TRACE(file);
  std::set<std::string> seen_names, seen_versions, asked;
  for (const auto& frame : tshark(file, {"dns.qry.name", "ip.dst"}, "dns.flags.response == 0")) {
    EXPECT_EQ(frame.at("ip.dst"), "192.168.1.1");
    asked.insert(frame.at("dns.qry.name"));
  }
  for (const auto& hello : tshark(file, {"tls.handshake.extensions_server_name"}, "tls.handshake.type == 1")) {
    seen_names.insert(hello.at("tls.handshake.extensions_server_name"));
  }
  // A server of TLS 1.3 tells its version in an extension (RFC 8446, section 4.2.1).
  for (const auto& hello : tshark(file, {"tls.handshake.version", "tls.handshake.extensions.supported_version"},
                                  "tls.handshake.type == 2")) {
    const auto& extension = hello.at("tls.handshake.extensions.supported_version");
    seen_versions.insert(extension.empty() ? hello.at("tls.handshake.version") : extension);
  }
  EXPECT_EQ(seen_names, names);
  EXPECT_EQ(seen_versions, versions);
  for (const auto& name : names) EXPECT_TRUE(asked.contains(name)) << name;
  EXPECT_FALSE(tshark(file, {"ocsp.responseStatus"}, "ocsp.responseStatus == 0").empty());
}

/// What of a call tshark says line by line: "REGISTER", "401", and RTP by the lengths of its frames.
std::vector<std::string> dialogue_between(const std::string& file, const std::string& one, const std::string& other) {
  std::vector<std::string> dialogue;
  for (const auto& message : tshark(file, {"sip.Method", "sip.Status-Code", "sip.CSeq.method"},
                                    "sip && ip.addr == " + one + " && ip.addr == " + other)) {
    const auto& status = message.at("sip.Status-Code");
    dialogue.push_back(status.empty() ? message.at("sip.Method") : status + " " + message.at("sip.CSeq.method"));
  }
  return dialogue;
}

/// Four streams of 214-byte frames of A-law, each with its own source, that miss nothing; those of the phones begin
/// with a frame of 55 bytes.
void expect_streams_of_a_call(const std::string& file) {
  SCOPED_TRACE(file);
  const std::set<std::string> phones{"172.20.10.1", "172.20.10.2"};
  std::set<std::string> sources;
  for (const auto& phone : phones) {
    for (const bool is_from_phone : {true, false}) {
      const auto direction = (is_from_phone ? "ip.src == " : "ip.dst == ") + phone;
      const auto packets =
          tshark(file, {"frame.len", "rtp.p_type", "rtp.seq", "rtp.ssrc", "rtp.marker", "rtp.timestamp"},
                 "rtp && " + direction);
      ASSERT_GT(packets.size(), 150u) << direction;
      const std::size_t opening = is_from_phone ? 1 : 0;
      if (is_from_phone) {
        EXPECT_EQ(packets[0].at("frame.len"), "55");
        EXPECT_EQ(packets[0].at("rtp.p_type"), "20") << "which is unassigned";
      }
      for (std::size_t i = opening; i < packets.size(); ++i) {
        EXPECT_EQ(packets[i].at("frame.len"), "214");
        EXPECT_EQ(packets[i].at("rtp.p_type"), "8");
        EXPECT_EQ(packets[i].at("rtp.marker"), i == opening ? "1" : "0");
        EXPECT_EQ(packets[i].at("rtp.ssrc"), packets[0].at("rtp.ssrc"));
        if (i == 0) continue;
        EXPECT_EQ(std::stoi(packets[i].at("rtp.seq")), (std::stoi(packets[i - 1].at("rtp.seq")) + 1) % 65536);
      }
      sources.insert(packets[0].at("rtp.ssrc"));
    }
  }
  EXPECT_EQ(sources.size(), 4u);
  const auto streams = run({"tshark", "-r", file, "-q", "-z", "rtp,streams"}).output;
  std::size_t lines = 0;
  for (std::size_t at = streams.find("0x"); at != streams.npos; at = streams.find("0x", at + 1)) {
    EXPECT_THAT(streams.substr(at, streams.find('\n', at) - at), HasSubstr(" 0 (0.0%)"));
    ++lines;
  }
  EXPECT_EQ(lines, 4u) << streams;
  EXPECT_EQ(tshark(file, {"frame.number"}, "_ws.malformed || icmp").size(), 0u);
}

/// The messages of the report, in its order; the phone has Zoiper's habits.
void expect_call(const std::string& file) {
  EXPECT_THAT(dialogue_between(file, "172.20.10.1", "172.20.10.12"),
              ElementsAre("REGISTER", "401 REGISTER", "REGISTER", "OPTIONS", "200 REGISTER", "200 OPTIONS", "INVITE",
                          "100 INVITE", "180 INVITE", "200 INVITE", "ACK", "BYE", "200 BYE"));
  EXPECT_THAT(dialogue_between(file, "172.20.10.2", "172.20.10.12"),
              ElementsAre("INVITE", "180 INVITE", "200 INVITE", "ACK", "BYE", "200 BYE"));
  const auto datagrams = tshark(file, {"sip.Method", "sip.Status-Code"}, "udp.port == 5060");
  for (const auto& one : datagrams) EXPECT_NE(one.at("sip.Method") + one.at("sip.Status-Code"), "");
  EXPECT_EQ(datagrams.size(), 19u);
  const auto asked = tshark(file, {"sip.contact.uri", "sip.Authorization", "sip.auth.digest.response"},
                            "sip.Method == REGISTER && sip.auth.digest.response");
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_THAT(asked[0].at("sip.contact.uri"), HasSubstr(";rinstance="));
  EXPECT_THAT(asked[0].at("sip.Authorization"), HasSubstr("username=\"101\",realm=\"labredes71.com\","));
  const auto offered = tshark(file, {"sdp.owner.username", "sdp.media", "sdp.media_attr"},
                              "sip.Method == INVITE && ip.src == 172.20.10.1");
  ASSERT_EQ(offered.size(), 1u);
  EXPECT_EQ(offered[0].at("sdp.owner.username"), "Z");
  EXPECT_EQ(offered[0].at("sdp.media"), "audio 8000 RTP/AVP 8 0 101");
  expect_streams_of_a_call(file);
}

/// Who calls whom is for those who have the keys, which stand in the pcapng; what is said is for everybody.
void expect_secret_call(const std::string& file) {
  EXPECT_EQ(tshark(file, {"frame.number"}, "sip").size(), 0u);
  EXPECT_GT(tshark(file, {"frame.number"}, "udp && frame.len == 214").size(), 4 * 150u);
  expect_streams_of_a_call(file + "ng");  // that they are RTP tshark knows from the dialogues
  const auto with_keys = dialogue_between(file + "ng", "172.20.10.1", "172.20.10.12");
  ASSERT_GT(with_keys.size(), 13u);
  EXPECT_THAT(std::vector(with_keys.begin(), with_keys.begin() + 13),
              ElementsAre("REGISTER", "401 REGISTER", "REGISTER", "OPTIONS", "200 REGISTER", "200 OPTIONS", "INVITE",
                          "100 INVITE", "180 INVITE", "200 INVITE", "ACK", "BYE", "200 BYE"));
}

TEST_P(Activities, LeaveTheCapturesOfTheReport) {
  const auto outcome = play({"--lab", shipped_lab_});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("0 lost"));
  EXPECT_THAT(outcome.output,
              HasSubstr("request  192.168.1.6   192.168.1.10  14:85:7f:9d:ab:5c  02:ab:3f:7c:91:d4  128"));
  EXPECT_THAT(outcome.output, HasSubstr("which the client has shown above, but for\n      -> PASS password\n"));
  expect_pings(file("Ping_DNS_IP.pcap"), dns_server, false);
  expect_pings(file("Ping_FTP_IP.pcap"), ftp_server, false);
  expect_pings(file("Ping_WEB_IP.pcap"), web_server, false);
  expect_pings(file("Ping_WEB.pcap"), web_server, true);
  expect_question_for_web(file("Ping_WEB.pcap"));
  expect_walk_from_root(file("DNS_walk.pcap"));
  expect_ftp_download(file("FTP_download.pcap"));
  const auto upload = tshark(file("FTP_upload.pcap"), {"ftp.request.arg"}, "ftp.request.command == \"STOR\"");
  ASSERT_EQ(upload.size(), 1u);
  EXPECT_THAT(upload[0].at("ftp.request.arg"), HasSubstr("Adivinar el pa"));  // tshark knows nothing of UTF-8 there
  expect_secret_download(file("FTPS_download.pcap"));
  expect_two_visits(file("HTTP_view.pcap"));
  expect_secret_visits(file("YouTube_view.pcap"), {"www.youtube.com"}, {"0x0304"});
  EXPECT_EQ(read_file(file("YouTube_view.pcap")).find("bonito"), std::string::npos);  // a comment, which was posted
  EXPECT_THAT(read_file(file("comment.html")), HasSubstr("bonito"));
  expect_secret_visits(file("HTTPS_view.pcap"),
                       {"www.elespectador.com", "www.diario71.com", "www.universidad71.edu.co", "www.banco71.com"},
                       {"0x0303", "0x0304"});
  const auto downloads = tshark(file("HTTPS_view.pcap"), {"http.request.method", "http.response.code"},
                                "http && !(ocsp) && tcp.port == 80 && ip.addr == 203.0.113.25");
  std::string course;
  for (const auto& one : downloads) course += one.at("http.request.method") + one.at("http.response.code") + ' ';
  EXPECT_EQ(course, "HEAD 200 GET 200 GET 304 ");
  expect_call(file("VoIP_view.pcap"));
  expect_secret_call(file("VoIPS_view.pcap"));
  EXPECT_EQ(read_file(file("index (second visit).html")), read_file(folder() + "/labredes71/www/index.html"));
  EXPECT_EQ(read_file(file("1.png")), read_file(folder() + "/labredes71/ftp/home/samurt123/1.png"));

  const auto all = results();
  EXPECT_TRUE(all.at("good").as_bool());
  int calls_measured = 0;
  for (const auto& activity : all.at("activities").as_array()) {
    for (const auto& step : activity.at("steps").as_array()) {
      const auto* const report = step.as_object().if_contains("report");
      if (report == nullptr) continue;
      ++calls_measured;
      EXPECT_GT(report->at("sound").at("similarity").to_number<double>(), 0.8) << report->at("sound").at("name");
      EXPECT_EQ(report->at("received").at("loss_percent").to_number<double>(), 0);
      EXPECT_GT(report->at("mos").to_number<double>(), 4);
    }
    for (const auto& capture : activity.at("captures").as_array()) {
      expect_nothing_lost(file(std::string{capture.at("file").as_string()}), capture.as_object());
    }
  }
  EXPECT_EQ(calls_measured, 4) << "two calls, each at both ends";
  // The report's table, from the capture.
  const auto& echo = all.at("activities").at(0).at("captures").at(0).at("echoes").at(0);
  EXPECT_EQ(echo.at("request").at("source").as_string(), pc1.address);
  EXPECT_EQ(echo.at("request").at("destination").as_string(), dns_server.address);
  EXPECT_EQ(echo.at("request").at("source_mac").as_string(), pc1.mac);
  EXPECT_EQ(echo.at("reply").at("source").as_string(), dns_server.address);
  EXPECT_EQ(echo.at("reply").at("source_mac").as_string(), dns_server.mac);

  // The cache with the chain of aliases of the report, then cleared and empty.
  const auto cache = transcript("8.2-show-cache");
  EXPECT_THAT(cache, HasSubstr("    Record Name  . . . . . : www.bing.com\n    Record Type  . . . . . : 5\n"));
  EXPECT_THAT(cache, HasSubstr("    A (Host) Record  . . . : 203.0.113.10\n"));
  EXPECT_THAT(transcript("8.2-show-empty-cache"), HasSubstr("The DNS cache is empty."));
  EXPECT_THAT(transcript("8.1-name-of-dns-server"), HasSubstr("dns.labredes71.com"));
  EXPECT_THAT(read_file(file("junit.xml")), HasSubstr("<testsuite name=\"8.2 DNS\" tests=\"11\" failures=\"0\">"));
  for (const auto& entry : fs::directory_iterator{out_}) EXPECT_NE(entry.path().extension(), ".part");
  expect_nothing_is_left();
}

TEST_P(Activities, InAFolderOfAnotherRunAreNotAnsweredByWhatThatHasKept) {
  for (int i = 0; i < 2; ++i) {
    const auto outcome = play({"--lab", shipped_lab_, "8.4"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  }
  expect_two_visits(file("HTTP_view.pcap"));
}

TEST_P(Activities, AreTitledInSpanishToo) {
  write("scenario.yaml", R"(activity: "1"
title: { en: A look, es: Una mirada }
captures:
  - { file: look.pcap, host: pc1, steps: [look] }
steps:
  - { id: look, on: pc1, do: ping, host: 192.168.1.7, count: 1 }
)");
  const auto outcome = play({"--lab", shipped_lab_, "--lang", "es", folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("Una mirada"));
  EXPECT_THAT(outcome.output, HasSubstr("tramas"));
  EXPECT_THAT(outcome.output, HasSubstr("solicitud"));
}

TEST_P(Activities, AWarmCacheAsksNobody) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Warm, es: Caliente }
captures:
  - file: cold.pcap
    host: pc1
    steps: [flush, cold]
    expect: { dns: [{ name: web.labredes71.com, answer: 192.168.1.10, flags: [aa, rd, ra], udp_bytes: 60 }] }
  - file: warm.pcap
    host: pc1
    steps: [warm]
    expect: { echoes: 1, dns: [] }
steps:
  - { id: flush, on: pc1, do: cache.flush }
  - { id: cold, on: pc1, do: ping, host: web.labredes71.com, count: 1 }
  - { id: warm, on: pc1, do: ping, host: web.labredes71.com, count: 1 }
)");
  const auto outcome = play({"--lab", shipped_lab_, folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_EQ(tshark(file("cold.pcap"), {"frame.number"}, "dns").size(), 2u);
  EXPECT_EQ(tshark(file("warm.pcap"), {"frame.number"}, "dns").size(), 0u);
  EXPECT_EQ(tshark(file("warm.pcap"), {"frame.number"}, "icmp").size(), 2u);
}

TEST_P(Activities, WithoutNslookupTheLabsOwnClientStandsIn) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Name, es: Nombre }
steps:
  - { id: name, on: pc1, do: nslookup, name: 192.168.1.7, expect: { contains: [dns.labredes71.com, "Address:  192.168.1.7"] } }
)");
  How how;
  how.environment["PATH"] = "/sbin";  // where nslookup is not
  if (access("/sbin/nslookup", X_OK) == 0) GTEST_SKIP() << "nslookup is everywhere";
  // Whose environment is cut needs its programs by their paths.
  auto words = command({"run", "--out", out_, "--lab", shipped_lab_, folder() + "/scenario.yaml"});
  if (words.front() == "setpriv") words.front() = "/usr/bin/setpriv";
  const auto outcome = run(words, environment(how));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  EXPECT_THAT(transcript("1-name"), HasSubstr("labnet dns --nslookup 192.168.1.7"));
}

TEST_P(Activities, WhatIsNotAsExpectedFailsAndSaysWhy) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Wrong, es: Mal }
captures:
  - { file: wrong.pcap, host: pc1, steps: [ping], expect: { protocols: [ICMP], echoes: 2, frame_bytes: 75, reply_ttl: 63 } }
steps:
  - { id: ping, on: pc1, do: ping, host: 192.168.1.7, count: 1, expect: { contains: [no such words], exit_code: 3 } }
  - { id: goes-on, on: pc1, run: "echo still here; exit 7", expect: { exit_code: 7 } }
  - { id: too-long, on: pc1, run: "sleep 30", time_limit: 100ms }
)");
  const auto outcome = play({"--lab", shipped_lab_, folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  for (const auto* failure :
       {"expected exit code 3, found 0", "expected \"no such words\" in what it prints", "did not end within 100 ms",
        "protocols: expected ICMP, found ARP, ICMP", "echo requests: expected 2, found 1",
        "bytes of the frame of echo request 1: expected 75, found 98",
        "TTL of the reply to echo request 1: expected 63, found 64"}) {
    EXPECT_THAT(outcome.output, HasSubstr(failure));
  }
  EXPECT_THAT(transcript("1-goes-on"), HasSubstr("still here\n"));
  EXPECT_FALSE(results().at("good").as_bool());
  EXPECT_THAT(read_file(file("junit.xml")), HasSubstr("<failure message=\"expected exit code 3, found 0\"/>"));
  EXPECT_THAT(outcome.output, HasSubstr("\n1 of 4 as expected; 1 capture,"));
}

TEST_P(Activities, AStepInTheBackgroundRunsWhileOthersAreAndIsJudgedAtItsEnd) {
  const auto lab = up();
  const auto before = processes();
  write("scenario.yaml", R"(activity: "1"
title: { en: Background }
steps:
  - { id: server, on: one, run: "echo up; read x <there; echo got $x; exit 5", background: true, ready: up, expect: { exit_code: 5, contains: [got mail] } }
  - { id: client, on: one, run: "echo mail >there" }
  - { id: served, on: one, do: wait, step: server }
  - { id: sleeper, on: one, run: "sleep 77.3", background: true }
  - { id: awake, on: one, do: end, step: sleeper }
  - { id: wrong, on: one, run: "exit 3", background: true }
  - { id: wrong-end, on: one, do: wait, step: wrong }
  - { id: lazy, on: one, run: "echo almost; sleep 66.6", background: true, ready: never, time_limit: 300ms }
  - { id: lazy-end, on: one, do: wait, step: lazy }
  - { id: hasty, on: one, run: "echo no; exit 4", background: true, ready: up }
  - { id: hasty-end, on: one, do: end, step: hasty }
  - { id: endless, on: one, run: "sleep 77.3", background: true }
  - { id: endless-end, on: one, do: wait, step: endless, time_limit: 300ms }
)");
  const auto fifo = output_folder() + "/there";
  auto words = as_user({"mkfifo", fifo});
  ASSERT_EQ(run(words, environment()).exit_code, 0);
  How how;
  how.folder = output_folder();
  const auto outcome = play({folder() + "/scenario.yaml"}, how);
  EXPECT_EQ(outcome.exit_code, 1);
  const auto all = results();
  std::map<std::string, std::string> failures;
  for (const auto& value : all.at("activities").at(0).at("steps").as_array()) {
    std::string text;
    for (const auto& failure : value.at("failures").as_array()) text += failure.as_string();
    failures[std::string{value.at("id").as_string()}] = text;
  }
  for (const auto* const good : {"server", "client", "served", "sleeper", "awake", "wrong", "endless"}) {
    EXPECT_EQ(failures[good], "") << good;
  }
  EXPECT_EQ(failures["wrong-end"], "expected exit code 0, found 3");
  EXPECT_EQ(failures["lazy"], "did not say \"never\" within 300 ms");
  EXPECT_EQ(failures["lazy-end"], "step lazy is not under way");
  EXPECT_EQ(failures["hasty"], "ended with exit code 4 before it said \"up\": no");
  EXPECT_EQ(failures["hasty-end"], "step hasty is not under way");
  EXPECT_EQ(failures["endless-end"], "did not end within 300 ms");
  EXPECT_THAT(outcome.output, HasSubstr("one$ wait server\n      got mail\n"));
  EXPECT_THAT(transcript("1-server"), HasSubstr("up\ngot mail\n"));
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
}

TEST_P(Activities, AnInterruptedRunLeavesNoStepInTheBackground) {
  const auto lab = up();
  const auto before = processes();
  const auto scenario = write("scenario.yaml", R"(activity: "1"
title: { en: Interrupted }
steps:
  - { id: first, on: one, run: "sleep 77.3 & sleep 66.6; true", background: true }
  - { id: second, on: one, do: wait, step: first }
)");
  Child run{command({"run", "--out", out_, scenario}), environment({.prepare = [] { setpgid(0, 0); }})};
  ASSERT_TRUE(eventually([&] { return processes().size() >= before.size() + 6; })) << "two sleeps and those above them";
  kill(-run.pid(), SIGINT);
  EXPECT_EQ(run.wait().exit_code, 1);
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
}

TEST_P(Activities, APhoneWithAWrongPasswordSaysSo) {
  write("scenario.yaml", R"(activity: "1"
title: { en: Wrong }
steps:
  - { id: answer, on: phone2, do: sip.answer, background: true, user: "102:wrong", server: 172.20.10.12 }
  - { id: call, on: phone1, do: sip.call, number: "102", user: "101:wrong", server: 172.20.10.12 }
  - { id: end, on: phone2, do: wait, step: answer }
)");
  const auto outcome = play({"--lab", shipped_lab_, "--quiet", folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output,
              HasSubstr("FAILED: ended with exit code 1 before it said \"ready at \": labnet sip answer: "
                        "the registration has failed: the server does not accept the number and its "
                        "password\n"));
  EXPECT_THAT(outcome.output, HasSubstr("FAILED: expected exit code 0, found 1: labnet sip call: the registration has "
                                        "failed: the server does not accept the number and its password\n"));
}

TEST_P(Activities, AStepThatReachesItsTimeLimitLeavesNothingInTheLab) {
  const auto lab = up();
  const auto before = processes();
  write("scenario.yaml", R"(activity: "1"
title: { en: Too long }
steps:
  - { id: obeys, on: one, run: "setsid sleep 88.8 & sleep 77.3 & sleep 66.6", time_limit: 300ms }
  - { id: does-not, on: one, run: "trap '' TERM; sleep 77.3 & sleep 66.6", time_limit: 300ms }
)");
  const auto outcome = play({folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("did not end within 300 ms"));
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
  EXPECT_EQ(labnet({"exec", "one", "--", "true"}).exit_code, 0);
}

TEST_P(Activities, AnInterruptedStepLeavesNothingInTheLab) {
  const auto lab = up();
  const auto before = processes();
  const auto scenario = write("scenario.yaml", R"(activity: "1"
title: { en: Interrupted }
steps:
  - { id: first, on: one, run: "true" }
  - { id: long, on: one, run: "sleep 77.3 & sleep 66.6; true" }
)");
  Child run{command({"run", "--out", out_, scenario}), environment({.prepare = [] { setpgid(0, 0); }})};
  ASSERT_TRUE(eventually([&] { return processes().size() >= before.size() + 6; })) << "two sleeps and those above them";
  kill(-run.pid(), SIGINT);  // as Ctrl-C does
  EXPECT_EQ(run.wait().exit_code, 1);
  EXPECT_TRUE(eventually([&] { return processes() == before; }));
}

TEST_P(Activities, WhatAStepPrintsDoesNotSteerTheTerminal) {
  const auto lab = up();
  write("scenario.yaml", R"(activity: "1"
title: { en: Escapes }
steps:
  - { id: look, on: one, run: "printf '\\033]0;gone\\007\\033[31mred\\000\\302\\233 caf\\303\\251\\tx\\r\\n'", expect: { contains: ["\e[2J"] } }
)");
  const auto outcome = play({folder() + "/scenario.yaml"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("\\x1b]0;gone\\x07\\x1b[31mred\\x00\\xc2\\x9b café\tx\n"));
  EXPECT_THAT(outcome.output, HasSubstr("expected \"\\x1b[2J\" in what it prints"));
  for (const char c : {'\x1b', '\x07', '\r', '\0'}) EXPECT_EQ(outcome.output.find(c), std::string::npos) << int{c};
  EXPECT_THAT(transcript("1-look"), HasSubstr("\x1b]0;gone\x07")) << "the file has it as it was";
}

TEST_P(Activities, AFolderThatCannotBeWrittenIsToldBeforeAnythingIsStarted) {
  const auto file = write("file", "");
  const auto outcome = labnet({"run", "--lab", shipped_lab_, "--out", file + "/out", "8.1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, HasSubstr("cannot make the folder"));
  EXPECT_EQ(runtime_files(), std::set<std::string>{});
}

TEST_P(Activities, GivenTwiceAreEachPlayedOnce) {
  const auto lab = up();
  const auto scenario = write("scenario.yaml", R"(activity: "1"
title: { en: Once }
steps:
  - { id: look, on: one, run: "true" }
)");
  EXPECT_EQ(play({scenario, folder() + "/./scenario.yaml", scenario}).exit_code, 0);
  EXPECT_EQ(results().at("activities").as_array().size(), 1u);
}

TEST_P(Activities, ANameThatAnotherOneTakesIsToldBeforeAnythingIsStarted) {
  const auto scenario = [&](const std::string& activity, const std::string& step, const std::string& capture) {
    return write(activity + step + ".yaml", "activity: \"" + activity +
                                                "\"\ntitle: { en: x }\ncaptures:\n  - { file: " + capture +
                                                ", host: pc1, steps: [" + step + "] }\nsteps:\n  - { id: " + step +
                                                ", on: pc1, run: \"true\" }\n");
  };
  const auto first = scenario("1", "a-b", "one.pcap");
  const auto same_capture = scenario("2", "a", "one.pcap");
  const auto same_transcript = scenario("1-a", "b", "two.pcap");
  const auto captures = labnet({"run", "--lab", shipped_lab_, "--out", out_, first, same_capture});
  EXPECT_EQ(captures.exit_code, 2);
  EXPECT_EQ(captures.errors,
            same_capture + ":4:5: \"one.pcap\" is written by activity 1 of this run too, from another file\n");
  const auto transcripts = labnet({"run", "--check", "--lab", shipped_lab_, first, same_transcript});
  EXPECT_EQ(transcripts.exit_code, 2);
  EXPECT_EQ(transcripts.errors,
            same_transcript + ":6:5: \"1-a-b.txt\" is written by activity 1 of this run too, from another file\n");
  EXPECT_TRUE(fs::is_empty(out_));
}

TEST_P(Activities, ALabThatIsUpIsUsedAndStaysUp) {
  const auto lab = up();
  write("scenario.yaml", R"(activity: "1"
title: { en: Two hosts, es: Dos }
steps:
  - { id: ping, on: one, do: ping, host: 192.168.1.2, count: 1 }
)");
  EXPECT_EQ(play({folder() + "/scenario.yaml"}).exit_code, 0);
  EXPECT_EQ(results().at("lab").as_string(), "small");
  EXPECT_EQ(labnet({"status"}).exit_code, 0);
}

TEST_P(Activities, OnTheLoopbackNetworkWhatIsPossibleIsPlayed) {
  // In a network namespace of its own, since all labs share the addresses of one loopback.
  auto words = command({"run", "--out", out_, "--lab", shipped_lab_, "--network", "loopback"});
  std::string line = "ip link set lo up; exec";
  for (const auto& word : words) line += " '" + word + "'";
  const auto outcome = run({"unshare", "-n", "sh", "-c", line}, environment({.patience = run_patience}));
  if (outcome.errors.find("unshare") != std::string::npos) GTEST_SKIP() << outcome.errors;
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("not captured: the lab runs on the loopback network"));
  EXPECT_THAT(outcome.output, HasSubstr("pc1$ labnet ping 127.71.1.7 --like windows --count 4\n"));
  EXPECT_THAT(outcome.output, HasSubstr("Name:    dns.labredes71.com"));
  EXPECT_THAT(transcript("8.2-show-cache"), HasSubstr("A (Host) Record  . . . : 127.71.1.10"));
  EXPECT_THAT(transcript("8.2-show-empty-cache"), HasSubstr("The DNS cache is empty."));
  for (const auto& entry : fs::directory_iterator{out_}) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(".pcap")));
  }
}

}  // namespace
}  // namespace labnet::test
