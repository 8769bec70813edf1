// Comments: posted by curl as a browser does it, and by requests of our own; read as a page and as JSON.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include <boost/json.hpp>

#include "common/http/target.hpp"
#include "servers/http/comment_store.hpp"
#include "servers/http/limits.hpp"
#include "tests/servers/http/running_http.hpp"

namespace labnet::http_server {
namespace {

namespace json = boost::json;

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view in_memory = "sites: [{ root: ROOT, applications: [{ path: /comments, do: comments }] }]\n";
constexpr std::string_view json_wanted = "Accept: application/json\r\n";

std::string in_file(const std::string& file) {
  return fmt::format("sites: [{{ root: ROOT, applications: [{{ path: /comments, do: comments, file: {} }}] }}]\n",
                     file);
}

std::string form_of(const std::string& topic, const std::string& name, const std::string& text) {
  return http::to_form({{"on", topic}, {"name", name}, {"text", text}});
}

HttpResponse post(HttpClient& client, const std::string& form) {
  return client.ask("POST", "/comments", "Content-Type: application/x-www-form-urlencoded\r\n", form);
}
HttpResponse post(HttpClient& client, const std::string& topic, const std::string& name, const std::string& text) {
  return post(client, form_of(topic, name, text));
}

/// "NAME: TEXT" of each, as the JSON has them.
std::vector<std::string> comments_on(HttpClient& client, const std::string& topic) {
  const auto response = client.get(fmt::format("/comments?on={}", http::percent_encode(topic)), json_wanted);
  EXPECT_EQ(response.status, 200) << response.body;
  std::vector<std::string> comments;
  const auto told = json::parse(response.body);
  EXPECT_EQ(told.at("on").as_string(), topic);
  for (const auto& one : told.at("comments").as_array()) {
    comments.push_back(fmt::format("{}: {}", std::string_view{one.at("name").as_string()},
                                   std::string_view{one.at("text").as_string()}));
  }
  return comments;
}

class HttpComments : public testing::Test {
 protected:
  test::Outcome curl(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{"curl", "-s"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    command.push_back(fmt::format("http://127.0.0.1:{}/comments?on=a%20video", server->port()));
    return test::run(command);
  }
  std::unique_ptr<RunningHttp> server = RunningHttp::with_config(std::string{in_memory});
  HttpClient client{*server};
};

TEST_F(HttpComments, ArePostedAsABrowserDoesItAndShownTheNewestLast) {
  EXPECT_THAT(curl({}).output, HasSubstr("Nobody has said anything yet."));
  const auto first = curl({"-w", "%{http_code} %header{location}", "-o", "/dev/null", "--data-urlencode", "name=Ann Ñ",
                           "-d", "on=a video", "--data-urlencode", "text=Good & short"});
  EXPECT_EQ(first.output, "303 /comments?on=a%20video");
  // With -L it goes on to where it is sent, as browsers do.
  const auto second = curl({"-L", "-F", "on=a video", "-F", "name=Ben", "-F", "text=me,\ntoo"});
  EXPECT_THAT(second.output, HasSubstr("<b><bdi>Ann Ñ</bdi></b> <time datetime=\"20"));
  EXPECT_THAT(second.output, HasSubstr("<p dir=\"auto\">Good &amp; short</p>"));
  EXPECT_LT(second.output.find("Ann"), second.output.find("Ben"));
  EXPECT_THAT(second.output, HasSubstr("<form method=\"post\" action=\"/comments\">"));
  EXPECT_THAT(second.output, HasSubstr("<input type=\"hidden\" name=\"on\" value=\"a video\">"));
  EXPECT_THAT(comments_on(client, "a video"), ElementsAre("Ann Ñ: Good & short", "Ben: me,\ntoo"));
  EXPECT_THAT(comments_on(client, "another"), ElementsAre());
}

TEST_F(HttpComments, AreNeverTakenFromACache) {
  for (const auto* target : {"/comments?on=x", "/comments"}) {
    EXPECT_EQ(client.get(target).field("Cache-Control"), "no-store") << target;
  }
  EXPECT_EQ(post(client, "x", "Ann", "text").field("Cache-Control"), "no-store");
  EXPECT_EQ(client.get("/comments?on=x").field("Vary"), "Accept");
  EXPECT_EQ(client.get("/comments?on=x").field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(client.get("/comments?on=x", json_wanted).field("Content-Type"), "application/json");
  EXPECT_EQ(client.get("/comments?on=x", "Accept: text/html, application/json;q=0.9\r\n").field("Content-Type"),
            "text/html; charset=utf-8");
  EXPECT_EQ(client.ask("HEAD", "/comments?on=x").status, 200);
  EXPECT_EQ(client.ask("OPTIONS", "/comments").field("Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(HttpComments, CannotBringAScriptIntoThePage) {
  const std::string odd = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;&#60;";
  EXPECT_EQ(post(client, odd, odd, odd).status, 303);
  const auto response = client.get(fmt::format("/comments?on={}", http::percent_encode(odd)));
  EXPECT_EQ(response.status, 200);
  std::set<std::string> elements;  // by the word behind each "<"
  for (auto at = response.body.find('<'); at != std::string::npos; at = response.body.find('<', at + 1)) {
    elements.insert(response.body.substr(at + 1, response.body.find_first_of(" >", at) - at - 1));
  }
  const std::set<std::string> own{
      "!DOCTYPE", "html",  "head",  "meta",   "title",    "style",     "/style", "/title",  "/head", "body",  "ol",
      "li",       "b",     "bdi",   "/bdi",   "/b",       "time",      "/time",  "p",       "/p",    "/li",   "/ol",
      "form",     "input", "label", "/label", "textarea", "/textarea", "button", "/button", "/form", "/body", "/html"};
  EXPECT_EQ(elements, own);
  EXPECT_THAT(response.body, Not(HasSubstr("\"'>")));
  EXPECT_THAT(response.body, HasSubstr("&amp;lt;&amp;#60;"));
  EXPECT_THAT(response.field("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(response.field("X-Content-Type-Options"), "nosniff");
  // Nor into a page of faults.
  EXPECT_THAT(client.get("/comments?on=%00<script>").body, Not(HasSubstr("<script")));
}

TEST_F(HttpComments, HaveLimits) {
  const std::string name(comment_name_bytes_max, 'n'), text(comment_text_bytes_max, 't'), topic(topic_bytes_max, 'o');
  EXPECT_EQ(post(client, topic, name, text).status, 303);
  EXPECT_THAT(post(client, topic, name + 'n', text).body, HasSubstr("The name has more than 100 bytes."));
  EXPECT_THAT(post(client, topic, name, text + 't').body, HasSubstr("The text has more than 2000 bytes."));
  EXPECT_THAT(post(client, topic + 'o', name, text).body, HasSubstr("The topic has more than 200 bytes."));
  EXPECT_EQ(client.get(fmt::format("/comments?on={}o", topic)).status, 400);
  EXPECT_EQ(post(client, topic, name + 'n', text).status, 400);
  EXPECT_EQ(comments_on(client, topic).size(), 1u);
}

TEST_F(HttpComments, AreWholeAndUtf8) {
  EXPECT_THAT(post(client, "x", "", "text").body, HasSubstr("The name is missing."));
  EXPECT_THAT(post(client, "x", " \r\n ", "text").body, HasSubstr("The name is missing."));
  EXPECT_THAT(post(client, "x", "Ann", "").body, HasSubstr("The text is missing."));
  EXPECT_THAT(post(client, "name=Ann&text=text").body, HasSubstr("The topic is missing."));
  EXPECT_THAT(client.get("/comments").body, HasSubstr("The topic is missing."));
  EXPECT_EQ(client.get("/comments?on=%zz").status, 400);
  EXPECT_THAT(post(client, "x", "Ann", "\xff").body, HasSubstr("The text is not UTF-8."));
  EXPECT_THAT(post(client, "x", "\xed\xa0\x80", "text").body, HasSubstr("The name is not UTF-8."));
  EXPECT_THAT(post(client, "x", "Ann\nBen", "text").body, HasSubstr("The name has control characters in it."));
  EXPECT_THAT(post(client, "x", "Ann", "a\0b"s).body, HasSubstr("The text has control characters in it."));
  EXPECT_THAT(client.get("/comments?on=%1b").body, HasSubstr("The topic has control characters in it."));
  EXPECT_EQ(post(client, "x", " Ann ", "one\r\ntwo\rthree\tx\r\n").status, 303);
  EXPECT_THAT(comments_on(client, "x"), ElementsAre("Ann: one\ntwo\nthree\tx"));
  EXPECT_EQ(client.ask("POST", "/comments", "Content-Type: text/plain\r\n", "x").status, 415);
  HttpClient other{*server};
  EXPECT_EQ(other.ask("DELETE", "/comments?on=x").status, 405);
  EXPECT_THAT(curl({"-F", "on=x", "-F", "name=Ann", "-F", "text=x", "-F", "file=@/dev/null;filename=x"}).output,
              HasSubstr("takes no files"));
}

TEST_F(HttpComments, InMemoryLiveOverAReloadAndEndWithTheService) {
  EXPECT_EQ(post(client, "x", "Ann", "text").status, 303);
  server->signal(SIGHUP);
  server->wait_for_log("read again");
  EXPECT_THAT(comments_on(client, "x"), ElementsAre("Ann: text"));
  server->kill_and_restart();
  HttpClient anew{*server};
  EXPECT_THAT(comments_on(anew, "x"), ElementsAre());
}

class HttpCommentsFile : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  std::string file = folder.path() + "/comments.sqlite";
};

TEST_F(HttpCommentsFile, KeepsThemWhateverBecomesOfTheService) {
  const auto server = RunningHttp::with_config(in_file(file));
  {
    HttpClient client{*server};
    EXPECT_EQ(post(client, "x", "Ann", "text").status, 303);
  }
  server->kill_and_restart();
  HttpClient client{*server};
  EXPECT_THAT(comments_on(client, "x"), ElementsAre("Ann: text"));
  server->signal(SIGHUP);
  server->wait_for_log("read again");
  EXPECT_THAT(comments_on(client, "x"), ElementsAre("Ann: text"));
}

TEST_F(HttpCommentsFile, IsSharedByWorkersAndByProcesses) {
  constexpr int clients = 8, posts = 10;
  const auto first = RunningHttp::with_config(in_file(file), {}, {"--workers", "3"});
  const auto second = RunningHttp::with_config(in_file(file), {}, {"--workers", "3"});
  std::atomic<int> stored = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([&, i] {
        for (int k = 0; k < posts; ++k) {
          HttpClient client{i % 2 == 0 ? *first : *second};
          if (post(client, "x", fmt::format("client {}", i), std::to_string(k)).status == 303) ++stored;
        }
      });
    }
  }
  EXPECT_EQ(stored, clients * posts);
  HttpClient client{*first}, other{*second};
  const auto comments = comments_on(client, "x");
  EXPECT_EQ(comments.size(), static_cast<std::size_t>(clients * posts));
  EXPECT_EQ(comments, comments_on(other, "x"));
  EXPECT_EQ(std::set(comments.begin(), comments.end()).size(), comments.size());
}

TEST_F(HttpCommentsFile, ThatCannotBeOpenedIsSaidAtTheStartAndByCheck) {
  const auto none = folder.write("none.sqlite", "no database at all, and long enough to see it");
  const auto config = folder.write(
      "http.yaml", "sites: [{ root: /usr/share, applications: [{ path: /c, do: comments, file: none.sqlite }] }]\n");
  for (const auto& option : {"--check", "--workers=1"}) {
    const auto outcome = test::run({test::labnet(), "serve", "http", "-c", config, option});
    EXPECT_NE(outcome.exit_code, 0) << option;
    EXPECT_THAT(outcome.errors, HasSubstr("none.sqlite is not a database")) << option;
    EXPECT_THAT(outcome.errors, HasSubstr("http.yaml:1:76: ")) << option;
  }
  EXPECT_EQ(test::read_file(none), "no database at all, and long enough to see it");
}

TEST_F(HttpCommentsFile, IsNotMadeByCheck) {
  const auto config = folder.write(
      "http.yaml",
      fmt::format("sites: [{{ root: /usr/share, applications: [{{ path: /c, do: comments, file: {} }}] }}]\n", file));
  const auto outcome = test::run({test::labnet(), "serve", "http", "-c", config, "--check"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(HttpCommentsFile, ThatIsLostAtAReloadLeavesAllAsItIs) {
  const auto server = RunningHttp::with_config(in_file(file));
  HttpClient client{*server};
  EXPECT_EQ(post(client, "x", "Ann", "text").status, 303);
  std::filesystem::rename(file, file + ".old");
  std::filesystem::create_directory(file);
  server->signal(SIGHUP);
  EXPECT_THAT(server->wait_for_log("stay as they are"), HasSubstr("comments.sqlite is no plain file"));
  EXPECT_THAT(comments_on(client, "x"), ElementsAre("Ann: text"));
}

/// As on a full disk: a file that may not grow.
TEST_F(HttpCommentsFile, WithoutRoomIs507AndSaysSoInTheLog) {
  const auto server = RunningHttp::with_config(in_file(file), {.prepare = [] {
                                                 std::signal(SIGXFSZ, SIG_IGN);
                                                 const rlimit limit{100'000, 100'000};
                                                 ::setrlimit(RLIMIT_FSIZE, &limit);
                                               }});
  HttpClient client{*server};
  HttpResponse last;
  for (int i = 0; i < 200 && last.status != 507; ++i) {
    last = post(client, "x", "Ann", std::string(comment_text_bytes_max, 'x'));
    if (last.status != 507) {
      ASSERT_EQ(last.status, 303) << last.body;
    }
  }
  EXPECT_EQ(last.status, 507);
  EXPECT_THAT(last.body, HasSubstr("There is no room on the disk."));
  EXPECT_THAT(server->wait_for_log("comments cannot be read or stored"), HasSubstr("comments.sqlite"));
  EXPECT_FALSE(comments_on(client, "x").empty());
}

/// Another process that holds the file.
TEST_F(HttpCommentsFile, ThatSomebodyElseWritesToForLongIs503) {
  const auto server = RunningHttp::with_config(in_file(file));
  HttpClient client{*server};
  EXPECT_EQ(post(client, "x", "Ann", "text").status, 303);
  auto other = store::Database::open(file, std::vector<std::string_view>(1));
  ASSERT_TRUE(other) << other.error().message;
  {
    auto held = other->begin();
    ASSERT_TRUE(held);
    const auto refused = post(client, "x", "Ben", "text");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.field("Retry-After"), "1");
    EXPECT_THAT(comments_on(client, "x"), ElementsAre("Ann: text"));
  }
  EXPECT_EQ(post(client, "x", "Ben", "text").status, 303);
}

TEST_F(HttpCommentsFile, StaysAsItIsWhereTheServiceWorksOnACopy) {
  {
    const auto server = RunningHttp::with_config(in_file(file));
    HttpClient client{*server};
    EXPECT_EQ(post(client, "x", "Ann", "before").status, 303);
    server->kill_and_restart();  // what it has written is not in the file itself yet
  }
  const auto before = test::read_file(file);
  {
    const auto server = RunningHttp::with_config(in_file(file), {}, {"--scratch", folder.path() + "/scratch"});
    HttpClient client{*server};
    EXPECT_THAT(comments_on(client, "x"), ElementsAre("Ann: before"));
    EXPECT_EQ(post(client, "x", "Ben", "after").status, 303);
    client.connection().close();
    server->kill_and_restart();
    HttpClient anew{*server};
    EXPECT_THAT(comments_on(anew, "x"), ElementsAre("Ann: before", "Ben: after"));
  }
  EXPECT_EQ(test::read_file(file), before);
  EXPECT_EQ((*CommentStore::open(file))->list("x")->size(), 1u);
}

class HttpCommentStore : public testing::Test {
 protected:
  CommentStore::Outcome add(const std::string& topic) {
    const auto outcome = store->add(topic, {http::Time{1s}, "Ann", "text"});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return *outcome;
  }
  std::unique_ptr<CommentStore> store = *CommentStore::open(std::nullopt);
};

TEST_F(HttpCommentStore, HasLimitsForATopicAndForTopics) {
  for (std::size_t i = 0; i < comments_per_topic_max; ++i) ASSERT_EQ(add("full"), CommentStore::Outcome::stored);
  EXPECT_EQ(add("full"), CommentStore::Outcome::topic_is_full);
  EXPECT_EQ(store->list("full")->size(), comments_per_topic_max);
  for (std::size_t i = 1; i < topics_max; ++i) ASSERT_EQ(add(std::to_string(i)), CommentStore::Outcome::stored);
  EXPECT_EQ(add("one more"), CommentStore::Outcome::too_many_topics);
  EXPECT_EQ(add("1"), CommentStore::Outcome::stored);
  EXPECT_TRUE(store->list("one more")->empty());
}

TEST_F(HttpCommentStore, HasALimitForAll) {
  for (std::size_t i = 0; i < comments_max; ++i) {
    ASSERT_EQ(add(std::to_string(i % (topics_max - 1))), CommentStore::Outcome::stored);
  }
  EXPECT_EQ(add("x"), CommentStore::Outcome::is_full);
  EXPECT_EQ(add("1"), CommentStore::Outcome::is_full);
}

}  // namespace
}  // namespace labnet::http_server
