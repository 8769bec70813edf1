// What a client does over several requests: connections kept, redirects, challenges, cookies, bodies that it sends.
#include "clients/http/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "common/base/pipe.hpp"
#include "common/base/text.hpp"
#include "common/http/chunked.hpp"
#include "common/http/digest.hpp"
#include "tests/clients/http/fetching.hpp"
#include "tests/clients/http/scripted_server.hpp"
#include "tests/support/child.hpp"

namespace labnet::http_client {
namespace {

using namespace std::chrono_literals;
using test::Peer;
using test::response_of;
using test::ScriptedServer;
using test::SeenRequest;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string redirect_to(const std::string& where, const std::string& status = "302 Found") {
  return response_of("", "Location: " + where + "\r\n", status);
}

ClientOptions following(int redirects_max = redirects_max_default) {
  ClientOptions options;
  options.redirects_max = redirects_max;
  return options;
}

ClientOptions with_login(const ScriptedServer& server, bool sends_at_once = false) {
  ClientOptions options = following();
  options.login = Login{parse_url(server.url())->origin, {"ann", "secret"}, sends_at_once};
  return options;
}

std::vector<std::string> first_lines(const ScriptedServer& server) {
  std::vector<std::string> lines;
  for (const auto& request : server.requests()) lines.push_back(request.first_line());
  return lines;
}

// connections

TEST(HttpConnection, ServesOneRequestAfterTheOther) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    for (int i = 0; i < 3; ++i) EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
  });
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(HttpConnection, SaysHowLongEachPhaseTook) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    const auto first = co_await fetch(client, server.url());
    EXPECT_FALSE(first.timing.lookup);
    EXPECT_TRUE(first.timing.connect);
    EXPECT_GT(first.timing.wait.count(), 0);
    EXPECT_GE(first.timing.total(), *first.timing.connect + first.timing.wait);
    const auto second = co_await fetch(client, server.url());
    EXPECT_FALSE(second.timing.connect);
  });
}

TEST(HttpConnection, IsClosedWhenTheServerSaysSo) {
  for (const auto* answer : {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
                             "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"}) {
    const ScriptedServer server{[answer](Peer& peer) {
      SeenRequest request;
      if (peer.read_request(request)) peer.send(answer);
      EXPECT_EQ(peer.read_to_end(), "");  // the client closes as well
    }};
    Fetches fetches;
    fetches.run([&](Client& client) -> Task<void> {
      for (int i = 0; i < 2; ++i) EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
    });
    EXPECT_EQ(server.connections(), 2) << answer;
  }
}

TEST(HttpConnection, OfHttp10LivesOnIfBothSaySo) {
  const ScriptedServer server{
      ScriptedServer::answering("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")};
  Request request;
  request.version = http::Version::http_1_0;
  request.fields.push_back({"Connection", "keep-alive"});
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    for (int i = 0; i < 2; ++i) EXPECT_EQ((co_await fetch(client, server.url(), request)).text, "hello");
  });
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(first_lines(server)[0], "GET / HTTP/1.0");
}

/// The first connection is closed instead of a second answer.
ScriptedServer::Script closing_instead_of_a_second_answer() {
  return [](Peer& peer) {
    SeenRequest request;
    while (peer.read_request(request)) {
      if (peer.number() == 0 && request.first_line().find("again") != std::string::npos) return;
      peer.send(response_of("hello"));
    }
  };
}

TEST(HttpConnection, ThatWasClosedMeanwhileIsMadeAnew) {
  const ScriptedServer server{closing_instead_of_a_second_answer()};
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
    EXPECT_EQ((co_await fetch(client, server.url("/again"))).text, "hello");
  });
  EXPECT_EQ(server.connections(), 2);
  EXPECT_THAT(first_lines(server), ElementsAre("GET / HTTP/1.1", "GET /again HTTP/1.1", "GET /again HTTP/1.1"));
}

TEST(HttpConnection, IsNotMadeAnewForWhatMustNotBeDoneTwice) {
  const ScriptedServer server{closing_instead_of_a_second_answer()};
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
    const auto second = co_await fetch(client, server.url("/again"), with_body("POST", "a=b"));
    EXPECT_EQ(second.status, 0);
    EXPECT_THAT(second.error, HasSubstr("nobody knows whether it was done"));
  });
  EXPECT_THAT(first_lines(server), ElementsAre("GET / HTTP/1.1", "POST /again HTTP/1.1"));
}

