// HTTPS: whom the client trusts, which versions it speaks, what it shows, and how it ends.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "common/base/text.hpp"
#include "tests/clients/http/fetching.hpp"
#include "tests/clients/http/scripted_server.hpp"
#include "tests/common/net/tls_ends.hpp"
#include "tests/support/child.hpp"

namespace labnet::http_client {
namespace {

using test::Outcome;
using test::response_of;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// Answers each request in TLS with the same bytes; the host is called www.lab.
class HttpsServer {
 public:
  enum class End { with_close_notify, without };

  HttpsServer(net::TlsServerOptions options, std::string answer, End end = End::with_close_notify)
      : server_{net::server_of(std::move(options))},
        service_{[this, answer = std::move(answer), end](net::Stream stream) {
          return serve(std::move(stream), answer, end);
        }} {}

  std::string url(const std::string& host = "www.lab") const {
    return fmt::format("https://{}:{}/", host, service_.port());
  }
  std::string place() const { return fmt::format("www.lab:{}:127.0.0.1", service_.port()); }
  int connections() const { return connections_; }

 private:
  net::Task<void> serve(net::Stream stream, std::string answer, End end) {
    ++connections_;
    const auto secured = co_await stream.accept_tls(server_, net::test_limit);
    if (!secured) co_return;
    for (;;) {
      std::string line = "x";
      while (!line.empty()) {
        const auto read = co_await stream.read_line(8192, net::test_limit);
        if (!read) co_return;
        line = *read;
      }
      const auto written = co_await stream.write(answer);
      if (!written) co_return;
      if (answer.find("Content-Length") != std::string::npos) continue;
      if (end == End::with_close_notify) co_await stream.finish(net::test_limit);
      co_return;
    }
  }

  std::atomic<int> connections_ = 0;
  std::shared_ptr<const net::TlsServer> server_;
  net::TlsService service_;
};

class Https : public testing::Test {
 protected:
  Outcome http(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) const {
    arguments.insert(arguments.begin(), {test::labnet(), "http", "get"});
    return test::run(arguments, {.environment = std::move(environment), .folder = folder_.path()});
  }
  net::TlsServerOptions options() const { return {.identities = {identity_}}; }
  std::string trusted() const { return authority_.path(); }

