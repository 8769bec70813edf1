// What labnet http prints, and what it says: of one URL, and of a page.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <set>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "common/coding/gzip.hpp"
#include "tests/clients/http/program_fixture.hpp"
#include "tests/common/resolver/dns_stub.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;
namespace filesystem = std::filesystem;

// get

TEST_F(HttpProgram, PrintsWhatAUrlNames) {
  write("notes.txt", "one\ntwo\n");
  serve();
  const auto outcome = http("get", {url("/notes.txt")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, "one\ntwo\n");
  EXPECT_EQ(outcome.errors, "");
  EXPECT_THAT(http("get", {"-i", url("/notes.txt")}).output,
              AllOf(StartsWith("HTTP/1.0 200 OK\r\n"), EndsWith("\r\n\r\none\ntwo\n")));
  const auto head = http("head", {url("/notes.txt")}).output;
  EXPECT_THAT(head, AllOf(StartsWith("HTTP/1.0 200 OK\r\n"), HasSubstr("Content-Length: 8\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(HttpProgram, WritesToAFileOnceItIsWhole) {
  write("1.png", "\x89PNG and so on");
  serve();
  const auto outcome = http("get", {"-O", url("/1.png")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith("1.png: 14 bytes in "));
  EXPECT_EQ(read_file(here("1.png")), "\x89PNG and so on");
  EXPECT_EQ(http("get", {"-R", "-o", "2.png", url("/1.png")}).exit_code, 0);
  EXPECT_EQ(filesystem::last_write_time(here("2.png")),
            std::chrono::floor<std::chrono::seconds>(filesystem::last_write_time(root_ + "/1.png")));
  EXPECT_EQ(http("get", {"-o", here_, url("/1.png?x=y")}).exit_code, 0);
  EXPECT_THAT(names_here(), ElementsAre("1.png", "2.png"));
  EXPECT_EQ(http("get", {"-O", url("/")}).exit_code, 1);
}

TEST_F(HttpProgram, AnErrorOrARedirectionDoesNotBecomeTheFile) {
  ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    if (request.first_line().starts_with("GET /moved "))
      return response_of("moved", "Location: /there\r\n", "302 Found");
    return response_of("nothing here", "", "404 Not Found");
  })};
  folder_.write("here/kept", "precious");
  const auto missing = http("get", {"-o", "kept", server.url("/none")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.errors, HasSubstr("the server answers 404 Not Found"));
  const auto moved = http("get", {"-o", "kept", server.url("/moved")});
  EXPECT_EQ(moved.exit_code, 1);
  EXPECT_THAT(moved.errors, HasSubstr("302 Found: it is at /there; --location goes there"));
  EXPECT_EQ(http("get", {"-O", server.url("/fresh")}).exit_code, 1);
  EXPECT_EQ(read_file(here("kept")), "precious");
  EXPECT_THAT(names_here(), ElementsAre("kept"));
}

TEST_F(HttpProgram, WritesToDevicesAndPipesAsTheyAre) {
  write("1.png", "\x89PNG and so on");
  serve();
  EXPECT_EQ(http("get", {"-o", "/dev/null", url("/1.png")}).exit_code, 0);
  EXPECT_EQ(http("get", {"-o", "/dev/stdout", url("/1.png")}).output, "\x89PNG and so on");
  EXPECT_THAT(names_here(), ElementsAre());
}

/// As /dev/stdout is one: it must stay, and what is written goes behind what was there.
TEST_F(HttpProgram, WritesToAnOpenFileByItsLink) {
  write("notes.txt", "one\n");
  serve();
  filesystem::create_symlink("/proc/self/fd/1", here("out"));
  const auto fetched = test::run(
      {"sh", "-c", "exec > file; echo begin; \"$0\" http get -o out $1; echo end", labnet(), url("/notes.txt")},
      {.environment = {}, .folder = here_});
  EXPECT_EQ(fetched.exit_code, 0) << fetched.errors;
  EXPECT_EQ(read_file(here("file")), "begin\none\nend\n");
  EXPECT_EQ(filesystem::read_symlink(here("out")), "/proc/self/fd/1");
  const auto kept =
      test::run({"sh", "-c", "exec > file; \"$0\" http get -o /dev/null -c out $1", labnet(), url("/notes.txt")},
                {.environment = {}, .folder = here_});
  EXPECT_EQ(kept.exit_code, 0) << kept.errors;
  EXPECT_THAT(read_file(here("file")), StartsWith("# Netscape HTTP Cookie File"));
  EXPECT_THAT(names_here(), ElementsAre("file", "out"));
  EXPECT_EQ(filesystem::read_symlink(here("out")), "/proc/self/fd/1");
  EXPECT_EQ(http("get", {"--resume", "-o", "out", url("/notes.txt")}).exit_code, 2);
}

TEST_F(HttpProgram, LeavesALinkAndReplacesTheFileThatItLeadsTo) {
  write("notes.txt", "one\n");
  serve();
  filesystem::create_directory(here("below"));
  folder_.write("here/below/old", "old");
  filesystem::create_symlink("below/old", here("link"));
  filesystem::create_symlink("below/new", here("nowhere"));
  filesystem::create_symlink("below/jar", here("cookies"));
  EXPECT_EQ(http("get", {"-o", "link", url("/notes.txt")}).exit_code, 0);
  EXPECT_EQ(http("get", {"-o", "nowhere", "-c", "cookies", url("/notes.txt")}).exit_code, 0);
  EXPECT_EQ(read_file(here("below/old")), "one\n");
  EXPECT_EQ(read_file(here("below/new")), "one\n");
  EXPECT_THAT(read_file(here("below/jar")), StartsWith("# Netscape HTTP Cookie File"));
  for (const auto* name : {"link", "nowhere", "cookies"}) EXPECT_TRUE(filesystem::is_symlink(here(name))) << name;
  EXPECT_THAT(names_here(), ElementsAre("below", "cookies", "link", "nowhere"));
  filesystem::create_symlink("round", here("round"));
  EXPECT_THAT(http("get", {"-o", "round", url("/notes.txt")}).errors, HasSubstr("cannot follow round"));
}

TEST_F(HttpProgram, PutsNothingUnlessItIsToldTo) {
  const auto outcome = http("put", {"http://127.0.0.1:1/"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("what is to be put there? --upload-file FILE"));
  EXPECT_THAT(http("put", {"-d", "", "http://127.0.0.1:1/"}).errors, HasSubstr("nobody listens there"));
}

TEST_F(HttpProgram, FailsForAStatusAndPrintsTheBody) {
  serve();
  const auto outcome = http("get", {url("/no-such-file")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("Error code: 404"));
  EXPECT_EQ(outcome.errors,
            fmt::format("labnet http get: {}/no-such-file: the server answers 404 File not found\n", place_));
}

TEST_F(HttpProgram, SaysTruthfullyHowMoreRedirectsAreFollowed) {
  const ScriptedServer server{ScriptedServer::answering(response_of("", "Location: /\r\n", "302 Found"))};
  EXPECT_THAT(http("get", {"-L", "--max-redirs", "1", server.url()}).errors,
              HasSubstr("1 redirects, the last one to /; --max-redirs follows more"));
  const auto browsed = http("browse", {server.url()});
  EXPECT_EQ(browsed.exit_code, 1);
  EXPECT_THAT(browsed.errors, HasSubstr("; browse follows no more; labnet http get -L --max-redirs N does"));
}

TEST_F(HttpProgram, SilentSaysNothingOfWhatWasTransferred) {
  write("notes.txt", "one\n");
  serve();
  for (const auto& options : {Words{}, Words{"--resume"}, Words{"--cache", "c"}, Words{"--cache", "c"}}) {
    auto words = Words{"-s", "-o", "file", url("/notes.txt")};
    words.insert(words.begin(), options.begin(), options.end());
    const auto outcome = http("get", words);
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.output + outcome.errors, "");
  }
  EXPECT_EQ(read_file(here("file")), "one\n");
}

TEST_F(HttpProgram, AFileIsNoCookie) {
  const auto outcome = http("get", {"-b", "jar.txt", "http://127.0.0.1:1/"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("expected NAME=VALUE; a file of cookies goes with --cookie-jar"));
}

TEST_F(HttpProgram, NeedsNoCaForAUrlInClear) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  folder_.write("here/ca.crt", "none");
  const std::map<std::string, std::string> environment{{"LABNET_CA_DIR", here_}};
  const auto plain = http("get", {server.url()}, environment);
  EXPECT_EQ(plain.output, "hello") << plain.errors;
  EXPECT_THAT(http("get", {"https://127.0.0.1:1/"}, environment).errors, HasSubstr("ca.crt"));
  EXPECT_THAT(http("get", {"--ca", "ca.crt", server.url()}, environment).errors, HasSubstr("ca.crt"));
}

TEST_F(HttpProgram, FailsForWhatCannotBe) {
  const auto nobody = http("get", {"http://127.0.0.1:1/"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_EQ(nobody.errors, "labnet http get: tcp://127.0.0.1:1: nobody listens there\n");
  EXPECT_EQ(http("get", {"ftp://127.0.0.1/"}).exit_code, 2);
  EXPECT_EQ(http("get", {"-H", "no header", "http://127.0.0.1/"}).exit_code, 2);
  EXPECT_EQ(http("get", {"-r", "x", "http://127.0.0.1/"}).exit_code, 2);
  EXPECT_EQ(http("get", {"--resume", "http://127.0.0.1/"}).exit_code, 2);
  EXPECT_EQ(http("get", {"-o", "no/such/folder", "http://127.0.0.1:1/"}).exit_code, 1);
  EXPECT_EQ(http("post", {"-d", "a", "-F", "a=b", "http://127.0.0.1:1/"}).exit_code, 1);
}

TEST_F(HttpProgram, ShowsTheDialogue) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello", "X-Odd: a\x1b[31mb\r\n"))};
  const auto plain = ScriptedServer::answering(response_of("hello"));
  const ScriptedServer good{plain};
  const auto outcome = http("get", {"-v", "-u", "ann:secret", "--basic", good.url("/x")});
  EXPECT_EQ(outcome.output, "hello");
  EXPECT_EQ(outcome.errors, fmt::format("* connected to tcp://127.0.0.1:{0}\n> GET /x HTTP/1.1\n> Host: 127.0.0.1:{0}\n"
                                        "> User-Agent: labnet/0.1.0\n> Accept: */*\n> Authorization: Basic ****\n> \n"
                                        "< HTTP/1.1 200 OK\n< Content-Length: 5\n< \n",
                                        good.port()));
  // An escape is no character of a field.
  EXPECT_THAT(http("get", {server.url()}).errors, HasSubstr("a control character"));
}

TEST_F(HttpProgram, SendsTheFieldsThatItIsTold) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  EXPECT_EQ(http("get", {"-H", "X-One: 1", "-H", "x-one: 2", "-H", "Accept:", "-H", "X-Empty;", "-A", "me", "-b", "a=b",
                         "-H", "Host: web.lab", "-X", "OPTIONS", "--http1.0", "--path-as-is", server.url("/a/../b")})
                .exit_code,
            0);
  EXPECT_EQ(server.requests().at(0).head,
            "OPTIONS /a/../b HTTP/1.0\r\nUser-Agent: me\r\nCookie: a=b\r\nX-One: 1\r\nx-one: 2\r\nX-Empty: \r\n"
            "Host: web.lab\r\n\r\n");
}

TEST_F(HttpProgram, TakesOffGzipThatItHasAskedFor) {
  const auto packed = std::string{as_text(coding::gzip(as_bytes("hello")))};
  const ScriptedServer server{ScriptedServer::answering([&](const SeenRequest& request) {
    if (request.field("Accept-Encoding") != "gzip") return response_of("plain");
    return response_of(packed, "Content-Encoding: gzip\r\n");
  })};
  EXPECT_EQ(http("get", {server.url()}).output, "plain");
  EXPECT_EQ(http("get", {"--compressed", server.url()}).output, "hello");
  EXPECT_EQ(http("get", {"--compressed", "--max-size", "4", server.url()}).exit_code, 1);
}

TEST_F(HttpProgram, FollowsRedirectsIfThatIsWanted) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    if (request.first_line() == "GET /there HTTP/1.1") return response_of("hello");
    return response_of("moved", "Location: /there\r\n", "301 Moved Permanently");
  })};
  EXPECT_EQ(http("get", {server.url()}).output, "moved");
  EXPECT_EQ(http("get", {"-L", server.url()}).output, "hello");
  EXPECT_THAT(http("get", {"-L", "-i", server.url()}).output,
              AllOf(StartsWith("HTTP/1.1 301 Moved Permanently\r\n"), HasSubstr("\r\n\r\nHTTP/1.1 200 OK\r\n")));
  EXPECT_EQ(http("get", {"-L", "--max-redirs", "0", server.url()}).exit_code, 1);
}

TEST_F(HttpProgram, AsksForAPassword) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    if (request.field("Authorization") == "Basic YW5uOnNlY3JldA==") return response_of("welcome");
    return response_of("who?", "WWW-Authenticate: Basic realm=\"lab\"\r\n", "401 Unauthorized");
  })};
  EXPECT_EQ(http_with_input("secret\n", "get", {"-u", "ann", server.url()}).output, "welcome");
  EXPECT_EQ(http("get", {fmt::format("http://ann:secret@127.0.0.1:{}/", server.port())}).output, "welcome");
  const auto wrong = http("get", {"-u", "ann:wrong", server.url()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(wrong.output, "who?");
  EXPECT_THAT(http_with_input("x", "put", {"-u", "ann", "-T", "-", server.url()}).errors,
              HasSubstr("no password can be asked for"));
}

TEST_F(HttpProgram, AsksTheNameServerThatItIsTold) {
  const DnsStub names{[](const dns::Message& query, Transport) {
    auto reply = reply_to(query);
    reply.answers.push_back(record(dns::to_text(query.question->name), dns::A{Ipv4Address{0x7f000001}}));
    return std::vector<Buffer>{to_wire(reply)};
  }};
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  const auto url = fmt::format("http://diario71.com:{}/", server.port());
  const auto outcome = http("get", {"--dns-servers", fmt::format("127.0.0.1:{}", names.port()), url});
  EXPECT_EQ(outcome.output, "hello") << outcome.errors;
  EXPECT_EQ(names.queries().size(), 1u);
  EXPECT_EQ(http("get", {"--dns-servers", "gw", url}).exit_code, 2);
}

TEST_F(HttpProgram, EndsWhenTheTimeIsOver) {
  const ScriptedServer server{[](Peer& peer) { peer.read_to_end(); }};
  EXPECT_THAT(http("get", {"--timeout", "50ms", server.url()}).errors, HasSubstr("no response came within 50 ms"));
  EXPECT_THAT(http("get", {"-m", "50ms", server.url()}).errors, HasSubstr("--max-time"));
}

TEST_F(HttpProgram, WaitsWithoutEndIfTheTimeIsZero) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  EXPECT_EQ(http("get", {"-m", "0", server.url()}).output, "hello");
  EXPECT_EQ(http("get", {"-m", "-1", server.url()}).exit_code, 2);
}