TEST(HttpConnection, IsMadeAnewOnceAtMost) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    if (peer.read_request(request) && peer.number() == 0) peer.send(response_of("hello"));
    if (peer.number() == 0) peer.read_request(request);
  }};
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
    EXPECT_EQ((co_await fetch(client, server.url())).status, 0);
  });
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpConnection, ThatBreaksWithinAResponseIsNotMadeAnew) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    if (peer.read_request(request)) peer.send(response_of("hello"));
    if (peer.read_request(request)) peer.send("HTTP/1.1 2");
  }};
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
    EXPECT_THAT((co_await fetch(client, server.url())).error, HasSubstr("ended within its head"));
  });
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpConnection, TakesNothingThatItHasNotAskedForForAnAnswer) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    if (peer.read_request(request)) peer.send(response_of("hello") + response_of("forged"));
    if (peer.read_request(request)) peer.send(response_of("second"));
  }};
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
    EXPECT_EQ((co_await fetch(client, server.url())).text, "hello");
  });
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpConnection, ToNobodySaysSo) {
  std::uint16_t port = 0;
  {
    const ScriptedServer server{[](Peer&) {}};
    port = server.port();
  }
  EXPECT_EQ(Fetches{}.one(fmt::format("http://127.0.0.1:{}/", port)).error,
            fmt::format("tcp://127.0.0.1:{}: nobody listens there", port));
}

TEST(HttpConnection, GoesWhereTheUserSays) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  ClientOptions options;
  options.known_addresses.push_back(*parse_known_address(fmt::format("web.lab:{}:127.0.0.1", server.port())));
  EXPECT_EQ(Fetches{options}.one(fmt::format("http://web.lab:{}/", server.port())).text, "hello");
  EXPECT_EQ(server.requests()[0].field("Host"), fmt::format("web.lab:{}", server.port()));
}

TEST(HttpConnection, LooksANameUpOnce) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello", "Connection: close\r\n"))};
  const auto url = fmt::format("http://localhost:{}/", server.port());
  Fetches fetches;
  fetches.run([&](Client& client) -> Task<void> {
    const auto first = co_await fetch(client, url);
    EXPECT_EQ(first.text, "hello") << first.error;
    EXPECT_TRUE(first.timing.lookup);
    EXPECT_FALSE((co_await fetch(client, url)).timing.lookup);
  });
  EXPECT_THAT(Fetches{}.one("http://no_such_host.invalid:1/").error,
              HasSubstr("no address of \"no_such_host.invalid\""));
}

TEST(HttpKnownAddress, IsHostPortAndAddress) {
  EXPECT_EQ(parse_known_address("Web.lab:443:127.0.0.1"), (KnownAddress{"web.lab", 443, Ipv4Address{0x7f000001}}));
  EXPECT_TRUE(parse_known_address("web.lab:443:[::1]"));
  EXPECT_TRUE(parse_known_address("web.lab:443:::1"));
  for (const auto* text :
       {"", "web.lab", "web.lab:443", "web.lab:443:", "web.lab:0:127.0.0.1", ":443:127.0.0.1", "web.lab:x:127.0.0.1"}) {
    EXPECT_FALSE(parse_known_address(text)) << text;
  }
}

// bodies that are sent

TEST(HttpRequestBody, GoesOutWithItsLength) {
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  EXPECT_EQ(Fetches{}.one(server.url(), with_body("POST", "a=b")).text, "thanks");
  EXPECT_EQ(Fetches{}.one(server.url(), with_body("POST", "")).text, "thanks");
  EXPECT_EQ(server.requests()[0].body, "a=b");
  EXPECT_EQ(server.requests()[0].field("Content-Length"), "3");
  EXPECT_EQ(server.requests()[1].field("Content-Length"), "0");
}

