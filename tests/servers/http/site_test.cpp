// Names, redirections, TLS, reloads, the access log, and what a configuration may not say.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include <boost/json.hpp>

#include "common/base/text.hpp"
#include "common/settings/document.hpp"
#include "servers/http/config.hpp"
#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using namespace std::string_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

/// A service with TLS by a lab CA of its own.
class HttpWithCa : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  std::unique_ptr<RunningHttp> start(const std::string& yaml) const {
    return RunningHttp::with_config(yaml, {.environment = {{"LABNET_CA_DIR", folder.path() + "/ca"}}},
                                    {"--listen", "https://127.0.0.1:0"});
  }

  /// As curl does it, with the CA trusted and no name looked up: "STATUS body".
  std::string curl(const RunningHttp& server, const std::string& host, const std::string& path,
                   std::vector<std::string> options = {}) const {
    std::vector<std::string> command{"curl",      "-s",
                                     "-w",        "%{stderr}%{http_code} ",
                                     "--cacert",  folder.path() + "/ca/ca.crt",
                                     "--resolve", fmt::format("{}:{}:127.0.0.1", host, server.tls_port())};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(fmt::format("https://{}:{}{}", host, server.tls_port(), path));
    const auto outcome = test::run(command);
    return outcome.errors + outcome.output;
  }
};

TEST(HttpSites, HostSaysWhichOneIsMeant) {
  const test::TemporaryFolder other;
  other.write("index.html", "other");
  const auto server = RunningHttp::with_config(fmt::format(R"(
sites:
  - {{ names: [www.lab], root: ROOT }}
  - {{ names: [other.lab, "[::1]"], root: {}, fields: {{ Cache-Control: no-store }} }}
)",
                                                           other.path()));
  server->write("index.html", "www");
  HttpClient client{*server};
  const auto body = [&](std::string_view host) {
    client.send(fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host));
    return client.receive().body;
  };
  EXPECT_EQ(body("www.lab"), "www");
  EXPECT_EQ(body("OTHER.lab:8080"), "other");
  EXPECT_EQ(body("[::1]:80"), "other");
  EXPECT_EQ(body("other.lab.:8080"), "other") << "fully qualified";
  EXPECT_EQ(body("unknown.lab"), "www");
  EXPECT_EQ(body(""), "www");
  client.send("GET http://other.lab/ HTTP/1.1\r\nHost: www.lab\r\n\r\n");
  const auto response = client.receive();
  EXPECT_EQ(response.body, "other");
  EXPECT_EQ(response.field("Cache-Control"), "no-store");
}

TEST(HttpSites, ListTheirFoldersAsJsonForWhoLikesThatBetter) {
  RunningHttp server{std::vector<std::string>{"--listing"}};
  server.write("b \"x\".txt", "12345");
  server.write("a/inside", "");
  server.write("n\xff", "");
  server.write(".hidden", "");
  std::filesystem::create_symlink("nowhere", server.root() + "/link");
  for (const auto* name : {"/b \"x\".txt", "/a", "/n\xff"}) {
    const timespec times[2]{{1'770'977'700, 0}, {1'770'977'700, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (server.root() + name).c_str(), times, 0), 0);
  }
  HttpClient client{server};
  const auto as_json = client.get("/", "Accept: application/json\r\n");
  EXPECT_EQ(as_json.field("Content-Type"), "application/json");
  EXPECT_EQ(as_json.field("Vary"), "Accept");
  const auto told = boost::json::parse(as_json.body).as_array();
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(boost::json::serialize(told[0]), R"({"name":"a","type":"folder","modified":"2026-02-13T10:15:00Z"})");
  EXPECT_EQ(boost::json::serialize(told[1]),
            R"({"name":"b \"x\".txt","type":"file","size":5,"modified":"2026-02-13T10:15:00Z"})");
  EXPECT_EQ(told[2].at("type").as_string(), "link");
  EXPECT_EQ(told[3].at("name").as_string(), "n\\xff");
  const auto type_for = [&](std::string_view accept) {
    const auto response = client.get("/", fmt::format("Accept: {}\r\n", accept));
    EXPECT_EQ(response.field("Vary"), "Accept") << accept;
    return response.field("Content-Type");
  };
  for (const auto* html : {"*/*", "text/html", "text/html, application/json", "text/html, application/json;q=0.9",
                           "application/json;q=0", "image/png", "application/*;q=0.5, text/*;q=0.5"}) {
    EXPECT_EQ(type_for(html), "text/html; charset=utf-8") << html;
  }
  for (const auto* json : {"application/json", "application/json, text/html;q=0.9", "application/*",
                           "text/html;q=0, */*;q=0.1", "application/json;q=0.001"}) {
    EXPECT_EQ(type_for(json), "application/json") << json;
  }
  EXPECT_EQ(client.get("/").field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(client.get("/").field("Vary"), "Accept");
}