TEST_F(HttpProgram, EndsWithCtrlC) {
  const ScriptedServer server{[](Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello\n");
    peer.read_to_end();
  }};
  Child child{command("get", {server.url()})};
  ASSERT_EQ(child.line(), "hello");
  child.signal(SIGINT);
  const auto outcome = child.wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "labnet http get: interrupted\n");
}

TEST_F(HttpProgram, TellsWhatCameAsJson) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello", "X-One: \xff\r\n"))};
  const auto outcome = http("get", {"--format", "json", server.url("/x")});
  const auto object = boost::json::parse(outcome.output).as_object();
  EXPECT_EQ(object.at("status").as_int64(), 200);
  EXPECT_EQ(object.at("url").as_string(), server.url("/x"));
  EXPECT_EQ(object.at("fields").as_array().at(1).as_array().at(1).as_string(), "\\xff");
  EXPECT_EQ(object.at("body_bytes").as_int64(), 5);
  const auto& step = object.at("steps").as_array().at(0).as_object();
  EXPECT_EQ(step.at("method").as_string(), "GET");
  EXPECT_GT(step.at("timing").as_object().at("tcp_ms").as_double(), 0);
}

TEST_F(HttpProgram, TellsHowLongEachPhaseTook) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  const auto outcome = http("get", {"--timing", server.url()});
  EXPECT_EQ(outcome.output, "hello");
  EXPECT_THAT(outcome.errors, testing::MatchesRegex("DNS +TCP +TLS +WAIT +BODY +TOTAL ms +RESPONSE\n(.|\n)*"));
  EXPECT_THAT(outcome.errors, HasSubstr("200 GET " + server.url()));
}

