// labnet http as a user runs it, against Python's server and against servers that are not as they should be.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <csignal>
#include <filesystem>

#include <boost/json/parse.hpp>

#include "common/base/text.hpp"
#include "common/coding/gzip.hpp"
#include "tests/clients/http/scripted_server.hpp"
#include "tests/common/resolver/dns_stub.hpp"
#include "tests/support/child.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;
namespace filesystem = std::filesystem;

using Words = std::vector<std::string>;

class HttpProgram : public testing::Test {
 protected:
  /// Python's http.server, of the folder `root`.
  void serve() {
    server_ = std::make_unique<Child>(
        Words{"python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", root_, "0"});
    const auto line = server_->line();  // "Serving HTTP on 127.0.0.1 port 36521 (http://127.0.0.1:36521/) ..."
    ASSERT_TRUE(line);
    const auto begin = line->find("(http://") + 1;
    place_ = line->substr(begin, line->find("/)") - begin);
  }
  std::string url(const std::string& path = "/") const { return place_ + path; }
  void write(const std::string& name, const std::string& text) const { folder_.write("root/" + name, text); }
  std::string here(const std::string& name) const { return here_ + "/" + name; }
  Words names_here() const {
    Words names;
    for (const auto& entry : filesystem::directory_iterator{here_}) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  Words command(const std::string& verb, const Words& arguments) const {
    Words words{labnet(), "http", verb};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
  Outcome http(const std::string& verb, const Words& arguments,
               std::map<std::string, std::string> environment = {}) const {
    return run(command(verb, arguments), {.environment = std::move(environment), .folder = here_});
  }
  /// With a text at standard input.
  Outcome http_with_input(const std::string& input, const std::string& verb, const Words& arguments) const {
    const auto path = folder_.write("input", input);
    Words words{"sh", "-c", "exec \"$0\" \"$@\" < " + path};
    for (const auto& word : command(verb, arguments)) words.push_back(word);
    return run(words, {.environment = {}, .folder = here_});
  }

  TemporaryFolder folder_;
  std::string root_ = folder_.path() + "/root";
  std::string here_ = [this] {
    filesystem::create_directories(folder_.path() + "/root");
    filesystem::create_directories(folder_.path() + "/here");
    return folder_.path() + "/here";
  }();
  std::unique_ptr<Child> server_;
  std::string place_;
};

/// A file in parts, as RFC 9110 has it, for one Range of the kind "bytes=N-".
ScriptedServer::Answer file_in_parts(std::string content, std::string fields = "") {
  return [content = std::move(content), fields = std::move(fields)](const SeenRequest& request) {
    const auto range = request.field("Range");
    if (!range.starts_with("bytes=")) return response_of(content, fields);
    const auto first = parse_integer<std::size_t>(std::string_view{range}.substr(6, range.size() - 7)).value_or(0);
    if (first >= content.size()) {
      return response_of("", fmt::format("Content-Range: bytes */{}\r\n", content.size()), "416 Range Not Satisfiable");
    }
    const auto part = fmt::format("Content-Range: bytes {}-{}/{}\r\n", first, content.size() - 1, content.size());
    return response_of(content.substr(first), part + fields, "206 Partial Content");
  };
}

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

TEST_F(HttpProgram, FetchesParts) {
  const ScriptedServer server{ScriptedServer::answering(file_in_parts("0123456789"))};
  EXPECT_EQ(http("get", {"-r", "7-", server.url()}).output, "789");
  EXPECT_EQ(http("get", {"-r", "10-", server.url()}).exit_code, 1);
  const ScriptedServer whole{ScriptedServer::answering(response_of("0123456789"))};
  const auto outcome = http("get", {"-r", "7-", whole.url()});
  EXPECT_EQ(outcome.output, "0123456789");
  EXPECT_THAT(outcome.errors, HasSubstr("the server sends no parts"));
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
  EXPECT_GT(step.at("timing").as_object().at("connect_ms").as_double(), 0);
}

TEST_F(HttpProgram, TellsHowLongEachPhaseTook) {
  const ScriptedServer server{ScriptedServer::answering(response_of("hello"))};
  const auto outcome = http("get", {"--timing", server.url()});
  EXPECT_EQ(outcome.output, "hello");
  EXPECT_THAT(outcome.errors, StartsWith("LOOK-UP  TCP"));
  EXPECT_THAT(outcome.errors, HasSubstr("200 GET " + server.url()));
}

// resume

TEST_F(HttpProgram, GoesOnWhereADownloadWasCutOff) {
  std::string content;
  for (int i = 0; i < 30'000; ++i) content += fmt::format("{} ", i);
  const ScriptedServer server{[&](Peer& peer) {
    SeenRequest request;
    if (!peer.read_request(request)) return;
    const auto whole = file_in_parts(content)(request);
    peer.send(peer.number() == 0 ? whole.substr(0, 100'000) : whole);
  }};
  const auto cut = http("get", {"-O", server.url("/file")});
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_THAT(cut.errors, HasSubstr("the body was cut off after"));
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
  const auto there = filesystem::file_size(here(".file.part"));
  EXPECT_GT(there, 90'000u);
  const auto resumed = http("get", {"-O", "-C", "-", server.url("/file")});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.errors;
  EXPECT_TRUE(read_file(here("file")) == content);
  EXPECT_EQ(server.requests().at(1).field("Range"), fmt::format("bytes={}-", there - 64 * 1024));
  const auto again = http("get", {"-O", "--resume", server.url("/file")});
  EXPECT_THAT(again.output, HasSubstr("nothing was transferred"));
}

TEST_F(HttpProgram, BelievesNoPartThatIsNotWhatItIsSaidToBe) {
  const std::string content(1'000, 'x');
  folder_.write("here/.file.part", content.substr(0, 100));
  struct Lie {
    std::string range, body;
  };
  for (const auto& [range, body] :
       {Lie{"0-149/1000", content.substr(0, 150)}, Lie{"0-999/1000", content.substr(0, 120)},
        Lie{"0-999/1000", content + "and more"}, Lie{"0-999/1000", content.substr(0, 50)}}) {
    const ScriptedServer server{ScriptedServer::answering(
        response_of(body, fmt::format("Content-Range: bytes {}\r\n", range), "206 Partial Content"))};
    EXPECT_EQ(http("get", {"-O", "--resume", server.url("/file")}).exit_code, 1) << range << ' ' << body.size();
    EXPECT_THAT(names_here(), ElementsAre(".file.part"));
    folder_.write("here/.file.part", content.substr(0, 100));
  }
  const ScriptedServer server{
      ScriptedServer::answering(response_of("part", "Content-Range: bytes 0-3/1000\r\n", "206 Partial Content"))};
  EXPECT_THAT(http("get", {"-o", "other", server.url("/file")}).errors, HasSubstr("nobody has asked for that"));
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
}

TEST_F(HttpProgram, DoesNotGoOnWithAnotherFile) {
  const ScriptedServer server{ScriptedServer::answering(file_in_parts("another file altogether"))};
  folder_.write("here/.file.part", "some bytes");
  const auto differs = http("get", {"-O", "--resume", server.url("/file")});
  EXPECT_EQ(differs.exit_code, 1);
  EXPECT_THAT(differs.errors, HasSubstr("it is another file; without --resume it is fetched anew"));
  EXPECT_EQ(read_file(here(".file.part")), "some bytes");
  folder_.write("here/.file.part", std::string(100'000, 'x'));
  EXPECT_THAT(http("get", {"-O", "--resume", server.url("/file")}).errors,
              HasSubstr("there are 100000 bytes here, but 23 at the server"));
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
}

TEST_F(HttpProgram, DoesNotGoOnWithAFileThatHasChangedSince) {
  const ScriptedServer server{
      ScriptedServer::answering(file_in_parts("0123456789", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"))};
  const auto part = folder_.write("here/.file.part", "01234");
  const utimbuf before{784111776, 784111776};
  ASSERT_EQ(::utime(part.c_str(), &before), 0);
  EXPECT_THAT(http("get", {"-O", "--resume", server.url("/file")}).errors,
              HasSubstr("was modified on Sun, 06 Nov 1994 08:49:37 GMT, after what is there was written"));
  const utimbuf then{784111777, 784111777};
  ASSERT_EQ(::utime(part.c_str(), &then), 0);
  EXPECT_EQ(http("get", {"-O", "--resume", server.url("/file")}).exit_code, 0);
  EXPECT_EQ(read_file(here("file")), "0123456789");
}

TEST_F(HttpProgram, FetchesAnewWhereTheServerSendsNoParts) {
  const ScriptedServer server{ScriptedServer::answering(response_of("0123456789"))};
  folder_.write("here/.file.part", "01234");
  const auto outcome = http("get", {"-O", "--resume", server.url("/file")});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("the server sends no parts: all of the file was fetched anew"));
  EXPECT_EQ(read_file(here("file")), "0123456789");
}

TEST_F(HttpProgram, KeepsWhatIsThereIfTheServerHasNothing) {
  const ScriptedServer server{ScriptedServer::answering(response_of("gone", "", "404 Not Found"))};
  folder_.write("here/.file.part", "01234");
  EXPECT_EQ(http("get", {"-O", "--resume", server.url("/file")}).exit_code, 1);
  EXPECT_EQ(read_file(here(".file.part")), "01234");
  EXPECT_THAT(names_here(), ElementsAre(".file.part"));
}

// cache

TEST_F(HttpProgram, AsksWhetherWhatItHasIsStillRight) {
  const ScriptedServer server{ScriptedServer::answering([](const SeenRequest& request) {
    if (request.field("If-None-Match") == "\"1\"")
      return std::string{"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"};
    return response_of("hello", "ETag: \"1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  })};
  EXPECT_EQ(http("get", {"--cache", "c", server.url()}).output, "hello");
  const auto again = http("get", {"--cache", "c", server.url()});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.output, "hello");
  EXPECT_EQ(server.requests().at(1).field("If-Modified-Since"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_THAT(http("get", {"--cache", "c", "-o", "file", server.url()}).output, HasSubstr("taken from the cache"));
  EXPECT_EQ(read_file(here("file")), "hello");
  // What is of another URL is no answer.
  EXPECT_EQ(http("get", {"--cache", "c", server.url("/other")}).output, "hello");
  EXPECT_EQ(server.requests().at(3).field("If-None-Match"), "-");
}

TEST_F(HttpProgram, KeepsNothingThatCannotBeAskedAbout) {
  for (const auto* fields : {"", "ETag: \"1\"\r\nCache-Control: no-store\r\n"}) {
    const ScriptedServer server{ScriptedServer::answering(response_of("hello", fields))};
    EXPECT_EQ(http("get", {"--cache", "c", server.url()}).output, "hello");
    EXPECT_THAT(names_here(), IsEmpty()) << fields;
  }
}

TEST_F(HttpProgram, KeepsNothingThatWasCutOff) {
  const ScriptedServer server{[](Peer& peer) {
    SeenRequest request;
    if (peer.read_request(request)) peer.send("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 10\r\n\r\nhello");
  }};
  EXPECT_EQ(http("get", {"--cache", "c", server.url()}).exit_code, 1);
  EXPECT_THAT(names_here(), IsEmpty());
}

TEST_F(HttpProgram, DoesNotTakeAnyFileForACache) {
  const auto path = folder_.write("here/notes.txt", "mine");
  const auto outcome = http("get", {"--cache", "notes.txt", "http://127.0.0.1:1/"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("notes.txt is no cache file"));
  EXPECT_EQ(read_file(path), "mine");
}

// cookies

/// Whoever has logged in is known by a cookie.
ScriptedServer::Script login_page() {
  return ScriptedServer::answering([](const SeenRequest& request) {
    if (request.first_line() == "POST /login HTTP/1.1") {
      return response_of("", "Set-Cookie: session=81b0; Path=/; HttpOnly\r\nSet-Cookie: seen=1; Max-Age=3600\r\n");
    }
    if (request.first_line() == "GET /logout HTTP/1.1")
      return response_of("", "Set-Cookie: session=; Path=/; Max-Age=0\r\n");
    return response_of(request.field("Cookie"));
  });
}

TEST_F(HttpProgram, KeepsCookiesFromOneRunToTheNext) {
  const ScriptedServer server{login_page()};
  EXPECT_EQ(http("get", {"-c", "jar", server.url()}).output, "-");
  EXPECT_EQ(http("post", {"-c", "jar", "-d", "user=ann", server.url("/login")}).exit_code, 0);
  EXPECT_EQ(http("get", {"--cookie-jar", "jar", server.url()}).output, "session=81b0; seen=1");
  EXPECT_EQ(http("get", {server.url()}).output, "-");
  EXPECT_EQ(http("get", {"-c", "jar", server.url("/logout")}).exit_code, 0);
  EXPECT_EQ(http("get", {"-c", "jar", server.url()}).output, "seen=1");
}

TEST_F(HttpProgram, SharesItsCookiesWithCurl) {
  const ScriptedServer server{login_page()};
  EXPECT_EQ(http("post", {"-c", "jar", "-d", "user=ann", server.url("/login")}).exit_code, 0);
  const How in_here{.folder = here_};
  EXPECT_EQ(run({"curl", "-s", "-b", "jar", server.url()}, in_here).output, "session=81b0; seen=1");
  EXPECT_EQ(run({"curl", "-s", "-c", "other", "-d", "user=ann", server.url("/login")}, in_here).exit_code, 0);
  // curl has an order of its own.
  EXPECT_THAT(http("get", {"-c", "other", server.url()}).output, AllOf(HasSubstr("session=81b0"), HasSubstr("seen=1")));
}

TEST_F(HttpProgram, DoesNotTakeAnyFileForOneOfCookies) {
  const auto path = folder_.write("here/notes.txt", "mine");
  const auto outcome = http("get", {"-c", "notes.txt", "http://127.0.0.1:1/"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("notes.txt is no file of cookies"));
  EXPECT_EQ(read_file(path), "mine");
  EXPECT_EQ(http("get", {"-c", "no/such/folder", ScriptedServer{login_page()}.url()}).exit_code, 1);
  EXPECT_THAT(http("get", {"-c", ".", "http://127.0.0.1:1/"}).errors, HasSubstr("cannot read ."));
}

// post and put

TEST_F(HttpProgram, SendsForms) {
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  folder_.write("here/text", "c=d\r\n");
  EXPECT_EQ(http("post", {"-d", "a=b", "-d", "@text", "--data-urlencode", "e=f&g", server.url()}).output, "thanks");
  EXPECT_EQ(http("post", {"--data-binary", "@text", server.url()}).output, "thanks");
  EXPECT_EQ(http("post", {server.url()}).output, "thanks");
  const auto requests = server.requests();
  EXPECT_EQ(requests.at(0).first_line(), "POST / HTTP/1.1");
  EXPECT_EQ(requests.at(0).body, "a=b&c=d&e=f%26g");
  EXPECT_EQ(requests.at(0).field("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(requests.at(1).body, "c=d\r\n");
  EXPECT_EQ(requests.at(2).field("Content-Length"), "0");
}

TEST_F(HttpProgram, SendsFormsWithFiles) {
  const ScriptedServer server{ScriptedServer::answering(response_of("thanks"))};
  folder_.write("here/1\".png", "PNG");
  folder_.write("here/text", "words");
  EXPECT_EQ(
      http("post", {"-F", "name=ann", "-F", "file=@1\".png;type=image/x-odd", "-F", "note=<text", server.url()}).output,
      "thanks");
  const auto request = server.requests().at(0);
  const auto type = request.field("Content-Type");
  ASSERT_THAT(type, StartsWith("multipart/form-data; boundary="));
  const auto boundary = type.substr(type.find('=') + 1);
  EXPECT_EQ(request.body,
            fmt::format("--{0}\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nann\r\n"
                        "--{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"1%22.png\"\r\n"
                        "Content-Type: image/x-odd\r\n\r\nPNG\r\n"
                        "--{0}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nwords\r\n--{0}--\r\n",
                        boundary));
}

TEST_F(HttpProgram, BringsFiles) {
  const ScriptedServer server{ScriptedServer::answering(response_of("", "", "201 Created"))};
  folder_.write("here/el país.txt", "hello");
  EXPECT_EQ(http("put", {"-T", "el país.txt", server.url("/music/")}).exit_code, 0);
  EXPECT_EQ(http_with_input("from a pipe", "put", {"-T", "-", "-H", "Expect:", server.url("/x")}).exit_code, 0);
  const auto requests = server.requests();
  EXPECT_EQ(requests.at(0).first_line(), "PUT /music/el%20pa%C3%ADs.txt HTTP/1.1");
  EXPECT_EQ(requests.at(0).body, "hello");
  EXPECT_EQ(requests.at(0).field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(requests.at(1).body, "from a pipe");
  EXPECT_EQ(requests.at(1).field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(requests.at(1).field("Expect"), "-");
  EXPECT_EQ(http("put", {"-T", "no-such-file", server.url("/x")}).exit_code, 1);
}

// raw

TEST_F(HttpProgram, SendsBytesAsTheyAre) {
  const ScriptedServer server{[](Peer& peer) {
    std::string head;
    peer.read_head(head);
    peer.send("you said: " + head);
  }};
  const std::string bytes = "GET / HTTP/9.9\nHost : x\r\n\r\n";
  EXPECT_EQ(http_with_input(bytes, "get", {"--raw", "-", server.url()}).output, "you said: " + bytes);
  folder_.write("here/bytes", bytes);
  EXPECT_EQ(http("get", {"--raw", "bytes", server.url()}).output, "you said: " + bytes);
  const ScriptedServer silent{[](Peer&) {}};
  const auto nothing = http("get", {"--raw", "bytes", silent.url()});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.errors, HasSubstr("nothing came"));
}

TEST_F(HttpProgram, DoesNotWaitForEverForMoreThanCame) {
  const ScriptedServer server{[](Peer& peer) {
    peer.send("hello");
    peer.read_to_end();
  }};
  EXPECT_EQ(http_with_input("x", "get", {"--raw", "-", "--timeout", "200ms", server.url()}).output, "hello");
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
  EXPECT_THAT(table.output, AllOf(StartsWith("STATUS"), HasSubstr("text/css"), HasSubstr("6 of 6 came")));
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

}  // namespace
}  // namespace labnet::test
