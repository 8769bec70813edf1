// Logging in by a form: by curl with its cookies, as a browser does it, and by requests of our own.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>

#include "common/login/password.hpp"
#include "common/login/turns.hpp"
#include "servers/http/limits.hpp"
#include "servers/http/sessions.hpp"
#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view is_form = "Content-Type: application/x-www-form-urlencoded\r\n";

std::string config_of(const std::string& users, const std::string& further = "") {
  return fmt::format(R"(
sites:
  - root: ROOT
    listing: true
    protect:
      - {{ path: /account/*, scheme: form, login: /login, realm: The <bank>, users: {{ {} }} }}
      - {{ path: /staff/*, scheme: form, login: /staff-login, realm: Staff, users: {{ ann: other }} }}
{})",
                     users, further);
}

/// "session=..." as the next request has it; empty if none was given.
std::string cookie_of(const HttpResponse& response) {
  const auto text = response.field("Set-Cookie");
  return text.substr(0, text.find(';'));
}

class HttpLogin : public testing::Test {
 protected:
  std::unique_ptr<RunningHttp> start(const std::string& yaml) {
    auto server = RunningHttp::with_config(yaml);
    server->write("account/page.html", "ann's money");
    server->write("staff/page.html", "the plans");
    return server;
  }
  static HttpResponse log_in(HttpClient& client, const std::string& form, const std::string& target = "/login",
                             const std::string& fields = "") {
    return client.ask("POST", target, fmt::format("{}{}", is_form, fields), form);
  }
  /// Its cookie as a field.
  static std::string session(HttpClient& client) {
    return fmt::format("Cookie: a=b; {}\r\n", cookie_of(log_in(client, "user=ann&password=secret")));
  }

  test::TemporaryFolder folder;
  const std::string log = folder.path() + "/access.log";
  const std::string usual =
      config_of("ann: secret, off: \"!\"", fmt::format("access_log: {}\nlimits: {{ failed_login_delay: 0ms }}\n", log));
};

TEST_F(HttpLogin, LeadsBackToWhereSomebodyWantedToGo) {
  const auto server = start(usual);
  const auto url = [&](const std::string& path) { return fmt::format("http://127.0.0.1:{}{}", server->port(), path); };
  const auto jar = folder.path() + "/jar";
  const auto curl = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"curl", "-s", "-L", "-b", jar, "-c", jar, "-w", " at %{url_effective}"});
    return test::run(options).output;
  };
  const auto page = curl({url("/account/page.html?x=1&y=2")});
  const auto login_url = url("/login?to=%2Faccount%2Fpage.html%3Fx%3D1%26y%3D2");
  EXPECT_THAT(page, HasSubstr("at " + login_url));
  EXPECT_THAT(page, HasSubstr("The &lt;bank&gt;</h1>"));
  EXPECT_THAT(page, HasSubstr("<label>Name <input name=\"user\" autocomplete=\"username\""));
  EXPECT_THAT(page, HasSubstr("<label>Password <input type=\"password\" name=\"password\""));
  EXPECT_EQ(curl({"-d", "user=ann", "-d", "password=secret", login_url}),
            "ann's money at " + url("/account/page.html?x=1&y=2"));
  EXPECT_EQ(curl({url("/account/page.html")}), "ann's money at " + url("/account/page.html"));
  EXPECT_THAT(curl({url("/login")}), HasSubstr("You are logged in as ann."));
  EXPECT_THAT(curl({"-d", "logout=1", url("/login")}), HasSubstr("at " + url("/login")));
  EXPECT_THAT(curl({url("/account/page.html")}), HasSubstr("at " + url("/login")));
  EXPECT_TRUE(
      test::eventually([&] { return test::read_file(log).find("\"POST /login HTTP/1.1\"") != std::string::npos; }));
  EXPECT_TRUE(test::eventually([&] { return test::read_file(log).find("127.0.0.1 - ann [") != std::string::npos; }));
}

TEST_F(HttpLogin, GivesACookieThatNoScriptReadsAndNoOtherSiteSends) {
  const auto server = start(usual);
  HttpClient client{*server};
  const auto response = log_in(client, "user=ann&password=secret");
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(response.field("Location"), "/account/");
  EXPECT_EQ(response.field("Cache-Control"), "no-store");
  EXPECT_THAT(response.field("Set-Cookie"), MatchesRegex("session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Lax"));
  EXPECT_NE(cookie_of(response), cookie_of(log_in(client, "user=ann&password=secret")));
}

TEST_F(HttpLogin, IsAskedForByEveryPathOfThePart) {
  const auto server = start(usual);
  HttpClient client{*server};
  for (const auto* path : {"/account/page.html", "/account", "/account/", "/account/none", "/%61ccount/page.html",
                           "/x/../account/page.html", "//account/page.html"}) {
    const auto response = client.get(path);
    EXPECT_EQ(response.status, 303) << path;
    EXPECT_THAT(response.field("Location"), StartsWith("/login")) << path;
    EXPECT_THAT(response.body, Not(HasSubstr("money"))) << path;
  }
  EXPECT_EQ(client.ask("POST", "/account/page.html", is_form, "x=y").status, 303);
  EXPECT_EQ(client.get("/").status, 200);
  const auto ann = session(client);
  const auto page = client.get("/account/page.html", ann);
  EXPECT_EQ(page.body, "ann's money");
  EXPECT_EQ(page.field("Cache-Control"), "private, no-cache");
  EXPECT_FALSE(client.get("/").has("Cache-Control"));
  for (const auto* cookie : {"session=", "session", "session=x", "Session=x", "session=\"\""}) {
    EXPECT_EQ(client.get("/account/page.html", fmt::format("Cookie: {}\r\n", cookie)).status, 303) << cookie;
  }
}

TEST_F(HttpLogin, IsGoodForItsPartAlone) {
  const auto server = start(usual);
  HttpClient client{*server};
  const auto ann = session(client);
  EXPECT_EQ(client.get("/staff/page.html", ann).field("Location"), "/staff-login?to=%2Fstaff%2Fpage.html");
  EXPECT_EQ(log_in(client, "user=ann&password=secret", "/staff-login").status, 403);
  const auto staff = log_in(client, "user=ann&password=other", "/staff-login");
  EXPECT_EQ(staff.field("Location"), "/staff/");
  const auto as_staff = fmt::format("Cookie: {}\r\n", cookie_of(staff));
  EXPECT_EQ(client.get("/staff/page.html", as_staff).body, "the plans");
  EXPECT_EQ(client.get("/account/page.html", as_staff).status, 303);
}

TEST_F(HttpLogin, WithAWrongPasswordIs403WithTheForm) {
  const auto server = start(usual);
  HttpClient client{*server};
  for (const auto* form : {"user=ann&password=wrong", "user=ann&password=", "user=ann", "user=nobody&password=secret",
                           "user=&password=", "x=y", "user=off&password=!", "password=secret"}) {
    const auto response = log_in(client, form);
    EXPECT_EQ(response.status, 403) << form;
    EXPECT_THAT(response.body, HasSubstr("Name or password is wrong.")) << form;
    EXPECT_THAT(response.body, HasSubstr("<form method=\"post\">")) << form;
    EXPECT_EQ(cookie_of(response), "") << form;
  }
  EXPECT_THAT(server->wait_for_log("login refused"), HasSubstr("user=ann"));
  EXPECT_EQ(client.ask("PUT", "/login", "", "x").status, 405);
  EXPECT_EQ(client.ask("OPTIONS", "/login").field("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(client.ask("HEAD", "/login").status, 200);
  EXPECT_EQ(client.ask("POST", "/login", "Content-Type: text/plain\r\n", "x").status, 415);
}

TEST_F(HttpLogin, SendsNobodyToAnotherSite) {
  const auto server = start(usual);
  HttpClient client{*server};
  const auto sent_to = [&](const std::string& to) {
    return log_in(client, "user=ann&password=secret", "/login?to=" + to).field("Location");
  };
  EXPECT_EQ(sent_to("%2Faccount%2Fx%3Fa%3D%2525"), "/account/x?a=%25");
  for (const auto* to :
       {"http%3A%2F%2Fevil.lab%2F", "%2F%2Fevil.lab%2F", "%2F%5Cevil.lab", "%5C%5Cevil.lab", "evil.lab",
        "javascript%3Aalert(1)", "%2F%0D%0AX%3A%20y", "%2F%09%2Fevil.lab", "", "%zz", "%2F%C3%B1"}) {
    EXPECT_EQ(sent_to(to), "/account/") << to;
  }
  const auto longest = "%2F" + std::string(wanted_bytes_max - 1, 'x');
  EXPECT_THAT(sent_to(longest), StartsWith("/xxx"));
  EXPECT_EQ(sent_to(longest + 'x'), "/account/");
  EXPECT_EQ(client.get("//evil.lab/../account/page.html").field("Location"), "/login");
}

TEST_F(HttpLogin, ShowsTheSitesOwnPageIfThereIsOne) {
  const auto server = start(usual);
  server->write("login", "<p>Our own</p>");
  HttpClient client{*server};
  EXPECT_EQ(client.get("/login?to=%2Faccount%2F").body, "<p>Our own</p>");
  EXPECT_EQ(log_in(client, "user=ann&password=secret").status, 303);
  EXPECT_THAT(log_in(client, "user=ann&password=wrong").body, HasSubstr("Name or password is wrong."));
}

TEST_F(HttpLogin, EndsWithLogoutAndNeverGoesOnWithTheSameSession) {
  const auto server = start(usual);
  HttpClient client{*server};
  const auto first = session(client);
  const auto second =
      fmt::format("Cookie: {}\r\n", cookie_of(log_in(client, "user=ann&password=secret", "/login", first)));
  EXPECT_EQ(client.get("/account/page.html", first).status, 303);
  EXPECT_EQ(client.get("/account/page.html", second).status, 200);
  const auto out = log_in(client, "logout=1", "/login", second);
  EXPECT_EQ(out.status, 303);
  EXPECT_EQ(out.field("Location"), "/login");
  EXPECT_EQ(out.field("Set-Cookie"), "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  EXPECT_EQ(client.get("/account/page.html", second).status, 303);
  EXPECT_EQ(log_in(client, "logout=1").status, 303);
}

TEST_F(HttpLogin, IsKnownToAllWorkersAndLivesOverAReload) {
  const auto server = RunningHttp::with_config(usual, {}, {"--workers", "4"});
  server->write("account/page.html", "ann's money");
  HttpClient client{*server};
  const auto ann = session(client);
  const auto is_known = [&] {
    for (int i = 0; i < 16; ++i) {
      HttpClient other{*server};
      if (other.get("/account/page.html", ann).status != 200) return false;
    }
    return true;
  };
  EXPECT_TRUE(is_known());
  server->signal(SIGHUP);
  server->wait_for_log("read again");
  EXPECT_TRUE(is_known());
}

TEST_F(HttpLogin, EndsOnceNobodyHasAskedForAWhile) {
  const auto server = start(config_of("ann: secret", "limits: { session_timeout: 100ms }\n"));
  HttpClient client{*server};
  const auto ann = session(client);
  // Asking puts it off, so that there has to be a rest in between.
  EXPECT_TRUE(test::eventually([&] {
    std::this_thread::sleep_for(150ms);
    return client.get("/account/page.html", ann).status == 303;
  }));
}

/// As slow as on purpose: some tenths of a second.
constexpr std::string_view slow_hash_of_secret = "$2b$12$d/D9M43fC3RtWPg8O24Ycu2HxoC3M2uZEsZIC3tQakIltcZwp8Xge";

TEST_F(HttpLogin, IsByHashesOfPasswordsToo) {
  const auto hash = login::hash_of("secret").value();
  const auto server =
      start(config_of(fmt::format("ann: '{}', ben: plain", hash), "limits: { failed_login_delay: 0ms }\n"));
  HttpClient client{*server};
  EXPECT_EQ(log_in(client, "user=ann&password=secret").status, 303);
  EXPECT_EQ(log_in(client, "user=ben&password=plain").status, 303);
  EXPECT_EQ(log_in(client, "user=ann&password=wrong").status, 403);
  EXPECT_EQ(log_in(client, "user=nobody&password=secret").status, 403);
  EXPECT_EQ(client.ask("POST", "/login", is_form, fmt::format("user=ann&password={}", hash)).status, 403);
}

TEST_F(HttpLogin, DoesNotTellByItsTimeWhichNamesThereAre) {
  const auto server = start(config_of(fmt::format("ann: '{}', ben: plain, off: '!'", slow_hash_of_secret),
                                      "limits: { failed_login_delay: 0ms }\n"));
  const auto time_of = [&](const std::string& user) {
    auto fastest = steady_clock::duration::max();
    for (int i = 0; i < 3; ++i) {
      HttpClient client{*server};
      const auto began = steady_clock::now();
      EXPECT_EQ(log_in(client, fmt::format("user={}&password=wrong", user)).status, 403);
      fastest = std::min(fastest, steady_clock::now() - began);
    }
    return fastest;
  };
  const auto known = time_of("ann");
  for (const auto* other : {"nobody", "ben", "off"}) EXPECT_GT(time_of(other), known / 2) << other;
}

/// However many connections somebody opens for that.
TEST_F(HttpLogin, TriesOfOneAddressComeOneByOneOnceOneWasWrong) {
  const auto server = start(config_of("ann: secret", "limits: { failed_login_delay: 1s }\n"));
  HttpClient first{*server}, second{*server}, other{TcpClient{server->port(), 2}};
  const auto request = [](std::string_view password) {
    const auto form = fmt::format("user=ann&password={}", password);
    return fmt::format("POST /login HTTP/1.1\r\nHost: www.lab\r\n{}Content-Length: {}\r\n\r\n{}", is_form, form.size(),
                       form);
  };
  first.send(request("wrong"));
  server->wait_for_log("login refused");
  const auto began = steady_clock::now();
  other.send(request("secret"));
  EXPECT_EQ(other.receive().status, 303);
  EXPECT_FALSE(first.connection().has_received()) << "somebody else has waited, too";
  second.send(request("secret"));
  EXPECT_EQ(second.receive().status, 303);
  EXPECT_GT(steady_clock::now() - began, 500ms);
  EXPECT_EQ(first.receive().status, 403);
}

TEST_F(HttpLogin, WithTooManyThatWaitIs429) {
  const auto server = start(config_of("ann: secret", "limits: { failed_login_delay: 60s }\n"));
  std::vector<HttpClient> clients;
  const std::string form = "user=ann&password=wrong";
  const auto request = fmt::format("POST /login HTTP/1.1\r\nHost: www.lab\r\n{}Content-Length: {}\r\n\r\n{}", is_form,
                                   form.size(), form);
  clients.emplace_back(*server).send(request);
  server->wait_for_log("login refused");
  for (std::size_t i = 1; i < login::waiting_max; ++i) clients.emplace_back(*server).send(request);
  // Each of these waits; which one is the one too many depends on which was read first.
  EXPECT_TRUE(test::eventually([&] {
    HttpClient one{*server};
    one.send(request);
    test::pause();
    return one.connection().has_received() && one.receive().status == 429;
  }));
}

TEST(HttpLoginTls, GivesACookieForSecureConnectionsAlone) {
  const test::TemporaryFolder folder;
  const auto server = RunningHttp::with_config(
      R"(
sites:
  - root: ROOT
    names: [www.lab]
    tls: { names: [www.lab] }
    protect: [{ path: /account/*, scheme: form, login: /login, realm: x, users: { ann: secret } }]
)",
      {.environment = {{"LABNET_CA_DIR", folder.path() + "/ca"}}}, {"--listen", "https://127.0.0.1:0"});
  const auto outcome = test::run({"curl", "-s", "-i", "--cacert", folder.path() + "/ca/ca.crt", "--resolve",
                                  fmt::format("www.lab:{}:127.0.0.1", server->tls_port()), "-d", "user=ann", "-d",
                                  "password=secret", fmt::format("https://www.lab:{}/login", server->tls_port())});
  EXPECT_THAT(outcome.output, HasSubstr("; Path=/; Secure; HttpOnly; SameSite=Lax"));
}

class HttpSessions : public testing::Test {
 protected:
  Sessions sessions{{.sessions_max = 150, .timeout = 10min, .lifetime = 1h}};
  const net::Clock::time_point now = net::Clock::now();
};

TEST_F(HttpSessions, AreOfOneUserAndOneArea) {
  const auto id = sessions.begin("bank", "ann", now);
  EXPECT_EQ(id.size(), 2 * Sessions::id_octets);
  EXPECT_EQ(sessions.user_of(id, "bank", now), "ann");
  EXPECT_EQ(sessions.user_of(id, "other", now), std::nullopt);
  EXPECT_EQ(sessions.user_of(id.substr(1), "bank", now), std::nullopt);
  EXPECT_EQ(sessions.user_of("", "bank", now), std::nullopt);
  sessions.end(id);
  EXPECT_EQ(sessions.user_of(id, "bank", now), std::nullopt);
}

TEST_F(HttpSessions, EndWithTheirTime) {
  const auto id = sessions.begin("bank", "ann", now);
  EXPECT_EQ(sessions.user_of(id, "bank", now + 10min), "ann");  // which puts it off
  EXPECT_EQ(sessions.user_of(id, "bank", now + 20min), "ann");
  EXPECT_EQ(sessions.user_of(id, "bank", now + 20min + 10min + 1ms), std::nullopt);
  const auto busy = sessions.begin("bank", "ann", now);
  for (auto time = 0min; time <= 1h; time += 10min) EXPECT_EQ(sessions.user_of(busy, "bank", now + time), "ann");
  EXPECT_EQ(sessions.user_of(busy, "bank", now + 1h + 1ms), std::nullopt);
  EXPECT_EQ(sessions.count(), 0u);
}

TEST_F(HttpSessions, AreNotMoreThanMayBe) {
  const auto used_lately = sessions.begin("bank", "first", now);
  const auto unused = sessions.begin("bank", "second", now + 1s);
  for (int i = 2; i < 150; ++i) sessions.begin("bank", fmt::format("user {}", i), now + 2s);
  EXPECT_EQ(sessions.user_of(used_lately, "bank", now + 3s), "first");
  sessions.begin("bank", "one more", now + 4s);
  EXPECT_EQ(sessions.count(), 150u);
  EXPECT_EQ(sessions.user_of(used_lately, "bank", now + 5s), "first");
  EXPECT_EQ(sessions.user_of(unused, "bank", now + 5s), std::nullopt);
}

TEST_F(HttpSessions, OfOneUserTakeNobodyElsesPlace) {
  const auto other = sessions.begin("bank", "ben", now);
  const auto oldest = sessions.begin("bank", "ann", now + 1s);
  for (std::size_t i = 0; i < Sessions::sessions_per_user_max; ++i) sessions.begin("bank", "ann", now + 2s);
  EXPECT_EQ(sessions.count(), Sessions::sessions_per_user_max + 1);
  EXPECT_EQ(sessions.user_of(oldest, "bank", now + 3s), std::nullopt);
  EXPECT_EQ(sessions.user_of(other, "bank", now + 3s), "ben");
}

}  // namespace
}  // namespace labnet::http_server