TEST_F(HttpProgram, CallsTheTimesOfAPageAsThoseOfAUrl) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  const auto names = [](const boost::json::value& timing) {
    std::set<std::string> all;
    for (const auto& [name, value] : timing.as_object()) all.insert(name);
    return all;
  };
  const auto of_url = boost::json::parse(http("get", {"--format", "json", server.url("/x")}).output);
  const auto of_page = boost::json::parse(http("browse", {"--format", "json", server.url("/x")}).output);
  const auto wanted = testing::UnorderedElementsAre("tcp_ms", "wait_ms", "body_ms", "total_ms");
  EXPECT_THAT(names(of_url.at("steps").at(0).at("timing")), wanted);
  EXPECT_THAT(names(of_page.at(0).at("timing")), wanted);
  EXPECT_THAT(http("browse", {server.url("/x")}).output,
              testing::ContainsRegex("START +DNS +TCP +TLS +WAIT +BODY +TOTAL ms"));
}

TEST_F(HttpProgram, WritesTimesWithoutExponents) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  for (const auto* verb : {"get", "browse"}) {
    const auto output = http(verb, {"--format", "json", server.url("/x")}).output;
    EXPECT_THAT(output, HasSubstr("_ms\":"));
    EXPECT_THAT(output, Not(testing::ContainsRegex("[0-9]E[-0-9]")));
  }
}