TEST(HttpRequestBody, OfSeveralPartsGoesOutInOrder) {
  const test::TemporaryFolder folder;
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  const std::string large(300'000, 'x');
  auto request = with_body("PUT", "begin ");
  ASSERT_TRUE(request.body->add_file(folder.write("large", large)));
  request.body->add(" end");
  EXPECT_EQ(Fetches{}.one(server.url(), request).text, "thanks");
  EXPECT_TRUE(server.requests()[0].body == "begin " + large + " end");
}

TEST(HttpRequestBody, OfAPipeGoesOutInChunks) {
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  auto pipe = *make_pipe();
  ASSERT_EQ(::write(pipe.writing.get(), "some bytes", 10), 10);
  pipe.writing.reset();
  Request request;
  request.method = "PUT";
  request.body = std::make_shared<Body>();
  request.body->add_pipe(pipe.reading.get());
  EXPECT_EQ(Fetches{}.one(server.url(), request).text, "thanks");
  EXPECT_EQ(server.requests()[0].body, "some bytes");
  EXPECT_EQ(server.requests()[0].field("Transfer-Encoding"), "chunked");
  request.version = http::Version::http_1_0;
  EXPECT_THAT(Fetches{}.one(server.url(), request).error, HasSubstr("HTTP/1.0"));
}

TEST(HttpRequestBody, OfAFileThatBecomesShorterIsToldSo) {
  const test::TemporaryFolder folder;
  const ScriptedServer server{[](Peer& peer) { peer.read_to_end(); }};
  const auto path = folder.write("file", std::string(200'000, 'x'));
  auto request = with_body("PUT", "");
  ASSERT_TRUE(request.body->add_file(path));
  ASSERT_EQ(::truncate(path.c_str(), 100'000), 0);
  EXPECT_THAT(Fetches{}.one(server.url(), request).error, HasSubstr("has become shorter"));
}

TEST(HttpRequestBody, IsNotSentWhereTheServerRefusesItBefore) {
  const ScriptedServer server{[](Peer& peer) {
    std::string head;
    while (peer.read_head(head)) peer.send(response_of("too large", "", "413 Content Too Large"));
  }};
  auto request = with_body("PUT", std::string(100'000, 'x'));
  request.expects_continue = true;
  const auto fetched = Fetches{}.one(server.url(), request);
  EXPECT_EQ(fetched.status, 413);
  EXPECT_EQ(fetched.text, "too large");
}

TEST(HttpRequestBody, WaitsForContinue) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    std::string body;
    if (!peer.read_head(request.head)) return;
    EXPECT_EQ(request.field("Expect"), "100-continue");
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    while (body.size() < 100'000) body += peer.read_some(100'000);
    peer.send(response_of(fmt::format("{} bytes", body.size())));
  }};
  auto request = with_body("PUT", std::string(100'000, 'x'));
  request.expects_continue = true;
  ClientOptions options;
  options.patience.continue_timeout = 1h;
  EXPECT_EQ(Fetches{options}.one(server.url(), request).text, "100000 bytes");
}

TEST(HttpRequestBody, WaitsForContinueNoLongerThanThat) {
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  auto request = with_body("PUT", "some bytes");
  request.expects_continue = true;
  ClientOptions options;
  options.patience.continue_timeout = 20ms;
  Fetches fetches{options};
  EXPECT_EQ(fetches.one(server.url(), request).text, "thanks");
  EXPECT_EQ(server.requests()[0].body, "some bytes");
  EXPECT_THAT(fetches.told.details, Contains(HasSubstr("no word whether the body is wanted")));
}

TEST(HttpRequestBody, IsSentWithoutTheQuestionToWhomDoesNotKnowIt) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    std::string head;
    if (peer.number() == 0) {
      peer.read_head(head);
      peer.send(response_of("", "Connection: close\r\n", "417 Expectation Failed"));
      return;
    }
    while (peer.read_request(request)) peer.send(response_of("thanks"));
  }};
  auto request = with_body("PUT", "some bytes");
  request.expects_continue = true;
  const auto fetched = Fetches{}.one(server.url(), request);
  EXPECT_EQ(fetched.text, "thanks");
  EXPECT_THAT(fetched.passed, ElementsAre(417));
  EXPECT_EQ(server.requests().at(0).field("Expect"), "-");
}

TEST(HttpRequestBody, StopsWhenTheServerRefusesItMeanwhile) {
  const ScriptedServer server{[](Peer& peer) {
    std::string head;
    peer.read_head(head);
    peer.send(response_of("no", "Connection: close\r\n", "413 Content Too Large"));
    peer.read_to_end();
  }};
  const auto pipe = *make_pipe();  // never ends
  Request request;
  request.method = "POST";
  request.body = std::make_shared<Body>();
  request.body->add_pipe(pipe.reading.get());
  const auto fetched = Fetches{}.one(server.url(), request);
  EXPECT_EQ(fetched.status, 413);
  EXPECT_EQ(fetched.text, "no");
}

TEST(HttpRequestBody, ThatNobodyReadsIsGivenUpOnceTheAnswerIsThere) {
  const ScriptedServer server{[](Peer& peer) {
    std::string head;
    peer.read_head(head);
    peer.send(response_of("no", "", "403 Forbidden"));
    while (!peer.send("")) {
    }
    peer.read_head(head);  // does not come: what it reads is the body, until the client closes
  }};
  const auto fetched = Fetches{}.one(server.url(), with_body("POST", std::string(50'000'000, 'x')));
  EXPECT_EQ(fetched.status, 403);
}

TEST(HttpRequestBody, ThatNobodyReadsEndsWithTheWait) {
  const ScriptedServer server{[](Peer& peer) {
    std::string head;
    peer.read_head(head);
    peer.send("HTTP/1.1 nonsense\r\n\r\n");
    peer.read_head(head);
  }};
  const auto began = net::Clock::now();
  ClientOptions options;
  options.patience.close_timeout = test::patience;
  const auto fetched = Fetches{options}.one(server.url(), with_body("POST", std::string(50'000'000, 'x')));
  EXPECT_THAT(fetched.error, HasSubstr("no response of HTTP/1"));
  EXPECT_LT(net::Clock::now() - began, test::patience);
}

TEST(HttpRequestBody, IsNotSentWhereItsHeadWouldBeAnotherOne) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  Request request;
  request.fields.push_back({"X-Name", "a\r\nX-Forged: b"});
  EXPECT_THAT(Fetches{}.one(server.url(), request).error, HasSubstr("cannot be sent"));
  EXPECT_THAT(server.requests(), IsEmpty());
}

// redirects

TEST(HttpRedirect, IsFollowedIfThatIsWanted) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    return request.first_line() == "GET / HTTP/1.1" ? redirect_to("/there?a=b#c") : response_of("hello");
  })};
  const auto plain = Fetches{}.one(server.url());
  EXPECT_EQ(plain.status, 302);
  const auto followed = Fetches{following()}.one(server.url());
  EXPECT_EQ(followed.text, "hello");
  EXPECT_EQ(followed.url, server.url("/there?a=b"));
  EXPECT_THAT(followed.passed, ElementsAre(302));
}