  test::TemporaryFolder folder_;
  net::Authority authority_{"test CA"};
  net::TlsIdentity identity_ = authority_.issue();
};

TEST_F(Https, IsSpokenWithWhomIsTrusted) {
  const HttpsServer server{options(), response_of("hello")};
  const auto outcome = http({"--cacert", trusted(), "--resolve", server.place(), server.url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, "hello");
}

TEST_F(Https, IsNotSpokenWithAnybodyElse) {
  const HttpsServer server{options(), response_of("hello")};
  const auto unknown = http({"--resolve", server.place(), server.url()});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.output, "");
  EXPECT_THAT(unknown.errors, HasSubstr("--ca FILE names a CA to trust, --insecure takes any certificate"));
  const auto other_name = http({"--ca", trusted(), server.url("127.0.0.1")});
  EXPECT_EQ(other_name.exit_code, 1);
  EXPECT_THAT(other_name.errors, HasSubstr("127.0.0.1"));
}

TEST_F(Https, IsSpokenWithAnybodyIfThatIsWanted) {
  const HttpsServer server{options(), response_of("hello")};
  const auto outcome = http({"-k", server.url("127.0.0.1")});
  EXPECT_EQ(outcome.output, "hello");
  EXPECT_THAT(outcome.errors, HasSubstr("labnet http get: the certificate"));  // what is wrong with it is told
}

TEST_F(Https, ShowsVersionAndCertificates) {
  auto with_protocol = options();
  with_protocol.protocols = {"http/1.1"};
  const HttpsServer server{with_protocol, response_of("hello")};
  const auto outcome = http({"-v", "--ca", trusted(), "--resolve", server.place(), server.url()});
  EXPECT_THAT(outcome.errors,
              AllOf(HasSubstr("* TLS 1.3, TLS_"), HasSubstr("protocol by ALPN: http/1.1"),
                    HasSubstr("* certificate 0: CN=www.lab, for www.lab; issued by CN=test CA; valid from 2")));
}

TEST_F(Https, SpeaksTheVersionsThatItIsTold) {
  const HttpsServer server{options(), response_of("hello")};
  const std::vector<std::string> common{"-v", "--ca", trusted(), "--resolve", server.place(), server.url()};
  auto older = common;
  older.insert(older.end(), {"--tls-max", "1.2"});
  EXPECT_THAT(http(older).errors, HasSubstr("* TLS 1.2, "));
  auto old_server_options = options();
  old_server_options.version_max = net::TlsVersion::tls_1_2;
  const HttpsServer old_server{old_server_options, response_of("hello")};
  const auto refused = http({"--tls-min", "1.3", "--ca", trusted(), "--resolve", old_server.place(), old_server.url()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(http({"--tls-min", "1.1", old_server.url()}).exit_code, 2);
  EXPECT_EQ(http({"--tls-min", "1.3", "--tls-max", "1.2", old_server.url()}).exit_code, 1);
}

TEST_F(Https, WritesItsKeysDown) {
  const HttpsServer server{options(), response_of("hello")};
  const auto path = folder_.path() + "/keys", other = folder_.path() + "/other";
  const std::vector<std::string> common{"--ca", trusted(), "--resolve", server.place(), server.url()};
  auto named = common;
  named.insert(named.end(), {"--key-log", path});
  EXPECT_EQ(http(named, {{"SSLKEYLOGFILE", other}}).exit_code, 0);
  EXPECT_THAT(test::read_file(path), HasSubstr("CLIENT_TRAFFIC_SECRET_0 "));
  EXPECT_EQ(test::read_file(other), "");
  EXPECT_EQ(http(common, {{"SSLKEYLOGFILE", other}}).exit_code, 0);
  EXPECT_THAT(test::read_file(other), HasSubstr("CLIENT_TRAFFIC_SECRET_0 "));
}

class HttpsClient : public Https {
 protected:
  ClientOptions client_options(const HttpsServer& server) const {
    ClientOptions options;
    options.tls = net::client_of({.ca_path = trusted()});
    options.known_addresses.push_back(*parse_known_address(server.place()));
    return options;
  }
};

TEST_F(HttpsClient, ResumesItsSession) {
  // A server that closes: each response ends its connection.
  const HttpsServer server{options(), "HTTP/1.1 200 OK\r\n\r\nhello"};
  Fetches fetches{client_options(server)};
  fetches.run([&](Client& client) -> Task<void> {
    for (int i = 0; i < 2; ++i) EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
  });
  EXPECT_EQ(server.connections(), 2);
  ASSERT_EQ(fetches.told.secured.size(), 2u);
  EXPECT_FALSE(fetches.told.secured[0].is_resumed);
  EXPECT_TRUE(fetches.told.secured[1].is_resumed);
}

TEST_F(HttpsClient, TakesNoBodyForWholeThatSomebodyMayHaveCut) {
  const HttpsServer server{options(), "HTTP/1.1 200 OK\r\n\r\nhello", HttpsServer::End::without};
  const auto fetched = Fetches{client_options(server)}.one(server.url());
  EXPECT_EQ(fetched.status, 0);
  EXPECT_EQ(fetched.text, "hello");
  EXPECT_THAT(fetched.error, HasSubstr("the body was cut off after 5 bytes: the connection ended too early"));
}

TEST_F(HttpsClient, GoesFromHttpToHttps) {
  const HttpsServer server{options(), response_of("hello")};
  const test::ScriptedServer plain{test::ScriptedServer::answering(
      response_of("", fmt::format("Location: {}\r\n", server.url()), "301 Moved Permanently"))};
  auto with_redirects = client_options(server);
  with_redirects.redirects_max = 1;
  const auto fetched = Fetches{with_redirects}.one(plain.url());
  EXPECT_EQ(fetched.text, "hello");
  EXPECT_EQ(fetched.url, server.url());
  EXPECT_TRUE(fetched.timing.handshake);
}

}  // namespace
}  // namespace labnet::http_client