TEST_F(HttpProgram, RefusesToWriteBinaryToATerminal) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    if (request.first_line().starts_with("GET /text ")) return response_of("text, ñ");
    if (request.first_line().starts_with("GET /escape ")) return response_of("\x1b]0;title\a");
    if (request.first_line().starts_with("GET /1.jpg ")) return response_of("\xff\xd8\xff\xe0");
    return response_of(std::string("a\0b", 3));
  })};
  const auto at_terminal = [&](const std::string& arguments) {
    return run({"script", "-qec", fmt::format("{} http get {}", labnet(), arguments), "/dev/null"}, {.folder = here_});
  };
  const auto refused = at_terminal(server.url("/1.png"));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, AllOf(HasSubstr("-o FILE"), Not(HasSubstr(std::string("a\0", 2)))));
  EXPECT_THAT(at_terminal("-o - " + server.url("/1.png")).output, HasSubstr(std::string("a\0b", 3)));
  EXPECT_EQ(at_terminal(server.url("/text")).output, "text, ñ");
  for (const auto* name : {"/escape", "/1.jpg"}) {
    const auto without_nul = at_terminal(server.url(name));
    EXPECT_EQ(without_nul.exit_code, 1) << name;
    EXPECT_THAT(without_nul.output,
                AllOf(HasSubstr("no text in UTF-8"), Not(HasSubstr("\x1b]")), Not(HasSubstr("\xff\xd8"))));
  }
  EXPECT_EQ(http("get", {server.url("/1.png")}).output, std::string("a\0b", 3));
}