TEST(HttpSites, RedirectionsSendOn) {
  const auto server = RunningHttp::with_config(R"(
sites:
  - root: ROOT
    redirects:
      - { from: /old, to: /new, status: 301 }
      - { from: /docs/*, to: "https://docs.lab/v2/*", status: 308 }
      - { from: /away/*, to: / }
      - { from: /there, to: "/has?one" }
)");
  server->write("old", "never seen");
  HttpClient client{*server};
  const auto where = [&](std::string_view target) {
    const auto response = client.get(target);
    return fmt::format("{} {}", response.status, response.field("Location"));
  };
  EXPECT_EQ(where("/old"), "301 /new");
  EXPECT_EQ(where("/%6fld"), "301 /new");
  EXPECT_EQ(where("/docs/a%20b/c"), "308 https://docs.lab/v2/a%20b/c");
  EXPECT_EQ(where("/docs/%0d%0aX:y"), "308 https://docs.lab/v2/%0D%0AX:y");
  EXPECT_EQ(where("/away/x"), "302 /");
  EXPECT_EQ(where("/docs/a?b=c&d"), "308 https://docs.lab/v2/a?b=c&d");
  EXPECT_EQ(where("/there?x"), "302 /has?one");
  EXPECT_EQ(where("/older"), "404 ");
}

TEST_F(HttpWithCa, EachSiteHasItsCertificateAndAnswersForNoOther) {
  const test::TemporaryFolder other;
  other.write("index.html", "other");
  const auto server = start(fmt::format(R"(
sites:
  - {{ names: [www.lab], root: ROOT, tls: {{ names: [www.lab] }} }}
  - {{ names: [other.lab], root: {}, tls: {{ names: [other.lab] }} }}
)",
                                        other.path()));
  server->write("index.html", "www");
  EXPECT_EQ(curl(*server, "www.lab", "/"), "200 www");
  EXPECT_EQ(curl(*server, "other.lab", "/"), "200 other");
  EXPECT_EQ(curl(*server, "www.lab", "/", {"--tls-max", "1.2"}), "200 www");
  EXPECT_THAT(curl(*server, "www.lab", "/", {"-H", "Host: other.lab"}), HasSubstr("421 "));
}

TEST_F(HttpWithCa, ASiteWithoutACertificateIsNotServedByTls) {
  const auto server = start(R"(
sites:
  - { names: [www.lab], root: ROOT, tls: { names: [www.lab] } }
  - { names: [plain.lab], root: ROOT }
)");
  server->write("a", "text");
  EXPECT_THAT(curl(*server, "plain.lab", "/a", {"-k"}), HasSubstr("421 "));
  EXPECT_EQ(curl(*server, "www.lab", "/a"), "200 text");
  HttpClient client{*server};
  client.send("GET /a HTTP/1.1\r\nHost: plain.lab\r\n\r\n");
  EXPECT_EQ(client.receive().body, "text");
}

TEST_F(HttpWithCa, OnlyBySecureConnectionsIfTheSiteWantsIt) {
  const auto server = start(R"(
sites: [{ names: [www.lab], root: ROOT, https_only: true, tls: { names: [www.lab] } }]
)");
  server->write("a", "text");
  EXPECT_EQ(curl(*server, "www.lab", "/a"), "200 text");
  HttpClient client{*server};
  for (int i = 0; i < 2; ++i) {
    const auto response = client.get("/a?b");
    EXPECT_EQ(response.status, 301);
    EXPECT_EQ(response.field("Location"), fmt::format("https://www.lab:{}/a?b", server->tls_port()));
  }
}

TEST_F(HttpWithCa, ARequestInClearIsToldThatThePortIsForTls) {
  const auto log = folder.path() + "/access.log";
  const auto server = start(fmt::format(R"(
access_log: {}
sites: [{{ names: [www.lab], root: ROOT, tls: {{ names: [www.lab] }} }}]
)",
                                        log));
  server->write("a", "text");
  const auto outcome = test::run({"curl", "-s", "-i", fmt::format("http://127.0.0.1:{}/a", server->tls_port())});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, testing::StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(outcome.output, HasSubstr("This port is for HTTPS alone"));
  EXPECT_THAT(outcome.output, HasSubstr("Connection: close"));
  EXPECT_TRUE(
      test::eventually([&] { return test::read_file(log).find("\"GET /a HTTP/1.1\" 400 ") != std::string::npos; }));
  // What is none of both is nobody's to answer.
  HttpClient garbage{server->tls_port()};
  garbage.send("\x01\x02garbage that no handshake begins with");
  EXPECT_EQ(garbage.receive().status, 0);
  EXPECT_EQ(curl(*server, "www.lab", "/a"), "200 text");
}

TEST_F(HttpWithCa, AReloadLosesNoRequestAndSeesNewFolders) {
  const auto server = start(R"(
sites: [{ names: [www.lab], root: ROOT, tls: { names: [www.lab] } }]
)");
  server->write("a", "text");
  std::atomic<bool> is_over = false;
  std::atomic<int> answered = 0, lost = 0;
  std::vector<std::jthread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!is_over) {
        HttpClient client{*server};
        for (int k = 0; k < 50; ++k) client.get("/a").body == "text" ? ++answered : ++lost;
      }
    });
  }
  for (int i = 0; i < 5; ++i) {
    const int before = answered;
    server->signal(SIGHUP);
    server->wait_for_log("sites and certificates read again");
    EXPECT_TRUE(test::eventually([&] { return answered > before + 200; }));
    EXPECT_EQ(curl(*server, "www.lab", "/a"), "200 text");
  }
  is_over = true;
  clients.clear();
  EXPECT_EQ(lost, 0);
}

TEST(HttpAccessLog, HasALineForEachRequestThatNobodyCanForge) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/access.log";
  RunningHttp server{std::vector<std::string>{"--access-log", path}};
  server.write("a", "text");
  HttpClient client{server};
  client.get("/a?x=\"y\"", "Referer: http://www.lab/\r\nUser-Agent: a\\b\"c\xc3\xa9\r\n");
  client.ask("HEAD", "/a");
  client.get("/none");
  client.send("GET /\x01 HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(test::eventually([&] { return split(test::read_file(path), '\n').size() == 5; }));
  const auto text = test::read_file(path);
  const auto lines = split(text, '\n');
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(
      std::string{lines[0]},
      MatchesRegex(R"(127\.0\.0\.1 - - \[[0-9]+/[A-Z][a-z]+/[0-9:]+ \+0000\] "GET /a\?x=\\x22y\\x22 HTTP/1\.1" )"
                   R"(200 4 "http://www\.lab/" "a\\x5cb\\x22c\\xc3\\xa9")"));
  EXPECT_THAT(std::string{lines[1]}, HasSubstr("\"HEAD /a HTTP/1.1\" 200 0 \"-\" \"-\""));
  EXPECT_THAT(std::string{lines[2]}, HasSubstr("\"GET /none HTTP/1.1\" 404 "));
  EXPECT_THAT(std::string{lines[3]}, HasSubstr("\"GET /\\x01 HTTP/1.1\" 400 "));
}

TEST(HttpAccessLog, MayBeStandardOutput) {
  RunningHttp server{std::vector<std::string>{"--access-log", "-"}};
  HttpClient client{server};
  client.get("/none");
  EXPECT_THAT(server.wait_for_log("\"GET /none HTTP/1.1\""), HasSubstr(" 404 "));
}

/// The bytes of a body in the only line.
std::uint64_t logged_bytes(const std::string& path) {
  EXPECT_TRUE(test::eventually([&] { return test::read_file(path).ends_with('\n'); }));
  const auto line = test::read_file(path);
  const auto behind_request = line.find("\" ");
  return behind_request == line.npos ? 0 : std::stoull(line.substr(behind_request + 2 + std::strlen("200 ")));
}

TEST(HttpAccessLog, TellsHowMuchOfALongBodyTheClientHasTaken) {
  constexpr std::size_t bytes = 64 << 20;
  const test::TemporaryFolder folder;
  for (const bool leaves : {false, true}) {
    const auto path = folder.path() + (leaves ? "/left.log" : "/stayed.log");
    RunningHttp server{std::vector<std::string>{"--access-log", path}};
    server.write("long", std::string(bytes, 'a'));
    {
      HttpClient client{server};
      client.send("GET /long HTTP/1.1\r\nHost: www.lab\r\n\r\n");
      if (leaves) {
        // More than the head, which may come alone.
        for (std::size_t come = 0; come < 10'000;) {
          const auto piece = client.connection().receive();
          ASSERT_FALSE(piece.empty());
          come += piece.size();
        }
        client.connection().reset();
      } else {
        EXPECT_EQ(client.receive().body.size(), bytes);
      }
    }
    const auto logged = logged_bytes(path);
    EXPECT_LE(logged, leaves ? bytes - 1 : bytes);
    EXPECT_GE(logged, leaves ? 1 : bytes);
  }
}

TEST(HttpAccessLog, OfAHeadThatDidNotComeInTimeTellsNothingElse) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/access.log";
  const auto server = RunningHttp::with_config("sites: [{ root: ROOT }]\nlimits: { head_timeout: 200ms }\n", {},
                                               {"--access-log", path});
  // As long as the buffer is at first, so that it has to move.
  auto head = "GET /slow HTTP/1.1\r\nHost: www.lab\r\nUser-Agent: me\r\nReferer: http://from.lab/\r\nX: "s;
  head.resize(2048, 'x');
  for (int i = 0; i < 8; ++i) {
    HttpClient client{*server};
    client.send(head);
    EXPECT_EQ(client.receive().status, 408);
  }
  EXPECT_TRUE(test::eventually([&] { return split(test::read_file(path), '\n').size() == 9; }));
  const auto text = test::read_file(path);
  for (const auto line : split(text, '\n')) {
    if (!line.empty()) {
      EXPECT_THAT(std::string{line}, HasSubstr("\"GET /slow HTTP/1.1\" 408 "));
      EXPECT_THAT(std::string{line}, EndsWith(" \"http://from.lab/\" \"me\""));
    }
  }
}

TEST(HttpAccessLog, IsOpenedAnewByAReloadAndWholeAtTheEnd) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() + "/access.log";
  RunningHttp server{std::vector<std::string>{"--access-log", path}};
  server.write("a", "text");
  HttpClient client{server};
  client.get("/a?first");
  EXPECT_TRUE(test::eventually([&] { return !test::read_file(path).empty(); }));
  std::filesystem::rename(path, path + ".1");
  server.signal(SIGHUP);
  server.wait_for_log("sites and certificates read again");
  EXPECT_TRUE(test::eventually([&] { return std::filesystem::exists(path); }));
  client.get("/a?second");
  EXPECT_EQ(server.terminate(), 0);
  EXPECT_THAT(test::read_file(path + ".1"), HasSubstr("first"));
  EXPECT_THAT(test::read_file(path), HasSubstr("second"));
}

TEST(HttpReload, ReadsItsFileAgainAndKeepsWhatItHasForOneWithAFault) {
  const test::TemporaryFolder folder;
  const auto write = [&](const std::string& what) {
    folder.write("http.yaml", fmt::format("sites: [{{ root: ., {} }}]\n", what));
  };
  write("fields: { X-Lab: one }");
  folder.write("a", "text");
  test::RunningService server{"http", {"-c", folder.path() + "/http.yaml"}};
  HttpClient client{server.port("http")};
  EXPECT_EQ(client.get("/a").field("X-Lab"), "one");
  write("fields: { X-Lab: two }");
  server.signal(SIGHUP);
  server.wait_for_log("sites and certificates read again");
  EXPECT_TRUE(test::eventually([&] { return client.get("/a").field("X-Lab") == "two"; }));
  write("lissting: true");
  server.signal(SIGHUP);
  server.wait_for_log("http.yaml:1:20: unknown key");
  EXPECT_EQ(client.get("/a").field("X-Lab"), "two");
  folder.write("http.yaml", "access_log: new.log\nsites: [{ root: ., fields: { X-Lab: three } }]\n");
  server.signal(SIGHUP);
  server.wait_for_log("change with a new start only");
  EXPECT_TRUE(test::eventually([&] { return client.get("/a").field("X-Lab") == "three"; }));
}

TEST(HttpReload, StaysWithTheCopiesThatItWorksOn) {
  const test::TemporaryFolder folder;
  const auto server = RunningHttp::with_config("sites: [{ root: ROOT, uploads: true }]\n", {},
                                               {"--scratch", folder.path() + "/scratch"});
  EXPECT_EQ(HttpClient{*server}.ask("PUT", "/before", "", "text").status, 201);
  server->signal(SIGHUP);
  server->wait_for_log("sites and certificates read again");
  EXPECT_EQ(HttpClient{*server}.ask("PUT", "/behind", "", "text").status, 201);
  EXPECT_EQ(HttpClient{*server}.get("/before").body, "text");
  EXPECT_FALSE(server->has("before"));
  EXPECT_FALSE(server->has("behind"));
}

std::string fault_of(const std::string& yaml) {
  auto document = settings::parse(yaml, "/tmp/http.yaml");
  if (!document) return to_string(document.error());
  const auto config = load_config(*document);
  return config ? "" : to_string(config.error());
}

TEST(HttpConfig, TheShippedFileHasEveryKeyAtItsDefault) {
  auto document = settings::load(std::filesystem::path{LABNET_CONFIG_DIR} / "http.yaml");
  ASSERT_TRUE(document) << to_string(document.error());
  const auto config = load_config(*document);
  ASSERT_TRUE(config) << to_string(config.error());
  std::size_t count = 0;
  for (const auto& key : document->known_keys()) {
    ++count;
    EXPECT_TRUE(key.given) << key.path;
    EXPECT_EQ(key.changed, key.path == "sites.1.root") << key.path;
  }
  EXPECT_EQ(count, 40u);
}

TEST(HttpConfig, SaysWhereItsFaultsAre) {
  EXPECT_EQ(fault_of("sites: [{ root: /tmp }]\n"), "");
  EXPECT_THAT(fault_of("like: apache\n"), HasSubstr("key \"sites\" is missing"));
  EXPECT_THAT(fault_of("sites: []\n"), HasSubstr("at least one"));
  EXPECT_THAT(fault_of("sites: [{}]\n"), HasSubstr("root"));
  EXPECT_THAT(fault_of("sites: [{ root: /none/such }]\n"), HasSubstr("is no folder"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, names: [a b] }]\n"), HasSubstr("a host name or an address"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, names: [www.lab:80] }]\n"), HasSubstr("a host name or an address"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, names: [a.lab] }, { root: /tmp, names: [A.lab] }]\n"),
              HasSubstr("two sites have the name a.lab"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, index: [a/b] }]\n"), HasSubstr("the name of a file"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, fields: { Content-Length: 5 } }]\n"),
              HasSubstr("writes this field itself"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, fields: { \"X Y\": 5 } }]\n"), HasSubstr("the name of a field"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, redirects: [{ from: x, to: /y }] }]\n"), HasSubstr("an absolute path"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, redirects: [{ from: /x/*, to: '/y/*?a' }] }]\n"),
              HasSubstr("at the end"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, redirects: [{ from: /x, to: /x }] }]\n"),
              HasSubstr("where it comes from"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, redirects: [{ from: /x, to: /y }, { from: /x, to: /z }] }]\n"),
              HasSubstr("two redirects"));
  EXPECT_THAT(fault_of("site: [{ root: /tmp }]\n"), HasSubstr("unknown key \"site\""));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, redirects: [{ from: /x, to: /y, status: 200 }] }]\n"),
              HasSubstr("one of 301, 302, 303, 307, 308"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp }]\nlimits: { connections_max: 0 }\n"), HasSubstr("from 1 to 1000000"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp }]\nlisten: [ftp://127.0.0.1:1]\n"), HasSubstr("http://ADDRESS:PORT"));
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, sorts: true }]\n"), HasSubstr("sorts"));
}

TEST(HttpConfig, SaysWhereItsFaultsAreOfParts) {
  const auto fault_in = [](std::string_view area) {
    return fault_of(fmt::format("sites: [{{ root: /tmp, protect: [{{ realm: x, {} }}] }}]\n", area));
  };
  EXPECT_EQ(fault_in("path: /a/*, scheme: form, login: /login, users: { ann: $y$j9T$x }"), "");
  EXPECT_EQ(fault_in("path: /a/*, users: { ann: $y$j9T$x, off: '!' }"), "");
  EXPECT_THAT(fault_in("path: /a/*, scheme: digest, users: { ann: $y$j9T$x }"), HasSubstr("needs the password itself"));
  EXPECT_THAT(fault_in("path: /a/*, scheme: form, users: { ann: x }"), HasSubstr("login"));
  EXPECT_THAT(fault_in("path: /a/*, scheme: form, login: login"), HasSubstr("an absolute path"));
  EXPECT_THAT(fault_in("path: /a/*, scheme: form, login: /login/*"), HasSubstr("the path of one page"));
  EXPECT_THAT(fault_in("path: /a/*, login: /login"), HasSubstr("login"));
  EXPECT_THAT(fault_in("path: /a/*, users: { ann: '' }"), HasSubstr("expected a password"));
  EXPECT_THAT(fault_in(fmt::format("path: /a/*, users: {{ ann: {} }}", std::string(257, 'x'))),
              HasSubstr("at most 256 bytes"));
  EXPECT_THAT(fault_in("path: /a/*, scheme: form, login: /l }, { realm: y, path: /b/*, scheme: form, login: /l"),
              HasSubstr("another part of the site has this path"));
}

TEST(HttpConfig, SaysWhereACertificateIsNeeded) {
  const test::TemporaryFolder folder;
  const auto check = [&](const std::string& yaml, std::vector<std::string> options = {}) {
    const auto file = folder.write("http.yaml", yaml);
    options.insert(options.begin(), {test::labnet(), "serve", "http", "-c", file, "--check"});
    const auto outcome = test::run(options);
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.errors;
  };
  EXPECT_THAT(check("sites:\n  - root: .\n    https_only: true\n"),
              HasSubstr("http.yaml:3:17: the site " + folder.path()));
  const std::string secure = "listen:\n  - https://127.0.0.1:0\nsites: [{ root: . }]\n";
  EXPECT_THAT(check(secure), HasSubstr("http.yaml:2:3: https://127.0.0.1:0 needs a certificate"));
  EXPECT_THAT(check(secure, {"--listen", "https://127.0.0.2:0"}), testing::Not(HasSubstr("http.yaml:")));
}

TEST(HttpOptions, ListenTlsNeedsACertificateUnlessALabSaysIt) {
  const test::TemporaryFolder folder;
  const std::vector<std::string> words{test::labnet(), "serve",       "http",         "--root",     folder.path(),
                                       "--listen",     "127.0.0.1:0", "--listen-tls", "127.0.0.1:0"};
  const auto outcome = test::run(words);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("--listen-tls needs a certificate: --tls"), HasSubstr("--cert FILE")));
}

TEST(HttpConfig, SaysWhichFolderIsMissing) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() + "/uploads");
  folder.write("file", "text");
  const auto fault_of_log = [&](const std::string& log) {
    return fault_of(fmt::format("sites: [{{ root: /tmp }}]\naccess_log: {}\n", log));
  };
  EXPECT_EQ(fault_of_log(folder.path() + "/access.log"), "");
  EXPECT_THAT(fault_of_log(folder.path() + "/none/access.log"),
              HasSubstr(fmt::format(":2:13: access_log: there is no folder {}/none", folder.path())));
  EXPECT_THAT(fault_of_log(folder.path() + "/file/access.log"), HasSubstr("there is no folder"));
  EXPECT_THAT(fault_of_log(folder.path()), HasSubstr("is a folder"));
  const auto fault_of_upload = [&](const std::string& to) {
    return fault_of(fmt::format("sites: [{{ root: {}, applications: [{{ path: /u, do: upload, to: {} }}] }}]\n",
                                folder.path(), to));
  };
  for (const auto* to : {"/uploads", "/uploads/", "/"}) EXPECT_EQ(fault_of_upload(to), "") << to;
  EXPECT_THAT(fault_of_upload("/none"), HasSubstr(fmt::format("to: {}/none/ is no folder", folder.path())));
  EXPECT_THAT(fault_of_upload("/file"), HasSubstr("is no folder"));
}

TEST_F(HttpWithCa, CheckSaysWhereACertificateIsWrong) {
  const auto check = [&](const std::string& tls) {
    const auto file = folder.write("http.yaml", fmt::format("sites:\n  - root: .\n    tls:\n{}", tls));
    const auto outcome = test::run({test::labnet(), "serve", "http", "-c", file, "--check"},
                                   {.environment = {{"LABNET_CA_DIR", folder.path() + "/ca"}}});
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.errors;
  };
  folder.write("a.crt", "no certificate");
  EXPECT_THAT(check("      certificate: none.crt\n      key: none.key\n"),
              AllOf(HasSubstr("http.yaml:4:20: sites.1.tls.certificate: "), HasSubstr("none.crt")));
  EXPECT_THAT(check("      certificate: a.crt\n      key: none.key\n"),
              HasSubstr("http.yaml:4:20: sites.1.tls.certificate: "));
  EXPECT_THAT(check("      names: [www.elsewhere.net]\n"), HasSubstr("http.yaml:4:14: sites.1.tls.names: "));
  ASSERT_EQ(test::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                       "-subj", "/CN=a", "-keyout", folder.path() + "/a.key", "-out", folder.path() + "/a.crt"})
                .exit_code,
            0);
  EXPECT_THAT(check("      certificate: a.crt\n      key: none.key\n"),
              AllOf(HasSubstr("http.yaml:5:12: sites.1.tls.key: "), HasSubstr("none.key")));
}

TEST(HttpConfig, KeepsWhatIsStoredOutOfWhatIsServed) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() + "/www");
  std::filesystem::create_symlink(folder.path() + "/www", folder.path() + "/link");
  const auto fault_with = [&](const std::string& file) {
    return fault_of(
        fmt::format("sites: [{{ root: {0}/www }}, {{ root: /usr/share, applications: [{{ path: /c, do: comments, file: "
                    "{0}/{1} }}] }}]\n",
                    folder.path(), file));
  };
  EXPECT_EQ(fault_with("comments.sqlite"), "");
  EXPECT_EQ(fault_with("www.sqlite"), "");
  for (const auto* file : {"www/comments.sqlite", "link/comments.sqlite", "www/a/b", "x/../www/c"}) {
    EXPECT_THAT(fault_with(file), HasSubstr("lies in a folder that is served")) << file;
  }
  EXPECT_THAT(fault_of("sites: [{ root: /tmp, applications: [{ path: /c, do: echo, file: x }] }]\n"),
              HasSubstr("file"));
}

TEST(HttpOptions, ADescriptorThatIsNoSocketOfALabIsWrongUsage) {
  const test::TemporaryFolder folder;
  for (const auto* descriptor : {"3 3<&-", "3 3</dev/null", "1000"}) {
    const auto outcome = test::run(
        {"sh", "-c", fmt::format("\"$0\" serve http --root \"$1\" --listen 127.0.0.1:0 --control-fd {}", descriptor),
         test::labnet(), folder.path()});
    EXPECT_EQ(outcome.exit_code, 2) << descriptor;
    EXPECT_THAT(outcome.errors, testing::HasSubstr("--control-fd")) << descriptor;
    EXPECT_THAT(outcome.errors, testing::HasSubstr("a connected local socket")) << descriptor;
  }
}

}  // namespace
}  // namespace labnet::http_server
