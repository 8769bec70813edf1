// Sessions that are resumed, and whose they were.
#include "tests/common/net/tls_ends.hpp"

namespace labnet::net {
namespace {

class TlsSessionOf : public testing::TestWithParam<TlsVersion> {
 protected:
  Authority authority{"Lab CA"};
  std::shared_ptr<const TlsServer> server =
      server_of({.identities = {authority.issue({.names = "DNS:www.lab,DNS:ftp.lab"}),
                                authority.issue({.subject = "other.lab", .names = "DNS:other.lab"})},
                 .version_max = GetParam()});
  std::shared_ptr<const TlsClient> client = client_of({.ca_path = authority.path()});

  /// Connects and lets a line come from the server, behind which a session of TLS 1.3 comes along.
  Task<Ends> begin(Worker& worker, std::string host_name = "www.lab", TlsSession session = {}) {
    auto ends = co_await secured_ends(worker, server, client, std::move(host_name), std::move(session));
    EXPECT_EQ(co_await pass_line(ends.server, ends.client, "220 ready"), "220 ready");
    co_return ends;
  }
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsSessionOf, both_versions, version_name);

TEST_P(TlsSessionOf, AConnectionIsResumedByTheNext) {
  run_task([&](Worker& worker) -> Task<void> {
    auto first = co_await begin(worker);
    const auto session = first.client.session();
    EXPECT_TRUE(session);
    EXPECT_FALSE(first.server.session());
    first = {};  // without a word: the session is good all the same
    for (int times = 0; times < 3; ++times) {
      auto next = co_await begin(worker, "www.lab", session);
      EXPECT_TRUE(next.client.tls()->is_resumed);
      EXPECT_TRUE(next.server.tls()->is_resumed);
      EXPECT_EQ(next.server.tls()->server_name, "www.lab");
      EXPECT_EQ(next.client.tls()->peer_certificates.front().subject, "CN=www.lab");
      co_await both(worker, finish(next.client), finish(next.server));
    }
  });
}

TEST_P(TlsSessionOf, ComesThoughTheServerHasNothingToSay) {
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await secured_ends(worker, server, client, "www.lab");
    const auto wait_for_session = [&]() -> Task<bool> {
      std::array<std::byte, 1> room{};
      const auto until = Clock::now() + test_limit;
      while (!ends.client.session() && Clock::now() < until) co_await ends.client.read_some(room, Timeout{10});
      const bool has_come = static_cast<bool>(ends.client.session());
      co_await ends.client.write("now\r\n", test_limit);
      co_return has_come;
    };
    const auto results = co_await both(worker, wait_for_session(), ends.server.read_line(80, test_limit));
    EXPECT_TRUE(results.first);
    EXPECT_TRUE(results.second);
  });
}

TEST_P(TlsSessionOf, AnotherHostIsNotResumed) {
  run_task([&](Worker& worker) -> Task<void> {
    const auto first = co_await begin(worker);
    for (const auto* const host : {"ftp.lab", "other.lab"}) {
      const auto next = co_await begin(worker, host, first.client.session());
      EXPECT_FALSE(next.client.tls()->is_resumed) << host;
    }
  });
}

TEST_P(TlsSessionOf, AClientWithOtherRulesIsNotResumed) {
  run_task([&](Worker& worker) -> Task<void> {
    client = client_of({.must_be_trusted = false});
    const auto first = co_await begin(worker);
    Authority other{"Other CA"};
    client = client_of({.ca_path = other.path()});
    auto ends = co_await connect_ends(worker);
    const auto results = co_await shake_hands(worker, ends, server, client, "www.lab", first.client.session());
    EXPECT_EQ(results.second.error(), StreamFault::certificate_not_trusted);
  });
}

