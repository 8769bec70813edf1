// The admin address of each service, as who watches over it sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>

#include "tests/support/watched_service.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class AdminAddress : public testing::TestWithParam<std::string> {
 protected:
  /// What a service of that protocol cannot be started without.
  std::vector<std::string> options() const {
    if (GetParam() == "dns") return {"--zone", "example.=" + zone()};
    if (GetParam() == "ftp") return {"--root", folder_.path(), "--anonymous"};
    if (GetParam() == "http") return {"--root", folder_.path()};
    if (GetParam() == "sip") return {"--user", "101:secret"};
    return {"--key", "1234"};
  }
  std::string zone() const {
    return folder_.write("zone", "@ 3600 SOA ns.example. a.example. 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n");
  }

  TemporaryFolder folder_;
};

TEST_P(AdminAddress, SaysThatTheServiceIsWellAndReady) {
  const WatchedService watched{GetParam(), options()};
  EXPECT_THAT(watched.get("/healthz"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(watched.get("/readyz"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(watched.get("/"), StartsWith("HTTP/1.1 404 "));
}

/// By the parser of Prometheus' own library, and by its rules for names, as far as they can be looked up in a text.
TEST_P(AdminAddress, GivesMetricsAsPrometheusReadsThem) {
  const WatchedService watched{GetParam(), options()};
  const auto text = watched.metrics();
  EXPECT_THAT(text, ContainsRegex("labnet_build_info\\{version=\"[0-9.]+\"\\} 1\n"));
  EXPECT_THAT(text, ContainsRegex("\nprocess_start_time_seconds [1-9]"));
  for (const auto* const name : {"connections_total", "connections_refused_total", "received_bytes_total", "workers"}) {
    EXPECT_THAT(text, ContainsRegex("\nlabnet_" + GetParam() + "_" + name + " [0-9]"));
  }
  const auto file = folder_.write("metrics", text);
  const auto outcome = run({debian_python, "-c", R"(
import re, sys
from prometheus_client.parser import text_string_to_metric_families
text = open(sys.argv[1], encoding="utf-8").read()
assert text.endswith("\n")
families = list(text_string_to_metric_families(text))
names = [family.name for family in families]
assert len(names) == len(set(names)), "each family stands once"
for family in families:
    assert family.documentation.endswith("."), family.name
    assert family.type in ("counter", "gauge"), family.name
    assert re.fullmatch(r"[a-z][a-z0-9_]*", family.name), family.name
    assert family.name.startswith(("labnet_" + sys.argv[2] + "_", "labnet_build_info", "process_")), family.name
    for sample in family.samples:
        assert (family.type == "counter") == sample.name.endswith("_total"), sample.name
        assert sample.value >= 0, sample
print(len(families))
)",
                            file, GetParam()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors << text;
}

TEST_P(AdminAddress, StandsInTheConfigurationToo) {
  std::map<std::string, std::string> needed{{"ftp", "root: .\n"},
                                            {"http", "sites: [{ root: . }]\n"},
                                            {"sip", "users: { 101: { password: x } }\n"},
                                            {"rtmp", "apps: { live: { keys: { 1234: {} } } }\n"}};
  const auto file = folder_.write("config.yaml", needed[GetParam()] + "admin: 127.0.0.1:0\n");
  RunningService service{GetParam(), {"-c", file}};
  EXPECT_THAT(service.wait_for_log("admin address"), HasSubstr("address=http://127.0.0.1:"));
}

TEST_P(AdminAddress, IsAFaultIfItIsTaken) {
  const TcpListener taken;
  std::vector<std::string> command{
      labnet(), "serve", GetParam(), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:" + std::to_string(taken.port())};
  const auto more = options();
  command.insert(command.end(), more.begin(), more.end());
  const auto outcome = run(command);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("cannot listen on"));
}

TEST_P(AdminAddress, EndsWithTheService) {
  WatchedService watched{GetParam(), options()};
  EXPECT_EQ(watched.service().terminate(), 0);
}

INSTANTIATE_TEST_SUITE_P(OfEachService, AdminAddress, testing::Values("dns", "ftp", "http", "sip", "rtmp"),
                         [](const auto& instance) { return instance.param; });

TEST(AdminMetrics, CountHttpRequests) {
  const TemporaryFolder folder;
  folder.write("page.html", "<p>hello</p>");
  const WatchedService watched{"http", {"--root", folder.path()}};
  const auto ask = [&](const std::string& text) {
    const TcpClient client{watched.port("http")};
    client.send(text);
    return client.receive_all();
  };
  const std::string rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_THAT(ask("GET /page.html" + rest), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask("GET /page.html" + rest), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask("HEAD /page.html" + rest), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask("GET /nothing" + rest), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask("GET nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  const auto refused = ask("BREW /page.html" + rest);
  const auto status = refused.substr(9, 3);
  EXPECT_EQ(watched.metric(R"(labnet_http_requests_total{method="GET",status="200"})"), 2);
  EXPECT_EQ(watched.metric(R"(labnet_http_requests_total{method="HEAD",status="200"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_http_requests_total{method="GET",status="404"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_http_requests_total{method="other",status="400"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_http_requests_total{method="other",status=")" + status + "\"}"), 1);
  EXPECT_EQ(watched.metric("labnet_http_connections_total"), 6);
  EXPECT_GT(watched.metric("labnet_http_received_bytes_total"), 6 * 20);
  EXPECT_GT(watched.metric("labnet_http_sent_bytes_total"), 6 * 100);
  EXPECT_TRUE(eventually([&] { return watched.metric("labnet_http_open_connections") == 0; }));
}

TEST(AdminMetrics, CountConnectionsBeyondALimit) {
  const TemporaryFolder folder;
  const auto file = folder.write("http.yaml", "sites: [{ root: . }]\nlimits: { connections_max: 1 }\n");
  const WatchedService watched{"http", {"-c", file}};
  const TcpClient first{watched.port("http")};
  EXPECT_TRUE(eventually([&] { return watched.metric("labnet_http_open_connections") == 1; }));
  const TcpClient second{watched.port("http")};
  EXPECT_THAT(second.receive_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(watched.metric("labnet_http_connections_refused_total"), 1);
  EXPECT_EQ(watched.metric("labnet_http_connections_total"), 1);
}

TEST(AdminMetrics, CountTlsHandshakes) {
  const TemporaryFolder folder;
  const auto made = make_certificate(folder);
  const WatchedService watched{
      "http",
      {"--root", folder.path(), "--cert", made.certificate, "--key", made.key, "--listen", "https://127.0.0.1:0"}};
  TcpClient client{watched.port("https")};
  ASSERT_TRUE(client.begin_tls());
  const TcpClient stranger{watched.port("https")};
  stranger.send(std::string("\x16\x03\x01\x00\x05hello", 10));
  stranger.receive_all();
  EXPECT_TRUE(eventually([&] { return watched.metric(R"(labnet_http_tls_handshakes_total{result="done"})") == 1; }));
  EXPECT_TRUE(eventually([&] { return watched.metric(R"(labnet_http_tls_handshakes_total{result="failed"})") == 1; }));
}

TEST(AdminMetrics, CountDnsQuestions) {
  const TemporaryFolder folder;
  const auto zone = folder.write("zone", "@ 3600 SOA ns.example. a.example. 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n");
  const WatchedService watched{"dns", {"--zone", "example.=" + zone}};
  const auto ask = [&](std::vector<std::string> words, const std::string& scheme = "udp") {
    std::vector<std::string> command{labnet(), "dns", "@127.0.0.1", "-p", std::to_string(watched.port(scheme))};
    command.insert(command.end(), words.begin(), words.end());
    return run(command);
  };
  ask({"ns.example.", "A"});
  ask({"ns.example.", "AAAA", "+tcp"}, "tcp");
  ask({"nothing.example.", "A"});
  ask({"ns.example.", "TYPE1234"});
  EXPECT_EQ(watched.metric(R"(labnet_dns_queries_total{type="A"})"), 2);
  EXPECT_EQ(watched.metric(R"(labnet_dns_queries_total{type="AAAA"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_dns_queries_total{type="other"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_dns_messages_received_total{transport="udp"})"), 3);
  EXPECT_EQ(watched.metric(R"(labnet_dns_messages_received_total{transport="tcp"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_dns_replies_total{rcode="NOERROR"})"), 3);
  EXPECT_EQ(watched.metric(R"(labnet_dns_replies_total{rcode="NXDOMAIN"})"), 1);
  EXPECT_GT(watched.metric("labnet_dns_received_bytes_total"), 4 * 12);
  EXPECT_GT(watched.metric("labnet_dns_sent_bytes_total"), 4 * 12);
}

TEST(AdminMetrics, CountFtpSessions) {
  const TemporaryFolder folder;
  folder.write("file", std::string(1000, 'x'));
  const WatchedService watched{"ftp", {"--root", folder.path(), "--user", "eve:right"}};
  const TcpClient client{watched.port("ftp")};
  const auto say = [&](const std::string& line) {
    client.send(line + "\r\n");
    return client.receive();
  };
  client.receive();  // the greeting
  say("USER eve");
  EXPECT_THAT(say("PASS right"), StartsWith("230"));
  EXPECT_THAT(say("BREW"), StartsWith("500"));
  const auto passive = say("EPSV");
  const auto bar = passive.find("|||");
  const auto data_port = parse_integer<std::uint16_t>(passive.substr(bar + 3, passive.find('|', bar + 3) - bar - 3));
  ASSERT_TRUE(data_port) << passive;
  say("TYPE I");
  const TcpClient data{*data_port};
  client.send("RETR file\r\n");
  EXPECT_EQ(data.receive_all().size(), 1000u);
  EXPECT_TRUE(eventually(
      [&] { return watched.metric(R"(labnet_ftp_transfers_total{kind="download",result="complete"})") == 1; }));
  EXPECT_EQ(watched.metric(R"(labnet_ftp_transferred_bytes_total{kind="download"})"), 1000);
  EXPECT_EQ(watched.metric(R"(labnet_ftp_logins_total{result="done"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_ftp_commands_total{verb="RETR"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_ftp_commands_total{verb="other"})"), 1);
  EXPECT_EQ(watched.metric("labnet_ftp_sessions"), 1);
  EXPECT_GE(watched.metric("labnet_ftp_sent_bytes_total"), 1000);
}

TEST(AdminMetrics, CountSipRequests) {
  const WatchedService watched{"sip", {"--user", "101:secret"}};
  const TcpClient client{watched.port("tcp")};
  client.send(
      "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5099;branch=z9hG4bKo1;rport\r\nMax-Forwards: 70\r\n"
      "From: <sip:101@labnet>;tag=o\r\nTo: <sip:127.0.0.1>\r\nCall-ID: o1\r\nCSeq: 1 OPTIONS\r\nContent-Length: "
      "0\r\n\r\n");
  EXPECT_THAT(client.receive(), StartsWith("SIP/2.0 200 "));
  EXPECT_EQ(watched.metric(R"(labnet_sip_requests_total{method="OPTIONS"})"), 1);
  EXPECT_EQ(watched.metric(R"(labnet_sip_requests_total{method="INVITE"})"), 0);
  EXPECT_EQ(watched.metric(R"(labnet_sip_responses_sent_total{class="2xx"})"), 1);
  EXPECT_EQ(watched.metric("labnet_sip_open_connections"), 1);
  EXPECT_EQ(watched.metric("labnet_sip_active_calls"), 0);
  EXPECT_EQ(watched.metric("labnet_sip_registrations"), 0);
  EXPECT_EQ(watched.metric("labnet_sip_rtp_sent_packets_total"), 0);
}

}  // namespace
}  // namespace labnet::test
