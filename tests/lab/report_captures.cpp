#include "tests/lab/report_captures.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/tshark.hpp"

namespace labnet::test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

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

void expect_nothing_lost(const std::string& pcap, const boost::json::object& capture) {
  SCOPED_TRACE(pcap);
  EXPECT_EQ(capture.at("dropped").to_number<int>(), 0);
  const auto frames = tshark(pcap, {"frame.number"}).size();
  EXPECT_EQ(capture.at("received").to_number<std::size_t>(), frames);
  EXPECT_EQ(tshark(pcap + "ng", {"frame.number"}).size(), frames);
  const auto described = run({"capinfos", "-M", pcap + "ng"});
  EXPECT_THAT(described.output, HasSubstr("Name = eth"));
}

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

void expect_secret_download(const std::string& file) {
  EXPECT_EQ(tshark(file, {"frame.number"}, "ftp.request.command == \"PASS\"").size(), 0u);
  const auto with_keys = file + "ng";
  const auto password = tshark(with_keys, {"ftp.request.arg"}, "ftp.request.command == \"PASS\"");
  ASSERT_EQ(password.size(), 1u);
  EXPECT_EQ(password[0].at("ftp.request.arg"), "password");
  EXPECT_EQ(tshark(with_keys, {"frame.number"}, "ftp.request.command == \"RETR\"").size(), 1u);
}

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

namespace {

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

}  // namespace

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

void expect_live_stream(const std::string& file) {
  std::string told;
  for (const auto& row : tshark(file, {"_ws.col.Info"}, "rtmpt")) told += row.at("_ws.col.Info") + "|";
  const std::string_view report =
      "Handshake C0+C1|Handshake S0+S1+S2|Handshake C2|Set Chunk Size 4096|connect('live')|"
      "Window Acknowledgement Size 5000000|Set Peer Bandwidth 5000000,Dynamic|Set Chunk Size 4096|"
      "_result('NetConnection.Connect.Success')|releaseStream('1234')|FCPublish('1234')|createStream()|"
      "_result()|_result()|_result()|publish('1234')|Stream Begin 1|onStatus('NetStream.Publish.Start')|"
      "@setDataFrame()|";
  EXPECT_EQ(told.substr(0, report.size()), report);
  EXPECT_THAT(told, Not(HasSubstr("Unknown")));
  EXPECT_GT(tshark(file, {"frame.number"}, "rtmpt.header.typeid == 9").size(), 100u);
  EXPECT_GT(tshark(file, {"frame.number"}, "rtmpt.header.typeid == 8").size(), 100u);
}

void expect_secret_live_stream(const std::string& file) {
  const auto hello = tshark(file, {"tls.handshake.extensions_server_name"}, "tls.handshake.type == 1");
  ASSERT_EQ(hello.size(), 1u);
  EXPECT_EQ(hello.front().at("tls.handshake.extensions_server_name"), "rtmp.labredes71.com");
  EXPECT_EQ(tshark(file, {"frame.number"}, "rtmpt").size(), 0u);
  EXPECT_EQ(tshark(file, {"frame.number"}, "tcp contains \"1234\"").size(), 0u);
  EXPECT_GT(tshark(file, {"frame.number"}, "tls.app_data").size(), 100u);
}

void expect_tunnelled_live_stream(const std::string& file) {
  const auto requests = tshark(file, {"http.request.method", "http.request.uri"}, "http.request");
  ASSERT_GT(requests.size(), 20u);
  EXPECT_EQ(requests.front().at("http.request.uri"), "/open/1");
  for (std::size_t i = 1; i < requests.size(); ++i) {
    EXPECT_EQ(requests[i].at("http.request.method"), "POST");
    EXPECT_THAT(requests[i].at("http.request.uri"), testing::EndsWith("/" + std::to_string(i - 1)));
  }
  EXPECT_THAT(requests.back().at("http.request.uri"), testing::StartsWith("/close/"));
  EXPECT_EQ(tshark(file, {"frame.number"}, "http.response.code == 200").size(), requests.size());
  EXPECT_EQ(tshark(file, {"frame.number"}, "http.response.code != 200").size(), 0u);
  EXPECT_EQ(tshark(file, {"frame.number"}, "http.content_type == \"application/x-fcs\" && http.response").size(),
            requests.size());
  EXPECT_GT(tshark(file, {"frame.number"}, "tcp contains \"1234\"").size(), 0u);
  const auto messages = tshark(file, {"_ws.col.Info"}, "rtmpt");
  ASSERT_GT(messages.size(), 20u);
  EXPECT_EQ(messages[0].at("_ws.col.Info"), "Handshake C0+C1");
  EXPECT_EQ(messages[1].at("_ws.col.Info"), "Handshake S0+S1+S2");
  for (const auto& one : messages) EXPECT_THAT(one.at("_ws.col.Info"), Not(HasSubstr("Unknown")));
}

}  // namespace labnet::test
