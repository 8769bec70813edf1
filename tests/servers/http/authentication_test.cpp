// Parts of a site that only some may see: by curl, which computes what it sends by itself, and by requests of our own.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "common/base/base64.hpp"
#include "common/base/bytes.hpp"
#include "common/http/auth.hpp"
#include "common/http/digest.hpp"
#include "common/login/password.hpp"
#include "servers/http/authenticator.hpp"
#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr http::Time now{std::chrono::seconds{1'790'000'000}};

class HttpAuthentication : public testing::Test {
 protected:
  HttpAuthentication() {
    server->write("open.txt", "for all");
    server->write("basic/page.txt", "by Basic");
    server->write("digest/page.txt", "by Digest");
  }
  std::string curl(const std::string& path, const std::vector<std::string>& options) const {
    std::vector<std::string> command{"curl", "-s", "-w", "%{stderr}%{http_code} "};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(fmt::format("http://127.0.0.1:{}{}", server->port(), path));
    const auto outcome = test::run(command);
    return outcome.errors + outcome.output.substr(0, outcome.output.find('\n'));
  }
  static std::string basic(const std::string& name_and_password) {
    return fmt::format("Authorization: Basic {}\r\n", base64(as_bytes(std::string_view{name_and_password})));
  }

  test::TemporaryFolder folder;
  std::string log = folder.path() + "/access.log";
  std::unique_ptr<RunningHttp> server = RunningHttp::with_config(fmt::format(R"(
access_log: {}
sites:
  - root: ROOT
    uploads: true
    protect:
      - {{ path: /basic/*, realm: The lab, users: {{ ann: "secret:with colon", bob: é }} }}
      - {{ path: /digest/*, realm: The "lab", scheme: digest, users: {{ ann: secret }} }}
)",
                                                                             log));
  HttpClient client{*server};
};

TEST(HttpProtection, OfAFolderIsThatOfAllBelow) {
  const auto server = RunningHttp::with_config(R"(
sites:
  - root: ROOT
    uploads: true
    protect:
      - { path: /one, realm: x, users: { ann: secret } }
      - { path: /two/, realm: x, users: { ann: secret } }
      - { path: /three/page.txt, realm: x, users: { ann: secret } }
)");
  for (const auto* name : {"one", "two", "three"}) server->write(fmt::format("{}/page.txt", name), "secret");
  server->write("one/deep/page.txt", "secret");
  server->write("one.txt", "for all");
  server->write("three/other.txt", "for all");
  HttpClient client{*server};
  for (const auto* path : {"/one", "/one/", "/one/page.txt", "/one/deep/page.txt", "/one/none", "/two", "/two/",
                           "/two/page.txt", "/three/page.txt"}) {
    EXPECT_EQ(client.get(path).status, 401) << path;
  }
  EXPECT_EQ(client.get("/one.txt").status, 200);
  EXPECT_EQ(client.get("/three/other.txt").status, 200);
}

TEST(HttpProtection, OfNothingOrForNobodyIsAWarning) {
  test::TemporaryFolder folder;
  folder.write("root/there/page.txt", "");
  const auto config = folder.write("http.yaml", R"(
sites:
  - root: root
    applications: [{ path: /api/echo, do: echo }]
    protect:
      - { path: /there/*, realm: x, users: { ann: secret } }
      - { path: /api/*, realm: x, users: { ann: secret } }
      - { path: /*, realm: x, users: { ann: secret } }
      - { path: /privat/*, realm: x, users: { ann: secret } }
      - { path: /there/page.txt, realm: x }
)");
  const auto checked = test::run({test::labnet(), "serve", "http", "-c", config, "--check"});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_EQ(checked.errors,
            fmt::format("labnet serve http: protect: /privat/* protects nothing: there is no /privat in {}/root\n"
                        "labnet serve http: protect: nobody may see /there/page.txt: it has no users\n",
                        folder.path()));
}

TEST_F(HttpAuthentication, BasicAdmitsWhoKnowsThePassword) {
  EXPECT_EQ(curl("/open.txt", {}), "200 for all");
  EXPECT_EQ(curl("/basic/page.txt", {"-u", "ann:secret:with colon"}), "200 by Basic");
  EXPECT_EQ(curl("/basic/page.txt", {"-u", "bob:é"}), "200 by Basic");
  EXPECT_THAT(curl("/basic/page.txt", {}), StartsWith("401 "));
  EXPECT_THAT(curl("/basic/page.txt", {"-u", "ann:wrong"}), StartsWith("401 "));
  EXPECT_THAT(curl("/basic/page.txt", {"-u", "nobody:"}), StartsWith("401 "));
  EXPECT_EQ(client.get("/basic/page.txt").field("WWW-Authenticate"), "Basic realm=\"The lab\", charset=\"UTF-8\"");
  EXPECT_TRUE(test::eventually([&] { return test::read_file(log).find("127.0.0.1 - bob [") != std::string::npos; }));
}

TEST(HttpProtection, OfADocumentHoldsWhateverWayLeadsToIt) {
  const auto server = RunningHttp::with_config(R"(
sites:
  - root: ROOT
    protect:
      - { path: /a/index.html, realm: x, users: { ann: secret } }
      - { path: /a/page.html, realm: x, users: { ann: secret } }
)");
  for (const auto* const name : {"a/index.html", "a/page.html", "a/page.html.gz", "a/open.html"})
    server->write(name, "text");
  HttpClient client{*server};
  for (const auto* const target : {"/a/index.html", "/a/", "/a/page.html", "/a/page.html.gz"}) {
    EXPECT_EQ(client.get(target).status, 401) << target;
  }
  EXPECT_EQ(client.get("/a/open.html").status, 200);
}

TEST(HttpProtection, HoldsForACompressedFormThatIsALinkIntoIt) {
  const auto server = RunningHttp::with_config(R"(
sites:
  - root: ROOT
    protect: [{ path: /private/*, realm: x, users: { ann: secret } }]
)");
  server->write("page.html", "for all");
  server->write("other.html", "for all");
  server->write("private/page.html.gz", "for ann");
  server->write("forms/other.html.br", "brotli for all");
  std::filesystem::create_symlink("private/page.html.gz", server->root() + "/page.html.gz");
  std::filesystem::create_symlink("forms/other.html.br", server->root() + "/other.html.br");
  HttpClient client{*server};
  EXPECT_EQ(client.get("/page.html.gz").status, 403);
  for (int turn = 0; turn < 2; ++turn) {  // from the disk, and from memory
    const auto page = client.get("/page.html", "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.field("Content-Encoding"), "");
    EXPECT_EQ(page.body, "for all");
  }
  EXPECT_EQ(client.get("/other.html", "Accept-Encoding: br\r\n").body, "brotli for all");
}

TEST(HttpHashes, AreWhatBasicComparesPasswordsWith) {
  const auto server = RunningHttp::with_config(fmt::format(R"(
sites:
  - root: ROOT
    protect: [{{ path: /*, realm: x, users: {{ ann: "{}", ben: plain, off: "*", odd: "$plain" }} }}]
)",
                                                           login::hash_of("secret").value()));
  server->write("a", "text");
  HttpClient client{*server};
  const auto status_for = [&](const std::string& name_and_password) {
    return client
        .get("/a", fmt::format("Authorization: Basic {}\r\n", base64(as_bytes(std::string_view{name_and_password}))))
        .status;
  };
  EXPECT_EQ(status_for("ann:secret"), 200);
  EXPECT_EQ(status_for("ben:plain"), 200);
  for (const auto* wrong : {"ann:wrong", "ann:", "nobody:secret", "nobody:", "off:*", "off:", "odd:$plain", "odd:"}) {
    EXPECT_EQ(status_for(wrong), 401) << wrong;
  }
}

TEST_F(HttpAuthentication, NothingGetsRoundIt) {
  const auto credentials = basic("ann:secret:with colon");
  EXPECT_EQ(client.get("/basic/page.txt", credentials).status, 200);
  for (const auto* path : {"/basic/page.txt", "/%62asic/page.txt", "/basic%2fpage.txt", "//basic/page.txt",
                           "/./basic/page.txt", "/x/../basic/page.txt", "/basic", "/basic/", "/basic/none"}) {
    EXPECT_EQ(client.get(path).status, 401) << path;
    EXPECT_EQ(client.ask("HEAD", path).status, 401) << path;
  }
  EXPECT_EQ(client.ask("PUT", "/basic/new", "", "text").status, 401);
  EXPECT_EQ(client.ask("DELETE", "/basic/page.txt").status, 401);
  EXPECT_TRUE(server->has("basic/page.txt"));
  EXPECT_EQ(client.ask("PUT", "/basic/new", credentials, "text").status, 201);
  for (const auto* value :
       {"Basic", "Basic ", "Basic !!!!", "Basic YW5u", "Bearer x", "basic", "Digest username=\"ann\""}) {
    EXPECT_EQ(client.get("/basic/page.txt", fmt::format("Authorization: {}\r\n", value)).status, 401) << value;
  }
}

TEST_F(HttpAuthentication, LinksLeadNoWayRound) {
  std::filesystem::create_symlink("basic/page.txt", server->root() + "/page");
  std::filesystem::create_symlink("open.txt", server->root() + "/harmless");
  std::filesystem::create_directory_symlink("basic", server->root() + "/folder");
  std::filesystem::create_directory_symlink("../digest", server->root() + "/basic/other");
  EXPECT_EQ(client.get("/harmless").body, "for all");
  for (const auto* path : {"/page", "/folder/page.txt", "/folder/"}) EXPECT_EQ(client.get(path).status, 403) << path;
  const auto credentials = basic("ann:secret:with colon");
  EXPECT_EQ(client.get("/page", credentials).status, 403) << "nobody has asked for them";
  EXPECT_EQ(client.get("/basic/other/page.txt", credentials).status, 403) << "of another part";
  EXPECT_EQ(client.ask("PUT", "/folder/new", "", "text").status, 403);
  EXPECT_EQ(client.ask("PUT", "/folder/page.txt", "", "text").status, 403);
  EXPECT_EQ(client.ask("DELETE", "/folder/page.txt").status, 403);
  EXPECT_FALSE(server->has("basic/new"));
  EXPECT_EQ(server->read("basic/page.txt"), "by Basic");
}

TEST_F(HttpAuthentication, DigestAdmitsWhoKnowsThePassword) {
  EXPECT_EQ(curl("/digest/page.txt?x=1", {"--digest", "-u", "ann:secret"}), "200 by Digest");
  EXPECT_THAT(curl("/digest/page.txt", {"--digest", "-u", "ann:wrong"}), StartsWith("401 "));
  EXPECT_THAT(curl("/digest/page.txt", {"-u", "ann:secret"}), StartsWith("401 "));  // Basic is not enough
}

/// What a client sends who was given this response.
std::string digest(const HttpResponse& challenged, const std::string& uri, std::uint32_t count,
                   const std::string& password = "secret") {
  const auto challenges = http::parse_challenges(challenged.field("WWW-Authenticate"));
  const auto challenge = http::digest_challenge_of(challenges.value().front()).value();
  digest::Credentials credentials{.user = "ann",
                                  .realm = challenge.realm,
                                  .nonce = challenge.nonce,
                                  .uri = uri,
                                  .cnonce = "abc",
                                  .nonce_count = count,
                                  .algorithm = challenge.algorithm};
  const auto secret = digest::secret_of(challenge.algorithm, "ann", challenge.realm, password);
  credentials.response = digest::response_of(credentials, "GET", secret);
  return fmt::format("Authorization: {}\r\n", digest::to_text(credentials));
}

TEST_F(HttpAuthentication, ADigestServesOnceAndForItsTargetAlone) {
  const auto challenged = client.get("/digest/page.txt");
  EXPECT_THAT(challenged.field("WWW-Authenticate"), HasSubstr("algorithm=SHA-256"));
  const auto first = digest(challenged, "/digest/page.txt", 1);
  EXPECT_EQ(client.get("/digest/page.txt", first).status, 200);
  EXPECT_EQ(client.get("/digest/page.txt", first).status, 401);  // sent again
  EXPECT_EQ(client.get("/digest/page.txt", digest(challenged, "/digest/page.txt", 3)).status, 200);
  EXPECT_EQ(client.get("/digest/page.txt", digest(challenged, "/digest/page.txt", 2)).status, 200);  // overtaken
  EXPECT_EQ(client.get("/digest/", digest(challenged, "/digest/page.txt", 4)).status, 401);
  EXPECT_EQ(client.ask("HEAD", "/digest/page.txt", digest(challenged, "/digest/page.txt", 5)).status, 401);
  EXPECT_EQ(client.get("/digest/page.txt", digest(challenged, "/digest/page.txt", 6, "wrong")).status, 401);
  const auto used_up = client.get("/digest/page.txt", digest(challenged, "/digest/page.txt", 4'097));
  EXPECT_EQ(used_up.status, 401);
  EXPECT_THAT(used_up.field("WWW-Authenticate"), HasSubstr("stale=true"));
}

TEST(HttpNonces, AreThoseOfOneService) {
  Nonces nonces;
  const auto nonce = nonces.issue(now);
  EXPECT_NE(nonces.issue(now), nonce);
  EXPECT_EQ(nonces.use(nonce, 1, now), digest::Nonces::Verdict::good);
  EXPECT_EQ(nonces.use(nonce, 1, now), digest::Nonces::Verdict::repeated);
  EXPECT_EQ(Nonces{}.use(nonce, 2, now), digest::Nonces::Verdict::wrong);
}

}  // namespace
}  // namespace labnet::http_server