TEST_F(HttpProgram, IsSilentIfThatIsWanted) {
  const auto nobody = std::string{"http://127.0.0.1:1/"};
  const auto silent = http("get", {"-s", nobody});
  EXPECT_EQ(silent.exit_code, 1);
  EXPECT_EQ(silent.errors, "");
  EXPECT_EQ(http("browse", {"-s", nobody}).errors, "");
  EXPECT_THAT(http("get", {"-s", "-S", nobody}).errors, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(http("put", {"-s", nobody}).errors, HasSubstr("what is to be put there?"));
}

TEST_F(HttpProgram, LeavesOutTheBodyOfAFailureIfThatIsWanted) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    return request.first_line().starts_with("GET /here ") ? response_of("text")
                                                          : response_of("page", "", "404 Not Found");
  })};
  const auto missing = http("get", {"-f", server.url("/none")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_EQ(missing.output, "");
  EXPECT_THAT(missing.errors, HasSubstr("the server answers 404 Not Found"));
  EXPECT_THAT(http("get", {"-f", "-i", server.url("/none")}).output,
              AllOf(StartsWith("HTTP/1.1 404 Not Found\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_EQ(http("get", {"--fail", server.url("/here")}).output, "text");
  EXPECT_EQ(http("get", {server.url("/none")}).output, "page");
}

// browse

TEST_F(HttpProgram, FetchesAPageWithAllItNeeds) {
  write("index.html",
        "<link rel=stylesheet href=a.css><img src=1.png><img src='/1.png'><img src=gone.png><img src='data:,x'>");
  write("a.css", "body { background: url(bg.png) }");
  write("1.png", "one");
  write("bg.png", "background");
  serve();
  const auto outcome = http("browse", {"--format", "json", url()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  Words seen;
  const auto loads = boost::json::parse(outcome.output);
  for (const auto& load : loads.as_array()) {
    seen.push_back(fmt::format("{} {}", load.at("status").as_int64(),
                               std::string_view{load.at("url").as_string()}.substr(place_.size())));
  }
  EXPECT_THAT(seen, UnorderedElementsAre("200 /", "200 /a.css", "200 /1.png", "404 /gone.png", "200 /bg.png",
                                         "404 /favicon.ico"));
  const auto table = http("browse", {url()});
  EXPECT_THAT(table.output,
              AllOf(StartsWith("STATUS"), HasSubstr("text/css"), HasSubstr("6 of 6 came (2 of them errors), ")));
}

TEST_F(HttpProgram, SumsUpAPageInTheRightNumber) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    return request.first_line().starts_with("GET / ") ? response_of("x") : response_of("", "", "404 Not Found");
  })};
  EXPECT_THAT(http("browse", {server.url()}).output,
              HasSubstr("2 of 2 came (1 of them an error), 84 bytes over 1 connection, "));
}

TEST_F(HttpProgram, AsksWhetherAPageThatItHasSeenIsStillRight) {
  write("index.html", "<link rel=stylesheet href=a.css><link rel=icon href=1.png>");
  write("a.css", "body { background: url(bg.png) }");
  write("1.png", "one");
  write("bg.png", "background");
  serve();
  EXPECT_EQ(http("browse", {"--cache", "seen", url()}).exit_code, 0);
  const auto outcome = http("browse", {"--cache", "seen", "--format", "json", url()});
  const auto loads = boost::json::parse(outcome.output).as_array();
  EXPECT_EQ(loads.size(), 4u);
  for (const auto& load : loads) {
    EXPECT_EQ(load.at("status").as_int64(), 304) << load.at("url").as_string();
    EXPECT_TRUE(load.at("was_in_cache").as_bool());
    EXPECT_NE(load.at("type").as_string(), "");
  }
}

TEST_F(HttpProgram, UsesSoManyConnectionsAndNoMore) {
  std::string page = "<link rel=icon href='data:,'>";
  for (int i = 0; i < 20; ++i) page += fmt::format("<img src={}.png>", i);
  const ScriptedServer server{ScriptedServer::answering([&](const SeenRequest& request) {
    const auto is_page = request.first_line() == "GET / HTTP/1.1";
    return is_page ? response_of(page, "Content-Type: text/html\r\n") : response_of("image");
  })};
  EXPECT_EQ(http("browse", {"--parallel", "3", server.url()}).exit_code, 0);
  EXPECT_EQ(server.requests().size(), 21u);
  EXPECT_LE(server.connections(), 3);
  EXPECT_EQ(http("browse", {server.url()}).exit_code, 0);
  EXPECT_LE(server.connections(), 9);
}

TEST_F(HttpProgram, AsksAsABrowserDoes) {
  const ScriptedServer server{ScriptedServer::answering([&](const SeenRequest& request) {
    const auto is_page = request.first_line() == "GET /p HTTP/1.1";
    return is_page ? response_of("<script src=/a.js></script><link rel=icon href=x:y>", "Content-Type: text/html\r\n")
                   : response_of("");
  })};
  EXPECT_EQ(http("browse", {server.url("/p")}).exit_code, 0);
  const auto page = server.requests().at(0), script = server.requests().at(1);
  EXPECT_THAT(page.field("Accept"), StartsWith("text/html"));
  EXPECT_THAT(page.field("User-Agent"), StartsWith("Mozilla/5.0"));
  EXPECT_EQ(page.field("Accept-Encoding"), "gzip");
  EXPECT_EQ(page.field("Sec-Fetch-Dest"), "document");
  EXPECT_EQ(page.field("Sec-Fetch-Site"), "none");
  EXPECT_EQ(script.first_line(), "GET /a.js HTTP/1.1");
  EXPECT_EQ(script.field("Accept"), "*/*");
  EXPECT_EQ(script.field("Referer"), server.url("/p"));
  EXPECT_EQ(script.field("Sec-Fetch-Dest"), "script");
  EXPECT_EQ(script.field("Sec-Fetch-Site"), "same-origin");
}

TEST_F(HttpProgram, FailsIfThePageDoes) {
  serve();
  const auto missing = http("browse", {url("/no-page")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.errors, HasSubstr("the server answers 404"));
  const auto nobody = http("browse", {"http://127.0.0.1:1/"});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.output, HasSubstr("failed"));
  EXPECT_THAT(nobody.errors, HasSubstr("nobody listens there"));
}

TEST_F(HttpProgram, ShowsATableThatFitsIntoATerminal) {
  const std::string long_name(100, 'x');
  write("index.html", "<link rel=stylesheet href=a.css><script src=" + long_name + ".js></script><img src=1.svg>");
  for (const auto& name : {std::string{"a.css"}, long_name + ".js", std::string{"1.svg"}}) write(name, "text");
  serve();
  const auto first = http("browse", {"--cache", "seen", url()}), second = http("browse", {"--cache", "seen", url()});
  const auto lines = split(first.output, '\n');
  ASSERT_EQ(lines.size(), 2u * 6 + 2);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_LE(lines[i].size(), 80u) << lines[i];
    const auto is_of_figures = i % 2 == 0 && i < 12;
    if (!is_of_figures) continue;
    for (std::size_t column = 2; column < lines[0].size(); ++column) {
      const auto begins = [&](std::string_view line) {
        return line.substr(column - 2, 2) == "  " && line[column] != ' ';
      };
      EXPECT_TRUE(!begins(lines[0]) || begins(lines[i])) << lines[0] << "\n" << lines[i];
    }
  }
  EXPECT_THAT(std::string{lines[3]}, HasSubstr(url()));
  const auto again = split(second.output, '\n');
  EXPECT_THAT(std::string{again[2]}, StartsWith("304 "));
  EXPECT_THAT(std::string{again[3]}, HasSubstr("(cached) " + url()));
  for (const auto line : again) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(HttpProgram, CountsOneConnectionAsOne) {
  const ScriptedServer server{ScriptedServer::answering(response_of("no page", "Content-Type: text/plain\r\n"))};
  EXPECT_THAT(http("browse", {server.url()}).output, HasSubstr("bytes over 1 connection, "));
}

TEST_F(HttpProgram, ShowsWhatLedToThePage) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    const auto line = request.first_line();
    if (line.starts_with("GET / ")) return response_of("", "Location: /en/\r\n", "302 Found");
    if (line.starts_with("GET /en/ ")) return response_of("<link rel=icon href=data:,>", "Content-Type: text/html\r\n");
    return response_of("", "", "404 Not Found");
  })};
  const auto table = http("browse", {server.url()});
  const auto lines = split(table.output, '\n');
  ASSERT_EQ(lines.size(), 2u * 3 + 2) << table.output;
  EXPECT_THAT(std::string{lines[2]}, StartsWith("302 "));
  EXPECT_THAT(std::string{lines[3]}, EndsWith(server.url("/")));
  EXPECT_THAT(std::string{lines[4]}, StartsWith("200 "));
  EXPECT_THAT(std::string{lines[5]}, EndsWith(server.url("/en/")));
  EXPECT_THAT(std::string{lines[6]}, AllOf(StartsWith("2 of 2 came, "), HasSubstr("bytes over 1 connection, ")));
  const auto loads = boost::json::parse(http("browse", {"--format", "json", server.url()}).output).as_array();
  ASSERT_EQ(loads.size(), 2u);
  EXPECT_EQ(loads[0].at("status").as_int64(), 302);
  EXPECT_EQ(loads[0].at("kind").as_string(), loads[1].at("kind").as_string());
  EXPECT_GT(loads[0].at("timing").at("tcp_ms").as_double(), 0);
  EXPECT_FALSE(loads[1].at("timing").as_object().contains("tcp_ms"));
  EXPECT_GE(loads[1].at("start_ms").as_double(),
            loads[0].at("start_ms").as_double() + loads[0].at("timing").at("wait_ms").as_double());
}