TEST_P(TlsSessionOf, ADataConnectionIsKnownByItsControlConnection) {
  run_task([&](Worker& worker) -> Task<void> {
    auto control = co_await begin(worker);
    auto other = co_await begin(worker);
    const auto data = co_await begin(worker, "www.lab", control.client.session());
    EXPECT_TRUE(data.server.resumes_session_of(control.server));
    EXPECT_FALSE(data.server.resumes_session_of(other.server));
    EXPECT_FALSE(control.server.resumes_session_of(data.server));
    EXPECT_FALSE(control.server.resumes_session_of(control.server));
    EXPECT_FALSE(data.client.resumes_session_of(control.client));

    const auto fresh = co_await begin(worker);
    EXPECT_FALSE(fresh.server.resumes_session_of(control.server));
    const auto plain = co_await connect_ends(worker);
    EXPECT_FALSE(plain.server.resumes_session_of(control.server));
    EXPECT_FALSE(data.server.resumes_session_of(plain.server));

    // A control connection may be a resumed one itself, and a data connection go on from another.
    const auto second_control = co_await begin(worker, "www.lab", control.client.session());
    const auto second_data = co_await begin(worker, "www.lab", control.client.session());
    EXPECT_TRUE(second_data.server.resumes_session_of(second_control.server));
  });
}

TEST_P(TlsSessionOf, AServerThatWasReplacedIsStillResumedBesideItsConnection) {
  run_task([&](Worker& worker) -> Task<void> {
    const auto control = co_await begin(worker);
    server = server_of({.identities = {authority.issue()}});
    const auto by_new = co_await begin(worker, "www.lab", control.client.session());
    EXPECT_FALSE(by_new.server.resumes_session_of(control.server));
    server = control.server.tls_server();
    const auto by_old = co_await begin(worker, "www.lab", control.client.session());
    EXPECT_TRUE(by_old.server.resumes_session_of(control.server));
  });
}

TEST(TlsSessions, AreOfferedAfresh) {
  Authority authority{"Lab CA"};
  const auto server = server_of({.identities = {authority.issue()}});
  run_task([&](Worker& worker) -> Task<void> {
    auto ends = co_await connect_ends(worker);
    BareTls client{BareTls::Role::client};
    int tickets = 0;
    SSL_CTX_set_session_cache_mode(SSL_get_SSL_CTX(client.ssl()), SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_app_data(SSL_get_SSL_CTX(client.ssl()), &tickets);
    SSL_CTX_sess_set_new_cb(SSL_get_SSL_CTX(client.ssl()), [](SSL* ssl, SSL_SESSION*) {
      ++*static_cast<int*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
      return 0;
    });
    const auto results = co_await both(worker, ends.server.accept_tls(server), client.shake_hands(ends.client));
    EXPECT_TRUE(results.first && results.second);
    const auto read_until = [&](std::string_view expected) -> Task<void> {
      for (std::string text; text != expected; text += client.decrypt()) {
        const auto received = co_await client.receive(ends.client);
        if (!received) co_return;
      }
    };
    EXPECT_TRUE(co_await ends.server.write("220 ready\r\n"));
    co_await read_until("220 ready\r\n");
    const auto at_first = tickets;
    for (int i = 1; i <= 5; ++i) {
      EXPECT_TRUE(ends.server.offer_session());
      EXPECT_TRUE(co_await ends.server.write("227 passive\r\n"));
      co_await read_until("227 passive\r\n");
      EXPECT_EQ(tickets, at_first + i);
    }
    EXPECT_TRUE(ends.server.offer_session());
    co_await both(worker, finish(ends.server), [](Stream& one, BareTls& tls) -> Task<int> {
      while (co_await tls.receive(one)) tls.decrypt();
      one.close();
      co_return 0;
    }(ends.client, client));
    EXPECT_EQ(tickets, at_first + 6);
    EXPECT_TRUE(client.has_got_close_notify());
  });
}

TEST(TlsSessions, AreNotOfferedWhereThatCannotBe) {
  Authority authority{"Lab CA"};
  const auto server = server_of({.identities = {authority.issue()}, .version_max = TlsVersion::tls_1_2});
  const auto client = client_of({.ca_path = authority.path()});
  run_task([&](Worker& worker) -> Task<void> {
    auto plain = co_await connect_ends(worker);
    EXPECT_FALSE(plain.server.offer_session());
    auto ends = co_await secured_ends(worker, server, client);
    EXPECT_FALSE(ends.server.offer_session());
    EXPECT_FALSE(ends.client.offer_session());
    EXPECT_EQ(co_await pass_line(ends.server, ends.client, "goes on"), "goes on");
  });
}

}  // namespace
}  // namespace labnet::net