TEST(HttpRedirect, EndsWhereItGoesRoundInCircles) {
  const ScriptedServer server{ScriptedServer::answering(redirect_to("/"))};
  const auto fetched = Fetches{following(3)}.one(server.url());
  EXPECT_EQ(fetched.status, 0);
  EXPECT_THAT(fetched.error, HasSubstr("3 redirects, the last one to /; --max-redirs follows more"));
  EXPECT_EQ(server.requests().size(), 4u);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpRedirect, LeadsNowhereElseThanToHttp) {
  const ScriptedServer server{ScriptedServer::answering(redirect_to("file:///etc/passwd"))};
  EXPECT_THAT(Fetches{following()}.one(server.url()).error, HasSubstr("neither http:// nor https://"));
}

TEST(HttpRedirect, ChangesTheMethodAsItsStatusSays) {
  const std::vector<std::tuple<std::string, std::string, std::string>> all{
      {"301 Moved", "POST", "GET"},      {"302 Found", "POST", "GET"},      {"303 See Other", "POST", "GET"},
      {"307 Temporary", "POST", "POST"}, {"308 Permanent", "POST", "POST"}, {"302 Found", "PUT", "PUT"},
      {"303 See Other", "PUT", "GET"},
  };
  for (const auto& [status, before, after] : all) {
    const ScriptedServer server{ScriptedServer::answering([&](const SeenRequest& request) {
      return request.first_line().find("/there") == std::string::npos ? redirect_to("/there", status)
                                                                      : response_of("hello");
    })};
    EXPECT_EQ(Fetches{following()}.one(server.url(), with_body(before, "a=b")).text, "hello");
    const auto second = server.requests().at(1);
    EXPECT_EQ(second.first_line(), after + " /there HTTP/1.1") << status;
    EXPECT_EQ(second.body, after == "GET" ? "" : "a=b") << status;
    EXPECT_EQ(second.field("Content-Length"), after == "GET" ? "-" : "3") << status;
  }
}