TEST_F(HttpProgram, ShowsWhatLedToWhatFails) {
  const auto gone =
      ScriptedServer{ScriptedServer::answering(response_of(""))}.url("/there");  // nobody listens any more
  const ScriptedServer server{ScriptedServer::answering([&](const SeenRequest& request) {
    const auto line = request.first_line();
    if (line.starts_with("GET / "))
      return response_of("<link rel=icon href=data:,><img src=/a.png>", "Content-Type: text/html\r\n");
    return response_of("", fmt::format("Location: {}\r\n", gone), "302 Found");
  })};
  const auto outcome = http("browse", {"--format", "json", server.url("/")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto loads = boost::json::parse(outcome.output).as_array();
  ASSERT_EQ(loads.size(), 3U);
  EXPECT_EQ(std::string{loads[1].at("url").as_string()}, server.url("/a.png"));
  EXPECT_EQ(loads[1].at("status").as_int64(), 302);
  EXPECT_EQ(std::string{loads[2].at("url").as_string()}, gone);
  EXPECT_EQ(loads[2].at("status").as_int64(), 0);
  EXPECT_THAT(std::string{loads[2].at("error").as_string()}, HasSubstr("nobody listens there"));
  EXPECT_GE(loads[2].at("start_ms").as_double(), loads[1].at("start_ms").as_double());
}

TEST_F(HttpProgram, FetchesNoMoreOfAPageThanItMay) {
  write("index.html", "<img src=1.png><img src=2.png><img src=3.png>");
  for (const auto* name : {"1.png", "2.png", "3.png"}) write(name, std::string(10'000, 'x'));
  serve();
  EXPECT_EQ(http("browse", {"--max-size", "40000", url()}).errors, "");
  const auto outcome = http("browse", {"--max-size", "15000", "--parallel", "1", "--format", "json", url()});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.errors,
            "labnet http browse: more than 15000 bytes come in all: the rest is left out; --max-size lets more in\n");
  std::vector<std::int64_t> statuses;
  const auto loads = boost::json::parse(outcome.output);
  for (const auto& load : loads.as_array()) statuses.push_back(load.at("status").as_int64());
  EXPECT_THAT(statuses, ElementsAre(200, 200, 0, 0, 0));
  EXPECT_EQ(http("browse", {"--max-size", "10", url()}).exit_code, 1);
}

}  // namespace
}  // namespace labnet::test