TEST(HttpRedirect, DoesNotCarryCredentialsToAnotherHost) {
  const ScriptedServer other{ScriptedServer::answering(response_of("hello"))};
  const ScriptedServer server{ScriptedServer::answering(redirect_to(other.url()))};
  Request request;
  request.fields = {{"Authorization", "Bearer x"}, {"Cookie", "a=b"}, {"Host", "web.lab"}, {"X-Other", "stays"}};
  EXPECT_EQ(Fetches{with_login(server, true)}.one(server.url(), request).text, "hello");
  EXPECT_EQ(server.requests().at(0).field("Authorization"), "Bearer x");
  const auto there = other.requests().at(0);
  EXPECT_EQ(there.field("Authorization"), "-");
  EXPECT_EQ(there.field("Cookie"), "-");
  EXPECT_EQ(there.field("Host"), fmt::format("127.0.0.1:{}", other.port()));
  EXPECT_EQ(there.field("X-Other"), "stays");
  EXPECT_EQ(Fetches{with_login(server, true)}.one(server.url()).text, "hello");
  EXPECT_EQ(server.requests().at(1).field("Authorization"), "Basic YW5uOnNlY3JldA==");
  EXPECT_EQ(other.requests().at(1).field("Authorization"), "-");
}

TEST(HttpRedirect, WithALongBodyClosesTheConnection) {
  const std::string head = "HTTP/1.1 302 Found\r\nLocation: /there\r\nTransfer-Encoding: chunked\r\n\r\n";
  const ScriptedServer server{[&](Peer& peer) {
    SeenRequest request;
    while (peer.read_request(request)) {
      if (request.first_line().find("/there") != std::string::npos) {
        peer.send(response_of("hello"));
        continue;
      }
      peer.send(head);
      while (peer.send(http::chunk(std::string(10'000, 'x')))) {
      }
      return;
    }
  }};
  EXPECT_EQ(Fetches{following()}.one(server.url()).text, "hello");
  EXPECT_EQ(server.connections(), 2);
}

// challenges

ScriptedServer::Script asking(std::string challenge, std::function<bool(const SeenRequest&)> is_right) {
  return ScriptedServer::answering(
      [challenge = std::move(challenge), is_right = std::move(is_right)](const SeenRequest& request) {
        if (is_right(request)) return response_of("welcome");
        return response_of("who are you?", challenge, "401 Unauthorized");
      });
}

TEST(HttpChallenge, IsMetWithBasic) {
  const ScriptedServer server{asking("WWW-Authenticate: Basic realm=\"lab\"\r\n", [](const SeenRequest& request) {
    return request.field("Authorization") == "Basic YW5uOnNlY3JldA==";
  })};
  Fetches fetches{with_login(server)};
  fetches.run([&](Client& client) -> Task<void> {
    const auto first = co_await fetch(client, server.url());
    EXPECT_EQ(first.text, "welcome");
    EXPECT_THAT(first.passed, ElementsAre(401));
    EXPECT_THAT((co_await fetch(client, server.url("/more"))).passed, IsEmpty());  // not asked again
  });
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(HttpChallenge, IsNotMetWithoutAUser) {
  const ScriptedServer server{ScriptedServer::answering(
      response_of("who are you?", "WWW-Authenticate: Basic realm=\"lab\"\r\n", "401 Unauthorized"))};
  Fetches fetches;
  const auto fetched = fetches.one(server.url());
  EXPECT_EQ(fetched.status, 401);
  EXPECT_EQ(fetched.text, "who are you?");
  EXPECT_THAT(fetches.told.notices, IsEmpty());
}

TEST(HttpChallenge, IsMetOnceByWhoIsNotLetIn) {
  for (const auto* challenge : {"WWW-Authenticate: Basic realm=\"lab\"\r\n",
                                "WWW-Authenticate: Digest realm=\"lab\", qop=\"auth\", nonce=\"n\"\r\n"}) {
    const ScriptedServer server{asking(challenge, [](const SeenRequest&) { return false; })};
    Fetches fetches{with_login(server)};
    fetches.run([&](Client& client) -> Task<void> {
      EXPECT_EQ((co_await fetch(client, server.url())).status, 401);
      EXPECT_EQ(server.requests().size(), 2u) << challenge;
      co_await fetch(client, server.url("/once-more"));
    });
    EXPECT_THAT(
        fetches.told.notices,
        ElementsAre(fmt::format("127.0.0.1:{} refuses the user \"ann\" or the password for \"lab\"", server.port())))
        << challenge;
  }
}

TEST(HttpChallenge, IsMetWithDigestWhereThatIsOffered) {
  const std::string challenges =
      "WWW-Authenticate: Basic realm=\"lab\"\r\n"
      "WWW-Authenticate: Digest realm=\"lab\", qop=\"auth\", algorithm=MD5, nonce=\"m\"\r\n"
      "WWW-Authenticate: Digest realm=\"lab\", qop=\"auth\", algorithm=SHA-256, nonce=\"n\", opaque=\"o\"\r\n";
  std::atomic<std::uint32_t> last_count = 0;
  const ScriptedServer server{asking(challenges, [&](const SeenRequest& request) {
    const auto digest = http::parse_digest(request.field("Authorization"));
    if (!digest || digest->nonce_count <= last_count) return false;
    last_count = digest->nonce_count;
    const auto secret = digest::secret_of(digest::Algorithm::sha256, "ann", "lab", "secret");
    const auto first_line = request.first_line();
    const auto line = split(first_line, ' ');
    return digest->algorithm == digest::Algorithm::sha256 && digest->opaque == "o" && digest->uri == line[1] &&
           digest::is_right(*digest, line[0], secret);
  })};
  Fetches fetches{with_login(server)};
  fetches.run([&](Client& client) -> Task<void> {
    EXPECT_EQ((co_await fetch(client, server.url("/a?b"))).text, "welcome");
    const auto second = co_await fetch(client, server.url("/c"), with_body("POST", "x"));
    EXPECT_EQ(second.text, "welcome");
    EXPECT_THAT(second.passed, IsEmpty());
  });
  EXPECT_EQ(last_count, 2u);
}

TEST(HttpChallenge, IsMetOnceMoreIfItsNonceWasTooOld) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    const auto digest = http::parse_digest(request.field("Authorization"));
    if (digest && digest->nonce == "new") return response_of("welcome");
    const auto nonce = digest ? "nonce=\"new\", stale=true" : "nonce=\"old\"";
    return response_of("", fmt::format("WWW-Authenticate: Digest realm=\"lab\", qop=\"auth\", {}\r\n", nonce),
                       "401 Unauthorized");
  })};
  const auto fetched = Fetches{with_login(server)}.one(server.url());
  EXPECT_EQ(fetched.text, "welcome");
  EXPECT_THAT(fetched.passed, ElementsAre(401, 401));
}

TEST(HttpChallenge, IsNotMetWithAPipeThatIsGone) {
  const ScriptedServer server{
      asking("WWW-Authenticate: Basic realm=\"lab\"\r\n", [](const SeenRequest&) { return false; })};
  auto pipe = *make_pipe();
  pipe.writing.reset();
  Request request;
  request.method = "PUT";
  request.body = std::make_shared<Body>();
  request.body->add_pipe(pipe.reading.get());
  Fetches fetches{with_login(server)};
  EXPECT_EQ(fetches.one(server.url(), request).status, 401);
  EXPECT_THAT(fetches.told.notices, Contains(HasSubstr("cannot be sent again")));
}

// cookies

TEST(HttpCookies, AreKeptWithinARun) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    if (request.field("Cookie") == "session=1") return response_of("welcome back");
    return redirect_to("/in\r\nSet-Cookie: session=1; Path=/");
  })};
  EXPECT_EQ(Fetches{following()}.one(server.url("/login")).text, "welcome back");
  auto without = following(3);
  without.keeps_cookies = false;
  EXPECT_EQ(Fetches{without}.one(server.url("/login")).status, 0);
}

}  // namespace
}  // namespace labnet::http_client
